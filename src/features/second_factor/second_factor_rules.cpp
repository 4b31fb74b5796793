#include "features/second_factor/second_factor_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <chrono>

#include "base/crypto.hpp"

namespace wapi::second_factor {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::chrono::seconds step_time{30};
constexpr std::uint32_t codes = 1'000'000;
constexpr std::size_t recovery_bytes = 10;
constexpr std::size_t recovery_characters = 16;
constexpr std::size_t group = 4;

std::string random_bytes(std::size_t count, Rng& rng) {
    std::string bytes(count, '\0');
    rng.fill(std::as_writable_bytes(std::span(bytes)));
    return bytes;
}

}  // namespace

std::string base32_encode(std::string_view bytes) {
    constexpr unsigned bits_per_character = 5;
    std::string text;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const char byte : bytes) {
        held = held << 8U | static_cast<unsigned char>(byte);
        for (bits += 8; bits >= bits_per_character; bits -= bits_per_character) {
            text += alphabet[held >> (bits - bits_per_character) & 31U];
        }
    }
    if (bits > 0) {
        text += alphabet[held << (bits_per_character - bits) & 31U];
    }
    return text;
}

std::int64_t step_of(Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()) / step_time;
}

std::string code_at(std::string_view secret, std::int64_t step) {
    std::string counter;
    for (int shift = 56; shift >= 0; shift -= 8) {
        counter += static_cast<char>(static_cast<std::uint64_t>(step) >> shift & 0xFFU);
    }
    const auto mac = crypto::hmac_sha1(secret, counter);
    const std::size_t offset = mac.back() & 0xFU;
    std::uint32_t number = 0;
    for (std::size_t index = 0; index < sizeof number; ++index) {
        number = number << 8U | mac.at(offset + index);
    }
    return fmt::format("{:06}", (number & 0x7FFFFFFFU) % codes);
}

std::optional<std::int64_t> find_step(std::string_view secret, std::string_view code, Timestamp now,
                                      std::int64_t last_step) {
    const std::int64_t present = step_of(now);
    for (const std::int64_t step : {present, present - 1, present + 1}) {
        if (step > last_step && crypto::constant_time_equal(code_at(secret, step), code)) {
            return step;
        }
    }
    return std::nullopt;
}

std::string normalize_code(std::string_view typed) {
    std::string code;
    for (const char c : typed) {
        if (c != ' ' && c != '-') {
            code += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        }
    }
    return code;
}

bool is_recovery_code(std::string_view code) {
    return code.size() == recovery_characters &&
           code.find_first_not_of(alphabet) == std::string_view::npos;
}

std::vector<std::string> make_recovery_codes(std::size_t count, Rng& rng) {
    std::vector<std::string> made;
    while (made.size() < count) {
        std::string code = base32_encode(random_bytes(recovery_bytes, rng));
        for (std::size_t at = recovery_characters - group; at > 0; at -= group) {
            code.insert(at, "-");
        }
        made.push_back(std::move(code));
    }
    return made;
}

std::string recovery_hash(std::string_view code) {
    return std::string(crypto::as_text(crypto::sha256(code)));
}

std::string render_uri(std::string_view email, std::string_view base32_secret) {
    return fmt::format("otpauth://totp/wApi:{}?secret={}&issuer=wApi",
                       boost::urls::encode(email, boost::urls::unreserved_chars), base32_secret);
}

}  // namespace wapi::second_factor
