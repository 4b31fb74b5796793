// How a key is written, and what a key may be. No I/O.
#pragma once

#include <string>
#include <string_view>

#include "base/rng.hpp"
#include "features/api_keys/api_keys.hpp"

namespace wapi::api_keys {

/// The parts of a key that are stored.
struct KeyParts {
    std::string prefix;
    crypto::Digest hash;  ///< of the whole key
};

/// `wapi_<12 hex>_<64 hex>`: a prefix that finds it and 256 random bits, in a form that programs
/// which look for leaked secrets can recognise.
SecretString make_key(Rng& rng);
/// Nothing when the text is not of that form to the letter.
std::optional<KeyParts> parse_key(std::string_view text);

/// Errors: invalid_request (permissions, allowedNetworks, expiresAt), api_key_beyond_rights.
Result<void> check_draft(const Draft& draft, access::Permissions own, Timestamp now);
/// Errors: invalid_request (allowedNetworks).
Result<void> check_networks(const std::vector<std::string>& networks);

/// Whether a key with this list may be used from that address.
bool allows_address(const std::vector<std::string>& networks, std::string_view ip);
/// Whether the last use that was noted is long ago, or in the future because the clock was set.
bool is_use_stale(const std::optional<Timestamp>& noted, Timestamp now);

}  // namespace wapi::api_keys
