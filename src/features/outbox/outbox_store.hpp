// SQL of the outbox beside that of messages and of the queue. Included only inside this feature.
#pragma once

#include <string>

#include "db/txn.hpp"

namespace wapi::outbox::store {

/// What the workspace has: its plan decides the pace.
struct Plan {
    std::string name;        ///< empty when there is no workspace
    bool suspended = false;  ///< by an operator: nothing leaves
};
Plan find_plan(db::WorkspaceTxn& txn);

}  // namespace wapi::outbox::store
