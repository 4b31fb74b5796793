// The loop, and what one step does.
#include "features/housekeeping/housekeeping.hpp"

#include "base/log.hpp"
#include "features/messages/messages.hpp"
#include "features/numbers/numbers.hpp"
#include "features/webhooks/webhooks.hpp"

namespace wapi::housekeeping {
namespace {

constexpr std::chrono::minutes interval{10};

}  // namespace

bool prune_step(db::Txn& txn, const Retention& retention, Timestamp now) {
    const std::int64_t most = std::max({
        webhooks::prune_events(txn, now - retention.events, prune_rows_max),
        queue::prune_dead(txn, now - retention.dead_letters, prune_rows_max),
        messages::prune_early_statuses(txn, now - retention.early_statuses, prune_rows_max),
        messages::prune_idempotency_keys(txn, now - retention.idempotency_keys, prune_rows_max),
    });
    return most >= prune_rows_max;
}

void adopt_letters(db::Txn& txn) {
    for (const std::string& subject : queue::list_ownerless_subjects(txn)) {
        if (const auto route = numbers::find_route(txn, PhoneNumberId(subject))) {
            queue::adopt_dead(txn, subject, route->workspace);
        }
    }
}

void Housekeeper::start() {
    tasks_.on_stop([this] { wake_.notify(); });
    tasks_.spawn("housekeeping", run());
}

async::Task<> Housekeeper::run() {
    while (!tasks_.stopping()) {
        bool more = false;
        try {
            more = co_await db_.write("housekeeping",
                                      [now = clock_.now(), retention = retention_](db::Txn& txn) {
                                          adopt_letters(txn);
                                          return prune_step(txn, retention, now);
                                      });
        } catch (const std::exception& failure) {
            log::warn("housekeeping.failed", {{"reason", failure.what()}});
        }
        if (!more) {
            co_await wake_.wait_for(interval);
        }
    }
}

}  // namespace wapi::housekeeping
