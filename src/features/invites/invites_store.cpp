#include "features/invites/invites_store.hpp"

namespace wapi::invites::store {
namespace {

#define WAPI_INVITE_COLUMNS                                                                      \
    "SELECT i.invite_id, i.email, i.role, coalesce(r.name, i.role), i.created_us, i.expires_us," \
    " i.workspace_id, i.inviter_id FROM team_invites i LEFT JOIN team_roles r"                   \
    " ON r.workspace_id = i.workspace_id AND r.role_id = i.role"
const db::Sql list_sql{{
    .name = "invites.list",
    .text = WAPI_INVITE_COLUMNS
    " WHERE i.workspace_id = $1 ORDER BY i.created_us DESC, i.invite_id DESC",
}};
const db::Sql find_sql{{
    .name = "invites.find",
    .text = WAPI_INVITE_COLUMNS " WHERE i.workspace_id = $1 AND i.invite_id = $2",
}};
const db::Sql find_by_token_sql{{
    .name = "invites.find_by_token",
    .text = WAPI_INVITE_COLUMNS
    " JOIN workspaces w ON w.workspace_id = i.workspace_id AND w.suspended_us IS NULL"
    " WHERE i.token_hash = $1",
    .scope = db::Scope::system,
}};
#undef WAPI_INVITE_COLUMNS
const db::Sql put_sql{{
    .name = "invites.put",
    .text = "INSERT INTO team_invites (workspace_id, invite_id, email, role, token_hash,"
            " created_us, expires_us, inviter_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
            " ON CONFLICT (workspace_id, email) DO UPDATE SET invite_id = excluded.invite_id,"
            " role = excluded.role, token_hash = excluded.token_hash,"
            " created_us = excluded.created_us, expires_us = excluded.expires_us,"
            " inviter_id = excluded.inviter_id",
}};
const db::Sql delete_sql{{
    .name = "invites.delete",
    .text = "DELETE FROM team_invites WHERE workspace_id = $1 AND invite_id = $2",
}};
const db::Sql find_names_sql{{
    .name = "invites.find_names",
    .text = "SELECT w.name, coalesce(u.name, w.name) FROM workspaces w"
            " LEFT JOIN users u ON u.user_id = $2 WHERE w.workspace_id = $1",
}};

Invite read_invite(const db::Row& row) {
    return {.id = row.string(0),
            .email = row.string(1),
            .role = row.string(2),
            .role_name = row.string(3),
            .created_at = from_us(row.integer(4)),
            .expires_at = from_us(row.integer(5))};
}

db::Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

std::vector<Invite> list(db::WorkspaceTxn& txn) {
    std::vector<Invite> invites;
    for (const db::Row row : txn.query(list_sql)) {
        invites.push_back(read_invite(row));
    }
    return invites;
}

std::optional<Invite> find(db::WorkspaceTxn& txn, std::string_view id) {
    const db::Rows rows = txn.query(find_sql, id);
    return rows.empty() ? std::nullopt : std::optional(read_invite(rows[0]));
}

std::optional<StoredInvite> find_by_token(db::Txn& txn, std::string_view token_hash) {
    const db::Rows rows = txn.query(find_by_token_sql, as_bytes(token_hash));
    if (rows.empty()) {
        return std::nullopt;
    }
    return StoredInvite{.workspace = rows[0].id<WorkspaceId>(6),
                        .invite = read_invite(rows[0]),
                        .token_hash = {},
                        .inviter = rows[0].id<UserId>(7)};
}

void put(db::WorkspaceTxn& txn, const StoredInvite& stored) {
    const Invite& invite = stored.invite;
    txn.execute(put_sql, invite.id, invite.email, invite.role, as_bytes(stored.token_hash),
                to_us(invite.created_at), to_us(invite.expires_at), stored.inviter);
}

Names find_names(db::WorkspaceTxn& txn, const UserId& inviter) {
    const db::Rows rows = txn.query(find_names_sql, inviter);
    return rows.empty() ? Names() : Names{rows[0].string(0), rows[0].string(1)};
}

bool remove(db::WorkspaceTxn& txn, std::string_view id) { return txn.execute(delete_sql, id) == 1; }

}  // namespace wapi::invites::store
