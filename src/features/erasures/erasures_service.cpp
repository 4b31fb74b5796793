// Hashing who was erased, and looking for them. Rules: erasures.hpp.
#include "base/phone.hpp"
#include "features/erasures/erasures.hpp"
#include "features/erasures/erasures_store.hpp"
#include "features/vault/vault.hpp"

namespace wapi::erasures {
namespace {

constexpr std::string_view purpose = "erased-identity";

crypto::Digest hash_of(const SecretString& key, std::string_view kind, std::string_view value) {
    return crypto::hmac_sha256(key.reveal(), std::string(kind) + '\n' + std::string(value));
}

/// Of a phone, one for each form: what an earlier version remembered may lack some.
std::vector<crypto::Digest> hashes_of(const SecretString& key, const Person& person) {
    std::vector<crypto::Digest> hashes;
    if (!person.phone.empty()) {
        for (const std::string& form : phone_variants(person.phone)) {
            hashes.push_back(hash_of(key, "phone", form));
        }
    }
    if (!person.bsuid.empty()) {
        hashes.push_back(hash_of(key, "bsuid", person.bsuid));
    }
    return hashes;
}

void keep_later(std::optional<Timestamp>& found, const std::optional<Timestamp>& other) {
    if (other && (!found || *found < *other)) {
        found = other;
    }
}

}  // namespace

Recogniser Recogniser::open(db::WorkspaceTxn& txn) {
    Recogniser recogniser;
    if (!store::has_any(txn)) {
        return recogniser;
    }
    Result<SecretString> key = vault::find_purpose_key(txn, purpose);
    if (!key) {
        throw Fault(std::string(key_fault),
                    "erased people cannot be recognised: " + key.error().message);
    }
    recogniser.key_ = *std::move(key);
    return recogniser;
}

std::optional<Timestamp> Recogniser::find(db::WorkspaceTxn& txn, const Person& person) const {
    std::optional<Timestamp> found;
    if (empty()) {
        return found;
    }
    for (const crypto::Digest& hash : hashes_of(key_, person)) {
        keep_later(found, find_hash(txn, hash));
    }
    return found;
}

std::optional<Timestamp> Recogniser::find_hash(db::WorkspaceTxn& txn,
                                               const crypto::Digest& hash) const {
    const auto known = known_.find(hash);
    return known != known_.end() ? known->second : store::find(txn, crypto::as_text(hash));
}

void Recogniser::look_up(db::WorkspaceTxn& txn, std::span<const Person> people) {
    if (empty()) {
        return;
    }
    std::vector<crypto::Digest> asked;
    for (const Person& person : people) {
        for (const crypto::Digest& hash : hashes_of(key_, person)) {
            if (known_.emplace(hash, std::nullopt).second) {
                asked.push_back(hash);
            }
        }
    }
    for (const auto& [hash, erased_at] : store::find_many(txn, asked)) {
        known_[hash] = erased_at;
    }
}

Result<void> remember(db::WorkspaceTxn& txn, std::span<const Person> people, Timestamp erased_at,
                      Rng& rng, Timestamp now) {
    const Result<SecretString> key = vault::purpose_key_or_new(txn, purpose, rng, now);
    if (!key) {
        return std::unexpected(key.error());
    }
    for (const Person& person : people) {
        for (const crypto::Digest& hash : hashes_of(*key, person)) {
            store::put(txn, crypto::as_text(hash), erased_at);
        }
    }
    return {};
}

}  // namespace wapi::erasures
