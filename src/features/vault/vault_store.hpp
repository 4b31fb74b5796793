// SQL of the vault: wrapped data keys and sealed secrets. Holds ciphertext only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

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

std::optional<WrappedKey> find_key(db::WorkspaceTxn& txn);
/// Keeps the row that is there; read again after it.
void insert_key(db::WorkspaceTxn& txn, const WrappedKey& key, Timestamp now);

std::optional<SealedSecret> find_secret(db::WorkspaceTxn& txn, std::string_view name);
void save_secret(db::WorkspaceTxn& txn, std::string_view name, const SealedSecret& secret,
                 std::string_view fingerprint, Timestamp now);
/// False when there was none.
bool delete_secret(db::WorkspaceTxn& txn, std::string_view name);

}  // namespace wapi::vault
