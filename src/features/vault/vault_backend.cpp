// The master key, and secrets sealed in wApi's own database.
//
// Nothing here logs a secret or a key; a secret that does not open is logged with its name and
// workspace, as it means a changed row, another master key, or an attack.
#include <fmt/format.h>

#include "base/log.hpp"
#include "features/audit/audit.hpp"
#include "features/vault/vault.hpp"
#include "features/vault/vault_rules.hpp"
#include "features/vault/vault_store.hpp"

namespace wapi::vault {
namespace {

constexpr std::string_view advice = "make one with: openssl rand -hex 32";

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

}  // namespace

MasterKey::MasterKey(const SecretString& hex) {
    constexpr std::string_view code = "config.token_master_key";
    if (hex.size() != 2 * crypto::aes_key_bytes) {
        throw Fault(std::string(code),
                    fmt::format("TOKEN_MASTER_KEY must be 64 hex characters, it has "
                                "{}; {}",
                                hex.size(), advice));
    }
    std::optional<std::string> bytes = crypto::hex_decode(hex.reveal());
    if (!bytes) {
        throw Fault(std::string(code),
                    fmt::format("TOKEN_MASTER_KEY holds a character that is not hex; {}", advice));
    }
    key_ = SecretString(std::move(*bytes));
    if (const auto weakness = find_weakness(key_.reveal())) {
        throw Fault(std::string(code),
                    fmt::format("TOKEN_MASTER_KEY is too weak ({}); {}", *weakness, advice));
    }
    std::string labelled = "wapi-kek" + std::string(key_.reveal());
    id_ = crypto::hex_encode(crypto::sha256(labelled)).substr(0, 8);
    wipe(labelled);
}

Result<SecretString> DatabaseBackend::data_key_or_new(db::WorkspaceTxn& txn, Timestamp now) {
    if (!find_key(txn)) {
        insert_key(txn,
                   {master_key_.id(), wrap_data_key(master_key_.reveal(), master_key_.id(),
                                                    txn.workspace(), make_data_key(rng_), rng_)},
                   now);
    }
    return data_key(txn);
}

Result<SecretString> DatabaseBackend::data_key(db::WorkspaceTxn& txn) const {
    const std::optional<WrappedKey> stored = find_key(txn);
    if (!stored) {
        return fail_invalid(txn.workspace(), "", "the workspace has no data key");
    }
    std::optional<SecretString> key =
        unwrap_data_key(master_key_.reveal(), master_key_.id(), txn.workspace(), stored->wrapped);
    if (!key) {
        return fail_invalid(txn.workspace(), "",
                            stored->master_key_id == master_key_.id()
                                ? "the data key was changed"
                                : "the data key was wrapped by another master key");
    }
    return *std::move(key);
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
    const std::optional<SealedSecret> old = find_secret(txn, name);
    const SecretPlace place{txn.workspace(), std::string(name), old ? old->version + 1 : 1};
    save_secret(txn, name, {place.version, seal_secret(*key, place, secret, rng_)},
                fingerprint(*key, place, secret), now);
    return {};
}

Result<SecretString> DatabaseBackend::read_secret(db::WorkspaceTxn& txn,
                                                  std::string_view name) const {
    const std::optional<SealedSecret> stored = find_secret(txn, name);
    if (!stored) {
        return fail(errors::secret_not_found);
    }
    const Result<SecretString> key = data_key(txn);
    if (!key) {
        return key;
    }
    std::optional<SecretString> secret =
        open_secret(*key, {txn.workspace(), std::string(name), stored->version}, stored->sealed);
    if (!secret) {
        return fail_invalid(txn.workspace(), name, "the ciphertext does not open");
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

}  // namespace wapi::vault
