// SQL of erased identities. Included only inside this feature.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/crypto.hpp"
#include "db/txn.hpp"

namespace wapi::erasures::store {

bool has_any(db::WorkspaceTxn& txn);
std::optional<Timestamp> find(db::WorkspaceTxn& txn, std::string_view hash);
struct Found {
    crypto::Digest hash;
    Timestamp erased_at;
};
/// Those that are there, by one statement for each find_many_max.
std::vector<Found> find_many(db::WorkspaceTxn& txn, std::span<const crypto::Digest> hashes);
inline constexpr std::size_t find_many_max = 32;
/// A later moment stays.
void put(db::WorkspaceTxn& txn, std::string_view hash, Timestamp erased_at);

}  // namespace wapi::erasures::store
