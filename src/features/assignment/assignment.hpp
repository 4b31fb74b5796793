// Assignment: who answers a conversation that a customer's message opens, by the workspace's rule.
//
// The choice is made in the transaction that stores the message, among the members who may answer
// and who see the contact and the number. Choices of one workspace follow each other, so that two
// that happen at once do not fall on the same member for want of knowing of each other.
#pragma once

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "db/txn.hpp"
#include "features/inbox/inbox.hpp"

namespace wapi::assignment {

/// Assigns a conversation that was just opened by a message, or leaves it as it is: by the rule, or
/// since nobody may. `conversation` is as it was before the message (inbox::opens); the contact's
/// row is held by this transaction, the conversation's not yet. Throws Fault `db.conflict`, on
/// which the function runs again, when the member has left meanwhile or sees it no more. Database
/// thread.
void assign_opened(db::WorkspaceTxn& txn, const inbox::Conversation& conversation, Timestamp now);

/// Whether `inbox.assignment` of a workspace's settings is one of by_hand, round_robin, least_busy
/// and stay_with_last, for the route that changes them. Errors: invalid_request.
Result<void> check_settings(const boost::json::object& settings);

}  // namespace wapi::assignment
