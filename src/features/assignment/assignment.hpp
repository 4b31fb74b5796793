// Assignment: who answers a conversation that a customer's message opens, by the workspace's rule.
//
// The choice is made in the transaction that stores the message, among the members who may answer
// and who see the contact and the number. Choices of one workspace follow each other, so that two
// that happen at once do not fall on the same member for want of knowing of each other.
#pragma once

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "db/db.hpp"
#include "features/inbox/inbox.hpp"

namespace wapi::assignment {

/// Assigns a conversation that was just opened by a message, or leaves it as it is: by the rule, or
/// since nobody may. `conversation` is as it was before the message (inbox::opens); the contact's
/// row is held by this transaction, the conversation's not yet. Throws Fault `db.conflict`, on
/// which the function runs again, when the member has left meanwhile or sees it no more. Database
/// thread.
void assign_opened(db::WorkspaceTxn& txn, const inbox::Conversation& conversation, Timestamp now);

/// So many are taken from a member in one transaction.
inline constexpr std::int64_t taken_at_once_max = 500;
/// Nobody answers the conversations of a member who was just removed any more: at once of up to
/// `taken_at_once_max`; the others soon (`Releaser`), unless they are a member again by then.
/// Returns how many there were.
std::int64_t unassign_all(db::WorkspaceTxn& txn, const UserId& member);
/// The same for those that the member's tags and numbers do not show them.
std::int64_t unassign_unseen(db::WorkspaceTxn& txn, const UserId& member);

/// Takes the rest of their conversations from members who have left or see less, within `interval`
/// and in pieces of `taken_at_once_max`. Network thread; several nodes may run one each.
class Releaser {
  public:
    static constexpr std::chrono::seconds interval{5};

    Releaser(async::Tasks& tasks, db::Db& db) : tasks_(tasks), db_(db), wake_(tasks.io()) {}
    void start();
    /// All that is left; what fails is logged and left for the next round. For the loop and tests.
    async::Task<> release();

  private:
    async::Task<> run();
    async::Tasks& tasks_;
    db::Db& db_;
    async::Signal wake_;
};

/// Whether `inbox.assignment` of a workspace's settings is one of by_hand, round_robin, least_busy
/// and stay_with_last, for the route that changes them. Errors: invalid_request.
Result<void> check_settings(const boost::json::object& settings);

}  // namespace wapi::assignment
