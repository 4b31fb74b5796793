// Names that people give: of themselves, and of their workspaces. They stand in lists, logs and
// mails to others, so that none may bring lines of its own.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace wapi {

/// Trimmed, 1 to 120 bytes with something to see, without control characters, line ends of any
/// kind and characters that turn the direction of text. Errors: invalid_request with that field.
Result<std::string> check_name(std::string_view input, std::string field);

}  // namespace wapi
