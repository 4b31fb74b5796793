// Goal: the permission table is that of the product; rights come out of role, overrides and
// restrictions. Method: examples, and RapidCheck over sets of permissions.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/json.hpp"
#include "features/access/access.hpp"

namespace wapi::access {
namespace {

constexpr Permissions all = *find_built_in("owner");
constexpr Permissions view = bit(Permission::view_contacts);
constexpr Permissions team = bit(Permission::manage_team);

std::string without(std::string_view role) { return render_names(all & ~*find_built_in(role)); }

TEST(Permissions, each_is_listed_once_in_its_place_and_an_owner_has_all) {
    std::size_t place = 0;
    for (const PermissionInfo& info : permission_table) {
        EXPECT_EQ(static_cast<std::size_t>(info.id), place++) << info.name;
        EXPECT_EQ(std::ranges::count(permission_table, info.name, &PermissionInfo::name), 1);
        EXPECT_TRUE(allows(all, info.name)) << info.name;
    }
    EXPECT_EQ(permission_table.size(), 35U);
}

TEST(Permissions, a_manager_has_all_but_seven) {
    EXPECT_EQ(without("manager"),
              "deleteContacts deleteTemplates deleteDeals manageTeam manageBilling "
              "manageIntegrations manageWebhooks");
}

TEST(Permissions, an_agent_and_a_viewer_have_only_what_is_listed) {
    EXPECT_EQ(render_names(*find_built_in("agent")),
              "resolveConversations sendMessages sendTemplates viewContacts createContacts "
              "editContacts viewTemplates viewCampaigns viewDeals createDeals editDeals");
    EXPECT_EQ(render_names(*find_built_in("viewer")),
              "viewContacts viewTemplates viewCampaigns viewDeals viewAnalytics viewReports");
}

TEST(Permissions, an_unknown_role_or_permission_is_refused) {
    EXPECT_FALSE(find_built_in(""));
    EXPECT_FALSE(find_built_in("Owner"));
    EXPECT_FALSE(allows(all, "flyToTheMoon"));
    EXPECT_FALSE(allows(all, ""));
}

RC_GTEST_PROP(Permissions, names_and_sets_are_the_same, (Permissions random)) {
    const Permissions some = random & all;
    RC_ASSERT(parse_names(render_names(some)) == some);
}

TEST(Permissions, names_of_a_later_version_are_left_out) {
    EXPECT_EQ(parse_names("viewContacts flyToTheMoon  manageTeam"), view | team);
    EXPECT_EQ(parse_names(""), 0U);
}

StoredRights stored(std::string role) {
    StoredRights rights;
    rights.user = UserId("u1");
    rights.role = std::move(role);
    return rights;
}

TEST(Rights, an_owner_sees_and_may_do_everything_whatever_is_stored) {
    StoredRights owner = stored("owner");
    owner.denied = "manageTeam viewAllConversations";
    owner.has_tags = owner.has_phones = true;
    EXPECT_EQ(decide_rights(owner).permissions, all);
    EXPECT_EQ(decide_rights(owner).restrictions, Restrictions());
}

TEST(Rights, a_denial_wins_over_role_and_grant) {
    StoredRights agent = stored("agent");
    agent.granted = "viewAuditLogs exportData";
    agent.denied = "exportData sendMessages";
    const Permissions permissions = decide_rights(agent).permissions;
    EXPECT_TRUE(allows(permissions, "viewAuditLogs"));
    EXPECT_FALSE(allows(permissions, "exportData"));
    EXPECT_FALSE(allows(permissions, "sendMessages"));
    EXPECT_TRUE(allows(permissions, "sendTemplates"));
}

TEST(Rights, who_sees_a_part_only_has_nothing_that_shows_the_whole_workspace) {
    for (const auto& [tags, phones] : {std::pair{true, false}, std::pair{false, true}}) {
        StoredRights manager = stored("manager");
        manager.granted = "manageWebhooks";
        manager.has_tags = tags;
        manager.has_phones = phones;
        const Permissions permissions = decide_rights(manager).permissions;
        EXPECT_EQ(permissions, *find_built_in("manager") & ~whole_workspace);
        EXPECT_TRUE(allows(permissions, "viewAllConversations"));
        EXPECT_TRUE(allows(permissions, "exportContacts"));
    }
}

TEST(Rights, a_role_that_is_gone_gives_nothing_and_shows_no_conversation) {
    const Rights rights = decide_rights(stored("0190a000-0000-7000-8000-000000000000"));
    EXPECT_EQ(rights.permissions, 0U);
    EXPECT_TRUE(rights.restrictions.assigned_only);
    EXPECT_FALSE(rights.restrictions.unassigned_too);
}

TEST(Rights, unassigned_conversations_are_shown_when_the_workspace_says_so) {
    const auto shown = [](std::string settings) {
        StoredRights agent = stored("agent");
        agent.settings = std::move(settings);
        return decide_rights(agent).restrictions.unassigned_too;
    };
    EXPECT_TRUE(shown(R"({"inbox":{"showUnassigned":true}})"));
    for (const char* settings :
         {"", "broken", "[]", R"({"inbox":{"showUnassigned":false}})", R"({"inbox":true})",
          R"({"showUnassigned":true})", R"({"other":{"showUnassigned":true}})",
          R"({"inbox":{"showUnassigned":"true"}})", R"({"inbox":{"showUnassigned":1}})"}) {
        EXPECT_FALSE(shown(settings)) << settings;
    }
    StoredRights manager = stored("manager");
    manager.settings = R"({"inbox":{"showUnassigned":true}})";
    EXPECT_EQ(decide_rights(manager).restrictions, Restrictions());
}

TEST(Rights, the_setting_must_be_true_or_false) {
    const auto sound = [](const char* settings) {
        return check_settings(json::parse_object(settings).value()).has_value();
    };
    EXPECT_TRUE(sound("{}"));
    EXPECT_TRUE(sound(R"({"inbox":{"showUnassigned":false}})"));
    EXPECT_FALSE(sound(R"({"inbox":true})"));
    EXPECT_FALSE(sound(R"({"inbox":{"showUnassigned":"yes"}})"));
}

}  // namespace
}  // namespace wapi::access
