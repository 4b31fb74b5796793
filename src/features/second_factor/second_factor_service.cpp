// Turning the second factor on and off, and checking a code at a login.
//
// The secret is read from the vault outside of a transaction; what uses a code up is a condition of
// the statement in it, so that of two logins with one code one fails.
#include <fmt/format.h>

#include "features/audit/audit.hpp"
#include "features/second_factor/second_factor_rules.hpp"
#include "features/second_factor/second_factor_store.hpp"
#include "features/sessions/sessions.hpp"

namespace wapi::second_factor {

/// A person's factor with its opened secret.
struct Service::Held {
    store::Factor factor;
    SecretString secret;  ///< bytes
};

namespace {

/// Secrets of persons are the installation's own: a person belongs to no one workspace.
Context of_platform(Context context) {
    context.workspace = WorkspaceId(platform_workspace);
    return context;
}

accounts::Origin origin_of(const Context& context) {
    return {context.ip, context.user_agent, context.request_id};
}

Context context_of(const accounts::Origin& origin, const UserId& user) {
    Context context;
    context.actor = {ActorKind::user, user.value};
    context.ip = origin.ip;
    context.user_agent = origin.user_agent;
    context.request_id = origin.request_id;
    return context;
}

std::vector<std::string> hashes_of(const std::vector<std::string>& recovery_codes) {
    std::vector<std::string> hashes;
    for (const std::string& code : recovery_codes) {
        hashes.push_back(recovery_hash(normalize_code(code)));
    }
    return hashes;
}

/// The name of the secret that is not needed any more. Errors: not_found, second_factor_off.
Result<std::string> remove_factor(db::Txn& txn, std::string_view email, Timestamp now) {
    const std::optional<accounts::User> person = accounts::find_person(txn, email);
    if (!person) {
        return fail(wapi::errors::not_found, "There is no account with this e-mail address.");
    }
    const std::optional<store::Factor> factor = store::find(txn, person->id);
    if (!factor || !factor->on) {
        return fail(errors::second_factor_off, "The second factor of this account is off.");
    }
    store::remove(txn, person->id);
    sessions::end_all_by_system(txn,
                                {.user = person->id, .reason = "second_factor_reset", .at = now});
    accounts::record_person_act(
        txn, {},
        {.user = person->id, .action = audit::actions::user_second_factor_reset, .by_system = true},
        now);
    return factor->secret_name;
}

}  // namespace

bool Service::is_on(db::Txn& txn, const UserId& user) const {
    const std::optional<store::Factor> factor = store::find(txn, user);
    return factor && factor->on;
}

/// Counts an attempt as if it failed. Errors: login_throttled.
Result<void> Service::count(const UserId& user) {
    if (const auto wait = wrong_codes_.count(user.value, parts_.clock.now())) {
        Error error = fail(accounts::errors::login_throttled).error();
        error.retry_after = std::chrono::ceil<std::chrono::seconds>(*wait);
        return std::unexpected(std::move(error));
    }
    return {};
}

/// Errors: second_factor_off when there is none, on or not; those of the vault.
async::Task<Result<Service::Held>> Service::hold(UserId user, Context context) {
    const std::optional<store::Factor> factor = co_await parts_.db.read(
        "second_factor.find", [user](db::Txn& txn) { return store::find(txn, user); });
    if (!factor) {
        co_return fail(errors::second_factor_off);
    }
    const Result<SecretString> stored =
        co_await parts_.vault.read(of_platform(std::move(context)), factor->secret_name);
    if (!stored) {
        co_return std::unexpected(stored.error());
    }
    co_return Held{
        .factor = *factor,
        .secret = SecretString(crypto::base64url_decode(stored->reveal()).value_or(std::string()))};
}

/// The name of its secret. Errors: second_factor_off.
async::Task<Result<std::string>> Service::find_on(UserId user) {
    const std::optional<store::Factor> factor = co_await parts_.db.read(
        "second_factor.find", [user](db::Txn& txn) { return store::find(txn, user); });
    co_return factor && factor->on ? Result<std::string>(factor->secret_name)
                                   : fail(errors::second_factor_off);
}

async::Task<Result<accounts::UserStep>> Service::check(accounts::Origin origin, UserId user,
                                                       SecretString code) {
    if (const Result<void> counted = count(user); !counted) {
        co_return std::unexpected(counted.error());
    }
    const Timestamp now = parts_.clock.now();
    const std::string typed = normalize_code(code.reveal());
    // Before the vault is asked: these must help also when the secret is not to be had. There are
    // none while the factor is off.
    if (is_recovery_code(typed)) {
        co_return [origin, now, hash = recovery_hash(typed)](db::Txn& txn,
                                                             const UserId& id) -> Result<void> {
            if (!store::use_recovery_code(txn, id, hash)) {
                return fail(errors::wrong_code);
            }
            accounts::record_person_act(txn, origin, {id, audit::actions::user_recovery_code_used},
                                        now);
            return {};
        };
    }
    const Result<Held> held = co_await hold(user, context_of(origin, user));
    if (!held) {
        wrong_codes_.give_back(user.value);
        co_return held.error().kind == &errors::second_factor_off ? fail(errors::wrong_code)
                                                                  : std::unexpected(held.error());
    }
    const std::optional<std::int64_t> step =
        find_step(held->secret.reveal(), typed, now, held->factor.last_step);
    if (!held->factor.on || !step) {
        co_return fail(errors::wrong_code);
    }
    wrong_codes_.forget(user.value);
    co_return [use = store::Use{user, held->factor.secret_name, *step}](
                  db::Txn& txn, const UserId&) -> Result<void> {
        return store::use_step(txn, use) ? Result<void>() : fail(errors::wrong_code);
    };
}

async::Task<Status> Service::status(Context context) {
    co_return co_await parts_.db.read(
        "second_factor.status", [user = UserId(context.actor.id)](db::Txn& txn) {
            const std::optional<store::Factor> factor = store::find(txn, user);
            return Status{.on = factor && factor->on,
                          .recovery_codes_left = store::count_recovery_codes(txn, user)};
        });
}

async::Task<Result<Enrolment>> Service::enrol(Context context, SecretString password) {
    const UserId user(context.actor.id);
    if (const Result<accounts::UserStep> proved =
            co_await parts_.accounts.prove_password(context, std::move(password));
        !proved) {
        co_return std::unexpected(proved.error());
    }
    std::string bytes(secret_bytes, '\0');
    parts_.rng.fill(std::as_writable_bytes(std::span(bytes)));
    const std::string shown = base32_encode(bytes);
    const std::string name = fmt::format("totp:{}:{}", user.value, parts_.ids.uuid());
    SecretString sealed(crypto::base64url_encode(bytes));
    wipe(bytes);
    if (const Result<void> stored =
            co_await parts_.vault.store(of_platform(context), name, std::move(sealed));
        !stored) {
        co_return std::unexpected(stored.error());
    }
    struct Replaced {
        std::optional<store::Factor> before;
        std::optional<accounts::User> person;
        bool done = false;
    };
    const Replaced replaced = co_await parts_.db.write(
        "second_factor.enrol", [user, name, now = parts_.clock.now()](db::Txn& txn) {
            Replaced result{store::find(txn, user), accounts::find_person(txn, user)};
            result.done = store::put_pending(txn, user, name, now);
            return result;
        });
    const std::string unused =
        replaced.done ? replaced.before ? replaced.before->secret_name : "" : name;
    if (!unused.empty()) {
        (void)co_await parts_.vault.remove(of_platform(context), unused);
    }
    if (!replaced.done) {
        co_return fail(errors::second_factor_on);
    }
    const std::string email = replaced.person ? replaced.person->email : std::string();
    co_return Enrolment{.secret = SecretString(std::string_view(shown)),
                        .uri = SecretString(render_uri(email, shown))};
}

async::Task<Result<std::vector<std::string>>> Service::confirm(Context context, SecretString code) {
    const UserId user(context.actor.id);
    if (const Result<void> counted = count(user); !counted) {
        co_return std::unexpected(counted.error());
    }
    const Result<Held> held = co_await hold(user, context);
    if (!held || held->factor.on) {
        wrong_codes_.give_back(user.value);
        co_return held ? fail(errors::second_factor_on) : std::unexpected(held.error());
    }
    const Timestamp now = parts_.clock.now();
    const std::optional<std::int64_t> step =
        find_step(held->secret.reveal(), normalize_code(code.reveal()), now, 0);
    if (!step) {
        co_return fail_field(errors::wrong_code, "code");
    }
    wrong_codes_.forget(user.value);
    const std::vector<std::string> codes = make_recovery_codes(recovery_codes_count, parts_.rng);
    const Result<void> done = co_await parts_.db.write(
        "second_factor.confirm",
        [origin = origin_of(context), use = store::Use{user, held->factor.secret_name, *step},
         hashes = hashes_of(codes), now](db::Txn& txn) -> Result<void> {
            if (!store::turn_on(txn, use, now)) {
                return fail(errors::second_factor_on);
            }
            store::put_recovery_codes(txn, use.user, hashes);
            accounts::record_person_act(
                txn, origin, {use.user, audit::actions::user_second_factor_enabled}, now);
            return {};
        });
    co_return done ? Result<std::vector<std::string>>(codes) : std::unexpected(done.error());
}

/// Password and code, both looked at again by the step. Errors, of the step too: wrong_password,
/// wrong_code; login_throttled.
async::Task<Result<accounts::UserStep>> Service::prove(Context context, SecretString password,
                                                       SecretString code) {
    const Result<accounts::UserStep> by_password =
        co_await parts_.accounts.prove_password(context, std::move(password));
    if (!by_password) {
        co_return by_password;
    }
    const Result<accounts::UserStep> by_code =
        co_await check(origin_of(context), UserId(context.actor.id), std::move(code));
    if (!by_code) {
        co_return by_code;
    }
    co_return [first = *by_password, second = *by_code](db::Txn& txn,
                                                        const UserId& user) -> Result<void> {
        Result<void> proved = first(txn, user);
        return proved ? second(txn, user) : proved;
    };
}

async::Task<Result<void>> Service::disable(Context context, SecretString password,
                                           SecretString code) {
    const UserId user(context.actor.id);
    const Result<std::string> secret_name = co_await find_on(user);
    if (!secret_name) {
        co_return std::unexpected(secret_name.error());
    }
    const Result<accounts::UserStep> proof =
        co_await prove(context, std::move(password), std::move(code));
    if (!proof) {
        co_return std::unexpected(proof.error());
    }
    const Result<void> done = co_await parts_.db.write(
        "second_factor.disable",
        [origin = origin_of(context), user, proof = *proof,
         now = parts_.clock.now()](db::Txn& txn) -> Result<void> {
            if (Result<void> proved = proof(txn, user); !proved) {
                return proved;
            }
            store::remove(txn, user);
            accounts::record_person_act(txn, origin,
                                        {user, audit::actions::user_second_factor_disabled}, now);
            return {};
        });
    if (done) {
        (void)co_await parts_.vault.remove(of_platform(context), *secret_name);
    }
    co_return done;
}

async::Task<Result<std::vector<std::string>>> Service::renew_recovery_codes(Context context,
                                                                            SecretString password,
                                                                            SecretString code) {
    const UserId user(context.actor.id);
    const Result<std::string> on = co_await find_on(user);
    if (!on) {
        co_return std::unexpected(on.error());
    }
    const Result<accounts::UserStep> proof =
        co_await prove(context, std::move(password), std::move(code));
    if (!proof) {
        co_return std::unexpected(proof.error());
    }
    const std::vector<std::string> codes = make_recovery_codes(recovery_codes_count, parts_.rng);
    const Result<void> done = co_await parts_.db.write(
        "second_factor.renew",
        [origin = origin_of(context), user, proof = *proof, hashes = hashes_of(codes),
         now = parts_.clock.now()](db::Txn& txn) -> Result<void> {
            if (Result<void> proved = proof(txn, user); !proved) {
                return proved;
            }
            store::put_recovery_codes(txn, user, hashes);
            accounts::record_person_act(txn, origin,
                                        {user, audit::actions::user_recovery_codes_renewed}, now);
            return {};
        });
    co_return done ? Result<std::vector<std::string>>(codes) : std::unexpected(done.error());
}

async::Task<Result<bool>> reset(ResetParts parts, std::string email) {
    const Result<std::string> secret_name = co_await parts.db.write(
        "second_factor.reset",
        [email, now = parts.clock.now()](db::Txn& txn) { return remove_factor(txn, email, now); });
    if (!secret_name) {
        co_return std::unexpected(secret_name.error());
    }
    const Context context = audit::system_context(WorkspaceId(platform_workspace), {});
    const Result<void> removed = co_await parts.vault.remove(context, *secret_name);
    co_return removed.has_value();
}

}  // namespace wapi::second_factor
