// SQL of conversations that are taken from a member who leaves or sees less. Of many, some go with
// the act itself and the others in pieces of their own (assignment_release.cpp): one statement for
// a hundred thousand would hold them, and on SQLite everybody, for as long as it takes.
#include <boost/json/serialize.hpp>

#include "features/access/access.hpp"
#include "features/assignment/assignment_store.hpp"

namespace wapi::assignment {
namespace {

#define WAPI_OF_MEMBER(condition)                              \
    " FROM conversations AS held WHERE held.workspace_id = $1" \
    " AND held.assignee_id = $2" condition
#define WAPI_TAKE(condition) \
    "UPDATE conversations SET assignee_id = NULL WHERE workspace_id = $1"     \
    " AND assignee_id = $2 AND conversation_id IN"                            \
    " (SELECT held.conversation_id" WAPI_OF_MEMBER(condition) " LIMIT $3)"    \
    " RETURNING conversation_id"
#define WAPI_UNSEEN " AND NOT " WAPI_MAY_ANSWER("held", "$2")
/// As things are now: who has come back, or sees more again, keeps what is left.
#define WAPI_RELEASED                                                         \
    " AND (NOT EXISTS (SELECT 1 FROM members WHERE members.workspace_id = $1" \
    " AND members.user_id = $2) OR NOT " WAPI_MAY_ANSWER("held", "$2") ")"
const db::Sql take_all_sql{{.name = "assignment.take_all", .text = WAPI_TAKE("")}};
const db::Sql take_unseen_sql{{.name = "assignment.take_unseen", .text = WAPI_TAKE(WAPI_UNSEEN)}};
const db::Sql take_released_sql{{
    .name = "assignment.take_released",
    .text = WAPI_TAKE(WAPI_RELEASED),
}};
const db::Sql count_all_sql{{
    .name = "assignment.count_held",
    .text = "SELECT count(*)" WAPI_OF_MEMBER(""),
}};
const db::Sql count_unseen_sql{{
    .name = "assignment.count_held_unseen",
    .text = "SELECT count(*)" WAPI_OF_MEMBER(WAPI_UNSEEN),
}};
#undef WAPI_RELEASED
#undef WAPI_UNSEEN
#undef WAPI_TAKE
#undef WAPI_OF_MEMBER
// Not DO NOTHING: whoever has just taken the last and deletes the row is waited for.
const db::Sql insert_release_sql{{
    .name = "assignment.insert_release",
    .text = "INSERT INTO assignment_releases (workspace_id, user_id) VALUES ($1, $2)"
            " ON CONFLICT (workspace_id, user_id) DO UPDATE SET user_id = excluded.user_id",
}};
const db::Sql list_releases_sql{{
    .name = "assignment.list_releases",
    .text = "SELECT workspace_id, user_id FROM assignment_releases LIMIT 100",
    .scope = db::Scope::system,
}};
const db::Sql delete_release_sql{{
    .name = "assignment.delete_release",
    .text = "DELETE FROM assignment_releases WHERE workspace_id = $1 AND user_id = $2",
}};

/// At most `taken_at_once_max`. Returns how many.
std::int64_t take(db::WorkspaceTxn& txn, const db::Sql& sql, const UserId& member) {
    const db::Rows rows = txn.query(sql, member, taken_at_once_max);
    const std::string detail =
        boost::json::serialize(boost::json::object{{"assigneeId", member.value}});
    for (const db::Row row : rows) {
        txn.announce(inbox::conversation_changed, row.string(0), detail);
    }
    return static_cast<std::int64_t>(rows.size());
}

/// Takes some, and leaves the others to be taken. Returns how many there are of both.
std::int64_t unassign(db::WorkspaceTxn& txn, const db::Sql& sql, const db::Sql& count,
                      const UserId& member) {
    const std::int64_t taken = take(txn, sql, member);
    if (taken < taken_at_once_max) {
        return taken;
    }
    txn.execute(insert_release_sql, member);
    return taken + txn.query(count, member)[0].integer(0);
}

}  // namespace

std::int64_t unassign_all(db::WorkspaceTxn& txn, const UserId& member) {
    return unassign(txn, take_all_sql, count_all_sql, member);
}

std::int64_t unassign_unseen(db::WorkspaceTxn& txn, const UserId& member) {
    return unassign(txn, take_unseen_sql, count_unseen_sql, member);
}

namespace store {

std::vector<Release> list_releases(db::Txn& txn) {
    std::vector<Release> releases;
    for (const db::Row row : txn.query(list_releases_sql)) {
        releases.push_back({row.id<WorkspaceId>(0), row.id<UserId>(1)});
    }
    return releases;
}

bool release_some(db::WorkspaceTxn& txn, const UserId& member) {
    if (take(txn, take_released_sql, member) == taken_at_once_max) {
        return true;
    }
    txn.execute(delete_release_sql, member);
    return false;
}

}  // namespace store

}  // namespace wapi::assignment
