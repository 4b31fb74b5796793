#include "base/email_address.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"

namespace wapi {
namespace {

bool is_email_character(char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte > ' ' && byte != 0x7f && letter != '@' && letter != ',' && letter != ';' &&
           letter != '<' && letter != '>' && letter != '"' && letter != '(' && letter != ')' &&
           letter != '\\';
}

/// Nothing that nobody sees, blanks of any kind or marks that turn text: with them an address would
/// look like that of somebody else.
bool is_visible(std::string_view text) {
    const auto* data = reinterpret_cast<const std::uint8_t*>(text.data());
    for (std::size_t position = 0; position < text.size();) {
        UChar32 point = 0;
        U8_NEXT_OR_FFFD(data, position, text.size(), point);
        if ((U_GET_GC_MASK(point) & (U_GC_C_MASK | U_GC_Z_MASK)) != 0) {
            return false;
        }
    }
    return true;
}

bool is_domain(std::string_view domain) {
    const bool plain = std::ranges::all_of(domain, [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
               letter == '-' || letter == '.' || static_cast<unsigned char>(letter) >= 0x80;
    });
    return plain && domain.find('.') != std::string_view::npos && !domain.starts_with('.') &&
           !domain.ends_with('.') && domain.find("..") == std::string_view::npos &&
           !domain.starts_with('-') && !domain.ends_with('-');
}

}  // namespace

Result<std::string> normalize_email(std::string_view input) {
    std::string email = text::to_lower_ascii(text::trim(input));
    const std::size_t at = email.find('@');
    const bool well_formed = email.size() <= email_bytes_max && at != std::string::npos && at > 0 &&
                             at <= 64 && text::is_valid_utf8(email) && is_visible(email) &&
                             std::ranges::all_of(email.substr(0, at), is_email_character) &&
                             is_domain(std::string_view(email).substr(at + 1));
    if (!well_formed) {
        return fail_field(errors::invalid_request, "email", "This is not an e-mail address.");
    }
    return email;
}

}  // namespace wapi
