#include "features/operator_desk/operator_desk_store.hpp"

namespace wapi::operator_desk::store {
namespace {

// Each row carries the number of all, so that one statement says how many are left out.
const db::Sql list_queues_sql{{
    .name = "operator_desk.list_queues",
    .text = "WITH parts AS (SELECT queue,"
            " SUM(CASE WHEN run_at_us <= $1 THEN items ELSE 0 END) AS pending,"
            " SUM(items) AS jobs, MIN(CASE WHEN run_at_us <= $1 THEN run_at_us END) AS oldest_us,"
            " 0 AS letters FROM jobs GROUP BY queue"
            " UNION ALL SELECT queue, 0, 0, NULL, COUNT(*) FROM dead_letters GROUP BY queue),"
            " queues AS (SELECT queue, SUM(pending) AS pending, SUM(jobs) AS jobs,"
            " MIN(oldest_us) AS oldest_us, SUM(letters) AS letters FROM parts GROUP BY queue)"
            " SELECT q.queue, CAST(q.pending AS BIGINT), CAST(q.jobs AS BIGINT), q.oldest_us,"
            " CAST(q.letters AS BIGINT), w.workspace_id, w.name, p.display_phone,"
            " COUNT(*) OVER () FROM queues q"
            " LEFT JOIN phone_numbers p ON p.phone_number_id = substr(q.queue, 8)"
            " AND substr(q.queue, 1, 7) = 'outbox:'"
            " LEFT JOIN workspaces w ON w.workspace_id = p.workspace_id"
            " ORDER BY CASE WHEN q.oldest_us IS NULL THEN 1 ELSE 0 END, q.oldest_us, q.queue"
            " LIMIT $2",
    .scope = db::Scope::system,
}};

const db::Sql name_owners_sql{{
    .name = "operator_desk.name_owners",
    .text = "SELECT DISTINCT w.workspace_id, w.name FROM dead_letters d"
            " JOIN workspaces w ON w.workspace_id = d.workspace_id"
            " WHERE d.id >= $1 AND d.id <= $2",
    .scope = db::Scope::system,
}};

const db::Sql find_name_sql{{
    .name = "operator_desk.find_name",
    .text = "SELECT name FROM workspaces WHERE workspace_id = $1",
}};

QueueLine read_line(const db::Row& row) {
    QueueLine line{.name = row.string(0), .counts = {}, .workspace = std::nullopt, .phone = {}};
    line.counts.pending = row.integer(1);
    line.counts.delayed = row.integer(2) - line.counts.pending;
    line.counts.dead = row.integer(4);
    if (const auto oldest = row.optional_integer(3)) {
        line.counts.oldest_due = from_us(*oldest);
    }
    if (!row.is_null(5)) {
        line.workspace = Named{.id = row.id<WorkspaceId>(5), .name = row.string(6)};
        line.phone = row.string(7);
    }
    return line;
}

}  // namespace

QueueList list_queues(db::Txn& txn, Timestamp now, std::size_t limit) {
    QueueList list;
    const db::Rows rows = txn.query(list_queues_sql, now, static_cast<std::int64_t>(limit));
    for (const db::Row row : rows) {
        list.queues.push_back(read_line(row));
        list.left_out = row.integer(8);
    }
    list.left_out -= static_cast<std::int64_t>(list.queues.size());
    return list;
}

Names name_owners(db::Txn& txn, EventId first, EventId last) {
    Names names;
    for (const db::Row row : txn.query(name_owners_sql, first, last)) {
        names.emplace(row.string(0), row.string(1));
    }
    return names;
}

std::optional<std::string> find_name(db::WorkspaceTxn& txn) {
    const db::Rows rows = txn.query(find_name_sql);
    return rows.empty() ? std::nullopt : std::optional(rows[0].string(0));
}

}  // namespace wapi::operator_desk::store
