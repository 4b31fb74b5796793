// The texts that a session is carried by: access tokens, refresh tokens, and the challenge between
// a password and a second factor. No I/O.
//
// Access tokens are signed JWTs (RFC 7519) of 15 minutes, algorithm HS256 and no other; the other
// two have our own code, so that an invented one is told from one that was in use. Source:
// architecture.md section 8.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/rng.hpp"

namespace wapi::session_tokens {

inline constexpr std::chrono::minutes access_token_time{15};

struct AccessClaims {
    UserId user_id;
    WorkspaceId workspace;
    std::string session_id;
    Timestamp expires_at{};  ///< of a token that was read
};

class TokenCodec {
  public:
    /// Errors: Fault `config.jwt_secret` in plain words when the secret is short or plainly not
    /// random.
    explicit TokenCodec(SecretString secret);
    [[nodiscard]] std::string make(const AccessClaims& claims, Timestamp now) const;
    /// Errors: unauthorized, token_expired.
    [[nodiscard]] Result<AccessClaims> read(std::string_view token, Timestamp now) const;
    /// Key for refresh tokens and challenges, derived from the secret.
    [[nodiscard]] std::string_view refresh_key() const { return refresh_key_.reveal(); }

  private:
    SecretString secret_;
    SecretString refresh_key_;
    std::string header_;  ///< the one first part that is accepted
};

/// A refresh token: session id, random secret, and a code that tells our own tokens from invented
/// ones, so that only a token that really was in use can end a session by being used again.
struct RefreshToken {
    std::string session_id;
    std::string secret;
};

RefreshToken make_refresh_token(std::string session_id, Rng& rng);
/// What takes a used token's place: always the same one, so that a client that lost the answer gets
/// it again (accounts: refresh_grace). Only the server's key can make it.
RefreshToken next_refresh_token(const RefreshToken& used, std::string_view key);
/// `key` is the server's; a token of another key does not read.
SecretString render_refresh_token(const RefreshToken& token, std::string_view key);
std::optional<RefreshToken> read_refresh_token(std::string_view text, std::string_view key);
/// What is stored instead of the secret.
crypto::Digest refresh_hash(const RefreshToken& token);

/// Says that somebody has given a person's password and owes the second factor.
struct Challenge {
    UserId user_id;
    Timestamp expires_at;
};

/// `password_hash`: of the person at that moment; with another password the challenge is void.
SecretString render_challenge(const Challenge& challenge, std::string_view password_hash,
                              std::string_view key);
/// What a text claims; to be believed only when render_challenge gives the same text.
std::optional<Challenge> read_challenge(std::string_view text);

}  // namespace wapi::session_tokens
