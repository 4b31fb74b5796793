// The master keys: what an operator may give, and which of them opens what.
#include <fmt/format.h>

#include "features/vault/vault.hpp"
#include "features/vault/vault_rules.hpp"

namespace wapi::vault {
namespace {

constexpr std::string_view advice = "make one with: openssl rand -hex 32";

[[noreturn]] void refuse(std::string_view setting, std::string_view reason) {
    throw Fault("config.token_master_key", fmt::format("{} {}", setting, reason));
}

}  // namespace

MasterKey::MasterKey(const SecretString& hex, std::string_view setting) {
    if (hex.size() != 2 * crypto::aes_key_bytes) {
        refuse(setting,
               fmt::format("must be 64 hex characters, it has {}; {}", hex.size(), advice));
    }
    std::optional<std::string> bytes = crypto::hex_decode(hex.reveal());
    if (!bytes) {
        refuse(setting, fmt::format("holds a character that is not hex; {}", advice));
    }
    key_ = SecretString(std::move(*bytes));
    if (const auto weakness = find_weakness(key_.reveal())) {
        refuse(setting, fmt::format("is too weak ({}); {}", *weakness, advice));
    }
    std::string labelled = "wapi-kek" + std::string(key_.reveal());
    id_ = crypto::hex_encode(crypto::sha256(labelled)).substr(0, 8);
    wipe(labelled);
}

MasterKeys::MasterKeys(MasterKey current, std::optional<MasterKey> previous)
    : current_(std::move(current)), previous_(std::move(previous)) {
    if (previous_ && previous_->id() == current_.id()) {
        refuse("TOKEN_MASTER_KEY_PREVIOUS",
               "is the same as TOKEN_MASTER_KEY: give the key that it replaces, or none");
    }
}

const MasterKey* MasterKeys::find(std::string_view id) const {
    if (id == current_.id()) {
        return &current_;
    }
    return previous_ && id == previous_->id() ? &*previous_ : nullptr;
}

}  // namespace wapi::vault
