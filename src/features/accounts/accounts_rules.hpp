// Rules of accounts: e-mail addresses, passwords and refresh tokens. No I/O.
//
// Source: architecture.md section 8; NIST SP 800-63B section 5.1.1 (length and common passwords
// instead of character classes).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/rng.hpp"
#include "features/accounts/accounts.hpp"

namespace wapi::accounts {

inline constexpr std::size_t email_bytes_max = 254;
inline constexpr std::size_t password_characters_min = 10;
inline constexpr std::size_t password_bytes_max = 256;

/// Errors: weak_password with field `password`.
Result<void> check_password(const SecretString& password, std::string_view email);

/// A refresh token: session id, random secret, and a code that tells our own tokens from invented
/// ones, so that only a token that really was in use can end a session by being used again.
struct RefreshToken {
    std::string session_id;
    std::string secret;
};

RefreshToken make_refresh_token(std::string session_id, Rng& rng);
/// `key` is the server's; a token of another key does not read.
SecretString render_refresh_token(const RefreshToken& token, std::string_view key);
std::optional<RefreshToken> read_refresh_token(std::string_view text, std::string_view key);
/// What is stored instead of the secret.
crypto::Digest refresh_hash(const RefreshToken& token);

}  // namespace wapi::accounts
