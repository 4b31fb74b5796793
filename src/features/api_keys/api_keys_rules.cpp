#include "features/api_keys/api_keys_rules.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/network.hpp"

namespace wapi::api_keys {
namespace {

constexpr std::string_view brand = "wapi_";
constexpr std::size_t prefix_digits = 12;
constexpr std::size_t secret_digits = 64;
constexpr std::size_t prefix_size = brand.size() + prefix_digits;
constexpr std::size_t key_size = prefix_size + 1 + secret_digits;

template <std::size_t digits>
std::string random_hex(Rng& rng) {
    std::array<char, digits / 2> bytes{};
    rng.fill(std::as_writable_bytes(std::span(bytes)));
    return crypto::hex_encode({bytes.data(), bytes.size()});
}

bool is_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char digit) {
        return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
    });
}

}  // namespace

bool looks_like_key(std::string_view token) { return token.starts_with(brand); }

SecretString make_key(Rng& rng) {
    std::string key(brand);
    key.reserve(key_size);
    key += random_hex<prefix_digits>(rng);
    key += '_';
    std::string secret = random_hex<secret_digits>(rng);
    key += secret;
    wipe(secret);
    return SecretString(std::move(key));
}

std::optional<KeyParts> parse_key(std::string_view text) {
    const bool well_formed = text.size() == key_size && looks_like_key(text) &&
                             is_hex(text.substr(brand.size(), prefix_digits)) &&
                             text[prefix_size] == '_' && is_hex(text.substr(prefix_size + 1));
    if (!well_formed) {
        return std::nullopt;
    }
    return KeyParts{.prefix = std::string(text.substr(0, prefix_size)),
                    .hash = crypto::sha256(text)};
}

void RecentKeys::add(std::string_view hash) {
    if (newer_.contains(hash)) {
        return;
    }
    if (newer_.size() >= generation_max) {
        older_ = std::exchange(newer_, {});
    }
    newer_.emplace(hash);
}

void RecentKeys::forget(std::string_view hash) {
    for (Hashes* hashes : {&newer_, &older_}) {
        if (const auto found = hashes->find(hash); found != hashes->end()) {
            hashes->erase(found);
        }
    }
}

bool RecentKeys::contains(std::string_view hash) const {
    return newer_.contains(hash) || older_.contains(hash);
}

Result<void> check_networks(const std::vector<std::string>& networks) {
    for (std::size_t index = 0; index < networks.size(); ++index) {
        if (!NetworkList().add(networks[index])) {
            return fail_field(wapi::errors::invalid_request,
                              "allowedNetworks[" + std::to_string(index) + "]",
                              "Must be an address (192.0.2.7) or a network (192.0.2.0/24).");
        }
    }
    return {};
}

Result<void> check_draft(const Draft& draft, access::Permissions own, Timestamp now) {
    if (draft.permissions == 0) {
        return fail_field(wapi::errors::invalid_request, "permissions",
                          "A key needs at least one permission.");
    }
    if (draft.expires_at && *draft.expires_at <= now) {
        return fail_field(wapi::errors::invalid_request, "expiresAt", "Must be in the future.");
    }
    if (!access::contains(own, draft.permissions)) {
        return fail_field(errors::api_key_beyond_rights, "permissions");
    }
    return check_networks(draft.networks);
}

bool allows_address(const std::vector<std::string>& networks, std::string_view ip) {
    if (networks.empty()) {
        return true;
    }
    NetworkList list;
    const bool all_read = std::ranges::all_of(
        networks, [&list](const std::string& network) { return list.add(network); });
    return all_read && list.contains(ip);
}

bool is_use_stale(const std::optional<Timestamp>& noted, Timestamp now) {
    return !noted || now < *noted || now - *noted >= use_noted_every;
}

}  // namespace wapi::api_keys
