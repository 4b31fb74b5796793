// Goal: e-mail addresses, passwords and refresh tokens hold their rules.
// Method: examples on both sides of each limit; tokens changed in every character.
#include "features/accounts/accounts_rules.hpp"

#include <gtest/gtest.h>

#include "features/accounts/accounts.hpp"

namespace wapi::accounts {
namespace {

bool accepted(std::string_view password, std::string_view email = "ann@shop.example") {
    return check_password(SecretString(password), email).has_value();
}

TEST(AccountRules, an_email_address_is_trimmed_and_lower_cased) {
    EXPECT_EQ(normalize_email("  Ann.Lee+x@Shop.Example \n").value(), "ann.lee+x@shop.example");
}

TEST(AccountRules, what_is_no_email_address_is_refused) {
    for (const char* text :
         {"", "ann", "@shop.example", "ann@", "ann@shop", "ann@@shop.example",
          "ann lee@shop.example", "ann@shop..example", "ann@.example", "ann@shop.example.",
          "ann@-shop.example", "<ann@shop.example>", "ann@shop.exam ple", "ann,bob@shop.example"}) {
        EXPECT_FALSE(normalize_email(text)) << text;
    }
    EXPECT_FALSE(normalize_email(std::string(65, 'a') + "@shop.example"));
    EXPECT_FALSE(normalize_email("a@" + std::string(260, 'b') + ".example"));
}

TEST(AccountRules, a_password_needs_ten_characters_counted_as_people_do) {
    EXPECT_FALSE(accepted("abc4efg8i"));
    EXPECT_TRUE(accepted("abc4efg8ij"));
    EXPECT_TRUE(accepted("пароль-12é"));
    EXPECT_FALSE(accepted(std::string(257, 'a') + "bcdefgh"));
}

TEST(AccountRules, common_and_monotonous_passwords_and_the_own_address_are_refused) {
    EXPECT_FALSE(accepted("Password123"));
    EXPECT_FALSE(accepted("qwertyuiop"));
    EXPECT_FALSE(accepted("aaaaaaaaaaaa"));
    EXPECT_FALSE(accepted("ababababababab"));
    EXPECT_FALSE(accepted("Ann@Shop.Example"));
}

TEST(AccountRules, a_refresh_token_reads_back_and_no_changed_one_does) {
    SeededRng rng(3);
    const RefreshToken token = make_refresh_token("0198-session", rng);
    const std::string text(render_refresh_token(token, "key").reveal());
    const std::optional<RefreshToken> read = read_refresh_token(text, "key");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->session_id, token.session_id);
    EXPECT_EQ(read->secret, token.secret);
    EXPECT_FALSE(read_refresh_token(text, "other key"));
    for (std::size_t index = 0; index < text.size(); ++index) {
        std::string changed = text;
        changed[index] = changed[index] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(read_refresh_token(changed, "key")) << index;
    }
    EXPECT_FALSE(read_refresh_token("", "key"));
    EXPECT_FALSE(read_refresh_token("..", "key"));
}

}  // namespace
}  // namespace wapi::accounts
