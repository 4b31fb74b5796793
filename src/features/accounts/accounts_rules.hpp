// Rules of accounts: e-mail addresses, passwords, refresh tokens, and slowing down guessing. No
// I/O.
//
// Source: architecture.md section 8; NIST SP 800-63B section 5.1.1 (length and common passwords
// instead of character classes).
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/rng.hpp"

namespace wapi::accounts {

inline constexpr std::size_t email_bytes_max = 254;
inline constexpr std::size_t password_characters_min = 10;
inline constexpr std::size_t password_bytes_max = 256;

/// Trimmed and in lower case. Errors: invalid_request with field `email`.
Result<std::string> normalize_email(std::string_view input);

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

/// Counts attempts to log in by account and address: five may fail within a quarter of an hour,
/// then further ones wait. Network thread only; bounded memory.
class LoginThrottle {
  public:
    static constexpr int failures_max = 5;
    static constexpr std::chrono::minutes window{15};
    static constexpr std::size_t entries_max = 10'000;

    /// Counts an attempt that begins now, as if it failed, so that attempts side by side count too.
    /// Errors: login_throttled with retry_after.
    Result<void> begin(std::string_view email, std::string_view ip, Timestamp now);
    /// The attempt succeeded: forgets the failures.
    void succeed(std::string_view email, std::string_view ip);
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

  private:
    struct Attempts {
        int count = 0;
        Timestamp since;
    };
    void make_room(Timestamp now);
    std::map<std::string, Attempts> entries_;
};

}  // namespace wapi::accounts
