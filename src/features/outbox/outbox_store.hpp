// SQL of the outbox beside that of messages and of the queue. Included only inside this feature.
#pragma once

#include <string>

#include "db/txn.hpp"

namespace wapi::outbox::store {

/// The workspace's plan, which decides the pace; empty when there is none.
std::string find_plan(db::WorkspaceTxn& txn);

}  // namespace wapi::outbox::store
