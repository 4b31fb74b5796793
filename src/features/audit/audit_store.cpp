// SQL of the chain: its head, its entries in order, its oldest part. What filters ask is in
// audit_store_query.cpp.
#include "features/audit/audit_store.hpp"

#include <array>

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
    .text = "SELECT seq, hash, pruned_seq FROM audit_heads WHERE workspace_id = $1",
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

const db::Sql find_due_sql{{
    .name = "audit.find_due",
    .text = "SELECT workspace_id FROM audit_heads WHERE prune_us <= $1 ORDER BY prune_us LIMIT 1",
    .scope = db::Scope::system,
}};

const db::Sql take_due_sql{{
    .name = "audit.take_due",
    .text = "UPDATE audit_heads SET prune_us = $3 WHERE workspace_id = $1 AND prune_us <= $2",
}};

const db::Sql set_due_sql{{
    .name = "audit.set_due",
    .text = "UPDATE audit_heads SET prune_us = $2 WHERE workspace_id = $1",
}};

const db::Sql find_settings_sql{{
    .name = "audit.find_settings",
    .text = "SELECT settings FROM workspaces WHERE workspace_id = $1",
}};

const db::Sql remove_through_sql{{
    .name = "audit.remove_through",
    .text = "DELETE FROM audit_logs WHERE workspace_id = $1 AND seq <= $2",
}};

const db::Sql set_pruned_sql{{
    .name = "audit.set_pruned",
    .text = "UPDATE audit_heads SET pruned_seq = $2 WHERE workspace_id = $1",
}};

db::Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

std::optional<Head> find_head(db::WorkspaceTxn& txn) {
    const db::Rows rows = txn.query(find_head_sql);
    if (rows.empty()) {
        return std::nullopt;
    }
    return Head{rows[0].integer(0), std::string(rows[0].bytes(1)), rows[0].integer(2)};
}

Link claim_head(db::WorkspaceTxn& txn, std::size_t count) {
    static constexpr std::array<char, 32> zero{};
    const auto wanted = static_cast<std::int64_t>(count);
    const db::Rows rows =
        txn.query(claim_head_sql, as_bytes(std::string_view(zero.data(), zero.size())), wanted);
    return Link{rows[0].integer(0) - wanted + 1, std::string(rows[0].bytes(1))};
}

void set_head_hash(db::WorkspaceTxn& txn, std::string_view hash) {
    txn.execute(set_head_hash_sql, as_bytes(hash));
}

void insert_entries(db::WorkspaceTxn& txn, std::span<const StoredEntry> entries) {
    constexpr std::size_t per_row = 12;
    std::vector<db::Value> values;
    values.reserve(entries.size() * per_row);
    for (const StoredEntry& entry : entries) {
        for (const db::Value& value :
             {db::Value(entry.seq), db::Value(std::string_view(entry.action)),
              db::Value(std::string_view(entry.actor_kind)),
              db::Value(std::string_view(entry.actor_id)),
              db::Value(std::string_view(entry.resource_type)),
              db::Value(std::string_view(entry.resource_id)),
              db::Value(std::string_view(entry.details)), db::Value(std::string_view(entry.ip)),
              db::Value(std::string_view(entry.user_agent)),
              db::Value(std::string_view(entry.request_id)), db::Value(to_us(entry.created_at)),
              db::Value(as_bytes(entry.hash))}) {
            values.push_back(value);
        }
    }
    txn.execute_many(insert_entry_sql, values, per_row);
}

std::vector<WorkspaceId> list_workspaces(db::Txn& txn) {
    std::vector<WorkspaceId> workspaces;
    for (const db::Row row : txn.query(list_workspaces_sql)) {
        workspaces.push_back(row.id<WorkspaceId>(0));
    }
    return workspaces;
}

std::vector<StoredEntry> list_chain(db::WorkspaceTxn& txn, std::int64_t after_seq,
                                    std::size_t limit) {
    const db::Rows rows = txn.query(list_chain_sql, after_seq, static_cast<std::int64_t>(limit));
    std::vector<StoredEntry> entries;
    entries.reserve(rows.size());
    for (const db::Row row : rows) {
        entries.push_back(read_entry(row));
    }
    return entries;
}

std::optional<WorkspaceId> find_due(db::Txn& txn, Timestamp now) {
    const db::Rows rows = txn.query(find_due_sql, now);
    return rows.empty() ? std::nullopt : std::optional(rows[0].id<WorkspaceId>(0));
}

bool take_due(db::WorkspaceTxn& txn, Timestamp now, Timestamp next) {
    return txn.execute(take_due_sql, now, next) > 0;
}

void set_due(db::WorkspaceTxn& txn, Timestamp next) { txn.execute(set_due_sql, next); }

std::string find_settings(db::WorkspaceTxn& txn) {
    const db::Rows rows = txn.query(find_settings_sql);
    return rows.empty() ? "{}" : rows[0].string(0);
}

void remove_through(db::WorkspaceTxn& txn, std::int64_t seq) {
    txn.execute(remove_through_sql, seq);
}

void set_pruned(db::WorkspaceTxn& txn, std::int64_t pruned_seq) {
    txn.execute(set_pruned_sql, pruned_seq);
}

}  // namespace wapi::audit
