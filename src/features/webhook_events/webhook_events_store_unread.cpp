// Who may have written what is not processed yet. Declared in webhook_events.hpp.
#include "db/lists.hpp"
#include "features/webhook_events/webhook_events_store.hpp"

namespace wapi::webhook_events {
namespace {

/// Bodies that are looked through, of some hundred bytes each.
constexpr std::int64_t looked_through_max = 1'000;
/// An event's id is made just before its job's time is taken, on the same node.
constexpr std::chrono::milliseconds id_before_time_max{100};

// Whatever its time: that is of the clock of the node that received it. What is replayed has
// another time to run at than the one it was made at.
#define WAPI_OLDEST(index)                       \
    "SELECT created_us FROM jobs" index          \
    " WHERE queue = 'webhooks' AND priority = 0" \
    " AND attempts = 0 AND run_at_us = created_us ORDER BY created_us, id LIMIT 1"
const db::Sql find_oldest_sql{{
    .name = "webhook_events.find_oldest_unread",
    .text = {},
    .scope = db::Scope::system,
    .sqlite = WAPI_OLDEST(" INDEXED BY jobs_unread"),
    .postgres = WAPI_OLDEST(""),
}};
#undef WAPI_OLDEST
// Counts those that may be unread, and those of them that hold one of the texts of $2.
#define WAPI_WRITTEN(texts, holds)                                                          \
    "WITH own(text) AS MATERIALIZED (" texts                                                \
    ") SELECT count(*), CAST(coalesce(sum(CASE WHEN EXISTS (SELECT 1 FROM own WHERE " holds \
    ") THEN 1 ELSE 0 END), 0) AS BIGINT) FROM (SELECT body FROM webhook_events"             \
    " WHERE event_id >= $1 AND priority = 0 ORDER BY event_id LIMIT $3) AS since"
const db::Sql count_written_sql{{
    .name = "webhook_events.count_written",
    .text = {},
    .scope = db::Scope::system,
    .sqlite =
        WAPI_WRITTEN("SELECT value FROM json_each($2)", "instr(body, CAST(own.text AS BLOB)) > 0"),
    .postgres = WAPI_WRITTEN("SELECT json_array_elements_text(CAST($2 AS JSON))",
                             "position(convert_to(own.text, 'UTF8') IN body) > 0"),
}};
#undef WAPI_WRITTEN

}  // namespace

bool are_behind(db::Txn& txn) { return may_have_written(txn, {}); }

bool may_have_written(db::Txn& txn, std::span<const std::string> identities) {
    const db::Rows oldest = txn.query(find_oldest_sql);
    if (oldest.empty()) {
        return false;
    }
    const EventId since = first_event_at(from_us(oldest[0].integer(0)) - id_before_time_max);
    const db::Rows counts =
        txn.query(count_written_sql, since, db::render_list(identities), looked_through_max);
    return counts[0].integer(0) == looked_through_max || counts[0].integer(1) > 0;
}

}  // namespace wapi::webhook_events
