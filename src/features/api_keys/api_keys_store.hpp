// SQL of API keys. Included only inside this feature.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "features/api_keys/api_keys.hpp"

namespace wapi::api_keys::store {

/// What authentication needs, in one read.
struct LiveKey {
    WorkspaceId workspace;
    Key key;
    std::string secret_hash;
    access::StoredRights maker;  ///< of this moment
};

std::vector<Key> list(db::WorkspaceTxn& txn);
std::optional<Key> find(db::WorkspaceTxn& txn, std::string_view id);
/// Those that a member has made.
std::vector<Key> list_of(db::WorkspaceTxn& txn, const UserId& user);
/// Until the transaction ends nobody else makes a key in the workspace.
void lock(db::WorkspaceTxn& txn);
std::int64_t count(db::WorkspaceTxn& txn);
void insert(db::WorkspaceTxn& txn, const Key& key, const crypto::Digest& secret_hash);
/// Name and networks.
void update(db::WorkspaceTxn& txn, const Key& key);
/// False when it was not there any more.
bool remove(db::WorkspaceTxn& txn, std::string_view id);
void note_use(db::WorkspaceTxn& txn, std::string_view id, std::string_view ip, Timestamp now);
/// The key of that prefix with its maker's rights, in whatever workspace; nothing when the maker is
/// not a member, or has become one again since. System scope.
std::optional<LiveKey> find_live(db::Txn& txn, std::string_view prefix);
/// The same of one key of the workspace.
std::optional<LiveKey> find_live_by_id(db::WorkspaceTxn& txn, std::string_view id);

}  // namespace wapi::api_keys::store
