// Unicode handling: keywords in many scripts, shortening that never breaks a character, masking.
#include "base/text.hpp"

#include <gtest/gtest.h>

#include <span>

#include "base/rng.hpp"

namespace wapi::text {
namespace {

TEST(Text, the_code_page_of_windows_becomes_utf8) {
    EXPECT_EQ(from_windows_1252("Caf\xE9 \x80 5"), "Caf\u00E9 \u20AC 5");
    std::string every;
    for (int byte = 0; byte < 256; ++byte) {
        every += static_cast<char>(byte);
    }
    EXPECT_TRUE(is_valid_utf8(from_windows_1252(every)));
    EXPECT_EQ(count_code_points(from_windows_1252(every)), 256U);
}

TEST(Text, utf8_is_told_from_other_bytes) {
    for (const std::string_view good : {"", "abc", "é", "हिन्दी", "🛑", "\xF4\x8F\xBF\xBF"}) {
        EXPECT_TRUE(is_valid_utf8(good)) << good;
    }
    for (const std::string_view bad :
         {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\x80"}) {
        EXPECT_FALSE(is_valid_utf8(bad));
        EXPECT_TRUE(is_valid_utf8(replace_invalid_utf8(bad)));
    }
    EXPECT_EQ(replace_invalid_utf8("a\xff"
                                   "b"),
              "a\xEF\xBF\xBD"
              "b");
}

TEST(Text, case_folding_unites_widths_cases_and_ligatures) {
    EXPECT_EQ(nfkc_casefold("Ｓｔｏｐ"), "stop");
    EXPECT_EQ(nfkc_casefold("STRASSE"), nfkc_casefold("straße"));
    EXPECT_EQ(nfkc_casefold("ﬁn"), "fin");
    EXPECT_EQ(nfkc_casefold("E\xCC\x81"), "é");
    EXPECT_EQ(nfkc_casefold("ΣΊΣΥΦΟΣ"), nfkc_casefold("σίσυφος"));
}

TEST(NormalizeKeyword, drops_punctuation_emoji_and_extra_space) {
    EXPECT_EQ(normalize_keyword("STOP!!! 🛑"), "stop");
    EXPECT_EQ(normalize_keyword("  ¡¿Stop\t\nAll?!  "), "stop all");
    EXPECT_EQ(normalize_keyword("👋🏽 stop 👩‍👩‍👧"), "stop");
    EXPECT_EQ(normalize_keyword("🛑"), "");
    EXPECT_EQ(normalize_keyword("***"), "");
    EXPECT_EQ(normalize_keyword(""), "");
}

TEST(NormalizeKeyword, punctuation_between_letters_separates_or_vanishes) {
    EXPECT_EQ(normalize_keyword("opt-out"), "opt out");
    EXPECT_EQ(normalize_keyword("opt-out", Punctuation::vanishes), "optout");
    EXPECT_EQ(normalize_keyword("STOP_PROMOTIONS"), "stop promotions");
    EXPECT_EQ(normalize_keyword("S.T.O.P.", Punctuation::vanishes), "stop");
    EXPECT_EQ(normalize_keyword("s t o p", Punctuation::vanishes), "s t o p");
    EXPECT_EQ(normalize_keyword("stop , all", Punctuation::vanishes), "stop all");
}

TEST(NormalizeKeyword, invisible_characters_leave_no_trace) {
    EXPECT_EQ(normalize_keyword("st\u200Bo\u00ADp\uFEFF\u200D"), "stop");
    EXPECT_EQ(normalize_keyword("\u202Estop\u202C"), "stop");
    EXPECT_EQ(normalize_keyword("stop\uFE0F\u20E3"), "stop");
}

TEST(NormalizeKeyword, apostrophes_of_all_kinds_are_one) {
    EXPECT_EQ(normalize_keyword("m'abonner"), "mabonner");
    EXPECT_EQ(normalize_keyword("m’abonner"), "mabonner");
}

TEST(NormalizeKeyword, arabic_vowel_signs_tatweel_and_alef_forms_do_not_matter) {
    EXPECT_EQ(normalize_keyword("إِيقَاف"), normalize_keyword("ايقاف"));
    EXPECT_EQ(normalize_keyword("توقـــف"), normalize_keyword("توقف"));
    EXPECT_EQ(normalize_keyword("أوقف"), normalize_keyword("اوقف"));
    EXPECT_EQ(normalize_keyword("إلغاء الاشتراك؟"), normalize_keyword("الغاء الاشتراك"));
}

TEST(NormalizeKeyword, hindi_vowel_signs_stay) {
    EXPECT_EQ(normalize_keyword("रोकें।"), "रोकें");
    EXPECT_NE(normalize_keyword("रोको"), normalize_keyword("रोकें"));
}

TEST(NormalizeKeyword, stray_bytes_do_not_join_into_a_character) {
    // U+FFF4 between them is invisible and vanishes; the bytes around it would be U+FD1D.
    EXPECT_EQ(nfkc_casefold("\xef\xef\xbf\xb4\xb4\x9d"), "\uFFFD\uFFFD\uFFFD");
}

TEST(NormalizeKeyword, is_idempotent_on_any_bytes) {
    SeededRng rng(3);
    for (int round = 0; round < 3000; ++round) {
        std::string bytes(rng.next_u64() % 24, '\0');
        rng.fill(std::as_writable_bytes(std::span(bytes)));
        for (const Punctuation mode : {Punctuation::separates, Punctuation::vanishes}) {
            const std::string once = normalize_keyword(bytes, mode);
            EXPECT_TRUE(is_valid_utf8(once));
            EXPECT_EQ(normalize_keyword(once, mode), once);
        }
    }
}

TEST(Text, truncation_counts_characters_and_never_cuts_one) {
    EXPECT_EQ(truncate_utf8("añb🛑c", 2), "añ");
    EXPECT_EQ(truncate_utf8("añb🛑c", 4), "añb🛑");
    EXPECT_EQ(truncate_utf8("añb", 10), "añb");
    EXPECT_EQ(truncate_utf8("añb", 0), "");
    EXPECT_EQ(count_code_points("añb🛑c"), 5U);
    EXPECT_EQ(count_code_points("a\xff\xff"), 3U);
}

TEST(Text, trimming_and_lowering_touch_ascii_only) {
    EXPECT_EQ(trim(" \t\r\n a b \f\v"), "a b");
    EXPECT_EQ(trim(" \n "), "");
    EXPECT_EQ(to_lower_ascii("Ann@Example.COM É"), "ann@example.com É");
}

TEST(Text, masked_phones_hide_their_middle) {
    EXPECT_EQ(mask_phone("+15551112222"), "+1555***2222");
    EXPECT_EQ(mask_phone("15551112222"), "1555***2222");
    EXPECT_EQ(mask_phone("1234567890"), "1234***7890");
    EXPECT_EQ(mask_phone("123456789"), "***89");
    EXPECT_EQ(mask_phone("12345"), "***45");
    EXPECT_EQ(mask_phone("1234"), "***");
    EXPECT_EQ(mask_phone("ann@example.com"), "***");
    EXPECT_EQ(mask_phone(""), "***");
}

}  // namespace
}  // namespace wapi::text
