// Sessions and their users belong to no one workspace: all statements are of system scope.
#include "features/sessions/sessions_store.hpp"

#include <algorithm>

namespace wapi::sessions {
namespace {

const db::Sql note_use_sql{{
    .name = "sessions.note_use",
    .text = "UPDATE sessions SET seen_ip = $2, seen_user_agent = $3, seen_us = $4 "
            "WHERE session_id = $1",
    .scope = db::Scope::system,
}};

const db::Sql list_live_sql{{
    .name = "sessions.list_live",
    .text = "SELECT session_id, workspace_id, created_us, seen_us, expires_us, seen_ip, "
            "seen_user_agent FROM sessions WHERE user_id = $1 AND expires_us > $2 "
            "AND revoked_us IS NULL ORDER BY session_id DESC LIMIT $3",
    .scope = db::Scope::system,
}};

const db::Sql end_one_sql{{
    .name = "sessions.end_one",
    .text = "UPDATE sessions SET revoked_us = $2 WHERE user_id = $1 AND expires_us > $2 "
            "AND revoked_us IS NULL AND session_id = $3 RETURNING workspace_id",
    .scope = db::Scope::system,
}};

const db::Sql end_all_sql{{
    .name = "sessions.end_all",
    .text = "UPDATE sessions SET revoked_us = $2 WHERE user_id = $1 AND expires_us > $2 "
            "AND revoked_us IS NULL AND session_id <> $3 RETURNING workspace_id",
    .scope = db::Scope::system,
}};

std::vector<WorkspaceId> workspaces_of(const db::Rows& rows) {
    std::vector<WorkspaceId> workspaces;
    for (const db::Row row : rows) {
        workspaces.push_back(row.id<WorkspaceId>(0));
    }
    return workspaces;
}

}  // namespace

void note_use(db::Txn& txn, const Use& use, Timestamp now) {
    txn.execute(note_use_sql, use.session_id, use.ip, use.user_agent, now);
}

namespace store {

std::vector<Session> list_live(db::Txn& txn, const Owner& owner, std::size_t limit) {
    std::vector<Session> sessions;
    const db::Rows rows =
        txn.query(list_live_sql, owner.user, owner.now, static_cast<std::int64_t>(limit));
    for (const db::Row row : rows) {
        sessions.push_back({.id = row.string(0),
                            .workspace = row.id<WorkspaceId>(1),
                            .created_at = from_us(row.integer(2)),
                            .used_at = from_us(std::max(row.integer(2), row.integer(3))),
                            .expires_at = from_us(row.integer(4)),
                            .ip = row.string(5),
                            .user_agent = row.string(6)});
    }
    return sessions;
}

std::vector<WorkspaceId> end_one(db::Txn& txn, const Owner& owner, std::string_view session_id) {
    return workspaces_of(txn.query(end_one_sql, owner.user, owner.now, session_id));
}

std::vector<WorkspaceId> end_all(db::Txn& txn, const Owner& owner, std::string_view but) {
    return workspaces_of(txn.query(end_all_sql, owner.user, owner.now, but));
}

}  // namespace store
}  // namespace wapi::sessions
