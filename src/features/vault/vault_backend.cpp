// Secrets sealed in wApi's own database.
//
// Nothing here logs a secret or a key; a secret that does not open is logged with its name and
// workspace, as it means a changed row, another master key, or an attack.
#include "base/log.hpp"
#include "features/audit/audit.hpp"
#include "features/vault/vault.hpp"
#include "features/vault/vault_rules.hpp"
#include "features/vault/vault_store.hpp"

namespace wapi::vault {
namespace {

std::unexpected<Error> fail_invalid(const WorkspaceId& workspace, std::string_view name,
                                    std::string_view reason) {
    log::error("vault.secret_invalid",
               {{"workspace", workspace.value}, {"name", name}, {"reason", reason}});
    return fail(errors::vault_secret_invalid);
}

void record_secret(db::WorkspaceTxn& txn, const Context& context, std::string_view action,
                   const std::string& name, Timestamp now) {
    audit::record(txn, context, {.action = action, .resource_type = "secret", .resource_id = name},
                  now);
}

Result<SecretString> open_key(const MasterKeys& keys, const WorkspaceId& workspace,
                              const std::optional<WrappedKey>& stored) {
    if (!stored) {
        return fail_invalid(workspace, "", "the workspace has no data key");
    }
    const MasterKey* key = keys.find(stored->master_key_id);
    if (key == nullptr) {
        return fail_invalid(workspace, "", "the data key was wrapped by another master key");
    }
    std::optional<SecretString> opened =
        unwrap_data_key(key->reveal(), key->id(), workspace, stored->wrapped);
    if (!opened) {
        return fail_invalid(workspace, "", "the data key was changed");
    }
    return *std::move(opened);
}

}  // namespace

Result<SecretString> DatabaseBackend::data_key_or_new(db::WorkspaceTxn& txn, Timestamp now) {
    std::optional<WrappedKey> stored = find_key(txn);
    if (!stored) {
        const MasterKey& current = master_keys_.current();
        insert_key(txn,
                   {current.id(), wrap_data_key(current.reveal(), current.id(), txn.workspace(),
                                                make_data_key(rng_), rng_)},
                   now);
        stored = find_key(txn);
    }
    return open_key(master_keys_, txn.workspace(), stored);
}

Result<void> DatabaseBackend::store_secret(db::WorkspaceTxn& txn, std::string_view name,
                                           const SecretString& secret, Timestamp now) {
    if (secret.empty() || secret.size() > secret_bytes_max) {
        return fail(wapi::errors::invalid_request, "A secret must have from 1 to 4096 bytes.");
    }
    const Result<SecretString> key = data_key_or_new(txn, now);
    if (!key) {
        return std::unexpected(key.error());
    }
    const SecretPlace place{txn.workspace(), std::string(name), find_version(txn, name) + 1};
    save_secret(txn, name, {place.version, seal_secret(*key, place, secret, rng_)},
                fingerprint(*key, place, secret), now);
    return {};
}

Result<SecretString> DatabaseBackend::read_secret(db::WorkspaceTxn& txn,
                                                  std::string_view name) const {
    const std::optional<SecretWithKey> stored = find_secret_with_key(txn, name);
    if (!stored) {
        return fail(errors::secret_not_found);
    }
    const Result<SecretString> key = open_key(master_keys_, txn.workspace(), stored->key);
    if (!key) {
        return key;
    }
    const SealedSecret& sealed = stored->secret;
    std::optional<SecretString> secret =
        open_secret(*key, {txn.workspace(), std::string(name), sealed.version}, sealed.sealed);
    if (!secret) {
        return fail_invalid(txn.workspace(), name, "the ciphertext does not open");
    }
    if (secret->empty()) {  // it was retired
        return fail(errors::secret_not_found);
    }
    return *std::move(secret);
}

async::Task<Result<void>> DatabaseBackend::store(Context context, std::string name,
                                                 SecretString secret) {
    const Timestamp now = clock_.now();
    co_return co_await db_.write(context.workspace, "vault.store",
                                 [this, context, name, secret, now](db::WorkspaceTxn& txn) {
                                     Result<void> stored = store_secret(txn, name, secret, now);
                                     if (stored) {
                                         record_secret(txn, context, audit::actions::token_stored,
                                                       name, now);
                                     }
                                     return stored;
                                 });
}

async::Task<Result<SecretString>> DatabaseBackend::read(Context context, std::string name) {
    co_return co_await db_.read(
        context.workspace, "vault.read",
        [this, name](db::WorkspaceTxn& txn) { return read_secret(txn, name); });
}

async::Task<Result<void>> DatabaseBackend::remove(Context context, std::string name) {
    const Timestamp now = clock_.now();
    co_return co_await db_.write(context.workspace, "vault.remove",
                                 [context, name, now](db::WorkspaceTxn& txn) -> Result<void> {
                                     if (!delete_secret(txn, name)) {
                                         return fail(errors::secret_not_found);
                                     }
                                     record_secret(txn, context, audit::actions::token_revoked,
                                                   name, now);
                                     return {};
                                 });
}

async::Task<Result<Held>> DatabaseBackend::hold(WorkspaceId workspace, std::string name) {
    co_return co_await db_.read(
        workspace, "vault.hold", [this, name](db::WorkspaceTxn& txn) -> Result<Held> {
            const std::int64_t version = find_version(txn, name);
            Result<SecretString> secret = read_secret(txn, name);
            if (secret) {
                return Held{version, *std::move(secret)};
            }
            const bool retired = version > 0 && secret.error().kind == &errors::secret_not_found;
            return retired ? Result<Held>(Held{version, std::nullopt})
                           : std::unexpected(secret.error());
        });
}

async::Task<bool> DatabaseBackend::discard(WorkspaceId workspace, std::string name,
                                           std::optional<std::int64_t> version) {
    co_return co_await db_.write(
        workspace, "vault.discard",
        [name, version](db::WorkspaceTxn& txn) { return drop_secret(txn, name, version); });
}

/// The word is sealed like a secret, so that nobody can make one disappear unseen. Where the data
/// key does not open, nothing can be moved either.
Result<void> DatabaseBackend::retire_secret(db::WorkspaceTxn& txn, std::string_view name,
                                            Timestamp now) {
    const SecretPlace place{txn.workspace(), std::string(name), find_version(txn, name) + 1};
    if (!delete_secret(txn, name)) {
        return fail(errors::secret_not_found);
    }
    if (const Result<SecretString> key = data_key_or_new(txn, now)) {
        save_secret(txn, name, {place.version, seal_secret(*key, place, SecretString(), rng_)}, "",
                    now);
    }
    return {};
}

async::Task<Result<void>> DatabaseBackend::retire(Context context, std::string name) {
    co_return co_await db_.write(
        context.workspace, "vault.retire",
        [this, context, name, now = clock_.now()](db::WorkspaceTxn& txn) -> Result<void> {
            Result<void> retired = retire_secret(txn, name, now);
            if (retired) {
                record_secret(txn, context, audit::actions::token_revoked, name, now);
            }
            return retired;
        });
}

}  // namespace wapi::vault
