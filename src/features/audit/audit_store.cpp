// SQL of the audit log. One statement serves all filters: an empty filter matches everything.
//
// The planner uses the primary key backwards; the indexes on action and resource serve the two
// filters that are asked most.
#include "features/audit/audit_store.hpp"

#include <limits>

namespace wapi::audit {
namespace {

const db::Sql claim_head_sql{{
    .name = "audit.claim_head",
    .text = "INSERT INTO audit_heads (workspace_id, seq, hash) VALUES ($1, $3, $2) "
            "ON CONFLICT (workspace_id) DO UPDATE SET seq = audit_heads.seq + excluded.seq "
            "RETURNING seq, hash",
}};

const db::Sql find_head_sql{{
    .name = "audit.find_head",
    .text = "SELECT seq, hash FROM audit_heads WHERE workspace_id = $1",
}};

const db::Sql set_head_hash_sql{{
    .name = "audit.set_head_hash",
    .text = "UPDATE audit_heads SET hash = $2 WHERE workspace_id = $1",
}};

const db::Sql insert_entry_sql{{
    .name = "audit.insert_entry",
    .text =
        "INSERT INTO audit_logs (workspace_id, seq, action, actor_kind, actor_id, resource_type, "
        "resource_id, details, ip, user_agent, request_id, created_us, hash) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
}};

const db::Sql list_entries_sql{{
    .name = "audit.list_entries",
    .text = "SELECT seq, action, actor_kind, actor_id, resource_type, resource_id, details, ip, "
            "user_agent, request_id, created_us FROM audit_logs "
            "WHERE workspace_id = $1 AND seq < $2 AND ($3 = '' OR action = $3) "
            "AND ($4 = '' OR resource_id = $4) AND ($5 = '' OR actor_id = $5) "
            "AND created_us >= $6 AND created_us < $7 ORDER BY seq DESC LIMIT $8",
}};

const db::Sql count_entries_sql{{
    .name = "audit.count_entries",
    .text = "SELECT count(*) FROM (SELECT 1 FROM audit_logs "
            "WHERE workspace_id = $1 AND ($2 = '' OR action = $2) "
            "AND ($3 = '' OR resource_id = $3) AND ($4 = '' OR actor_id = $4) "
            "AND created_us >= $5 AND created_us < $6 LIMIT $7) AS matching",
}};

const db::Sql list_chain_sql{{
    .name = "audit.list_chain",
    .text = "SELECT seq, action, actor_kind, actor_id, resource_type, resource_id, details, ip, "
            "user_agent, request_id, created_us, hash FROM audit_logs "
            "WHERE workspace_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
}};

// Reads the key of every entry, as a verification of all reads the entries themselves.
const db::Sql list_workspaces_sql{{
    .name = "audit.list_workspaces",
    .text = "SELECT workspace_id FROM workspaces UNION SELECT workspace_id FROM audit_heads "
            "UNION SELECT workspace_id FROM audit_logs ORDER BY 1",
    .scope = db::Scope::system,
}};

db::Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

StoredEntry read_entry(const db::Row& row) {
    StoredEntry entry;
    entry.seq = row.integer(0);
    entry.action = row.string(1);
    entry.actor_kind = row.string(2);
    entry.actor_id = row.string(3);
    entry.resource_type = row.string(4);
    entry.resource_id = row.string(5);
    entry.details = row.string(6);
    entry.ip = row.string(7);
    entry.user_agent = row.string(8);
    entry.request_id = row.string(9);
    entry.created_at = from_us(row.integer(10));
    return entry;
}

std::int64_t from_of(const Filter& filter) { return filter.from ? to_us(*filter.from) : 0; }

std::int64_t to_of(const Filter& filter) {
    return filter.to ? to_us(*filter.to) : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

std::optional<Head> find_head(db::WorkspaceTxn& txn) {
    const db::Rows rows = txn.query(find_head_sql);
    if (rows.empty()) {
        return std::nullopt;
    }
    return Head{rows[0].integer(0), std::string(rows[0].bytes(1))};
}

Head claim_head(db::WorkspaceTxn& txn, std::size_t count) {
    static constexpr std::array<char, 32> zero{};
    const auto wanted = static_cast<std::int64_t>(count);
    const db::Rows rows =
        txn.query(claim_head_sql, as_bytes(std::string_view(zero.data(), zero.size())), wanted);
    return Head{rows[0].integer(0) - wanted + 1, std::string(rows[0].bytes(1))};
}

void set_head_hash(db::WorkspaceTxn& txn, std::string_view hash) {
    txn.execute(set_head_hash_sql, as_bytes(hash));
}

void insert_entries(db::WorkspaceTxn& txn, std::span<const HashedEntry> entries) {
    constexpr std::size_t per_row = 12;
    std::vector<db::Value> values;
    values.reserve(entries.size() * per_row);
    for (const HashedEntry& item : entries) {
        const StoredEntry& entry = item.entry;
        for (const db::Value& value :
             {db::Value(entry.seq), db::Value(std::string_view(entry.action)),
              db::Value(std::string_view(entry.actor_kind)),
              db::Value(std::string_view(entry.actor_id)),
              db::Value(std::string_view(entry.resource_type)),
              db::Value(std::string_view(entry.resource_id)),
              db::Value(std::string_view(entry.details)), db::Value(std::string_view(entry.ip)),
              db::Value(std::string_view(entry.user_agent)),
              db::Value(std::string_view(entry.request_id)), db::Value(to_us(entry.created_at)),
              db::Value(as_bytes(item.hash))}) {
            values.push_back(value);
        }
    }
    txn.execute_many(insert_entry_sql, values, per_row);
}

std::vector<StoredEntry> list_entries(db::WorkspaceTxn& txn, const Filter& filter,
                                      std::size_t limit) {
    const std::int64_t before =
        filter.before_seq.value_or(std::numeric_limits<std::int64_t>::max());
    const db::Rows rows =
        txn.query(list_entries_sql, before, filter.action, filter.resource_id, filter.user_id,
                  from_of(filter), to_of(filter), static_cast<std::int64_t>(limit));
    std::vector<StoredEntry> entries;
    entries.reserve(rows.size());
    for (const db::Row row : rows) {
        entries.push_back(read_entry(row));
    }
    return entries;
}

std::int64_t count_entries(db::WorkspaceTxn& txn, const Filter& filter) {
    return txn
        .query(count_entries_sql, filter.action, filter.resource_id, filter.user_id,
               from_of(filter), to_of(filter), total_max)[0]
        .integer(0);
}

std::vector<WorkspaceId> list_workspaces(db::Txn& txn) {
    std::vector<WorkspaceId> workspaces;
    for (const db::Row row : txn.query(list_workspaces_sql)) {
        workspaces.push_back(row.id<WorkspaceId>(0));
    }
    return workspaces;
}

std::vector<HashedEntry> list_chain(db::WorkspaceTxn& txn, std::int64_t after_seq,
                                    std::size_t limit) {
    const db::Rows rows = txn.query(list_chain_sql, after_seq, static_cast<std::int64_t>(limit));
    std::vector<HashedEntry> entries;
    entries.reserve(rows.size());
    for (const db::Row row : rows) {
        entries.push_back({read_entry(row), std::string(row.bytes(11))});
    }
    return entries;
}

}  // namespace wapi::audit
