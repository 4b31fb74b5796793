// SQL of what operators see over all workspaces. System scope.
#pragma once

#include <map>
#include <string>

#include "db/txn.hpp"
#include "features/operator_desk/operator_desk.hpp"

namespace wapi::operator_desk::store {

/// The first `limit` queues, longest wait first, then those with dead letters only.
QueueList list_queues(db::Txn& txn, Timestamp now, std::size_t limit);

/// Names of the workspaces that have dead letters with an id from `first` to `last`, by id; of one
/// workspace, or of all.
std::map<std::string, std::string> name_owners(db::Txn& txn,
                                               const std::optional<WorkspaceId>& workspace,
                                               EventId first, EventId last);

/// Whether there is such a workspace.
bool has_workspace(db::WorkspaceTxn& txn);

}  // namespace wapi::operator_desk::store
