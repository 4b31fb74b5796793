// Rules of accounts. See accounts_rules.hpp.
#include "features/accounts/accounts_rules.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "features/accounts/accounts.hpp"

namespace wapi::accounts {
namespace {

constexpr std::size_t distinct_characters_min = 5;

/// Long enough to pass the length rule, and known to every guessing program.
constexpr std::array<std::string_view, 28> common_passwords{
    "0123456789",    "0987654321",   "1234567890",   "12345678910",  "123456789a",
    "1q2w3e4r5t",    "1q2w3e4r5t6y", "1qaz2wsx3edc", "abcdefghij",   "administrator",
    "changeme123",   "football123",  "iloveyou123",  "letmein123",   "letmein1234",
    "password01",    "password10",   "password12",   "password123",  "password1234",
    "password12345", "passw0rd123",  "qwerty12345",  "qwerty123456", "qwertyuiop",
    "qwertyuiop123", "welcome123",   "whatsapp123"};

bool is_email_character(char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte > ' ' && byte != 0x7f && letter != '@' && letter != ',' && letter != ';' &&
           letter != '<' && letter != '>' && letter != '"' && letter != '(' && letter != ')' &&
           letter != '\\';
}

bool is_domain(std::string_view domain) {
    const bool plain = std::ranges::all_of(domain, [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
               letter == '-' || letter == '.' || static_cast<unsigned char>(letter) >= 0x80;
    });
    return plain && domain.find('.') != std::string_view::npos && !domain.starts_with('.') &&
           !domain.ends_with('.') && domain.find("..") == std::string_view::npos &&
           !domain.starts_with('-') && !domain.ends_with('-');
}

std::string refresh_code(const RefreshToken& token, std::string_view key) {
    return crypto::base64url_encode(crypto::as_text(
        crypto::hmac_sha256(key, "refresh." + token.session_id + "." + token.secret)));
}

}  // namespace

Result<std::string> normalize_email(std::string_view input) {
    std::string email = text::to_lower_ascii(text::trim(input));
    const std::size_t at = email.find('@');
    const bool well_formed = email.size() <= email_bytes_max && at != std::string::npos && at > 0 &&
                             at <= 64 && text::is_valid_utf8(email) &&
                             std::ranges::all_of(email.substr(0, at), is_email_character) &&
                             is_domain(std::string_view(email).substr(at + 1));
    if (!well_formed) {
        return fail_field(wapi::errors::invalid_request, "email", "This is not an e-mail address.");
    }
    return email;
}

Result<void> check_password(const SecretString& password, std::string_view email) {
    const std::string_view text = password.reveal();
    if (text.size() > password_bytes_max || !text::is_valid_utf8(text) ||
        text::count_code_points(text) < password_characters_min) {
        return fail(errors::weak_password, "The password must have 10 to 256 characters.",
                    "password");
    }
    std::string lower = text::to_lower_ascii(text);
    const bool common = std::ranges::find(common_passwords, lower) != common_passwords.end();
    const std::set<char> distinct(lower.begin(), lower.end());
    const bool own = lower == email;
    wipe(lower);
    if (common || own || distinct.size() < distinct_characters_min) {
        return fail(errors::weak_password, "This password is too easy to guess.", "password");
    }
    return {};
}

RefreshToken make_refresh_token(std::string session_id, Rng& rng) {
    std::array<char, 32> bytes{};
    rng.fill(std::as_writable_bytes(std::span(bytes)));
    return {std::move(session_id),
            crypto::base64url_encode(std::string_view(bytes.data(), bytes.size()))};
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

}  // namespace wapi::accounts
