// Text as people write it: Unicode normal forms, keywords, lengths in characters, safe shortening.
//
// Pure functions on UTF-8. Rules for keywords come from the product description, "Opt-out": NFKC,
// case folding, then punctuation, emoji and extra white space removed. Unicode work is ICU's.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wapi::text {

/// True for well-formed UTF-8 (no overlong forms, surrogates or values above U+10FFFF).
bool is_valid_utf8(std::string_view bytes);

/// The text with every malformed byte sequence replaced by U+FFFD.
std::string replace_invalid_utf8(std::string_view bytes);

/// Text in the code page of Western Windows, of which Latin-1 is a part, as UTF-8.
std::string from_windows_1252(std::string_view bytes);

/// NFKC normal form after full case folding: "Ｓｔｏｐ" gives "stop". Malformed bytes become
/// U+FFFD.
std::string nfkc_casefold(std::string_view text);

/// What punctuation and emoji between letters do: "opt-out" is "opt out" or "optout".
enum class Punctuation { separates, vanishes };

/// What a keyword is compared by. NFKC and case folding; letters, marks and digits stay; invisible
/// characters, apostrophes, Arabic tatweel and vowel signs vanish, and Arabic letters that people
/// write in several ways become one; punctuation and emoji separate words or vanish; words are
/// joined by one space. "STOP!!! 🛑" gives "stop" either way.
std::string normalize_keyword(std::string_view text,
                              Punctuation punctuation = Punctuation::separates);

/// Number of Unicode code points; a malformed sequence counts as one.
std::size_t count_code_points(std::string_view text);

/// At most `code_points_max` code points from the start. Never cuts inside one.
std::string_view truncate_utf8(std::string_view text, std::size_t code_points_max);

/// Without ASCII white space at both ends.
std::string_view trim(std::string_view text);

/// ASCII letters made lower case, all else as it is: for e-mail addresses, header names, codes.
std::string to_lower_ascii(std::string_view text);

/// For logs: "+15551112222" gives "+1555***2222". Shorter numbers show at most their last two
/// digits; what is not a phone number is hidden entirely as "***".
std::string mask_phone(std::string_view phone);

}  // namespace wapi::text
