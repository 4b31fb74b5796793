// Fuzz target: any bytes as a phone number and as a keyword.
//
// An accepted number must be digits that are accepted again unchanged, with and without plus, and
// each of its forms must lead back to it. Text functions must give valid UTF-8 whatever they get.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "base/phone.hpp"
#include "base/text.hpp"

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void check(const wapi::PhoneNumber& number) {
    require(number.digits.find_first_not_of("0123456789") == std::string::npos);
    require(wapi::parse_phone(number.digits).value().digits == number.digits);
    require(wapi::parse_phone(number.e164()).value().digits == number.digits);
    for (const std::string& form : wapi::phone_variants(number.digits)) {
        const std::vector<std::string> forms = wapi::phone_variants(form);
        require(std::ranges::find(forms, number.digits) != forms.end());
        require(wapi::canonical_phone(form) == wapi::canonical_phone(number.digits));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    for (const std::string_view country : {"", "US", "BR", "IN", "MX", "AR", "IT", "XX"}) {
        if (const auto number = wapi::parse_phone(input, country)) {
            check(*number);
        }
    }
    static_cast<void>(wapi::text::mask_phone(input));
    require(wapi::text::is_valid_utf8(wapi::text::replace_invalid_utf8(input)));
    const std::string keyword = wapi::text::normalize_keyword(input);
    require(wapi::text::is_valid_utf8(keyword));
    require(wapi::text::normalize_keyword(keyword) == keyword);
    return 0;
}
