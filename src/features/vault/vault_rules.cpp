// Sealing and opening with AES-256-GCM, and the check for keys that nobody should use.
#include "features/vault/vault_rules.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace wapi::vault {
namespace {

constexpr char format_1 = 1;
constexpr std::size_t distinct_bytes_min = 16;

template <std::size_t Count>
std::string associated_data(const std::array<std::string_view, Count>& fields) {
    std::string bytes;
    for (const std::string_view field : fields) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes.push_back(static_cast<char>((field.size() >> shift) & 0xff));
        }
        bytes.append(field);
    }
    return bytes;
}

std::string key_data(const WorkspaceId& workspace, std::string_view master_key_id) {
    return associated_data(
        std::array<std::string_view, 3>{"wapi-data-key", workspace.value, master_key_id});
}

std::string secret_data(const SecretPlace& place) {
    return associated_data(std::array<std::string_view, 4>{
        "wapi-secret", place.workspace.value, place.name, std::to_string(place.version)});
}

std::string seal(std::string_view key, std::string_view plaintext, std::string_view data,
                 Rng& rng) {
    std::array<char, crypto::aes_nonce_bytes> nonce{};
    rng.fill(std::as_writable_bytes(std::span(nonce)));
    const std::string_view nonce_view(nonce.data(), nonce.size());
    std::string sealed(1, format_1);
    sealed.append(nonce_view);
    sealed.append(crypto::aes256_gcm_seal(key, nonce_view, plaintext, data));
    return sealed;
}

std::optional<SecretString> open(std::string_view key, std::string_view sealed,
                                 std::string_view data) {
    constexpr std::size_t head = 1 + crypto::aes_nonce_bytes;
    if (sealed.size() < head + crypto::aes_tag_bytes || sealed.front() != format_1 ||
        key.size() != crypto::aes_key_bytes) {
        return std::nullopt;
    }
    return crypto::aes256_gcm_open(key, sealed.substr(1, crypto::aes_nonce_bytes),
                                   sealed.substr(head), data);
}

}  // namespace

SecretString make_data_key(Rng& rng) {
    std::string key(crypto::aes_key_bytes, '\0');
    rng.fill(std::as_writable_bytes(std::span(key)));
    return SecretString(std::move(key));
}

std::string wrap_data_key(std::string_view master_key, std::string_view master_key_id,
                          const WorkspaceId& workspace, const SecretString& data_key, Rng& rng) {
    return seal(master_key, data_key.reveal(), key_data(workspace, master_key_id), rng);
}

std::optional<SecretString> unwrap_data_key(std::string_view master_key,
                                            std::string_view master_key_id,
                                            const WorkspaceId& workspace,
                                            std::string_view wrapped) {
    return open(master_key, wrapped, key_data(workspace, master_key_id));
}

std::string seal_secret(const SecretString& data_key, const SecretPlace& place,
                        const SecretString& secret, Rng& rng) {
    return seal(data_key.reveal(), secret.reveal(), secret_data(place), rng);
}

std::optional<SecretString> open_secret(const SecretString& data_key, const SecretPlace& place,
                                        std::string_view sealed) {
    return open(data_key.reveal(), sealed, secret_data(place));
}

std::string fingerprint(const SecretString& data_key, const SecretPlace& place,
                        const SecretString& secret) {
    std::string message = associated_data(
        std::array<std::string_view, 3>{"wapi-fingerprint", place.name, secret.reveal()});
    const crypto::Digest digest = crypto::hmac_sha256(data_key.reveal(), message);
    wipe(message);
    return crypto::hex_encode(digest).substr(0, 12);
}

std::optional<std::string_view> find_weakness(std::string_view key) {
    const std::set<char> distinct(key.begin(), key.end());
    if (distinct.size() == 1) {
        return "it repeats one byte";
    }
    for (std::size_t period = 2; period <= key.size() / 2; ++period) {
        if (key.substr(period) == key.substr(0, key.size() - period)) {
            return "it repeats a short pattern";
        }
    }
    const auto step = [key](std::size_t index) {
        return static_cast<unsigned char>(key[index + 1] - key[index]);
    };
    bool counted = true;
    for (std::size_t index = 1; index + 1 < key.size(); ++index) {
        counted = counted && step(index) == step(0);
    }
    if (counted) {
        return "it counts up or down";
    }
    if (distinct.size() < distinct_bytes_min) {
        return "it has too few different bytes";
    }
    return std::nullopt;
}

}  // namespace wapi::vault
