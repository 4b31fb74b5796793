// SQL of users, members and sessions. See accounts_store.hpp.
#include "features/accounts/accounts_store.hpp"

namespace wapi::accounts {
namespace {

const db::Sql insert_user_sql{{
    .name = "accounts.insert_user",
    .text = "INSERT INTO users (user_id, email, name, password_hash, created_us) "
            "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (email) DO NOTHING",
    .scope = db::Scope::system,
}};

const db::Sql find_user_by_email_sql{{
    .name = "accounts.find_user_by_email",
    .text = "SELECT user_id, name, email, password_hash, email_verified_us FROM users "
            "WHERE email = $1",
    .scope = db::Scope::system,
}};

const db::Sql find_user_sql{{
    .name = "accounts.find_user",
    .text = "SELECT user_id, name, email, password_hash, email_verified_us FROM users "
            "WHERE user_id = $1",
    .scope = db::Scope::system,
}};

const db::Sql set_password_sql{{
    .name = "accounts.set_password",
    .text = "UPDATE users SET password_hash = $2 WHERE user_id = $1",
    .scope = db::Scope::system,
}};

const db::Sql lock_password_sql{{
    .name = "accounts.lock_password",
    .text = "SELECT password_hash FROM users WHERE user_id = $1",
    .scope = db::Scope::system,
    .postgres = "SELECT password_hash FROM users WHERE user_id = $1 FOR NO KEY UPDATE",
}};

const db::Sql verify_email_sql{{
    .name = "accounts.verify_email",
    .text = "UPDATE users SET email_verified_us = $3 WHERE user_id = $1 AND email = $2 "
            "AND email_verified_us IS NULL",
    .scope = db::Scope::system,
}};

const db::Sql insert_member_sql{{
    .name = "accounts.insert_member",
    .text = "INSERT INTO members (workspace_id, user_id, role, created_us) VALUES ($1, $2, $3, $4)",
}};

const db::Sql list_memberships_sql{{
    .name = "accounts.list_memberships",
    .text = "SELECT m.workspace_id, w.name, w.plan, m.role, coalesce(r.name, m.role) "
            "FROM members m JOIN workspaces w ON w.workspace_id = m.workspace_id "
            "LEFT JOIN team_roles r ON r.workspace_id = m.workspace_id AND r.role_id = m.role "
            "WHERE m.user_id = $1 "
            "ORDER BY m.created_us, m.workspace_id",
    .scope = db::Scope::system,
}};

const db::Sql find_membership_sql{{
    .name = "accounts.find_membership",
    .text = "SELECT m.workspace_id, w.name, w.plan, m.role, coalesce(r.name, m.role) "
            "FROM members m JOIN workspaces w ON w.workspace_id = m.workspace_id "
            "LEFT JOIN team_roles r ON r.workspace_id = m.workspace_id AND r.role_id = m.role "
            "WHERE m.workspace_id = $1 AND m.user_id = $2",
}};

const db::Sql insert_session_sql{{
    .name = "accounts.insert_session",
    .text = "INSERT INTO sessions (session_id, user_id, workspace_id, refresh_hash, created_us, "
            "expires_us, revoked_us) VALUES ($1, $2, $3, $4, $5, $6, NULL)",
    .scope = db::Scope::system,
}};

const db::Sql lock_session_sql{{
    .name = "accounts.lock_session",
    .text = "SELECT session_id, user_id, workspace_id, refresh_hash, created_us, expires_us, "
            "revoked_us, seen_us FROM sessions WHERE session_id = $1",
    .scope = db::Scope::system,
    .postgres = "SELECT session_id, user_id, workspace_id, refresh_hash, created_us, expires_us, "
                "revoked_us, seen_us FROM sessions WHERE session_id = $1 FOR UPDATE",
}};

const db::Sql rotate_session_sql{{
    .name = "accounts.rotate_session",
    .text = "UPDATE sessions SET refresh_hash = $2, expires_us = $3 WHERE session_id = $1",
    .scope = db::Scope::system,
}};

const db::Sql revoke_session_sql{{
    .name = "accounts.revoke_session",
    .text = "UPDATE sessions SET revoked_us = $2 WHERE session_id = $1 AND revoked_us IS NULL",
    .scope = db::Scope::system,
}};

const db::Sql prune_sessions_sql{{
    .name = "accounts.prune_sessions",
    .text = "DELETE FROM sessions WHERE session_id IN (SELECT session_id FROM sessions "
            "WHERE user_id = $1 AND (expires_us <= $2 OR revoked_us IS NOT NULL) "
            "ORDER BY session_id LIMIT $3)",
    .scope = db::Scope::system,
}};

const db::Sql find_live_session_sql{{
    .name = "accounts.find_live_session",
    .text = "SELECT s.user_id, s.workspace_id, m.workspace_id, " WAPI_RIGHTS_COLUMNS
            " FROM sessions s LEFT JOIN members m ON m.user_id = s.user_id AND m.workspace_id ="
            " CASE WHEN $3 = '' THEN s.workspace_id ELSE $3 END" WAPI_RIGHTS_JOINS
            " WHERE s.session_id = $1 AND s.expires_us > $2 AND s.revoked_us IS NULL",
    .scope = db::Scope::system,
}};

db::Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

StoredUser read_user(const db::Row& row) {
    return {{row.id<UserId>(0), row.string(1), row.string(2), !row.is_null(4)}, row.string(3)};
}

Membership read_membership(const db::Row& row) {
    return {row.id<WorkspaceId>(0), row.string(1), row.string(2), row.string(3), row.string(4)};
}

}  // namespace

bool insert_user(db::Txn& txn, const StoredUser& user, Timestamp now) {
    return txn.execute(insert_user_sql, user.user.id, user.user.email, user.user.name,
                       user.password_hash, to_us(now)) > 0;
}

std::optional<StoredUser> find_user_by_email(db::Txn& txn, std::string_view email) {
    const db::Rows rows = txn.query(find_user_by_email_sql, email);
    return rows.empty() ? std::nullopt : std::optional(read_user(rows[0]));
}

std::optional<StoredUser> find_user(db::Txn& txn, const UserId& id) {
    const db::Rows rows = txn.query(find_user_sql, id);
    return rows.empty() ? std::nullopt : std::optional(read_user(rows[0]));
}

void set_password(db::Txn& txn, const UserId& id, std::string_view password_hash) {
    txn.execute(set_password_sql, id, password_hash);
}

bool holds_password(db::Txn& txn, const UserId& id, std::string_view password_hash) {
    const db::Rows rows = txn.query(lock_password_sql, id);
    return !rows.empty() && rows[0].string(0) == password_hash;
}

bool verify_email(db::Txn& txn, const User& user, Timestamp now) {
    return txn.execute(verify_email_sql, user.id, user.email, to_us(now)) > 0;
}

void insert_member(db::WorkspaceTxn& txn, const UserId& user_id, std::string_view role,
                   Timestamp now) {
    txn.execute(insert_member_sql, user_id, role, to_us(now));
}

std::vector<Membership> list_memberships(db::Txn& txn, const UserId& user_id) {
    std::vector<Membership> memberships;
    const db::Rows rows = txn.query(list_memberships_sql, user_id);
    for (const db::Row row : rows) {
        memberships.push_back(read_membership(row));
    }
    return memberships;
}

std::optional<Membership> find_membership(db::WorkspaceTxn& txn, const UserId& user_id) {
    const db::Rows rows = txn.query(find_membership_sql, user_id);
    return rows.empty() ? std::nullopt : std::optional(read_membership(rows[0]));
}

void insert_session(db::Txn& txn, const Session& session) {
    txn.execute(insert_session_sql, session.id, session.user_id, session.workspace,
                as_bytes(session.refresh_hash), to_us(session.created_at),
                to_us(session.expires_at));
}

std::optional<Session> lock_session(db::Txn& txn, std::string_view id) {
    const db::Rows rows = txn.query(lock_session_sql, id);
    if (rows.empty()) {
        return std::nullopt;
    }
    const db::Row row = rows[0];
    return Session{row.string(0),           row.id<UserId>(1),
                   row.id<WorkspaceId>(2),  std::string(row.bytes(3)),
                   from_us(row.integer(4)), from_us(row.integer(5)),
                   !row.is_null(6),         from_us(row.integer(7))};
}

void rotate_session(db::Txn& txn, std::string_view id, const crypto::Digest& refresh_hash,
                    Timestamp expires_at) {
    txn.execute(rotate_session_sql, id, as_bytes(crypto::as_text(refresh_hash)), to_us(expires_at));
}

void revoke_session(db::Txn& txn, std::string_view id, Timestamp now) {
    txn.execute(revoke_session_sql, id, to_us(now));
}

std::int64_t prune_sessions(db::Txn& txn, const UserId& user_id, Timestamp now, std::size_t limit) {
    return txn.execute(prune_sessions_sql, user_id, to_us(now), static_cast<std::int64_t>(limit));
}

std::optional<LiveSession> find_live_session(db::Txn& txn, std::string_view id,
                                             std::string_view workspace, Timestamp now) {
    constexpr std::size_t rights_column = 3;
    const db::Rows rows = txn.query(find_live_session_sql, id, to_us(now), workspace);
    if (rows.empty()) {
        return std::nullopt;
    }
    const db::Row row = rows[0];
    const auto rights = access::read_rights(row, rights_column, row.id<UserId>(0));
    return LiveSession{.user_id = rights.user,
                       .home = row.id<WorkspaceId>(1),
                       .workspace = row.id<WorkspaceId>(2),
                       .is_member = !row.is_null(2),
                       .role = rights.role,
                       .rights = access::decide_rights(rights)};
}

}  // namespace wapi::accounts
