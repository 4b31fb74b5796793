// Text that both engines can hold. PostgreSQL refuses U+0000 and bytes that are not UTF-8, SQLite
// takes both: replacing them by U+FFFD before binding makes the engines behave the same.
#pragma once

#include <deque>
#include <string>
#include <string_view>

namespace wapi::db {

/// Returns `text` itself when it can be stored as it is, else a repaired copy kept in `storage`.
std::string_view safe_text(std::string_view text, std::deque<std::string>& storage);

}  // namespace wapi::db
