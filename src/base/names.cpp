#include "base/names.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>

#include "base/text.hpp"

namespace wapi {
namespace {

constexpr std::size_t bytes_max = 120;

struct Looks {
    bool visible = false;  ///< somebody who reads it sees something
    bool honest = true;    ///< one line, in the order in which it is written
};

/// What turns the direction of the text around it (UAX 9): a name could change the sentence that it
/// stands in. Marks without such an effect, which writings from right to left need, may stay.
bool turns_text(UChar32 point) {
    return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

Looks look_at(std::string_view text) {
    Looks looks;
    const auto* data = reinterpret_cast<const std::uint8_t*>(text.data());
    for (std::size_t position = 0; position < text.size();) {
        UChar32 point = 0;
        U8_NEXT_OR_FFFD(data, position, text.size(), point);
        const auto kind = U_GET_GC_MASK(point);
        looks.visible = looks.visible || (kind & (U_GC_C_MASK | U_GC_Z_MASK | U_GC_M_MASK)) == 0;
        looks.honest = looks.honest && !turns_text(point) &&
                       (kind & (U_GC_CC_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK)) == 0;
    }
    return looks;
}

}  // namespace

Result<std::string> check_name(std::string_view input, std::string field) {
    std::string name(text::trim(input));
    const Looks looks = look_at(name);
    if ((looks.honest && !looks.visible) || name.size() > bytes_max) {
        return fail_field(errors::invalid_request, std::move(field),
                          "A name has 1 to 120 characters.");
    }
    if (!looks.honest) {
        return fail_field(
            errors::invalid_request, std::move(field),
            "A name has no line ends, no control characters and none that turn text.");
    }
    return name;
}

}  // namespace wapi
