// The loop, and one mail from the lease to its end.
#include <fmt/format.h>

#include <algorithm>

#include "base/log.hpp"
#include "features/mailer/mailer_rules.hpp"

namespace wapi::mailer {
namespace {

constexpr std::size_t counters_max = 10'000;
constexpr std::size_t lease_jobs_max = 4;  // one after the other, each within a minute

std::string seed_of(const EventId& id, Timestamp created_at) {
    return fmt::format("{}.{}", id.value, to_us(created_at));
}

Wish wish_of(const queue::Job& job) {
    return {.kind = job.kind,
            .seed = seed_of(job.id, job.created_at),
            .workspace = job.workspace,
            .payload = job.payload,
            .created_at = job.created_at};
}

/// One address has an allowance for each of `By`. No address has a blank in it.
std::string address_key(const Request& request) {
    return request.by == By::owner ? request.to : "others " + request.to;
}

std::string_view domain_of(std::string_view address) {
    return address.substr(std::min(address.rfind('@') + 1, address.size()));
}

}  // namespace

Mailer::Mailer(const Parts& parts, Options options)
    : parts_(parts),
      options_(std::move(options)),
      token_key_(crypto::as_text(crypto::hmac_sha256(options_.key.reveal(), "wapi-mail-token"))),
      due_(parts.tasks.io()),
      addresses_({mails_per_address_max, counters_max, true}),
      askers_({mails_per_asker_max, counters_max, true}) {}

Result<void> Mailer::check() const {
    return parts_.transport != nullptr ? Result<void>() : fail(errors::mail_not_set_up);
}

Result<void> Mailer::count(const Request& request) {
    if (!check()) {
        return {};
    }
    const Timestamp now = parts_.clock.now();
    auto wait = askers_.count(request.asker, now);
    if (!wait) {
        wait = addresses_.count(address_key(request), now);
        if (wait) {
            askers_.give_back(request.asker);
        }
    }
    if (wait) {
        Error error = fail(errors::too_many_mails).error();
        error.retry_after = std::chrono::ceil<std::chrono::seconds>(*wait);
        return std::unexpected(std::move(error));
    }
    return {};
}

void Mailer::give_back(const Request& request) {
    askers_.give_back(request.asker);
    addresses_.give_back(address_key(request));
}

void Mailer::set_composer(std::string_view kind, Composer composer) {
    composers_.insert_or_assign(std::string(kind), std::move(composer));
}

std::string Mailer::enqueue(db::Txn& txn, const NewWish& wish, Timestamp now) {
    const queue::NewJob job{.id = parts_.ids.event_id(),
                            .queue = std::string(queue_name),
                            .kind = std::string(wish.kind),
                            .run_at = now,
                            .workspace = wish.workspace,
                            .subject = {},
                            .payload = wish.payload};
    queue::enqueue(txn, job, now);
    return seed_of(job.id, now);
}

SecretString Mailer::token(std::string_view kind, std::string_view seed) const {
    const auto code = crypto::hmac_sha256(token_key_.reveal(), fmt::format("{}|{}", kind, seed));
    return SecretString(crypto::base64url_encode(crypto::as_text(code)));
}

std::string Mailer::link(std::string_view path, const SecretString& token) const {
    return fmt::format("{}{}#token={}", options_.public_url, path, token.reveal());
}

void Mailer::start() {
    if (!options_.enabled || parts_.transport == nullptr) {
        return;
    }
    parts_.tasks.on_stop([this] { due_.notify(); });
    parts_.tasks.spawn("mailer", run());
}

void Mailer::wake() { due_.notify(); }

async::Task<> Mailer::run() {
    while (!parts_.tasks.stopping()) {
        std::chrono::milliseconds wait = options_.poll;
        try {
            const bool more = co_await send_due();
            wait = more ? std::chrono::milliseconds(0) : co_await pause();
        } catch (const std::exception& failure) {
            log::warn("mail.queue_not_read", {{"reason", failure.what()}});
        }
        if (wait > std::chrono::milliseconds(0)) {
            co_await due_.wait_for(wait);
        }
    }
}

/// Until the next mail is due, at most `poll`.
async::Task<std::chrono::milliseconds> Mailer::pause() {
    constexpr std::chrono::milliseconds pause_min{10};
    const std::optional<Timestamp> next = co_await parts_.db.read(
        "mailer.next_due", [](db::Txn& txn) { return queue::next_due(txn, queue_name); });
    if (!next) {
        co_return options_.poll;
    }
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*next - parts_.clock.now());
    co_return std::clamp(wait, pause_min, options_.poll);
}

