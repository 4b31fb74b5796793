// Goal: e-mail addresses, passwords, refresh tokens and permissions hold their rules.
// Method: examples on both sides of each limit; tokens changed in every character.
#include "features/accounts/accounts_rules.hpp"

#include <gtest/gtest.h>

#include "features/accounts/accounts.hpp"
#include "features/accounts/permissions.hpp"

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

TEST(Permissions, each_is_listed_once_and_an_owner_has_all) {
    for (const Permission& permission : permissions) {
        EXPECT_EQ(std::ranges::count(permissions, permission.name, &Permission::name), 1);
        EXPECT_TRUE(role_allows("owner", permission.name)) << permission.name;
    }
    EXPECT_EQ(permissions.size(), 35U);
}

TEST(Permissions, a_manager_has_all_but_seven) {
    std::vector<std::string_view> missing;
    for (const Permission& permission : permissions) {
        if (!role_allows("manager", permission.name)) {
            missing.push_back(permission.name);
        }
    }
    EXPECT_EQ(missing, (std::vector<std::string_view>{"deleteContacts", "deleteTemplates",
                                                      "deleteDeals", "manageTeam", "manageBilling",
                                                      "manageIntegrations", "manageWebhooks"}));
}

std::vector<std::string_view> allowed_to(std::string_view role) {
    std::vector<std::string_view> allowed;
    for (const Permission& permission : permissions) {
        if (role_allows(role, permission.name)) {
            allowed.push_back(permission.name);
        }
    }
    return allowed;
}

TEST(Permissions, an_agent_and_a_viewer_have_only_what_is_listed) {
    EXPECT_EQ(allowed_to("agent"),
              (std::vector<std::string_view>{"resolveConversations", "sendMessages",
                                             "sendTemplates", "viewContacts", "createContacts",
                                             "editContacts", "viewTemplates", "viewCampaigns",
                                             "viewDeals", "createDeals", "editDeals"}));
    EXPECT_EQ(allowed_to("viewer"),
              (std::vector<std::string_view>{"viewContacts", "viewTemplates", "viewCampaigns",
                                             "viewDeals", "viewAnalytics", "viewReports"}));
}

TEST(Permissions, an_unknown_role_or_permission_is_refused) {
    EXPECT_TRUE(allowed_to("").empty());
    EXPECT_TRUE(allowed_to("Owner").empty());
    EXPECT_FALSE(role_allows("owner", "flyToTheMoon"));
    EXPECT_FALSE(is_permission(""));
}

}  // namespace
}  // namespace wapi::accounts
