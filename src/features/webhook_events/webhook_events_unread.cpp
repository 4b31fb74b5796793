// Who may have written what is not processed yet. Declared in webhook_events.hpp.
#include "features/webhook_events/webhook_events_store.hpp"

namespace wapi::webhook_events {
namespace {

using namespace std::chrono_literals;

/// Up to here the bodies that wait are looked through, one after another.
constexpr std::chrono::seconds looked_through_max = 2s;
/// An event's id is made just before its job's time is taken.
constexpr std::chrono::milliseconds id_before_time_max = 100ms;

// Whatever its time: that is of the clock of the node that received it.
const db::Sql find_oldest_sql{{
    .name = "webhook_events.find_oldest_unread",
    .text = "SELECT run_at_us FROM jobs WHERE queue = 'webhooks' AND priority = 0"
            " AND attempts = 0 ORDER BY run_at_us, id LIMIT 1",
    .scope = db::Scope::system,
}};
#define WAPI_SINCE "SELECT 1 FROM webhook_events WHERE event_id >= $1 AND priority = 0 AND "
const db::Sql find_written_sql{{
    .name = "webhook_events.find_written",
    .text = {},
    .scope = db::Scope::system,
    .sqlite = WAPI_SINCE "instr(body, CAST($2 AS BLOB)) > 0 LIMIT 1",
    .postgres = WAPI_SINCE "position(convert_to($2, 'UTF8') IN body) > 0 LIMIT 1",
}};
#undef WAPI_SINCE

/// When the message came that waits longest to be processed for the first time.
std::optional<Timestamp> find_oldest(db::Txn& txn) {
    const db::Rows rows = txn.query(find_oldest_sql);
    return rows.empty() ? std::nullopt : std::optional(from_us(rows[0].integer(0)));
}

bool is_too_old(Timestamp oldest, Timestamp now) { return oldest + looked_through_max < now; }

}  // namespace

bool are_behind(db::Txn& txn, Timestamp now) {
    const std::optional<Timestamp> oldest = find_oldest(txn);
    return oldest && is_too_old(*oldest, now);
}

bool may_have_written(db::Txn& txn, std::span<const std::string> identities, Timestamp now) {
    const std::optional<Timestamp> oldest = find_oldest(txn);
    if (!oldest || is_too_old(*oldest, now)) {
        return oldest.has_value();
    }
    const EventId since = first_event_at(*oldest - id_before_time_max);
    return std::ranges::any_of(identities, [&](const std::string& identity) {
        return !txn.query(find_written_sql, since, identity).empty();
    });
}

}  // namespace wapi::webhook_events