async::Task<bool> Mailer::send_due() {
    const std::vector<queue::Job> jobs = co_await parts_.db.write(
        "mailer.lease", [now = parts_.clock.now(), lease = options_.lease](db::Txn& txn) {
            return queue::lease(txn, queue_name, now, lease, lease_jobs_max);
        });
    for (const queue::Job& job : jobs) {
        try {
            co_await attempt(job);
        } catch (const std::exception& failure) {
            // The lease runs out and the mail is taken up again: at least once.
            log::warn("mail.outcome_not_recorded",
                      {{"kind", job.kind}, {"reason", failure.what()}});
        }
    }
    co_return !jobs.empty();
}

async::Task<std::optional<Letter>> Mailer::compose(queue::Job job) {
    co_return co_await parts_.db.write(
        "mailer.compose",
        [write = composers_.find(job.kind)->second, wish = wish_of(job),
         now = parts_.clock.now()](db::Txn& txn) { return write(txn, wish, now); });
}

async::Task<> Mailer::attempt(queue::Job job) {
    if (job.created_at + wish_time_max <= parts_.clock.now()) {
        log::warn("mail.dropped", {{"kind", job.kind}, {"reason", "too late"}});
        co_await settle(std::move(job), {Delivery::taken, ""});
        co_return;
    }
    if (!composers_.contains(job.kind)) {  // of a newer version, which may yet come
        co_await settle(std::move(job), {Delivery::delayed, "no composer of this kind"});
        co_return;
    }
    std::optional<Letter> letter;
    std::string failure;
    try {
        letter = co_await compose(job);
    } catch (const std::exception& thrown) {
        failure = thrown.what();
    }
    if (!failure.empty()) {
        co_await settle(std::move(job), {Delivery::delayed, "not written: " + failure});
        co_return;
    }
    if (!letter) {
        co_await settle(std::move(job), {Delivery::taken, ""});
        co_return;
    }
    const Sender from = parse_sender(options_.from);
    const Heading heading{.from = from,
                          .message_id = fmt::format("{}@{}", seed_of(job.id, job.created_at),
                                                    domain_of(from.address)),
                          .date = job.created_at};
    Transport::Outcome outcome = co_await parts_.transport->send(
        {.from = from.address, .to = letter->to, .message = render_message(*letter, heading)});
    co_await settle(std::move(job), std::move(outcome));
}

async::Task<> Mailer::settle(queue::Job job, Transport::Outcome outcome) {
    if (outcome.delivery == Delivery::taken) {
        co_await parts_.db.write("mailer.finish",
                                 [job](db::Txn& txn) { return queue::finish(txn, job); });
        co_return;
    }
    const bool final = outcome.delivery == Delivery::refused;
    const queue::Fate fate = co_await parts_.db.write(
        "mailer.fail",
        [job, reason = outcome.reason, retries = options_.retries, now = parts_.clock.now(),
         final](db::Txn& txn) { return queue::fail(txn, job, reason, retries, now, final); });
    log::warn("mail.not_sent", {{"kind", job.kind},
                                {"attempts", job.attempts},
                                {"dead", fate == queue::Fate::dead},
                                {"reason", outcome.reason}});
}

std::string token_hash(std::string_view token) {
    return std::string(crypto::as_text(crypto::sha256(token)));
}

}  // namespace wapi::mailer
