// The steps of connecting a number. Each calls Meta first and stores what came of it after, in a
// transaction of its own, so that a crash or a refusal in between loses nothing that was done.
//
// Entries are appended at commit: a take-over writes to two workspaces' logs, whose heads must be
// claimed in one order.
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/log.hpp"
#include "features/audit/audit.hpp"
#include "features/meta_callbacks/meta_callbacks.hpp"
#include "features/onboarding/onboarding.hpp"
#include "features/onboarding/onboarding_rules.hpp"
#include "queue/queue.hpp"

namespace wapi::onboarding {

/// One attempt: what was asked for, and what is known so far.
struct Service::Progress {
    Context context;
    ConnectRequest request;
    whatsapp::PhoneInfo phone;
    numbers::Number number;
    std::string meta_user_id;  ///< whose token it is, as Meta says
    bool claimed = false;      ///< the row exists and is ours
    bool registered_now = false;
};

namespace {

std::string pin_name(const PhoneNumberId& phone_number_id) {
    return "pin:" + phone_number_id.value;
}

Status to_status(const numbers::Number& number) {
    return {.status = number.status,
            .status_reason = number.status_reason,
            .webhooks_subscribed = number.webhooks_subscribed,
            .phone_registered = number.registered,
            .waba_id = number.waba_id.value,
            .phone_number_id = number.phone_number_id.value,
            .display_phone = number.display_phone,
            .templates_synced = std::nullopt};
}

void record(db::WorkspaceTxn& txn, const Context& context, std::string_view action,
            const numbers::Number& number, Timestamp now) {
    audit::record(
        txn, context,
        {.action = action,
         .resource_type = "phone_number",
         .resource_id = number.phone_number_id.value,
         .details = boost::json::serialize(boost::json::object{{"wabaId", number.waba_id.value}})},
        now);
}

/// Saves the number as the workspace's. A claim of another one that never came to a connection
/// gives way: whoever gets here has shown a token for the number. Errors: number_taken.
Result<void> save_own(db::WorkspaceTxn& txn, const Context& context, const numbers::Number& number,
                      Timestamp now) {
    const auto route = numbers::find_route(txn.txn(), number.phone_number_id);
    if (route && route->workspace != txn.workspace()) {
        db::WorkspaceTxn before(txn.txn(), route->workspace);
        if (numbers::remove_pending(before, number.phone_number_id)) {
            record(before, audit::system_context(route->workspace, context.request_id),
                   audit::actions::phone_released, *route, now);
        }
    }
    if (!numbers::save_number(txn, number)) {
        return fail_field(errors::number_taken, "phoneNumberId");
    }
    return {};
}

/// Reserves the number. One that this workspace has connected stays as it is until the end.
Result<numbers::Number> claim(db::WorkspaceTxn& txn, const Context& context,
                              const whatsapp::PhoneInfo& phone, const WabaId& waba_id,
                              Timestamp now) {
    numbers::Number number =
        to_number(phone, waba_id, txn.workspace(), numbers::find_number(txn, phone.id), now);
    if (number.status != numbers::status::pending) {
        return number;
    }
    const Result<void> saved = save_own(txn, context, number, now);
    if (!saved) {
        return std::unexpected(saved.error());
    }
    record(txn, context, audit::actions::phone_claimed, number, now);
    return number;
}

/// Ends a connection in one transaction: the number can send, its entries are written, and webhooks
/// that came before it was known become this workspace's. Gives how many.
Result<std::int64_t> complete(db::WorkspaceTxn& txn, const Context& context,
                              const numbers::Number& number, bool registered_now, Timestamp now) {
    const Result<void> saved = save_own(txn, context, number, now);
    if (!saved) {
        return std::unexpected(saved.error());
    }
    if (registered_now) {
        record(txn, context, audit::actions::phone_registered, number, now);
    }
    record(txn, context, audit::actions::waba_connected, number, now);
    return queue::adopt_dead(txn.txn(), number.phone_number_id.value, txn.workspace());
}

}  // namespace

async::Task<Result<void>> Service::inspect_token(Progress& progress) {
    const whatsapp::GraphResult<whatsapp::TokenInfo> info =
        co_await services_.graph.debug_token(progress.request.access_token);
    if (!info) {
        co_return std::unexpected(at_step("inspect_token", whatsapp::to_error(info.error())));
    }
    Result<void> usable = check_token(*info, progress.request.waba_id, services_.app_id);
    if (!usable) {
        co_return std::unexpected(at_step("inspect_token", usable.error()));
    }
    progress.meta_user_id = info->user_id;
    co_return usable;
}

async::Task<Result<void>> Service::find_phone(Progress& progress) {
    const whatsapp::GraphResult<std::vector<whatsapp::PhoneInfo>> phones =
        co_await services_.graph.list_phone_numbers(progress.request.waba_id,
                                                    progress.request.access_token);
    if (!phones) {
        co_return std::unexpected(at_step("find_phone", whatsapp::to_error(phones.error())));
    }
    Result<whatsapp::PhoneInfo> phone = pick_phone(*phones, progress.request.phone_number_id);
    if (!phone) {
        co_return std::unexpected(at_step("find_phone", phone.error()));
    }
    progress.phone = *std::move(phone);
    co_return Result<void>();
}

async::Task<Result<void>> Service::claim_number(Progress& progress) {
    const Timestamp now = services_.clock.now();
    Result<numbers::Number> number = co_await services_.db.write(
        progress.context.workspace, "onboarding.claim",
        [context = progress.context, phone = progress.phone, waba = progress.request.waba_id,
         now](db::WorkspaceTxn& txn) { return claim(txn, context, phone, waba, now); });
    if (!number) {
        co_return std::unexpected(number.error());  // taken: the step tells nothing more
    }
    progress.number = *std::move(number);
    progress.claimed = true;
    co_return Result<void>();
}

async::Task<Result<void>> Service::subscribe_webhooks(Progress& progress) {
    const whatsapp::GraphResult<void> subscribed = co_await services_.graph.subscribe_app(
        progress.request.waba_id, progress.request.access_token);
    if (!subscribed) {
        co_return std::unexpected(
            at_step("subscribe_webhooks", whatsapp::to_error(subscribed.error())));
    }
    progress.number.webhooks_subscribed = true;
    if (progress.number.status != numbers::status::pending) {
        co_return Result<void>();
    }
    const Result<void> saved = co_await services_.db.write(
        progress.context.workspace, "onboarding.subscribed",
        [context = progress.context, number = progress.number,
         now = services_.clock.now()](db::WorkspaceTxn& txn) -> Result<void> {
            if (!numbers::save_number(txn, number)) {
                return fail_field(errors::number_taken, "phoneNumberId");
            }
            record(txn, context, audit::actions::waba_subscribed, number, now);
            return {};
        });
    co_return saved;  // or taken meanwhile: the step tells nothing more
}

/// The given PIN, else the stored one, else a new one that is stored before it is used, so that it
/// cannot be lost after Meta took it.
async::Task<Result<SecretString>> Service::choose_pin(Progress& progress) {
    if (!progress.request.pin.empty()) {
        co_return progress.request.pin;
    }
    const std::string name = pin_name(progress.phone.id);
    Result<SecretString> stored = co_await services_.vault.read(progress.context, name);
    if (stored || stored.error().kind != &vault::errors::secret_not_found) {
        co_return stored;
    }
    const SecretString pin = make_pin(services_.rng);
    const Result<void> kept = co_await services_.vault.store(progress.context, name, pin);
    if (!kept) {
        co_return std::unexpected(kept.error());
    }
    co_return pin;
}

async::Task<Result<void>> Service::register_phone(Progress& progress) {
    const bool pin_given = !progress.request.pin.empty();
    if (!must_register(progress.phone, progress.number, pin_given)) {
        progress.number.registered = true;
        co_return Result<void>();
    }
    const Result<SecretString> pin = co_await choose_pin(progress);
    if (!pin) {
        co_return std::unexpected(at_step("register_phone", pin.error()));
    }
    const whatsapp::GraphResult<void> registered = co_await services_.graph.register_phone(
        progress.phone.id, progress.request.access_token, *pin);
    const std::string name = pin_name(progress.phone.id);
    if (!registered) {
        const Error error = to_register_error(registered.error());
        if (error.kind == &errors::pin_mismatch && !pin_given) {
            const Result<void> removed = co_await services_.vault.remove(progress.context, name);
            log::info("onboarding.pin_dropped", {{"removed", removed.has_value()}});
        }
        co_return std::unexpected(at_step("register_phone", error));
    }
    if (pin_given) {
        const Result<void> kept = co_await services_.vault.store(progress.context, name, *pin);
        if (!kept) {
            co_return std::unexpected(at_step("register_phone", kept.error()));
        }
    }
    progress.number.registered = true;
    progress.registered_now = true;
    co_return Result<void>();
}

/// After every call that the token had to pass, so that one that fails does not replace one that
/// works.
async::Task<Result<void>> Service::store_token(Progress& progress) {
    Result<void> stored = co_await services_.vault.store(
        progress.context, progress.number.token_name(), progress.request.access_token);
    if (!stored) {
        co_return std::unexpected(at_step("store_token", stored.error()));
    }
    co_return stored;
}

async::Task<Result<void>> Service::finish(Progress& progress) {
    const Timestamp now = services_.clock.now();
    numbers::Number connected = progress.number;
    connected.status = numbers::status::connected;
    connected.status_reason.clear();
    const Result<std::int64_t> adopted = co_await services_.db.write(
        progress.context.workspace, "onboarding.complete",
        [context = progress.context, connected, registered_now = progress.registered_now,
         user = progress.meta_user_id, now](db::WorkspaceTxn& txn) {
            meta_callbacks::note_grant(txn, connected.waba_id, user, now);
            return complete(txn, context, connected, registered_now, now);
        });
    if (!adopted) {
        co_return std::unexpected(at_step("finish", adopted.error()));
    }
    progress.number = std::move(connected);
    log::info("onboarding.connected", {{"workspace", progress.context.workspace.value},
                                       {"phoneNumberId", progress.number.phone_number_id.value},
                                       {"deadLettersAdopted", *adopted}});
    co_return Result<void>();
}

async::Task<Result<void>> Service::run_steps(Progress& progress) {
    using Step = async::Task<Result<void>> (Service::*)(Progress&);
    static constexpr std::array<Step, 7> steps{
        &Service::inspect_token,  &Service::find_phone,
        &Service::claim_number,   &Service::subscribe_webhooks,
        &Service::register_phone, &Service::store_token,
        &Service::finish};
    for (const Step step : steps) {
        Result<void> done = co_await (this->*step)(progress);
        if (!done) {
            co_return done;
        }
    }
    co_return Result<void>();
}

/// So that the setup page can say what went wrong. A number that was connected stays so.
async::Task<> Service::keep_reason(Progress& progress, Error error) {
    if (!progress.claimed) {
        co_return;
    }
    progress.number.status_reason = error.message;
    co_await services_.db.write(progress.context.workspace, "onboarding.keep_reason",
                                [number = progress.number](db::WorkspaceTxn& txn) {
                                    return numbers::set_status(txn, number.phone_number_id,
                                                               number.status, number.status_reason);
                                });
}

async::Task<Result<Status>> Service::connect(Context context, ConnectRequest request) {
    Progress progress{std::move(context), std::move(request), {}, {}, {}};
    const Result<void> done = co_await run_steps(progress);
    if (!done) {
        log::warn("onboarding.failed", {{"workspace", progress.context.workspace.value},
                                        {"error", done.error().kind->code},
                                        {"message", done.error().message}});
        co_await keep_reason(progress, done.error());
        co_return std::unexpected(done.error());
    }
    Status status = to_status(progress.number);
    const Result<std::size_t> synced = co_await services_.templates.sync(
        progress.context, progress.request.waba_id, progress.request.access_token);
    if (synced) {
        status.templates_synced = *synced;
    } else {
        const Error error = at_step("sync_templates", synced.error());
        status.status_reason = error.message;
        co_await keep_reason(progress, error);
    }
    co_return status;
}

async::Task<Result<Status>> Service::status(Context context) {
    const std::optional<numbers::Number> number = co_await services_.db.read(
        context.workspace, "onboarding.status",
        [](db::WorkspaceTxn& txn) { return numbers::default_number(txn); });
    if (!number) {
        Status none;
        none.status = "not_connected";
        co_return none;
    }
    co_return to_status(*number);
}

}  // namespace wapi::onboarding
