// Goal: nobody gives more than they have or changes who has more. Method: examples, and RapidCheck
// over sets of permissions.
#include "features/team/team_rules.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace wapi::team {
namespace {

constexpr Permissions all = *access::find_built_in("owner");
constexpr Permissions view = access::bit(Permission::view_contacts);
constexpr Permissions team_bit = access::bit(Permission::manage_team);

Member member(std::string role, Overrides overrides = {}, Limits limits = {}) {
    Member made;
    made.id = UserId("u2");
    made.role = std::move(role);
    made.overrides = overrides;
    made.limits = std::move(limits);
    made.given = access::find_built_in(made.role).value_or(view) | overrides.granted;
    made.permissions = access::decide_permissions({.role = made.role,
                                                   .role_permissions = view,
                                                   .overrides = overrides,
                                                   .is_restricted = made.limits != Limits{}});
    return made;
}

std::string_view code(const Result<void>& result) {
    return result ? "ok" : result.error().kind->code;
}

const Actor owner{.permissions = all, .is_owner = true, .limits = {}};
const Actor lead{
    .permissions = *access::find_built_in("agent") | team_bit, .is_owner = false, .limits = {}};

TEST(TeamRules, nobody_gives_more_than_they_have) {
    const Member agent = member("agent");
    EXPECT_EQ(code(decide_member_change(owner, agent, member("manager"))), "ok");
    EXPECT_EQ(code(decide_member_change(lead, agent, member("manager"))), "beyond_own_rights");
    EXPECT_EQ(code(decide_member_change(lead, agent, member("agent", {.granted = team_bit}))),
              "ok");
    const Permissions audit = access::bit(Permission::view_audit_logs);
    EXPECT_EQ(code(decide_member_change(lead, agent, member("agent", {.granted = audit}))),
              "beyond_own_rights");
    // Not even behind a denial that somebody lifts later.
    EXPECT_EQ(code(decide_member_change(lead, agent,
                                        member("agent", {.granted = audit, .denied = audit}))),
              "beyond_own_rights");
    // Nor behind a denial or a restriction that the member has already.
    const Permissions more = *access::find_built_in("manager") & ~lead.permissions;
    EXPECT_EQ(code(decide_member_change(lead, member("agent", {.granted = 0, .denied = more}),
                                        member("manager", {.granted = 0, .denied = more}))),
              "beyond_own_rights");
    const Limits vip{.tags = {"vip"}, .phones = {}};
    const Actor nearly_manager{
        .permissions = *access::find_built_in("manager") & ~access::whole_workspace,
        .is_owner = false,
        .limits = {}};
    EXPECT_EQ(code(decide_member_change(nearly_manager, member("agent", {}, vip),
                                        member("manager", {}, vip))),
              "beyond_own_rights");
    EXPECT_EQ(code(decide_role_change(lead, 0, view | team_bit)), "ok");
    EXPECT_EQ(code(decide_role_change(lead, view, audit)), "beyond_own_rights");
    EXPECT_EQ(code(decide_role_change(lead, audit, 0)), "beyond_own_rights");
}

TEST(TeamRules, who_has_more_is_not_theirs_to_change_and_owners_are_made_by_owners) {
    EXPECT_EQ(code(decide_touch(lead, member("agent"))), "ok");
    EXPECT_EQ(code(decide_touch(lead, member("manager"))), "beyond_own_rights");
    const Actor nearly{.permissions = all, .is_owner = false, .limits = {}};
    EXPECT_EQ(code(decide_touch(nearly, member("owner"))), "beyond_own_rights");
    EXPECT_EQ(code(decide_member_change(nearly, member("agent"), member("owner"))),
              "beyond_own_rights");
    EXPECT_EQ(code(decide_member_change(owner, member("agent"), member("owner"))), "ok");
}

TEST(TeamRules, an_owner_carries_neither_overrides_nor_restrictions) {
    EXPECT_EQ(
        code(decide_member_change(owner, member("owner"), member("owner", {.denied = team_bit}))),
        "owner_unlimited");
    EXPECT_EQ(code(decide_member_change(owner, member("owner"),
                                        member("owner", {}, {.tags = {"vip"}, .phones = {}}))),
              "owner_unlimited");
}

TEST(TeamRules, who_sees_a_part_shows_others_no_more_than_that_part) {
    Actor part = lead;
    part.limits.tags = {"gold", "vip"};
    const auto change = [&](std::vector<std::string> before, std::vector<std::string> after) {
        return code(decide_member_change(part, member("agent", {}, {before, {}}),
                                         member("agent", {}, {after, {}})));
    };
    EXPECT_EQ(change({"red"}, {"red", "vip"}), "ok");
    EXPECT_EQ(change({"red", "vip"}, {"red"}), "ok");
    EXPECT_EQ(change({"vip"}, {"red"}), "beyond_own_rights");
    EXPECT_EQ(change({"vip"}, {}), "beyond_own_rights");  // an empty list is all
    EXPECT_EQ(change({}, {"red"}), "ok");
}

RC_GTEST_PROP(TeamRules, what_a_member_gains_the_actor_has,
              (Permissions own, Permissions granted, Permissions denied, bool custom)) {
    const Actor actor{.permissions = own & all, .is_owner = false, .limits = {}};
    const Member before = member(custom ? "custom" : "agent");
    const Member after =
        member("viewer", {.granted = granted & all, .denied = denied & all & ~granted});
    if (decide_member_change(actor, before, after)) {
        RC_ASSERT(access::contains(actor.permissions, after.permissions | before.permissions));
    }
}

TEST(TeamRules, a_role_has_a_name_of_its_own) {
    EXPECT_EQ(check_role_name("  Night shift ").value(), "Night shift");
    for (const char* name : {"", "   ", "Owner", " viewer", "AGENT"}) {
        EXPECT_FALSE(check_role_name(name)) << name;
    }
    EXPECT_FALSE(check_role_name(std::string(role_name_bytes_max + 1, 'x')));
    EXPECT_TRUE(check_role_name(std::string(role_name_bytes_max, 'x')));
}

}  // namespace
}  // namespace wapi::team
