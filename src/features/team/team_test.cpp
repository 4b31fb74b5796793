// Goal: the team's acts do what they say, leave their audit entry, and keep an owner, also when two
// happen at once. Method: the service on both engines; two threads on PostgreSQL.
#include "features/team/team.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <set>

#include "features/api_keys/api_keys.hpp"
#include "features/audit/audit.hpp"
#include "features/team/team_rules.hpp"
#include "features/team/team_test_support.hpp"

namespace wapi::team {
namespace {

constexpr Permissions view = access::bit(Permission::view_contacts);
constexpr Permissions audit_logs = access::bit(Permission::view_audit_logs);
constexpr Permissions reports = access::bit(Permission::view_reports);
constexpr Permissions team = access::bit(Permission::manage_team);

class TeamTest : public TeamTestBase {
  protected:
    Result<Role> make_role(std::string name, Permissions permissions, const UserId& by = olga) {
        return run(team_.create_role(as(by), {.name = name, .permissions = permissions}));
    }
    Result<Member> give(const UserId& user, const std::string& role, const UserId& by = olga) {
        return change(user, {.role = role, .overrides = {}, .limits = {}}, by);
    }
    Result<Member> override_for(const UserId& user, Overrides overrides, const UserId& by = olga) {
        return change(user, {.role = {}, .overrides = overrides, .limits = {}}, by);
    }
    std::string_view removed(const UserId& user, const UserId& by = olga) {
        return code(run(team_.remove_member(as(by), user)));
    }
    Member get(const UserId& user, const WorkspaceId& workspace = shop) {
        const auto page = run(team_.list_members(as(olga, workspace), {.limit = 200}));
        for (const Member& member : page->members) {
            if (member.id == user) {
                return member;
            }
        }
        throw std::runtime_error("not a member");
    }
};

TEST_P(TeamTest, a_custom_role_gives_what_it_names_until_it_is_changed) {
    const Result<Role> role = make_role(" Auditor ", view | audit_logs);
    ASSERT_TRUE(role);
    EXPECT_EQ(role->name, "Auditor");
    ASSERT_TRUE(give(adam, role->id));
    EXPECT_EQ(get(adam).permissions, view | audit_logs);
    EXPECT_EQ(get(adam).role_name, "Auditor");
    ASSERT_TRUE(run(team_.change_role(as(olga), role->id, {.name = {}, .permissions = view})));
    EXPECT_EQ(get(adam).permissions, view);
    const auto all = run(team_.list_roles(as(olga)));
    ASSERT_EQ(all->size(), 5U);
    EXPECT_EQ(all->at(0).members, 1);
    EXPECT_EQ(all->at(4).members, 1);
    EXPECT_EQ(entries(audit::actions::team_permissions_changed).total, 3);
}

TEST_P(TeamTest, who_is_removed_leaves_no_api_key_behind) {
    async::Tasks tasks(io_);
    api_keys::Service keys(
        {.tasks = tasks, .db = database(), .ids = ids_, .clock = clock_, .rng = rng_});
    Context maker = as(adam);
    maker.permissions = view;
    ASSERT_TRUE(run(keys.create(maker, {.name = "Till", .permissions = view})));
    maker.actor.id = olga.value;
    ASSERT_TRUE(run(keys.create(maker, {.name = "Shop", .permissions = view})));
    ASSERT_EQ(removed(adam), "ok");
    const auto left = run(keys.list(as(olga)));
    ASSERT_EQ(left->size(), 1U);
    EXPECT_EQ(left->front().name, "Shop");
    EXPECT_EQ(entries(audit::actions::api_key_revoked).total, 1);
}

TEST_P(TeamTest, a_role_in_use_stays_and_an_unused_one_goes) {
    const std::string id = make_role("Auditor", view)->id;
    ASSERT_TRUE(give(adam, id));
    EXPECT_EQ(code(run(team_.remove_role(as(olga), id))), "role_in_use");
    ASSERT_TRUE(give(adam, "agent"));
    EXPECT_EQ(code(run(team_.remove_role(as(olga), id))), "ok");
    EXPECT_EQ(code(run(team_.remove_role(as(olga), id))), "role_not_found");
    EXPECT_EQ(code(give(adam, id)), "role_not_found");
}

TEST_P(TeamTest, built_in_roles_and_names_that_are_taken_are_refused) {
    for (const std::string_view name : access::built_in_roles) {
        const std::string id(name);
        EXPECT_EQ(code(run(team_.change_role(as(olga), id, {.name = {}, .permissions = view}))),
                  "role_built_in");
        EXPECT_EQ(code(run(team_.remove_role(as(olga), id))), "role_built_in");
    }
    const std::string id = make_role("Auditor", view)->id;
    EXPECT_EQ(code(make_role("Auditor", view)), "role_exists");
    const std::string second = make_role("Second", view)->id;
    EXPECT_EQ(
        code(run(team_.change_role(as(olga), second, {.name = "Auditor", .permissions = {}}))),
        "role_exists");
    EXPECT_EQ(code(run(team_.change_role(as(olga), id, {.name = "Auditor", .permissions = {}}))),
              "ok");
}

TEST_P(TeamTest, a_workspace_has_at_most_fifty_roles_of_its_own) {
    for (std::size_t index = 0; index < roles_max; ++index) {
        ASSERT_TRUE(make_role("Role " + std::to_string(index), view));
    }
    EXPECT_EQ(code(make_role("One more", view)), "too_many_roles");
}

TEST_P(TeamTest, a_role_of_another_workspace_is_not_there) {
    const std::string id = make_role("Auditor", view)->id;
    const Context stranger = as(olga, other_shop);
    EXPECT_EQ(code(run(team_.remove_role(stranger, id))), "role_not_found");
    EXPECT_EQ(code(run(team_.change_role(stranger, id, {.name = "x", .permissions = {}}))),
              "role_not_found");
    EXPECT_EQ(run(team_.list_roles(stranger))->size(), 4U);
    EXPECT_EQ(code(run(team_.remove_member(stranger, adam))), "member_not_found");
    EXPECT_EQ(
        code(run(team_.change_member(stranger, olga, {.role = id, .overrides = {}, .limits = {}}))),
        "role_not_found");
}

TEST_P(TeamTest, overrides_and_limits_are_stored_and_shown) {
    ASSERT_TRUE(override_for(adam, {.granted = reports, .denied = view}));
    ASSERT_TRUE(limit(adam, {.tags = {"gold", "vip"}, .phones = {"108"}}));
    const Member adam_now = get(adam);
    EXPECT_TRUE(access::contains(adam_now.permissions, reports));
    EXPECT_FALSE(access::contains(adam_now.permissions, view));
    EXPECT_EQ(adam_now.limits.tags, (std::vector<std::string>{"gold", "vip"}));
    EXPECT_EQ(adam_now.limits.phones, (std::vector<std::string>{"108"}));
    const audit::Page log = entries(audit::actions::team_permissions_changed);
    ASSERT_EQ(log.total, 2);
    EXPECT_EQ(log.entries[0].resource_id, adam.value);
    EXPECT_EQ(
        log.entries[0].details,
        R"({"assignedTags":["gold","vip"],"assignedPhones":["108"],"unassignedConversations":0})");
    EXPECT_EQ(log.entries[1].details, R"({"granted":["viewReports"],"denied":["viewContacts"]})");
    ASSERT_TRUE(limit(adam, {}));
    EXPECT_EQ(get(adam).limits, Limits());
}

TEST_P(TeamTest, the_longest_restrictions_fit_into_their_audit_entry) {
    Limits longest;
    for (std::size_t index = 0; index < assigned_tags_max; ++index) {
        longest.tags.push_back(std::string(tag_bytes_max - 1, '\x01') +
                               static_cast<char>('a' + index));
    }
    EXPECT_EQ(code(limit(adam, longest)), "ok");
    EXPECT_EQ(get(adam).limits, longest);
}

TEST_P(TeamTest, a_number_that_is_not_the_workspaces_is_refused) {
    const Result<Member> refused = limit(adam, {.tags = {}, .phones = {"999"}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "assignedPhones");
    EXPECT_EQ(get(adam).limits, Limits());
}

TEST_P(TeamTest, a_change_that_changes_nothing_leaves_no_entry) {
    ASSERT_TRUE(give(adam, "agent"));
    EXPECT_EQ(entries(audit::actions::team_permissions_changed).total, 0);
}

TEST_P(TeamTest, a_refused_act_changes_nothing_and_leaves_no_entry) {
    ASSERT_TRUE(override_for(lena, {.granted = team}));
    EXPECT_EQ(code(give(adam, "manager", lena)), "beyond_own_rights");
    EXPECT_EQ(code(give(lena, "owner", lena)), "beyond_own_rights");
    EXPECT_EQ(code(override_for(lena, {.granted = team | audit_logs}, lena)), "beyond_own_rights");
    EXPECT_EQ(code(make_role("Auditor", audit_logs, lena)), "beyond_own_rights");
    EXPECT_EQ(code(give(olga, "agent", lena)), "beyond_own_rights");
    EXPECT_EQ(removed(olga, lena), "beyond_own_rights");
    EXPECT_EQ(get(adam).role, "agent");
    EXPECT_EQ(get(olga).role, "owner");
    EXPECT_EQ(entries(audit::actions::team_permissions_changed).total, 1);
}

TEST_P(TeamTest, a_role_of_somebody_who_has_more_is_not_theirs_to_change) {
    const std::string id = make_role("Helper", view | reports)->id;
    ASSERT_TRUE(give(adam, id));
    ASSERT_TRUE(override_for(lena, {.granted = team | reports}));
    const auto change_role = [&](RoleDraft draft) {
        return code(run(team_.change_role(as(lena), id, std::move(draft))));
    };
    EXPECT_EQ(change_role({.name = {}, .permissions = view}), "ok");
    ASSERT_TRUE(override_for(adam, {.granted = audit_logs}));
    EXPECT_EQ(change_role({.name = {}, .permissions = 0}), "beyond_own_rights");
    EXPECT_EQ(change_role({.name = "Aide", .permissions = {}}), "ok");
    EXPECT_EQ(get(adam).permissions, view | audit_logs);
}

TEST_P(TeamTest, the_last_of_many_holders_is_asked_too) {
    const std::string id = make_role("Helper", view)->id;
    const auto holder = [](int n) {
        return UserId("bbbbbbbb-0000-7000-8000-" + std::to_string(100'000'000'000 + n));
    };
    for (int n = 0; n < 401; ++n) {
        add(shop, holder(n), id);
    }
    ASSERT_TRUE(override_for(lena, {.granted = team | reports}));
    ASSERT_TRUE(override_for(holder(400), {.granted = audit_logs}));
    const auto change = [&] {
        return code(run(team_.change_role(as(lena), id, {.name = {}, .permissions = 0})));
    };
    EXPECT_EQ(change(), "beyond_own_rights");
    ASSERT_TRUE(override_for(holder(400), {}));
    EXPECT_EQ(change(), "ok");
}

TEST_P(TeamTest, each_member_of_a_page_has_their_own_limits) {
    ASSERT_TRUE(limit(adam, {.tags = {"vip", "new"}, .phones = {}}));
    ASSERT_TRUE(limit(lena, {.tags = {}, .phones = {"108"}}));
    const auto page = run(team_.list_members(as(olga), {.limit = 10}));
    ASSERT_EQ(page->members.size(), 3U);
    EXPECT_EQ(page->members[0].limits, Limits());
    EXPECT_EQ(page->members[1].limits, (Limits{.tags = {"new", "vip"}, .phones = {}}));
    EXPECT_EQ(page->members[2].limits, (Limits{.tags = {}, .phones = {"108"}}));
}

TEST_P(TeamTest, a_role_behind_a_restriction_is_given_by_who_has_it_only) {
    const std::string id = make_role("Auditor", view | audit_logs)->id;
    ASSERT_TRUE(override_for(lena, {.granted = team}));
    ASSERT_TRUE(limit(adam, {.tags = {"vip"}, .phones = {}}));
    EXPECT_EQ(code(give(adam, id, lena)), "beyond_own_rights");
    EXPECT_EQ(get(adam).role, "agent");
}

TEST_P(TeamTest, who_has_lost_the_right_meanwhile_may_do_nothing) {
    EXPECT_EQ(code(give(adam, "viewer", lena)), "forbidden");
    EXPECT_EQ(removed(adam, UserId("aaaaaaaa-0000-7000-8000-000000000009")), "forbidden");
}

TEST_P(TeamTest, the_last_owner_stays) {
    EXPECT_EQ(code(give(olga, "manager")), "last_owner");
    EXPECT_EQ(removed(olga), "last_owner");
    ASSERT_TRUE(give(adam, "owner"));
    EXPECT_EQ(code(give(olga, "manager")), "ok");
    EXPECT_EQ(removed(adam, adam), "last_owner");
}

TEST_P(TeamTest, who_becomes_an_owner_loses_what_limited_them) {
    ASSERT_TRUE(override_for(adam, {.granted = 0, .denied = view}));
    ASSERT_TRUE(limit(adam, {.tags = {"vip"}, .phones = {}}));
    ASSERT_TRUE(give(adam, "owner"));
    EXPECT_EQ(get(adam).permissions, *access::find_built_in("owner"));
    EXPECT_EQ(get(adam).limits, Limits());
    EXPECT_EQ(code(limit(adam, {.tags = {"vip"}, .phones = {}})), "owner_unlimited");
    EXPECT_EQ(code(override_for(adam, {.granted = 0, .denied = view})), "owner_unlimited");
}

TEST_P(TeamTest, who_is_removed_is_gone_with_what_was_set_and_on_record) {
    ASSERT_TRUE(limit(adam, {.tags = {"vip"}, .phones = {}}));
    EXPECT_EQ(removed(adam), "ok");
    EXPECT_EQ(removed(adam), "member_not_found");
    const audit::Page log = entries(audit::actions::team_member_removed);
    ASSERT_EQ(log.total, 1);
    EXPECT_EQ(log.entries[0].resource_id, adam.value);
    EXPECT_EQ(log.entries[0].actor_id, olga.value);
    add(shop, adam, "agent");
    EXPECT_EQ(get(adam).limits, Limits());
}

TEST_P(TeamTest, members_come_in_pages) {
    const auto first = run(team_.list_members(as(olga), {.limit = 2}));
    ASSERT_EQ(first->members.size(), 2U);
    EXPECT_EQ(first->next_cursor, adam.value);
    const auto second =
        run(team_.list_members(as(olga), {.cursor = first->next_cursor, .limit = 2}));
    ASSERT_EQ(second->members.size(), 1U);
    EXPECT_EQ(second->members[0].id, lena);
    EXPECT_TRUE(second->next_cursor.empty());
}

TEST_P(TeamTest, members_are_found_by_name_address_and_role) {
    const auto found = [&](const MemberFilter& filter) {
        std::vector<UserId> ids;
        for (const Member& member : run(team_.list_members(as(olga), filter))->members) {
            ids.push_back(member.id);
        }
        return ids;
    };
    EXPECT_EQ(found({.text = "A"}).size(), 3U);
    EXPECT_EQ(found({.text = "OLG"}), std::vector{olga});
    EXPECT_EQ(found({.text = "0002@Shop"}), std::vector{adam});
    EXPECT_EQ(found({.role = "agent"}), (std::vector{adam, lena}));
    EXPECT_EQ(found({.text = "0003", .role = "owner"}), std::vector<UserId>{});
    EXPECT_EQ(found({.text = "%"}), std::vector<UserId>{});
    EXPECT_EQ(code(run(team_.get_member(as(olga), adam))), "ok");
    EXPECT_EQ(code(run(team_.get_member(as(olga, other_shop), adam))), "member_not_found");
}

TEST_P(TeamTest, who_is_restricted_loses_what_shows_the_whole_workspace) {
    ASSERT_TRUE(give(adam, "manager"));
    EXPECT_TRUE(access::contains(get(adam).permissions, audit_logs));
    const Result<Member> limited = limit(adam, {.tags = {"vip"}, .phones = {}});
    ASSERT_TRUE(limited);
    EXPECT_EQ(limited->permissions, get(adam).permissions);
    EXPECT_EQ(limited->permissions & access::whole_workspace, 0U);
    ASSERT_TRUE(override_for(adam, {.granted = audit_logs}));
    EXPECT_FALSE(access::contains(get(adam).permissions, audit_logs));
    ASSERT_TRUE(limit(adam, {}));
    EXPECT_TRUE(access::contains(get(adam).permissions, audit_logs));
}

/// One act of one owner, on a thread and an event loop of its own.
std::string demote(db::Options options, const UserId& actor, const UserId& target) {
    boost::asio::io_context io;
    const auto database = db::open(io, options);
    test::ManualClock clock;
    SeededRng rng(7);
    IdGenerator ids(clock, rng);
    Service service(*database, ids, clock);
    Context context;
    context.workspace = shop;
    context.actor = {ActorKind::user, actor.value};
    const auto result = test::run_task(
        io,
        service.change_member(context, target, {.role = "agent", .overrides = {}, .limits = {}}));
    return std::string(result ? "ok" : result.error().kind->code);
}

/// SQLite has one writer, so that two acts never overlap.
class TeamRaceTest : public TeamTest {};

TEST_P(TeamRaceTest, two_owners_who_demote_each_other_at_once_leave_one) {
    db::Options options;
    options.url = files_.url();
    for (int round = 0; round < 10; ++round) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            txn.txn().connection().execute_text("UPDATE members SET role = 'owner'");
            return true;
        });
        ASSERT_EQ(removed(lena, olga), round == 0 ? "ok" : "member_not_found");
        auto one = std::async(std::launch::async, demote, options, olga, adam);
        auto two = std::async(std::launch::async, demote, options, adam, olga);
        const std::multiset<std::string> outcomes{one.get(), two.get()};
        EXPECT_EQ(outcomes, (std::multiset<std::string>{"forbidden", "ok"}));
        const auto page = run(team_.list_members(as(olga), {}));
        EXPECT_EQ(std::ranges::count(page->members, std::string("owner"), &Member::role), 1);
    }
}

TEST_P(TeamRaceTest, two_owners_who_leave_at_once_do_not_both_go) {
    db::Options options;
    options.url = files_.url();
    for (int round = 0; round < 10; ++round) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            txn.txn().connection().execute_text("UPDATE members SET role = CASE WHEN user_id = '" +
                                                lena.value + "' THEN 'agent' ELSE 'owner' END");
            return true;
        });
        auto one = std::async(std::launch::async, demote, options, olga, olga);
        auto two = std::async(std::launch::async, demote, options, adam, adam);
        const std::multiset<std::string> outcomes{one.get(), two.get()};
        EXPECT_EQ(outcomes, (std::multiset<std::string>{"last_owner", "ok"}));
    }
}

WAPI_ON_BOTH_ENGINES(TeamTest);
WAPI_ON_POSTGRES(TeamRaceTest);

}  // namespace
}  // namespace wapi::team
