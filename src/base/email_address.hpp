// Rules of accounts: e-mail addresses. No I/O.
#pragma once

#include <cstddef>

#include "features/accounts/accounts.hpp"

namespace wapi::accounts {

inline constexpr std::size_t email_bytes_max = 254;

}  // namespace wapi::accounts
