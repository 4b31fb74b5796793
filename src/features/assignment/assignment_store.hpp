// SQL of assignment. Included only inside this feature.
#pragma once

#include "features/assignment/assignment_rules.hpp"

namespace wapi::assignment::store {

std::string find_settings(db::WorkspaceTxn& txn);
/// The number of this choice, 1, 2, 3, ...; others of the workspace wait until the transaction
/// ends.
std::int64_t take_turn(db::WorkspaceTxn& txn);
/// Whether the member belongs to the workspace, may send messages and sees the conversation's
/// contact and number.
bool may_answer(db::WorkspaceTxn& txn, const inbox::Conversation& conversation,
                const UserId& member);
/// All who may answer it. Only rules that look at open conversations have them counted.
std::vector<Candidate> list_candidates(db::WorkspaceTxn& txn, Rule rule,
                                       const inbox::Conversation& conversation);
void note_turn(db::WorkspaceTxn& txn, const UserId& user, std::int64_t turn);

struct Release {
    WorkspaceId workspace;
    UserId member;
};
/// Members of whom conversations are still to be taken. System scope.
std::vector<Release> list_releases(db::Txn& txn);
/// Takes at most `taken_at_once_max` from who is no member any more, or does not see them. True
/// when there may be more.
bool release_some(db::WorkspaceTxn& txn, const UserId& member);

}  // namespace wapi::assignment::store
