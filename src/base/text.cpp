#include "base/text.hpp"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <cstdint>

#include "base/error.hpp"

namespace wapi::text {
namespace {

/// Reads the code point at `position` and moves behind it; U+FFFD for a malformed sequence.
UChar32 next_code_point(std::string_view bytes, std::size_t& position) {
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    UChar32 point = 0;
    U8_NEXT_OR_FFFD(data, position, bytes.size(), point);
    return point;
}

void append_code_point(std::string& out, UChar32 point) {
    std::uint8_t units[U8_MAX_LENGTH];
    std::size_t count = 0;
    U8_APPEND_UNSAFE(units, count, point);
    out.append(reinterpret_cast<const char*>(units), count);
}

bool is_ascii(std::string_view text) {
    unsigned char seen = 0;
    for (const char character : text) {
        seen = static_cast<unsigned char>(seen | static_cast<unsigned char>(character));
    }
    return seen < 0x80;
}

/// Spellings of Arabic and Persian letters that readers take for the same one.
UChar32 fold_arabic(UChar32 point) {
    switch (point) {
        case 0x0622:  // alef with madda
        case 0x0623:  // alef with hamza above
        case 0x0625:  // alef with hamza below
        case 0x0671:  // alef wasla
            return 0x0627;
        case 0x0649:  // alef maksura
        case 0x06CC:  // Farsi yeh
            return 0x064A;
        case 0x0629:  // teh marbuta
            return 0x0647;
        case 0x06A9:  // keheh
            return 0x0643;
        default: return point;
    }
}

/// Leaves no trace: invisible formatting, variation selectors, apostrophes, Arabic tatweel and
/// vowels.
bool vanishes(UChar32 point) {
    const bool arabic_mark = (point >= 0x0610 && point <= 0x061A) ||
                             (point >= 0x064B && point <= 0x065F) || point == 0x0670 ||
                             (point >= 0x06D6 && point <= 0x06ED);
    const bool apostrophe =
        point == 0x27 || point == 0x60 || point == 0xB4 || (point >= 0x2018 && point <= 0x201B);
    return arabic_mark || apostrophe || point == 0x0640 ||
           u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0 ||
           u_charType(point) == U_FORMAT_CHAR || point == 0x20E3;
}

/// Letters, digits and the marks that scripts such as Devanagari write vowels with.
bool belongs_to_word(UChar32 point) {
    const auto type_mask = U_GET_GC_MASK(point);
    return (type_mask & (U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK | U_GC_NL_MASK)) != 0;
}

constexpr std::string_view white_space = " \t\r\n\f\v";

}  // namespace

bool is_valid_utf8(std::string_view bytes) {
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    std::size_t position = 0;
    while (position < bytes.size()) {
        UChar32 point = 0;
        U8_NEXT(data, position, bytes.size(), point);
        if (point < 0) {
            return false;
        }
    }
    return true;
}

std::string replace_invalid_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    std::size_t position = 0;
    while (position < bytes.size()) {
        append_code_point(out, next_code_point(bytes, position));
    }
    return out;
}

std::string from_windows_1252(std::string_view bytes) {
    std::string out;
    icu::UnicodeString(bytes.data(), static_cast<std::int32_t>(bytes.size()), "windows-1252")
        .toUTF8String(out);
    return out;
}

std::string nfkc_casefold(std::string_view text) {
    if (is_ascii(text)) {
        return to_lower_ascii(text);
    }
    if (!is_valid_utf8(text)) {
        // What ICU removes between stray bytes could bring them together as a character.
        return nfkc_casefold(replace_invalid_utf8(text));
    }
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* const normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
    std::string out;
    out.reserve(text.size());
    icu::StringByteSink<std::string> sink(&out);
    if (normalizer != nullptr) {
        normalizer->normalizeUTF8(
            0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr,
            status);
    }
    if (U_FAILURE(status)) {
        throw Fault("text.normalize_failed", u_errorName(status));
    }
    return out;
}

std::string normalize_keyword(std::string_view text, Punctuation punctuation) {
    const std::string folded = nfkc_casefold(text);
    std::string out;
    out.reserve(folded.size());
    bool word_ended = false;
    std::size_t position = 0;
    while (position < folded.size()) {
        const UChar32 point = fold_arabic(next_code_point(folded, position));
        if (vanishes(point)) {
            continue;
        }
        if (!belongs_to_word(point)) {
            const bool separates = punctuation == Punctuation::separates || u_isUWhiteSpace(point);
            word_ended = word_ended || (separates && !out.empty());
            continue;
        }
        if (word_ended) {
            out.push_back(' ');
            word_ended = false;
        }
        append_code_point(out, point);
    }
    // What vanished may have kept marks apart that now come together.
    return is_ascii(out) ? out : nfkc_casefold(out);
}

std::size_t count_code_points(std::string_view text) {
    std::size_t count = 0;
    std::size_t position = 0;
    while (position < text.size()) {
        next_code_point(text, position);
        ++count;
    }
    return count;
}

std::string_view truncate_utf8(std::string_view text, std::size_t code_points_max) {
    std::size_t position = 0;
    for (std::size_t count = 0; count < code_points_max && position < text.size(); ++count) {
        next_code_point(text, position);
    }
    return text.substr(0, position);
}

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

std::string to_lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& character : out) {
        if (character >= 'A' && character <= 'Z') {
            character = static_cast<char>(character + ('a' - 'A'));
        }
    }
    return out;
}

std::string mask_phone(std::string_view phone) {
    constexpr std::string_view mask = "***";
    const std::string_view plus = phone.starts_with('+') ? "+" : "";
    const std::string_view digits = phone.substr(plus.size());
    const bool only_digits = digits.find_first_not_of("0123456789") == std::string_view::npos;
    if (digits.size() < 5 || digits.size() > 20 || !only_digits) {
        return std::string(mask);
    }
    const bool long_enough = digits.size() >= 10;  // then at least two digits stay hidden
    std::string out(plus);
    if (long_enough) {
        out += digits.substr(0, 4);
    }
    out += mask;
    out += digits.substr(digits.size() - (long_enough ? 4 : 2));
    return out;
}

}  // namespace wapi::text
