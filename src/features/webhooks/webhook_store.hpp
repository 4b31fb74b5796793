// SQL of the worker, beside that of webhook events and of the queue. Included only inside this
// feature.
#pragma once

#include <set>
#include <string_view>

#include "db/txn.hpp"

namespace wapi::webhooks::store {

/// Takes what these customers' updates are applied under, so that several workers do not make the
/// same contact and fail; until the end of the transaction. SQLite has one writer.
void lock_customers(db::Txn& txn, const std::set<std::string_view>& customers);

}  // namespace wapi::webhooks::store
