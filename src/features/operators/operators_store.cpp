#include "features/operators/operators_store.hpp"

namespace wapi::operators::store {
namespace {

const db::Sql insert_sql{{
    .name = "operators.insert",
    .text = "INSERT INTO operators (operator_id, email, name, password_hash, created_us) "
            "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (email) DO NOTHING",
    .scope = db::Scope::system,
}};

const db::Sql find_sql{{
    .name = "operators.find",
    .text = "SELECT operator_id, email, name, created_us, password_hash FROM operators "
            "WHERE email = $1",
    .scope = db::Scope::system,
}};

const db::Sql list_sql{{
    .name = "operators.list",
    .text = "SELECT operator_id, email, name, created_us FROM operators ORDER BY email",
    .scope = db::Scope::system,
}};

const db::Sql delete_sql{{
    .name = "operators.delete",
    .text = "DELETE FROM operators WHERE operator_id = $1",
    .scope = db::Scope::system,
}};

const db::Sql delete_sessions_sql{{
    .name = "operators.delete_sessions",
    .text = "DELETE FROM operator_sessions WHERE operator_id = $1 AND expires_us <= $2",
    .scope = db::Scope::system,
}};

const db::Sql insert_session_sql{{
    .name = "operators.insert_session",
    .text = "INSERT INTO operator_sessions (token_hash, operator_id, created_us, expires_us) "
            "VALUES ($1, $2, $3, $4)",
    .scope = db::Scope::system,
}};

const db::Sql find_session_sql{{
    .name = "operators.find_session",
    .text = "SELECT s.operator_id FROM operator_sessions s JOIN operators o "
            "ON o.operator_id = s.operator_id WHERE s.token_hash = $1 AND s.expires_us > $2",
    .scope = db::Scope::system,
}};

const db::Sql delete_session_sql{{
    .name = "operators.delete_session",
    .text = "DELETE FROM operator_sessions WHERE token_hash = $1",
    .scope = db::Scope::system,
}};

#define WAPI_TENANT_COLUMNS                                                         \
    "SELECT w.workspace_id, w.name, w.plan, w.created_us, w.suspended_us,"          \
    " w.suspended_reason, o.per_minute, p.per_minute,"                              \
    " (SELECT COUNT(*) FROM members m WHERE m.workspace_id = w.workspace_id),"      \
    " (SELECT COUNT(*) FROM phone_numbers p WHERE p.workspace_id = w.workspace_id)" \
    " FROM workspaces w"                                                            \
    " LEFT JOIN workspace_rate_limits o ON o.workspace_id = w.workspace_id"         \
    " LEFT JOIN rate_limits p ON p.kind = 'plan' AND p.name = w.plan"
const db::Sql list_tenants_sql{{
    .name = "operators.list_tenants",
    .text = WAPI_TENANT_COLUMNS " WHERE w.workspace_id > $1 AND ($3 = '' OR " WAPI_LOWER(
        "w.name") " LIKE $3 ESCAPE '!'"
                  " OR w.workspace_id LIKE $3 ESCAPE '!')"
                  " AND (CAST($4 AS BIGINT) IS NULL OR $4 = CASE WHEN w.suspended_us IS NULL THEN "
                  "0 ELSE 1 END)"
                  " ORDER BY w.workspace_id LIMIT $2",
    .scope = db::Scope::system,
}};

const db::Sql find_tenant_sql{{
    .name = "operators.find_tenant",
    .text = WAPI_TENANT_COLUMNS " WHERE w.workspace_id = $1",
}};
#undef WAPI_TENANT_COLUMNS

const db::Sql set_plan_sql{{
    .name = "operators.set_plan",
    .text = "UPDATE workspaces SET plan = $2 WHERE workspace_id = $1 AND plan <> $2",
}};

const db::Sql suspend_sql{{
    .name = "operators.suspend",
    .text = "UPDATE workspaces SET suspended_us = $2, suspended_reason = $3 "
            "WHERE workspace_id = $1 AND suspended_us IS NULL",
}};

const db::Sql resume_sql{{
    .name = "operators.resume",
    .text = "UPDATE workspaces SET suspended_us = NULL, suspended_reason = '' "
            "WHERE workspace_id = $1 AND suspended_us IS NOT NULL",
}};

db::Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

Operator read_operator(const db::Row& row) {
    return {.id = row.string(0),
            .email = row.string(1),
            .name = row.string(2),
            .created_at = from_us(row.integer(3))};
}

Tenant read_tenant(const db::Row& row) {
    Tenant tenant{.id = row.id<WorkspaceId>(0),
                  .name = row.string(1),
                  .plan = row.string(2),
                  .created_at = from_us(row.integer(3)),
                  .suspended_at = std::nullopt,
                  .suspended_reason = row.string(5),
                  .members = row.integer(8),
                  .numbers = row.integer(9),
                  .own_limit = row.optional_integer(6)};
    tenant.per_minute = rate_limits::decide_limits({.plan = tenant.plan,
                                                    .of_workspace = tenant.own_limit,
                                                    .of_plan = row.optional_integer(7)})
                            .per_minute;
    if (const auto since = row.optional_integer(4)) {
        tenant.suspended_at = from_us(*since);
    }
    return tenant;
}

}  // namespace

bool insert(db::Txn& txn, const StoredOperator& stored) {
    const Operator& who = stored.who;
    return txn.execute(insert_sql, who.id, who.email, who.name, stored.password_hash,
                       who.created_at) > 0;
}

std::optional<StoredOperator> find(db::Txn& txn, std::string_view email) {
    const db::Rows rows = txn.query(find_sql, email);
    return rows.empty() ? std::nullopt
                        : std::optional(StoredOperator{read_operator(rows[0]), rows[0].string(4)});
}

std::vector<Operator> list(db::Txn& txn) {
    std::vector<Operator> all;
    const db::Rows rows = txn.query(list_sql);
    for (const db::Row row : rows) {
        all.push_back(read_operator(row));
    }
    return all;
}

void remove(db::Txn& txn, std::string_view id) {
    txn.execute(delete_sessions_sql, id, Timestamp::max());
    txn.execute(delete_sql, id);
}

void insert_session(db::Txn& txn, const Session& session) {
    txn.execute(delete_sessions_sql, session.operator_id, session.created_at);
    txn.execute(insert_session_sql, as_bytes(session.token_hash), session.operator_id,
                session.created_at, session.expires_at);
}

std::optional<std::string> find_session(db::Txn& txn, std::string_view token_hash, Timestamp now) {
    const db::Rows rows = txn.query(find_session_sql, as_bytes(token_hash), now);
    return rows.empty() ? std::nullopt : std::optional(rows[0].string(0));
}

void remove_session(db::Txn& txn, std::string_view token_hash) {
    txn.execute(delete_session_sql, as_bytes(token_hash));
}

std::vector<Tenant> list_tenants(db::Txn& txn, const TenantFilter& filter) {
    std::vector<Tenant> tenants;
    const auto suspended =
        filter.suspended ? std::optional<std::int64_t>(*filter.suspended ? 1 : 0) : std::nullopt;
    const db::Rows rows =
        txn.query(list_tenants_sql, filter.after, static_cast<std::int64_t>(filter.limit),
                  db::contains_pattern(filter.text), suspended);
    for (const db::Row row : rows) {
        tenants.push_back(read_tenant(row));
    }
    return tenants;
}

std::optional<Tenant> find_tenant(db::WorkspaceTxn& txn) {
    const db::Rows rows = txn.query(find_tenant_sql);
    return rows.empty() ? std::nullopt : std::optional(read_tenant(rows[0]));
}

bool set_plan(db::WorkspaceTxn& txn, std::string_view plan) {
    return txn.execute(set_plan_sql, plan) > 0;
}

bool set_suspended(db::WorkspaceTxn& txn, std::optional<Timestamp> since, std::string_view reason) {
    return (since ? txn.execute(suspend_sql, *since, reason) : txn.execute(resume_sql)) > 0;
}

}  // namespace wapi::operators::store
