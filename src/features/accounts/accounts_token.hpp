// Access tokens: signed JWTs (RFC 7519) of 15 minutes, algorithm HS256 and no other.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"

namespace wapi::accounts {

struct AccessClaims {
    UserId user_id;
    WorkspaceId workspace;
    std::string session_id;
};

class TokenCodec {
  public:
    /// Errors: Fault `config.jwt_secret` in plain words when the secret is short or plainly not
    /// random.
    explicit TokenCodec(SecretString secret);
    [[nodiscard]] std::string make(const AccessClaims& claims, Timestamp now) const;
    /// Errors: unauthorized, token_expired.
    [[nodiscard]] Result<AccessClaims> read(std::string_view token, Timestamp now) const;
    /// Key for refresh tokens, derived from the secret.
    [[nodiscard]] std::string_view refresh_key() const { return refresh_key_.reveal(); }

  private:
    SecretString secret_;
    SecretString refresh_key_;
    std::string header_;  ///< the one first part that is accepted
};

}  // namespace wapi::accounts
