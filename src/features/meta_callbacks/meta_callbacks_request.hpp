// The signed_request of Meta's callbacks: what is believed. No I/O.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"

namespace wapi::meta_callbacks {

/// A request is refused when it was signed longer ago, or further in the future. Repeating one does
/// no harm, so the first may be generous.
inline constexpr std::chrono::hours age_max{24};
inline constexpr std::chrono::minutes clock_difference_max{10};
inline constexpr std::size_t signed_request_bytes_max = 4'096;
inline constexpr std::size_t user_id_bytes_max = 64;

struct SignedRequest {
    std::string user_id;  ///< app-scoped id of a Facebook user
    Timestamp issued_at;
};

/// Signature first, in constant time, then the content: algorithm HMAC-SHA256 and no other, a user,
/// a time that is near. Errors: signed_request_refused, without saying why. Source:
/// meta/embedded-signup.md section 9.
Result<SignedRequest> parse_signed_request(std::string_view text,
                                           std::span<const SecretString> app_secrets,
                                           Timestamp now);

/// 32 hex characters that nobody can guess who cannot sign; the same for the same request,
/// also when its signature is written otherwise (base64 has several forms).
std::string confirmation_code(std::string_view signed_request, const SecretString& app_secret);

/// True for the characters and length of such a code.
bool is_confirmation_code(std::string_view text);

}  // namespace wapi::meta_callbacks
