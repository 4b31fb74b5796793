// SQL of what operators see over all workspaces. System scope.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "db/txn.hpp"
#include "features/operator_desk/operator_desk.hpp"

namespace wapi::operator_desk::store {

/// The first `limit` queues, longest wait first, then those with dead letters only.
QueueList list_queues(db::Txn& txn, Timestamp now, std::size_t limit);

/// Workspaces' names by their ids.
using Names = std::map<std::string, std::string>;

/// Of the workspaces that have dead letters with an id from `first` to `last`.
Names name_owners(db::Txn& txn, EventId first, EventId last);

/// The workspace's name; nothing when there is no such workspace.
std::optional<std::string> find_name(db::WorkspaceTxn& txn);

}  // namespace wapi::operator_desk::store
