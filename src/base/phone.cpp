#include "base/phone.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>

namespace wapi {
namespace {

struct CallingCodeRow {
    std::string_view code;
    std::string_view main_country;  ///< empty for codes of no country (satellites, freephone)
    std::uint32_t lengths;          ///< bit n: national numbers of n digits exist
    std::uint64_t leads[2];  ///< bit n: national numbers that begin with the two digits n exist
};

struct CountryRow {
    std::string_view country;
    std::string_view calling_code;
    std::string_view trunk_prefix;  ///< dialled before national numbers, not part of them
    std::uint32_t lengths;
};

#include "base/phone_table.inc"

constexpr std::size_t input_bytes_max = 64;
constexpr std::size_t digits_max = 17;  ///< a national number of this length exists (Germany, old)

bool has_length(std::uint32_t lengths, std::size_t digits) {
    return digits < 32 && ((lengths >> digits) & 1U) != 0;
}

/// Calling codes are prefix-free, so at most one row matches.
const CallingCodeRow* find_calling_code(std::string_view digits) {
    for (std::size_t size = 1; size <= 3 && size <= digits.size(); ++size) {
        const std::string_view code = digits.substr(0, size);
        const auto* row = std::ranges::lower_bound(calling_codes, code, {}, &CallingCodeRow::code);
        if (row != std::end(calling_codes) && row->code == code) {
            return row;
        }
    }
    return nullptr;
}

const CountryRow* find_country(std::string_view country) {
    const auto* row = std::ranges::lower_bound(countries, country, {}, &CountryRow::country);
    return row != std::end(countries) && row->country == country ? row : nullptr;
}

bool leads_fit(const CallingCodeRow& row, std::string_view national) {
    const auto digit = [&](std::size_t at) { return static_cast<std::size_t>(national[at] - '0'); };
    const std::size_t lead = digit(0) * 10 + digit(1);
    return ((row.leads[lead / 64] >> (lead % 64)) & 1U) != 0;
}

/// WhatsApp still writes old Mexican mobiles with a 1 that the numbering plan dropped in 2019.
bool is_old_mexican_mobile(std::string_view code, std::string_view national) {
    return code == "52" && national.size() == 11 && national.front() == '1';
}

struct Cleaned {
    std::string digits;
    bool international = false;  ///< it had a plus or began with 00
};

/// Digits of any script, ASCII'd; separators dropped. Empty optional: it holds anything else.
std::optional<Cleaned> clean(std::string_view input) {
    constexpr std::string_view separators = " \t-./()";
    Cleaned cleaned;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(input.data());
    std::size_t position = 0;
    while (position < input.size()) {
        UChar32 point = 0;
        U8_NEXT_OR_FFFD(bytes, position, input.size(), point);
        const std::int32_t digit = u_charDigitValue(point);
        const bool plus = point == '+' || point == 0xFF0B;
        if (digit >= 0) {
            cleaned.digits.push_back(static_cast<char>('0' + digit));
        } else if (plus && cleaned.digits.empty() && !cleaned.international) {
            cleaned.international = true;
        } else if ((point > 0x7F ||
                    separators.find(static_cast<char>(point)) == std::string_view::npos) &&
                   u_charType(point) != U_SPACE_SEPARATOR && u_charType(point) != U_FORMAT_CHAR &&
                   u_charType(point) != U_DASH_PUNCTUATION) {
            return std::nullopt;
        }
    }
    if (!cleaned.international && cleaned.digits.starts_with("00")) {
        cleaned.digits.erase(0, 2);
        cleaned.international = true;
    }
    return cleaned;
}

Result<PhoneNumber> international_number(std::string_view digits) {
    const CallingCodeRow* const row = find_calling_code(digits);
    if (row == nullptr || digits.size() > digits_max) {
        return fail(errors::invalid_phone);
    }
    const std::string_view national = digits.substr(row->code.size());
    if (!has_length(row->lengths, national.size()) && !is_old_mexican_mobile(row->code, national)) {
        return fail(errors::invalid_phone, national.size() < 4
                                               ? "The phone number is too short."
                                               : "The phone number has a wrong number of digits.");
    }
    return PhoneNumber{.digits = std::string(digits),
                       .calling_code = std::string(row->code),
                       .country = std::string(row->main_country),
                       .fits_plan = leads_fit(*row, national)};
}

/// The number in its country's own form, or nothing when it does not fit there.
std::optional<PhoneNumber> national_number(std::string_view digits, const CountryRow& country) {
    const std::string_view trunk = country.trunk_prefix;
    if (!trunk.empty() && digits.starts_with(trunk) &&
        has_length(country.lengths, digits.size() - trunk.size())) {
        digits.remove_prefix(trunk.size());
    } else if (!has_length(country.lengths, digits.size())) {
        return std::nullopt;
    }
    Result<PhoneNumber> number =
        international_number(std::string(country.calling_code).append(digits));
    if (!number) {
        return std::nullopt;
    }
    number->country = country.country;
    return std::move(*number);
}

/// "+44 (0)20 ...": a zero in brackets is dialled only inside the country.
std::string without_bracketed_zero(std::string_view input) {
    std::string text(input);
    const std::size_t at = text.find("(0)");
    if (at != std::string::npos && at > 0) {
        text.erase(at, 3);
    }
    return text;
}

}  // namespace

Result<PhoneNumber> parse_phone(std::string_view input, std::string_view default_country) {
    if (input.size() > input_bytes_max) {
        return fail(errors::invalid_phone);
    }
    const std::optional<Cleaned> cleaned = clean(without_bracketed_zero(input));
    if (!cleaned || cleaned->digits.empty()) {
        return fail(errors::invalid_phone);
    }
    if (!cleaned->international && !default_country.empty()) {
        const CountryRow* const country = find_country(default_country);
        const std::optional<PhoneNumber> national =
            country != nullptr ? national_number(cleaned->digits, *country) : std::nullopt;
        const Result<PhoneNumber> whole = international_number(cleaned->digits);
        // Digits that fit both ways are national, unless only the other reading fits its plan.
        if (national && (national->fits_plan || !whole || !whole->fits_plan)) {
            return *national;
        }
    }
    return international_number(cleaned->digits);
}

std::vector<std::string> phone_variants(std::string_view wa_id) {
    std::vector<std::string> forms{std::string(wa_id)};
    constexpr std::size_t brazilian_area = 4;  // 55 and two digits of the area
    if (wa_id.starts_with("55") && wa_id.size() == 12 && wa_id[brazilian_area] >= '6') {
        forms.push_back(std::string(wa_id).insert(brazilian_area, "9"));
    } else if (wa_id.starts_with("55") && wa_id.size() == 13 && wa_id[brazilian_area] == '9' &&
               wa_id[brazilian_area + 1] >= '6') {
        forms.push_back(std::string(wa_id).erase(brazilian_area, 1));
    } else if (wa_id.starts_with("52") && wa_id.size() == 12) {
        forms.push_back(std::string(wa_id).insert(2, "1"));
    } else if (wa_id.starts_with("521") && wa_id.size() == 13) {
        forms.push_back(std::string(wa_id).erase(2, 1));
    } else if (wa_id.starts_with("54") && wa_id.size() == 12) {
        forms.push_back(std::string(wa_id).insert(2, "9"));
    } else if (wa_id.starts_with("549") && wa_id.size() == 13) {
        forms.push_back(std::string(wa_id).erase(2, 1));
    }
    return forms;
}

bool has_several_forms(std::string_view wa_id) { return phone_variants(wa_id).size() > 1; }

std::string canonical_phone(std::string_view wa_id) {
    return std::ranges::min(phone_variants(wa_id));
}

std::string phone_end(std::string_view digits) {
    constexpr std::size_t phone_end_digits = 7;
    return digits.size() < phone_end_digits
               ? std::string()
               : std::string(digits.substr(digits.size() - phone_end_digits));
}

}  // namespace wapi
