// The store function that only this feature uses; the others are in workspaces.hpp.
#pragma once

#include "features/workspaces/workspaces.hpp"

namespace wapi::workspaces {

/// Writes name and settings.
void update_workspace(db::WorkspaceTxn& txn, const Workspace& workspace);

}  // namespace wapi::workspaces
