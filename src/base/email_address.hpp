// E-mail addresses as people type them. No I/O.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace wapi {

inline constexpr std::size_t email_bytes_max = 254;

/// Trimmed and in lower case. Errors: invalid_request with field `email`.
Result<std::string> normalize_email(std::string_view input);

}  // namespace wapi
