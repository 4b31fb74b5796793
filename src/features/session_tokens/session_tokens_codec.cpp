// Access tokens on cpp-jwt, the only file that includes it.
//
// Before the library reads a token, its first part must be byte for byte the one we write (so `alg`
// cannot be changed to none or another) and so must its signature, compared in constant time: a
// token has one spelling, without padding (RFC 7515 section 2). The library compares with an early
// exit and takes the time from the system clock, so neither check is left to it.
#include "features/session_tokens/session_tokens.hpp"

#include <fmt/format.h>

#include <jwt/jwt.hpp>
#include <set>

namespace wapi::session_tokens {
namespace {

constexpr std::size_t secret_bytes_min = 32;
constexpr std::size_t distinct_bytes_min = 10;
constexpr std::size_t token_bytes_max = 2'048;
constexpr std::string_view issuer = "wapi";
constexpr std::array<std::string_view, 5> claim_names{"iss", "exp", "sub", "wid", "sid"};

std::int64_t to_seconds(Timestamp time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

TokenCodec::TokenCodec(SecretString secret) : secret_(std::move(secret)) {
    const std::string_view text = secret_.reveal();
    if (text.size() < secret_bytes_min) {
        throw Fault("config.jwt_secret",
                    fmt::format("JWT_SECRET must have 32 bytes or more, it has {}; make one with: "
                                "openssl rand -hex 32",
                                text.size()));
    }
    if (std::set<char>(text.begin(), text.end()).size() < distinct_bytes_min) {
        throw Fault("config.jwt_secret",
                    "JWT_SECRET is too weak (few different characters); make one with: "
                    "openssl rand -hex 32");
    }
    refresh_key_ = SecretString(crypto::as_text(crypto::hmac_sha256(text, "wapi-refresh-key")));
    const std::string sample = make({}, Timestamp{});
    header_ = sample.substr(0, sample.find('.'));
}

std::string TokenCodec::make(const AccessClaims& claims, Timestamp now) const {
    jwt::jwt_object token{jwt::params::algorithm("HS256"),
                          jwt::params::secret(std::string(secret_.reveal()))};
    token.add_claim("iss", std::string(issuer));
    token.add_claim("sub", claims.user_id.value);
    token.add_claim("wid", claims.workspace.value);
    token.add_claim("sid", claims.session_id);
    token.add_claim("iat", to_seconds(now));
    token.add_claim("exp", to_seconds(now + access_token_time));
    return token.signature();
}

Result<AccessClaims> TokenCodec::read(std::string_view token, Timestamp now) const {
    const std::size_t first = token.find('.');
    const std::size_t last = token.rfind('.');
    if (token.size() > token_bytes_max || first == std::string_view::npos || first == last ||
        token.substr(0, first) != header_) {
        return fail(wapi::errors::unauthorized);
    }
    const crypto::Digest expected = crypto::hmac_sha256(secret_.reveal(), token.substr(0, last));
    const std::string signature = crypto::base64url_encode(crypto::as_text(expected));
    if (!crypto::constant_time_equal(token.substr(last + 1), signature)) {
        return fail(wapi::errors::unauthorized);
    }
    try {
        std::error_code failure;
        const jwt::jwt_object read =
            jwt::decode(std::string(token), jwt::params::algorithms({"HS256"}), failure,
                        jwt::params::verify(false));
        const auto& payload = read.payload();
        const bool complete = std::ranges::all_of(
            claim_names, [&payload](std::string_view name) { return payload.has_claim(name); });
        if (failure || !complete || payload.get_claim_value<std::string>("iss") != issuer) {
            return fail(wapi::errors::unauthorized);
        }
        const auto expires = payload.get_claim_value<std::int64_t>("exp");
        if (expires <= to_seconds(now)) {
            return fail(wapi::errors::token_expired);
        }
        return AccessClaims{UserId(payload.get_claim_value<std::string>("sub")),
                            WorkspaceId(payload.get_claim_value<std::string>("wid")),
                            payload.get_claim_value<std::string>("sid"),
                            Timestamp(std::chrono::seconds(expires))};
    } catch (const std::exception&) {
        return fail(wapi::errors::unauthorized);
    }
}

}  // namespace wapi::session_tokens
