#include "features/assignment/assignment_store.hpp"

#include "features/access/access.hpp"

namespace wapi::assignment::store {
namespace {

const db::Sql find_settings_sql{{
    .name = "assignment.find_settings",
    .text = "SELECT settings FROM workspaces WHERE workspace_id = $1",
}};
const db::Sql take_turn_sql{{
    .name = "assignment.take_turn",
    .text = "INSERT INTO assignment_heads (workspace_id, turn) VALUES ($1, 1)"
            " ON CONFLICT (workspace_id) DO UPDATE SET turn = assignment_heads.turn + 1"
            " RETURNING turn",
}};
// More open ones than that make nobody busier.
const db::Sql list_candidates_sql{{
    .name = "assignment.list_candidates",
    .text =
        "SELECT m.user_id, coalesce(turns.turn, 0),"
        " (SELECT count(*) FROM (SELECT 1 FROM conversations AS held WHERE held.workspace_id = $1"
        "   AND held.assignee_id = m.user_id AND held.status = 'open'"
        "   AND held.conversation_id <> $4 LIMIT 1000) AS counted),"
        " CASE WHEN " WAPI_BEARS_TAG(
            "$2", "m.user_id") " THEN 1 ELSE 0 END,"
                               " CASE WHEN " WAPI_OWN_NUMBER(
                                   "$3", "m.user_id") " THEN 1 ELSE 0 END,"
                                                      " " WAPI_RIGHTS_COLUMNS
                                                      " FROM members m" WAPI_RIGHTS_JOINS
                                                      " LEFT JOIN assignment_turns AS turns ON "
                                                      "turns.workspace_id = m.workspace_id"
                                                      " AND turns.user_id = m.user_id WHERE "
                                                      "m.workspace_id = $1 ORDER BY m.user_id",
}};
const db::Sql note_turn_sql{{
    .name = "assignment.note_turn",
    .text = "INSERT INTO assignment_turns (workspace_id, user_id, turn) VALUES ($1, $2, $3)"
            " ON CONFLICT (workspace_id, user_id) DO UPDATE SET turn = excluded.turn",
}};

constexpr std::size_t rights_column = 5;  ///< of list_candidates_sql

bool may_answer(const db::Row& row) {
    const access::Rights rights =
        access::decide_rights(access::read_rights(row, rights_column, row.id<UserId>(0)));
    return access::contains(rights.permissions, access::bit(access::Permission::send_messages)) &&
           (!rights.restrictions.by_tag || row.boolean(3)) &&
           (!rights.restrictions.by_number || row.boolean(4));
}

}  // namespace

std::string find_settings(db::WorkspaceTxn& txn) {
    const db::Rows rows = txn.query(find_settings_sql);
    return rows.empty() ? "{}" : rows[0].string(0);
}

std::int64_t take_turn(db::WorkspaceTxn& txn) { return txn.query(take_turn_sql)[0].integer(0); }

std::vector<Candidate> list_candidates(db::WorkspaceTxn& txn,
                                       const inbox::Conversation& conversation) {
    std::vector<Candidate> candidates;
    for (const db::Row row : txn.query(list_candidates_sql, conversation.contact,
                                       conversation.phone_number_id, conversation.id)) {
        if (may_answer(row)) {
            candidates.push_back(
                {.user = row.id<UserId>(0), .open = row.integer(2), .turn = row.integer(1)});
        }
    }
    return candidates;
}

void note_turn(db::WorkspaceTxn& txn, const UserId& user, std::int64_t turn) {
    txn.execute(note_turn_sql, user, turn);
}

}  // namespace wapi::assignment::store
