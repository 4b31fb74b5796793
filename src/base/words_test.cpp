// Goal: a text and a search for it give the same words, however either is written, and each word
// knows where it stands. Method: texts in many scripts.
#include "base/words.hpp"

#include <gtest/gtest.h>

namespace wapi::text {
namespace {

std::vector<std::string> words_of(std::string_view text, std::size_t max = 100) {
    std::vector<std::string> words;
    for (const Word& word : split_words(text, max)) {
        words.push_back(word.folded);
    }
    return words;
}

using Words = std::vector<std::string>;

TEST(Words, case_accents_and_punctuation_make_no_difference) {
    EXPECT_EQ(words_of("Crème Brûlée!"), (Words{"creme", "brulee"}));
    EXPECT_EQ(words_of("CREME-BRULEE"), (Words{"creme", "brulee"}));
    EXPECT_EQ(words_of("Straße"), words_of("STRASSE"));
    EXPECT_EQ(words_of("ﬁne ２４"), (Words{"fine", "24"}));
    EXPECT_EQ(words_of("e\xCC\x81t\xC3\xA9"), (Words{"ete"})) << "composed or not";
    EXPECT_EQ(words_of("don't don’t"), (Words{"dont", "dont"}));
    EXPECT_EQ(words_of("Ελλάδα"), words_of("ελλαδα"));
    EXPECT_EQ(words_of("Ёлка"), words_of("елка"));
}

TEST(Words, other_scripts_keep_what_their_words_are_made_of) {
    EXPECT_EQ(words_of("مَرْحَبًا"), words_of("مرحبا"));
    EXPECT_EQ(words_of("أحمد"), words_of("احمد"));
    EXPECT_NE(words_of("दिन"), words_of("दान")) << "vowel signs tell words apart";
    EXPECT_EQ(words_of("東京タワー").size(), 5U);
    EXPECT_EQ(words_of("שָׁלוֹם"), words_of("שלום"));
}

TEST(Words, what_is_no_word_separates_or_vanishes) {
    EXPECT_TRUE(words_of("").empty());
    EXPECT_TRUE(words_of(" ,.!? 🛑 \xFF\xFE").empty());
    EXPECT_EQ(words_of("a🛑b\xFF"
                       "c"),
              (Words{"a", "b", "c"}));
    EXPECT_EQ(words_of("soft\xC2\xADhyphen"), (Words{"softhyphen"}));
}

TEST(Words, each_word_knows_where_it_stands) {
    const std::string text = "  Crème, don’t!";
    const auto words = split_words(text, 10);
    ASSERT_EQ(words.size(), 2U);
    EXPECT_EQ(text.substr(words[0].begin, words[0].end - words[0].begin), "Crème");
    EXPECT_EQ(text.substr(words[1].begin, words[1].end - words[1].begin), "don’t");
}

TEST(Words, limits_cut_whole_words_and_long_ones) {
    EXPECT_EQ(words_of("one two three", 2), (Words{"one", "two"}));
    EXPECT_EQ(words_of("one two", 2), (Words{"one", "two"}));
    EXPECT_TRUE(words_of("one", 0).empty());
    EXPECT_EQ(words_of(std::string(200, 'x'))[0].size(), word_bytes_max);
}

}  // namespace
}  // namespace wapi::text
