#include "base/names.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>

#include "base/text.hpp"

namespace wapi {
namespace {

constexpr std::size_t bytes_max = 120;

bool has_control_characters(std::string_view text) {
    const auto* data = reinterpret_cast<const std::uint8_t*>(text.data());
    for (std::size_t position = 0; position < text.size();) {
        UChar32 point = 0;
        U8_NEXT_OR_FFFD(data, position, text.size(), point);
        if ((U_GET_GC_MASK(point) & (U_GC_CC_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK)) != 0) {
            return true;
        }
    }
    return false;
}

}  // namespace

Result<std::string> check_name(std::string_view input, std::string field) {
    std::string name(text::trim(input));
    if (name.empty() || name.size() > bytes_max) {
        return fail_field(errors::invalid_request, std::move(field),
                          "A name has 1 to 120 characters.");
    }
    if (has_control_characters(name)) {
        return fail_field(errors::invalid_request, std::move(field),
                          "A name has no line ends and no control characters.");
    }
    return name;
}

}  // namespace wapi
