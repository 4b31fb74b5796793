// SQL of the vault: wrapped data keys and sealed secrets. Holds ciphertext only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/txn.hpp"

namespace wapi::vault {

struct WrappedKey {
    std::string master_key_id;
    std::string wrapped;
};

struct SealedSecret {
    std::int64_t version = 0;
    std::string sealed;
};

/// A secret and the data key of its workspace, which is there unless somebody has removed it.
struct SecretWithKey {
    SealedSecret secret;
    std::optional<WrappedKey> key;
};

struct WorkspaceKey {
    WorkspaceId workspace;
    WrappedKey key;
};

/// How many workspaces' data keys one master key wraps.
struct KeyUse {
    std::string master_key_id;
    std::int64_t workspaces = 0;
};

std::optional<WrappedKey> find_key(db::WorkspaceTxn& txn);
/// Keeps the row that is there; read again after it.
void insert_key(db::WorkspaceTxn& txn, const WrappedKey& key, Timestamp now);

/// Replaces the wrapping that the master key of id `old_id` made. False when there is none.
bool replace_key(db::WorkspaceTxn& txn, std::string_view old_id, const WrappedKey& key);

/// Both in one statement. Nothing when there is no such secret.
std::optional<SecretWithKey> find_secret_with_key(db::WorkspaceTxn& txn, std::string_view name);
/// Zero when there is no such secret.
std::int64_t find_version(db::WorkspaceTxn& txn, std::string_view name);
void save_secret(db::WorkspaceTxn& txn, std::string_view name, const SealedSecret& secret,
                 std::string_view fingerprint, Timestamp now);
/// False when there was none. A sealed word that it was removed is none, and stays.
bool delete_secret(db::WorkspaceTxn& txn, std::string_view name);
/// Deletes what there is, of this version or of any. False when there was none.
bool drop_secret(db::WorkspaceTxn& txn, std::string_view name,
                 std::optional<std::int64_t> version = std::nullopt);

/// Data keys that another master key wraps, by workspace, at most `limit`, of workspaces after
/// this one. System scope, as are those below.
std::vector<WorkspaceKey> list_other_keys(db::Txn& txn, std::string_view master_key_id,
                                          const WorkspaceId& after, std::int64_t limit);
std::vector<KeyUse> count_keys(db::Txn& txn);
/// Without those that were removed.
std::int64_t count_secrets(db::Txn& txn);

}  // namespace wapi::vault
