// What makes a password easy to guess. No I/O.
#pragma once

#include <string_view>

namespace wapi::passwords {

/// Whether guessing programs try it early: it is on the list of common passwords, or one of the
/// list's short ones with nothing but digits and marks around it. `lower`: in lower case.
bool is_common(std::string_view lower);

}  // namespace wapi::passwords
