#include "base/email_address.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace wapi {
namespace {

bool is_email_character(char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte > ' ' && byte != 0x7f && letter != '@' && letter != ',' && letter != ';' &&
           letter != '<' && letter != '>' && letter != '"' && letter != '(' && letter != ')' &&
           letter != '\\';
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
                             at <= 64 && text::is_valid_utf8(email) &&
                             std::ranges::all_of(email.substr(0, at), is_email_character) &&
                             is_domain(std::string_view(email).substr(at + 1));
    if (!well_formed) {
        return fail_field(errors::invalid_request, "email", "This is not an e-mail address.");
    }
    return email;
}

}  // namespace wapi
