// The program's version, shown by --version, /health and the log.
#pragma once

#include <string_view>

namespace wapi::app {
inline constexpr std::string_view version = "0.1.0";
}  // namespace wapi::app
