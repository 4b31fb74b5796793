// The loop, and what one step does.
#include "features/housekeeping/housekeeping.hpp"

#include "base/log.hpp"
#include "features/audit/audit.hpp"
#include "features/contact_imports/contact_imports.hpp"
#include "features/idempotency/idempotency.hpp"
#include "features/messages/messages.hpp"
#include "features/numbers/numbers.hpp"
#include "features/webhook_events/webhook_events.hpp"

namespace wapi::housekeeping {
namespace {

constexpr std::chrono::minutes interval{10};
constexpr std::size_t subjects_max = 1'000;  ///< looked at in one transaction

struct Subjects {
    std::vector<std::string> with_number;  ///< that somebody has by now
    std::string last;                      ///< of those looked at; empty: there is no more
};

Subjects find_subjects(db::Txn& txn, const std::string& after) {
    Subjects found;
    for (std::string& subject : queue::list_ownerless_subjects(txn, after, subjects_max)) {
        found.last = subject;
        if (numbers::find_route(txn, PhoneNumberId(subject))) {
            found.with_number.push_back(std::move(subject));
        }
    }
    return found;
}

std::int64_t adopt(db::Txn& txn, const std::vector<std::string>& subjects) {
    std::int64_t adopted = 0;
    for (const std::string& subject : subjects) {
        if (const auto route = numbers::find_route(txn, PhoneNumberId(subject))) {
            adopted += queue::adopt_dead(txn, subject, route->workspace);
        }
    }
    return adopted;
}

}  // namespace

bool prune_step(db::Txn& txn, const Retention& retention, Timestamp now) {
    const std::int64_t most = std::max({
        webhook_events::prune_events(txn, now - retention.events, prune_rows_max),
        queue::prune_dead(txn, now - retention.dead_letters, prune_rows_max),
        messages::prune_early_statuses(txn, now - retention.early_statuses, prune_rows_max),
        idempotency::prune(txn, now - retention.idempotency_keys, prune_rows_max),
    });
    return contact_imports::prune_step(txn, now) || most >= prune_rows_max;
}

void Housekeeper::start() {
    tasks_.on_stop([this] { wake_.notify(); });
    tasks_.spawn("housekeeping", run());
}

async::Task<> Housekeeper::run() {
    while (!tasks_.stopping()) {
        try {
            co_await keep_house();
        } catch (const std::exception& failure) {
            log::warn("housekeeping.failed", {{"reason", failure.what()}});
        }
        co_await wake_.wait_for(interval);
    }
}

async::Task<> Housekeeper::keep_house() {
    while (!tasks_.stopping() && co_await prune()) {
    }
    while (!tasks_.stopping() && co_await prune_audit()) {
    }
    co_await adopt_letters();
}

async::Task<bool> Housekeeper::prune() {
    co_return co_await db_.write("housekeeping.prune",
                                 [now = clock_.now(), retention = retention_](db::Txn& txn) {
                                     return prune_step(txn, retention, now);
                                 });
}

async::Task<bool> Housekeeper::prune_audit() {
    co_return co_await db_.write("housekeeping.audit", [now = clock_.now()](db::Txn& txn) {
        return audit::prune_next(txn, now);
    });
}

async::Task<> Housekeeper::adopt_letters() {
    Subjects found;
    do {
        found = co_await db_.read("housekeeping.find_subjects", [after = found.last](db::Txn& txn) {
            return find_subjects(txn, after);
        });
        if (!found.with_number.empty()) {
            co_await db_.write("housekeeping.adopt", [subjects = found.with_number](db::Txn& txn) {
                return adopt(txn, subjects);
            });
        }
    } while (!tasks_.stopping() && !found.last.empty());
}

}  // namespace wapi::housekeeping
