// Ids begin with a time, so that a stretch of time is a range of the primary key: that of their
// making, or of a customer's message WhatsApp's.
#include "features/overview/overview_store.hpp"

#include <fmt/format.h>

#include <limits>

namespace wapi::overview::store {
namespace {

const db::Sql find_head_sql{{
    .name = "overview.find_head",
    .text = "SELECT counted_us, settled_us, late_us FROM overview_heads WHERE workspace_id = $1",
}};
const db::Sql put_head_sql{{
    .name = "overview.put_head",
    .text = "INSERT INTO overview_heads (workspace_id, counted_us, settled_us, late_us)"
            " VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (workspace_id) DO UPDATE SET counted_us = excluded.counted_us,"
            " settled_us = excluded.settled_us, late_us = excluded.late_us",
}};
const db::Sql remove_head_sql{{
    .name = "overview.remove_head",
    .text = "DELETE FROM overview_heads WHERE workspace_id = $1",
}};
#define WAPI_FIRST_OF_ACTION(action)                                                   \
    "(SELECT created_us FROM audit_logs WHERE workspace_id = $1 AND action = '" action \
    "' AND created_us >= $3 ORDER BY created_us LIMIT 1)"
const db::Sql find_next_sql{{
    .name = "overview.find_next",
    .text = "SELECT"
            " (SELECT message_id FROM messages WHERE workspace_id = $1 AND message_id >= $2"
            " ORDER BY message_id LIMIT 1),"
            " (SELECT contact_id FROM contacts WHERE workspace_id = $1 AND contact_id >= $2"
            " ORDER BY contact_id LIMIT 1)," WAPI_FIRST_OF_ACTION(
                "contact.opted_out") "," WAPI_FIRST_OF_ACTION("contact.manually_opted_out"),
}};
#undef WAPI_FIRST_OF_ACTION
// The condition of the index messages_late, which holds late messages alone.
const db::Sql list_late_sql{{
    .name = "overview.list_late",
    .text = "SELECT DISTINCT timestamp_us / 900000000 FROM messages WHERE workspace_id = $1"
            " AND created_us >= $2 AND created_us < $3"
            " AND created_us - timestamp_us > 60000000",
}};
// What edits or takes back a message is none.
#define WAPI_MADE "workspace_id = $1 AND message_id >= $2 AND message_id < $3"
#define WAPI_SUM(condition) "coalesce(sum(CASE WHEN " condition " THEN 1 ELSE 0 END), 0),"
const db::Sql count_sql{{
    .name = "overview.count",
    .text = "SELECT " WAPI_SUM("direction = 'inbound'") WAPI_SUM("direction = 'outbound'") WAPI_SUM(
        "direction = 'outbound' AND status = 'failed'") " (SELECT count(*) FROM contacts WHERE "
                                                        "workspace_id = $1 AND contact_id >= $2"
                                                        " AND contact_id < $3),"
                                                        " (SELECT count(*) FROM audit_logs WHERE "
                                                        "workspace_id = $1 AND action IN"
                                                        " ('contact.opted_out', "
                                                        "'contact.manually_opted_out')"
                                                        " AND created_us >= $4 AND created_us < $5)"
                                                        " FROM messages WHERE " WAPI_MADE
                                                        " AND type NOT IN ('edit', 'revoke')",
}};
#undef WAPI_SUM
// Of each reply the seconds since the first message that the outbound one before it left open.
const db::Sql list_waits_sql{{
    .name = "overview.list_waits",
    .text =
        "SELECT (reply.timestamp_us - (SELECT asked.timestamp_us FROM messages AS asked"
        "   WHERE asked.workspace_id = $1 AND asked.conversation_id = reply.conversation_id"
        "   AND asked.direction = 'inbound' AND asked.timestamp_us >= coalesce("
        "     (SELECT earlier.timestamp_us FROM messages AS earlier"
        "     WHERE earlier.workspace_id = $1 AND earlier.conversation_id = reply.conversation_id"
        "     AND earlier.direction = 'outbound' AND earlier.timestamp_us < reply.timestamp_us"
        "     ORDER BY earlier.timestamp_us DESC LIMIT 1), -1)"
        "   ORDER BY asked.timestamp_us LIMIT 1)) / 1000000, count(*)"
        " FROM messages AS reply WHERE reply." WAPI_MADE " AND direction = 'outbound'"
        " AND purpose NOT IN ('marketing', 'confirmation')"
        " AND (SELECT before.direction FROM messages AS before"
        "   WHERE before.workspace_id = $1 AND before.conversation_id = reply.conversation_id"
        "   AND (before.timestamp_us, before.message_id) < (reply.timestamp_us, reply.message_id)"
        "   ORDER BY before.timestamp_us DESC, before.message_id DESC LIMIT 1) = 'inbound'"
        " GROUP BY 1",
}};
#undef WAPI_MADE
#define WAPI_PUT                                                                        \
    "INSERT INTO overview_quarters (workspace_id, begin_us, inbound, outbound, failed," \
    " new_contacts, opt_outs, reply_times) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"     \
    " ON CONFLICT (workspace_id, begin_us) DO UPDATE SET inbound = "
const db::Sql put_sql{{
    .name = "overview.put",
    .text = WAPI_PUT
    "excluded.inbound, outbound = excluded.outbound, failed = excluded.failed,"
    " new_contacts = excluded.new_contacts, opt_outs = excluded.opt_outs,"
    " reply_times = excluded.reply_times",
}};
// What was counted stays so when its messages are gone by now.
const db::Sql raise_sql{{
    .name = "overview.raise_inbound",
    .text = WAPI_PUT
    "CASE WHEN excluded.inbound > overview_quarters.inbound"
    " THEN excluded.inbound ELSE overview_quarters.inbound END",
}};
#undef WAPI_PUT
const db::Sql list_sql{{
    .name = "overview.list",
    .text = "SELECT begin_us, inbound, outbound, failed, new_contacts, opt_outs, reply_times"
            " FROM overview_quarters WHERE workspace_id = $1 AND begin_us >= $2",
}};
const db::Sql remove_before_sql{{
    .name = "overview.remove_before",
    .text = "DELETE FROM overview_quarters WHERE workspace_id = $1 AND begin_us < $2",
}};
const db::Sql count_open_sql{{
    .name = "overview.count_open",
    .text =
        "SELECT coalesce(sum(CASE WHEN last_inbound_us = last_message_us THEN 1 ELSE 0 END), 0),"
        " count(*) FROM (SELECT last_inbound_us, last_message_us FROM conversations"
        " WHERE workspace_id = $1 AND status = 'open' AND last_message_us >= $2"
        " AND last_message_us < $3 LIMIT $4) AS talks",
}};
const db::Sql list_behind_sql{{
    .name = "overview.list_behind",
    .text = "SELECT w.workspace_id FROM workspaces AS w LEFT JOIN overview_heads AS head"
            " ON head.workspace_id = w.workspace_id WHERE w.workspace_id > $1"
            " AND coalesce(head.counted_us, 0) < $2 ORDER BY w.workspace_id LIMIT $3",
    .scope = db::Scope::system,
}};

constexpr std::array<std::int64_t, 4> age_hours{1, 4, 24, 72};

std::size_t class_of(std::int64_t seconds) {
    return static_cast<std::size_t>(std::ranges::upper_bound(wait_bounds_s, seconds) -
                                    wait_bounds_s.begin());
}

void execute(db::WorkspaceTxn& txn, const db::Sql& sql, const Quarter& quarter) {
    const Counts& counts = quarter.counts;
    txn.execute(sql, quarter.begin, counts.inbound, counts.outbound, counts.failed,
                counts.new_contacts, counts.opt_outs, render_reply_times(counts));
}

}  // namespace

std::optional<Head> find_head(db::WorkspaceTxn& txn) {
    const db::Rows rows = txn.query(find_head_sql);
    if (rows.empty()) {
        return std::nullopt;
    }
    return Head{.counted = from_us(rows[0].integer(0)),
                .settled = from_us(rows[0].integer(1)),
                .late = from_us(rows[0].integer(2))};
}

void put_head(db::WorkspaceTxn& txn, const Head& head) {
    txn.execute(put_head_sql, head.counted, head.settled, head.late);
}

void remove_head(db::WorkspaceTxn& txn) { txn.execute(remove_head_sql); }

std::optional<Timestamp> find_next(db::WorkspaceTxn& txn, Timestamp from) {
    const db::Rows rows = txn.query(find_next_sql, first_uuid_at(from), from);
    std::optional<Timestamp> next;
    const auto note = [&next](const std::optional<Timestamp>& time) {
        next = time && (!next || *time < *next) ? time : next;
    };
    for (const std::size_t id : {0U, 1U}) {
        if (!rows[0].is_null(id)) {
            note(time_of_uuid(rows[0].text(id)));
        }
    }
    for (const std::size_t moment : {2U, 3U}) {
        if (!rows[0].is_null(moment)) {
            note(from_us(rows[0].integer(moment)));
        }
    }
    return next;
}

Counts count(db::WorkspaceTxn& txn, Timestamp from, Timestamp to) {
    const std::string first = first_uuid_at(from);
    const std::string end = first_uuid_at(to);
    const db::Rows rows = txn.query(count_sql, first, end, from, to);
    Counts counts{.inbound = rows[0].integer(0),
                  .outbound = rows[0].integer(1),
                  .failed = rows[0].integer(2),
                  .new_contacts = rows[0].integer(3),
                  .opt_outs = rows[0].integer(4)};
    if (counts.outbound > 0) {
        for (const db::Row row : txn.query(list_waits_sql, first, end)) {
            counts.reply_times.at(class_of(row.integer(0))) += row.integer(1);
        }
    }
    return counts;
}

std::vector<Timestamp> list_late(db::WorkspaceTxn& txn, Timestamp from, Timestamp to) {
    std::vector<Timestamp> begins;
    for (const db::Row row : txn.query(list_late_sql, from, to)) {
        begins.push_back(Timestamp() + row.integer(0) * quarter);
    }
    return begins;
}

void put(db::WorkspaceTxn& txn, const Quarter& quarter) { execute(txn, put_sql, quarter); }

void raise_inbound(db::WorkspaceTxn& txn, const Quarter& quarter) {
    execute(txn, raise_sql, quarter);
}

std::vector<Quarter> list(db::WorkspaceTxn& txn, Timestamp from) {
    std::vector<Quarter> quarters;
    for (const db::Row row : txn.query(list_sql, from)) {
        Quarter quarter{.begin = from_us(row.integer(0)),
                        .counts = {.inbound = row.integer(1),
                                   .outbound = row.integer(2),
                                   .failed = row.integer(3),
                                   .new_contacts = row.integer(4),
                                   .opt_outs = row.integer(5)}};
        parse_reply_times(row.text(6), quarter.counts);
        quarters.push_back(quarter);
    }
    return quarters;
}

void remove_before(db::WorkspaceTxn& txn, Timestamp time) { txn.execute(remove_before_sql, time); }

std::vector<Age> count_open(db::WorkspaceTxn& txn, Timestamp now, bool& exact) {
    std::vector<Age> ages;
    std::int64_t end_us = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = 0; i <= age_hours.size(); ++i) {
        const bool is_last = i == age_hours.size();
        const std::int64_t begin_us =
            is_last ? 0 : to_us(now - std::chrono::hours(age_hours.at(i)));
        const db::Rows rows = txn.query(count_open_sql, begin_us, end_us, open_max);
        const std::int64_t waiting = rows[0].integer(0);
        const std::int64_t all = rows[0].integer(1);
        ages.push_back({.hours_max = is_last ? 0 : age_hours.at(i),
                        .waiting = waiting,
                        .answered = all - waiting});
        exact = exact && all < open_max;
        end_us = begin_us;
    }
    return ages;
}

std::vector<WorkspaceId> list_behind(db::Txn& txn, const WorkspaceId& after, Timestamp until,
                                     std::size_t limit) {
    std::vector<WorkspaceId> behind;
    for (const db::Row row :
         txn.query(list_behind_sql, after, until, static_cast<std::int64_t>(limit))) {
        behind.push_back(row.id<WorkspaceId>(0));
    }
    return behind;
}

}  // namespace wapi::overview::store
