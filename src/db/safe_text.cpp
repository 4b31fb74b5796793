// The common case, clean text, costs one vectorised pass and no copy.
#include "db/safe_text.hpp"

#include <simdjson.h>
#include <unicode/utf8.h>

#include <cstring>

namespace wapi::db {

std::string_view safe_text(std::string_view text, std::deque<std::string>& storage) {
    if (text.empty()) {
        return text;
    }
    const bool has_nul = std::memchr(text.data(), 0, text.size()) != nullptr;
    if (!has_nul && simdjson::validate_utf8(text.data(), text.size())) {
        return text;
    }
    constexpr std::string_view replacement = "\xEF\xBF\xBD";
    std::string& repaired = storage.emplace_back();
    const auto* data = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto size = static_cast<std::int32_t>(text.size());
    std::int32_t at = 0;
    while (at < size) {
        const std::int32_t begin = at;
        UChar32 code_point = 0;
        U8_NEXT(data, at, size, code_point);
        if (code_point <= 0) {
            repaired.append(replacement);
        } else {
            repaired.append(
                text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(at - begin)));
        }
    }
    return repaired;
}

}  // namespace wapi::db
