// SQL of erased identities. Included only inside this feature.
#pragma once

#include <optional>
#include <string_view>

#include "db/txn.hpp"

namespace wapi::erasures::store {

bool has_any(db::WorkspaceTxn& txn);
std::optional<Timestamp> find(db::WorkspaceTxn& txn, std::string_view hash);
/// A later moment stays.
void put(db::WorkspaceTxn& txn, std::string_view hash, Timestamp erased_at);

}  // namespace wapi::erasures::store
