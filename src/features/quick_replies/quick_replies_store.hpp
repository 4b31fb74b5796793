// SQL of quick replies. Included only inside this feature.
#pragma once

#include "features/quick_replies/quick_replies_rules.hpp"

namespace wapi::quick_replies::store {

/// Where the page before ended; both empty: at the beginning.
struct Place {
    std::string shortcut;
    std::string id;
};
/// Shared ones and those of `owner`, by shortcut.
std::vector<QuickReply> list(db::WorkspaceTxn& txn, const UserId& owner, const Place& after,
                             std::size_t limit);
/// Shared, or of `owner`.
std::optional<QuickReply> find(db::WorkspaceTxn& txn, const std::string& id, const UserId& owner);
/// Others of the workspace who would write wait until the transaction ends. Before anything else.
void lock(db::WorkspaceTxn& txn);
/// Of that owner alone; empty: the shared ones.
std::int64_t count(db::WorkspaceTxn& txn, const UserId& owner);
/// False when the owner has one with that shortcut.
bool insert(db::WorkspaceTxn& txn, const QuickReply& reply);
bool update(db::WorkspaceTxn& txn, const QuickReply& reply);
/// False when somebody else has just removed it.
bool remove(db::WorkspaceTxn& txn, const std::string& id);

/// Names of the agent and the workspace, for variables.
void read_names(db::WorkspaceTxn& txn, const UserId& agent, Values& values);

}  // namespace wapi::quick_replies::store
