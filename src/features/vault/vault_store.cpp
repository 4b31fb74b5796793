// SQL of the vault. See vault_store.hpp.
#include "features/vault/vault_store.hpp"

namespace wapi::vault {
namespace {

const db::Sql find_key_sql{{
    .name = "vault.find_key",
    .text = "SELECT master_key_id, wrapped FROM vault_keys WHERE workspace_id = $1",
}};

const db::Sql insert_key_sql{{
    .name = "vault.insert_key",
    .text = "INSERT INTO vault_keys (workspace_id, master_key_id, wrapped, created_us) "
            "VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id) DO NOTHING",
}};

const db::Sql find_secret_sql{{
    .name = "vault.find_secret",
    .text = "SELECT version, sealed FROM vault_secrets WHERE workspace_id = $1 AND name = $2",
}};

const db::Sql save_secret_sql{{
    .name = "vault.save_secret",
    .text =
        "INSERT INTO vault_secrets (workspace_id, name, version, sealed, fingerprint, created_us) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace_id, name) DO UPDATE SET "
        "version = excluded.version, sealed = excluded.sealed, "
        "fingerprint = excluded.fingerprint, created_us = excluded.created_us",
}};

const db::Sql delete_secret_sql{{
    .name = "vault.delete_secret",
    .text = "DELETE FROM vault_secrets WHERE workspace_id = $1 AND name = $2",
}};

db::Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

std::optional<WrappedKey> find_key(db::WorkspaceTxn& txn) {
    const db::Rows rows = txn.query(find_key_sql);
    if (rows.empty()) {
        return std::nullopt;
    }
    return WrappedKey{rows[0].string(0), std::string(rows[0].bytes(1))};
}

void insert_key(db::WorkspaceTxn& txn, const WrappedKey& key, Timestamp now) {
    txn.execute(insert_key_sql, key.master_key_id, as_bytes(key.wrapped), to_us(now));
}

std::optional<SealedSecret> find_secret(db::WorkspaceTxn& txn, std::string_view name) {
    const db::Rows rows = txn.query(find_secret_sql, name);
    if (rows.empty()) {
        return std::nullopt;
    }
    return SealedSecret{rows[0].integer(0), std::string(rows[0].bytes(1))};
}

void save_secret(db::WorkspaceTxn& txn, std::string_view name, const SealedSecret& secret,
                 std::string_view fingerprint, Timestamp now) {
    txn.execute(save_secret_sql, name, secret.version, as_bytes(secret.sealed), fingerprint,
                to_us(now));
}

bool delete_secret(db::WorkspaceTxn& txn, std::string_view name) {
    return txn.execute(delete_secret_sql, name) > 0;
}

}  // namespace wapi::vault
