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
        throw Fault("vault.key", "erased people cannot be recognised: " + key.error().message);
    }
    recogniser.key_ = *std::move(key);
    return recogniser;
}

std::optional<Timestamp> Recogniser::find(db::WorkspaceTxn& txn, const Person& person) const {
    std::optional<Timestamp> found;
    if (empty()) {
        return found;
    }
    if (!person.phone.empty()) {
        keep_later(found, store::find(txn, crypto::as_text(hash_of(key_, "phone", person.phone))));
    }
    if (!person.bsuid.empty()) {
        keep_later(found, store::find(txn, crypto::as_text(hash_of(key_, "bsuid", person.bsuid))));
    }
    return found;
}

Result<void> remember(db::WorkspaceTxn& txn, std::span<const Person> people, Timestamp erased_at,
                      Rng& rng, Timestamp now) {
    const Result<SecretString> key = vault::purpose_key_or_new(txn, purpose, rng, now);
    if (!key) {
        return std::unexpected(key.error());
    }
    for (const Person& person : people) {
        for (const std::string& form :
             person.phone.empty() ? std::vector<std::string>{} : phone_variants(person.phone)) {
            store::put(txn, crypto::as_text(hash_of(*key, "phone", form)), erased_at);
        }
        if (!person.bsuid.empty()) {
            store::put(txn, crypto::as_text(hash_of(*key, "bsuid", person.bsuid)), erased_at);
        }
    }
    return {};
}

}  // namespace wapi::erasures
