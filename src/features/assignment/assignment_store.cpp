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
/// Of each member what decides whether they may answer the conversation.
#define WAPI_ANSWERERS \
    "SELECT m.user_id,"                                                      \
    " CASE WHEN " WAPI_BEARS_TAG("$2", "m.user_id") " THEN 1 ELSE 0 END,"    \
    " CASE WHEN " WAPI_OWN_NUMBER("$3", "m.user_id") " THEN 1 ELSE 0 END,"   \
    " " WAPI_RIGHTS_COLUMNS ", coalesce(turns.turn, 0), "
#define WAPI_OF_MEMBERS                                                           \
    " FROM members m" WAPI_RIGHTS_JOINS                                           \
    " LEFT JOIN assignment_turns AS turns ON turns.workspace_id = m.workspace_id" \
    " AND turns.user_id = m.user_id WHERE m.workspace_id = $1"
const db::Sql find_candidate_sql{{
    .name = "assignment.find_candidate",
    .text = WAPI_ANSWERERS "0" WAPI_OF_MEMBERS " AND m.user_id = $4",
}};
const db::Sql list_candidates_sql{{
    .name = "assignment.list_candidates",
    .text = WAPI_ANSWERERS "0" WAPI_OF_MEMBERS " ORDER BY m.user_id",
}};
// More open ones than that make nobody busier.
const db::Sql list_busy_sql{{
    .name = "assignment.list_busy_candidates",
    .text = WAPI_ANSWERERS
    "(SELECT count(*) FROM (SELECT 1 FROM conversations AS held WHERE held.workspace_id = $1"
    " AND held.assignee_id = m.user_id AND held.status = 'open'"
    " AND held.conversation_id <> $4 LIMIT 1000) AS counted)" WAPI_OF_MEMBERS " ORDER BY m.user_id",
}};
#undef WAPI_OF_MEMBERS
#undef WAPI_ANSWERERS
const db::Sql note_turn_sql{{
    .name = "assignment.note_turn",
    .text = "INSERT INTO assignment_turns (workspace_id, user_id, turn) VALUES ($1, $2, $3)"
            " ON CONFLICT (workspace_id, user_id) DO UPDATE SET turn = excluded.turn",
}};

constexpr std::size_t rights_column = 3;
constexpr std::size_t turn_column = rights_column + access::rights_columns;

bool may_answer(const db::Row& row) {
    const access::Rights rights =
        access::decide_rights(access::read_rights(row, rights_column, row.id<UserId>(0)));
    return access::contains(rights.permissions, access::bit(access::Permission::send_messages)) &&
           (!rights.restrictions.by_tag || row.boolean(1)) &&
           (!rights.restrictions.by_number || row.boolean(2));
}

std::vector<Candidate> read_candidates(const db::Rows& rows) {
    std::vector<Candidate> candidates;
    for (const db::Row row : rows) {
        if (may_answer(row)) {
            candidates.push_back({.user = row.id<UserId>(0),
                                  .open = row.integer(turn_column + 1),
                                  .turn = row.integer(turn_column)});
        }
    }
    return candidates;
}

}  // namespace

std::string find_settings(db::WorkspaceTxn& txn) {
    const db::Rows rows = txn.query(find_settings_sql);
    return rows.empty() ? "{}" : rows[0].string(0);
}

std::int64_t take_turn(db::WorkspaceTxn& txn) { return txn.query(take_turn_sql)[0].integer(0); }

bool may_answer(db::WorkspaceTxn& txn, const inbox::Conversation& conversation,
                const UserId& member) {
    return !read_candidates(txn.query(find_candidate_sql, conversation.contact,
                                      conversation.phone_number_id, member))
                .empty();
}

std::vector<Candidate> list_candidates(db::WorkspaceTxn& txn, Rule rule,
                                       const inbox::Conversation& conversation) {
    return read_candidates(
        rule == Rule::round_robin
            ? txn.query(list_candidates_sql, conversation.contact, conversation.phone_number_id)
            : txn.query(list_busy_sql, conversation.contact, conversation.phone_number_id,
                        conversation.id));
}

void note_turn(db::WorkspaceTxn& txn, const UserId& user, std::int64_t turn) {
    txn.execute(note_turn_sql, user, turn);
}

}  // namespace wapi::assignment::store
