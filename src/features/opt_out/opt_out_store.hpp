// SQL of the opt-out beside that of contacts. Included only inside this feature.
#pragma once

#include <string>

#include "db/txn.hpp"

namespace wapi::opt_out::store {

/// The workspace's settings: JSON object text; "{}" when there is no workspace.
std::string find_settings(db::WorkspaceTxn& txn);

}  // namespace wapi::opt_out::store
