// Goal: what guessing programs try first is refused, and what people can remember is not.
// Method: examples on both sides of each limit; entries known to be on the list.
#include "features/passwords/passwords_rules.hpp"

#include <gtest/gtest.h>

#include "features/passwords/passwords.hpp"

namespace wapi::passwords {
namespace {

std::string said(std::string_view password, std::string_view email = "ann@shop.example") {
    const Result<void> strong = check_strength(SecretString(password), email);
    return strong ? "" : strong.error().message;
}

TEST(PasswordRules, a_password_needs_ten_characters_counted_as_people_do) {
    EXPECT_EQ(said("abc4efg8i"), "The password must have 10 to 256 characters.");
    EXPECT_EQ(said("abc4efg8ij"), "");
    EXPECT_EQ(said("пароль-12é"), "");
    EXPECT_EQ(said(std::string(250, 'a') + "bcdefg"), "");
    EXPECT_EQ(said(std::string(251, 'a') + "bcdefg"),
              "The password must have 10 to 256 characters.");
    EXPECT_EQ(said("abcdefghij\xff"), "The password must have 10 to 256 characters.");
}

TEST(PasswordRules, a_listed_password_is_refused_in_any_case) {
    for (const char* common :
         {"qwertyuiop", "QwertyUiop", "1234567890", "1qaz2wsx3edc", "password123", "manchester",
          "Administrator", "translator", "1q2w3e4r5t6y"}) {
        EXPECT_TRUE(said(common).contains("guessed first")) << common;
    }
}

TEST(PasswordRules, a_listed_word_with_digits_and_marks_around_it_is_refused) {
    for (const char* common : {"Password2026!", "letmein1234", "!!welcome!!", "whatsapp2026",
                               "123monkey456", "dragon.1985", "ChangeMe#12"}) {
        EXPECT_TRUE(said(common).contains("guessed first")) << common;
    }
    EXPECT_EQ(said("monkey dragon eats 4"), "");
}

TEST(PasswordRules, monotony_and_the_own_address_are_refused) {
    EXPECT_NE(said("aaaaaaaaaaaa"), "");
    EXPECT_NE(said("ababababababab"), "");
    EXPECT_NE(said("Ann@Shop.Example"), "");
    EXPECT_EQ(said("Ann@Shop.Example", "bob@shop.example"), "");
}

TEST(PasswordRules, what_people_can_remember_is_taken) {
    for (const char* good : {"correct horse battery", "one two three four", "möwe fliegt heim",
                             "k9#Vq2!xTz", "blaue-katze-schläft"}) {
        EXPECT_EQ(said(good), "") << good;
    }
}

}  // namespace
}  // namespace wapi::passwords
