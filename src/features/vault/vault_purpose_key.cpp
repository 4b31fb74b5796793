// Keys that a workspace has for purposes of its own, such as recognising erased people.
//
// They are needed deep inside transactions, where no service is at hand: the ring finds the master
// key by the id that the wrapped data key names, and what it unwraps proves itself (AES-GCM).
// Decision: docs/adr/0015.
#include <algorithm>
#include <list>
#include <mutex>

#include "base/log.hpp"
#include "features/vault/vault.hpp"
#include "features/vault/vault_rules.hpp"
#include "features/vault/vault_store.hpp"

namespace wapi::vault {
namespace {

/// The rings that live, oldest first.
struct Rings {
    std::mutex mutex;
    std::list<const std::vector<MasterKey>*> living;
};

Rings& rings() {
    static Rings all;
    return all;
}

std::optional<MasterKey> find_master_key(std::string_view id) {
    Rings& all = rings();
    const std::lock_guard lock(all.mutex);
    for (const std::vector<MasterKey>* keys : all.living) {
        const auto found = std::ranges::find(*keys, id, &MasterKey::id);
        if (found != keys->end()) {
            return *found;
        }
    }
    return std::nullopt;
}

std::optional<MasterKey> current_master_key() {
    Rings& all = rings();
    const std::lock_guard lock(all.mutex);
    return all.living.empty() ? std::nullopt : std::optional(all.living.front()->front());
}

Result<SecretString> derive(const WorkspaceId& workspace, const WrappedKey& stored,
                            std::string_view purpose) {
    const std::optional<MasterKey> master = find_master_key(stored.master_key_id);
    std::optional<SecretString> data_key;
    if (master) {
        data_key = unwrap_data_key(master->reveal(), master->id(), workspace, stored.wrapped);
    }
    if (!data_key) {
        log::error("vault.secret_invalid", {{"workspace", workspace.value},
                                            {"name", purpose},
                                            {"reason", "the data key does not open"}});
        return fail(errors::vault_secret_invalid);
    }
    const crypto::Digest key =
        crypto::hmac_sha256(data_key->reveal(), "wapi-purpose\n" + std::string(purpose));
    return SecretString(crypto::as_text(key));
}

SecretPlace place_of(std::string_view name) { return {WorkspaceId(), std::string(name), 1}; }

}  // namespace

KeyRing::KeyRing(const MasterKeys& keys) : keys_{keys.current()} {
    if (keys.previous()) {
        keys_.push_back(*keys.previous());
    }
    Rings& all = rings();
    const std::lock_guard lock(all.mutex);
    all.living.push_back(&keys_);
}

KeyRing::~KeyRing() {
    Rings& all = rings();
    const std::lock_guard lock(all.mutex);
    all.living.remove(&keys_);
}

Result<SecretString> find_purpose_key(db::WorkspaceTxn& txn, std::string_view purpose) {
    const std::optional<WrappedKey> stored = find_key(txn);
    return stored ? derive(txn.workspace(), *stored, purpose) : fail(errors::secret_not_found);
}

Result<SecretString> purpose_key_or_new(db::WorkspaceTxn& txn, std::string_view purpose, Rng& rng,
                                        Timestamp now) {
    std::optional<WrappedKey> stored = find_key(txn);
    if (!stored) {
        const std::optional<MasterKey> current = current_master_key();
        if (!current) {
            return fail(errors::vault_secret_invalid);
        }
        insert_key(txn,
                   {current->id(), wrap_data_key(current->reveal(), current->id(), txn.workspace(),
                                                 make_data_key(rng), rng)},
                   now);
        stored = find_key(txn);
    }
    return stored ? derive(txn.workspace(), *stored, purpose) : fail(errors::vault_secret_invalid);
}

std::string seal_text(const SecretString& key, std::string_view name, const SecretString& text,
                      Rng& rng) {
    return seal_secret(key, place_of(name), text, rng);
}

std::optional<SecretString> open_text(const SecretString& key, std::string_view name,
                                      std::string_view sealed) {
    return open_secret(key, place_of(name), sealed);
}

}  // namespace wapi::vault
