// Refresh tokens and challenges: texts that only this server can make. See session_tokens.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "features/session_tokens/session_tokens.hpp"

namespace wapi::session_tokens {
namespace {

std::string refresh_code(const RefreshToken& token, std::string_view key) {
    return crypto::base64url_encode(crypto::as_text(
        crypto::hmac_sha256(key, "refresh." + token.session_id + "." + token.secret)));
}

}  // namespace

RefreshToken make_refresh_token(std::string session_id, Rng& rng) {
    std::array<char, 32> bytes{};
    rng.fill(std::as_writable_bytes(std::span(bytes)));
    return {std::move(session_id),
            crypto::base64url_encode(std::string_view(bytes.data(), bytes.size()))};
}

RefreshToken next_refresh_token(const RefreshToken& used, std::string_view key) {
    const auto secret =
        crypto::hmac_sha256(key, fmt::format("next.{}.{}", used.session_id, used.secret));
    return {used.session_id, crypto::base64url_encode(crypto::as_text(secret))};
}

SecretString render_refresh_token(const RefreshToken& token, std::string_view key) {
    return SecretString(token.session_id + "." + token.secret + "." + refresh_code(token, key));
}

std::optional<RefreshToken> read_refresh_token(std::string_view text, std::string_view key) {
    constexpr std::size_t bytes_max = 200;
    const std::size_t first = text.find('.');
    const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
    if (second == std::string_view::npos || text.size() > bytes_max) {
        return std::nullopt;
    }
    RefreshToken token{std::string(text.substr(0, first)),
                       std::string(text.substr(first + 1, second - first - 1))};
    if (!crypto::constant_time_equal(refresh_code(token, key), text.substr(second + 1))) {
        return std::nullopt;
    }
    return token;
}

crypto::Digest refresh_hash(const RefreshToken& token) { return crypto::sha256(token.secret); }

SecretString render_challenge(const Challenge& challenge, std::string_view password_hash,
                              std::string_view key) {
    const std::string claim =
        fmt::format("{}.{}", challenge.user_id.value, to_us(challenge.expires_at));
    const auto code =
        crypto::hmac_sha256(key, fmt::format("challenge.{}.{}", claim, password_hash));
    return SecretString(claim + "." + crypto::base64url_encode(crypto::as_text(code)));
}

std::optional<Challenge> read_challenge(std::string_view text) {
    constexpr std::size_t bytes_max = 200;
    const std::size_t first = std::min(text.find('.'), text.size());
    const std::string_view rest = text.substr(std::min(first + 1, text.size()));
    std::int64_t expires_us = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), expires_us);
    if (text.size() > bytes_max || error != std::errc{} || end == rest.data() + rest.size()) {
        return std::nullopt;
    }
    return Challenge{UserId(text.substr(0, first)), from_us(expires_us)};
}

}  // namespace wapi::session_tokens
