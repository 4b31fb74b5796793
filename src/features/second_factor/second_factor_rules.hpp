// Codes: from a secret and a time to six digits, and recovery codes. No I/O.
//
// Source: RFC 4226 section 5.3, RFC 6238 section 4 (SHA-1, 30 seconds, as every app has it), RFC
// 4648 section 6 (base32); key URI format of Google Authenticator.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/rng.hpp"

namespace wapi::second_factor {

inline constexpr std::size_t secret_bytes = 20;

std::string base32_encode(std::string_view bytes);

/// Which 30 seconds since 1970.
std::int64_t step_of(Timestamp time);
/// Six digits.
std::string code_at(std::string_view secret, std::int64_t step);
/// The step whose code that is: the present one, or the one before or after for clocks that differ.
/// None that is not later than `last_step`, so that a code works once.
std::optional<std::int64_t> find_step(std::string_view secret, std::string_view code, Timestamp now,
                                      std::int64_t last_step);

/// As typed: spaces and dashes vanish, letters become upper case.
std::string normalize_code(std::string_view typed);
/// Whether it has the shape of a recovery code, when normalized.
bool is_recovery_code(std::string_view code);
/// `XXXX-XXXX-XXXX-XXXX`, 80 random bits.
std::vector<std::string> make_recovery_codes(std::size_t count, Rng& rng);
/// What is stored of a normalized one.
std::string recovery_hash(std::string_view code);

/// `otpauth://totp/wApi:ann%40shop.example?secret=...&issuer=wApi`.
std::string render_uri(std::string_view email, std::string_view base32_secret);

}  // namespace wapi::second_factor
