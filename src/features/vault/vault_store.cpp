// SQL of the vault. See vault_store.hpp.
#include "features/vault/vault_store.hpp"

#include "features/vault/vault.hpp"

namespace wapi::vault {
namespace {

// 29 bytes: what seals nothing at all, the word that a secret was removed
// (DatabaseBackend::retire).

const db::Sql find_key_sql{{
    .name = "vault.find_key",
    .text = "SELECT master_key_id, wrapped FROM vault_keys WHERE workspace_id = $1",
}};

const db::Sql insert_key_sql{{
    .name = "vault.insert_key",
    .text = "INSERT INTO vault_keys (workspace_id, master_key_id, wrapped, created_us) "
            "VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id) DO NOTHING",
}};

const db::Sql replace_key_sql{{
    .name = "vault.replace_key",
    .text = "UPDATE vault_keys SET master_key_id = $2, wrapped = $3 "
            "WHERE workspace_id = $1 AND master_key_id = $4",
}};

const db::Sql find_secret_sql{{
    .name = "vault.find_secret",
    .text = "SELECT s.version, s.sealed, k.master_key_id, k.wrapped FROM vault_secrets s "
            "LEFT JOIN vault_keys k ON k.workspace_id = s.workspace_id "
            "WHERE s.workspace_id = $1 AND s.name = $2",
}};

const db::Sql find_version_sql{{
    .name = "vault.find_version",
    .text = "SELECT version FROM vault_secrets WHERE workspace_id = $1 AND name = $2",
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
    .text = "DELETE FROM vault_secrets WHERE workspace_id = $1 AND name = $2"
            " AND length(sealed) <> 29",
}};

const db::Sql drop_secret_sql{{
    .name = "vault.drop_secret",
    .text = "DELETE FROM vault_secrets WHERE workspace_id = $1 AND name = $2"
            " AND (CAST($3 AS BIGINT) IS NULL OR version = $3)",
}};

const db::Sql list_other_keys_sql{{
    .name = "vault.list_other_keys",
    .text = "SELECT workspace_id, master_key_id, wrapped FROM vault_keys "
            "WHERE master_key_id <> $1 AND workspace_id > $2 ORDER BY workspace_id LIMIT $3",
    .scope = db::Scope::system,
}};

const db::Sql count_keys_sql{{
    .name = "vault.count_keys",
    .text = "SELECT master_key_id, count(*) FROM vault_keys "
            "GROUP BY master_key_id ORDER BY master_key_id",
    .scope = db::Scope::system,
}};

const db::Sql count_secrets_sql{{
    .name = "vault.count_secrets",
    .text = "SELECT count(*) FROM vault_secrets WHERE length(sealed) <> 29",
    .scope = db::Scope::system,
}};

const db::Sql list_secrets_sql{{
    .name = "vault.list_secrets",
    .text = "SELECT workspace_id, name FROM vault_secrets "
            "WHERE (workspace_id, name) > ($1, $2) ORDER BY workspace_id, name LIMIT $3",
    .scope = db::Scope::system,
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

bool replace_key(db::WorkspaceTxn& txn, std::string_view old_id, const WrappedKey& key) {
    return txn.execute(replace_key_sql, key.master_key_id, as_bytes(key.wrapped), old_id) > 0;
}

std::optional<SecretWithKey> find_secret_with_key(db::WorkspaceTxn& txn, std::string_view name) {
    const db::Rows rows = txn.query(find_secret_sql, name);
    if (rows.empty()) {
        return std::nullopt;
    }
    const db::Row row = rows[0];
    SecretWithKey found{{row.integer(0), std::string(row.bytes(1))}, std::nullopt};
    if (!row.is_null(2)) {
        found.key = WrappedKey{row.string(2), std::string(row.bytes(3))};
    }
    return found;
}

std::int64_t find_version(db::WorkspaceTxn& txn, std::string_view name) {
    const db::Rows rows = txn.query(find_version_sql, name);
    return rows.empty() ? 0 : rows[0].integer(0);
}

void save_secret(db::WorkspaceTxn& txn, std::string_view name, const SealedSecret& secret,
                 std::string_view fingerprint, Timestamp now) {
    txn.execute(save_secret_sql, name, secret.version, as_bytes(secret.sealed), fingerprint,
                to_us(now));
}

bool delete_secret(db::WorkspaceTxn& txn, std::string_view name) {
    return txn.execute(delete_secret_sql, name) > 0;
}

bool drop_secret(db::WorkspaceTxn& txn, std::string_view name,
                 std::optional<std::int64_t> version) {
    return txn.execute(drop_secret_sql, name, version) > 0;
}

std::vector<WorkspaceKey> list_other_keys(db::Txn& txn, std::string_view master_key_id,
                                          const WorkspaceId& after, std::int64_t limit) {
    std::vector<WorkspaceKey> keys;
    const db::Rows rows = txn.query(list_other_keys_sql, master_key_id, after, limit);
    for (const db::Row row : rows) {
        keys.push_back({row.id<WorkspaceId>(0), {row.string(1), std::string(row.bytes(2))}});
    }
    return keys;
}

std::vector<KeyUse> count_keys(db::Txn& txn) {
    std::vector<KeyUse> uses;
    const db::Rows rows = txn.query(count_keys_sql);
    for (const db::Row row : rows) {
        uses.push_back({row.string(0), row.integer(1)});
    }
    return uses;
}

std::int64_t count_secrets(db::Txn& txn) { return txn.query(count_secrets_sql)[0].integer(0); }

std::vector<SecretId> list_secrets(db::Txn& txn, const SecretId& after, std::int64_t limit) {
    std::vector<SecretId> secrets;
    const db::Rows rows = txn.query(list_secrets_sql, after.workspace, after.name, limit);
    for (const db::Row row : rows) {
        secrets.push_back({row.id<WorkspaceId>(0), row.string(1)});
    }
    return secrets;
}

}  // namespace wapi::vault
