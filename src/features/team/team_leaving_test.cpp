// Goal: a conversation is never assigned to somebody who has left or does not see it, and whoever
// hands conversations out knows to whom they can. Method: the services on both engines; on
// PostgreSQL two transactions that meet.
#include <gtest/gtest.h>

#include "features/api_keys/api_keys.hpp"
#include "features/audit/audit.hpp"
#include "features/contacts/contacts.hpp"
#include "features/inbox/inbox.hpp"
#include "features/numbers/numbers.hpp"
#include "features/team/team.hpp"
#include "tests/support/interleaved.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::team {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");
const UserId olga("aaaaaaaa-0000-7000-8000-000000000001");  // owner
const UserId adam("aaaaaaaa-0000-7000-8000-000000000002");
const UserId lena("aaaaaaaa-0000-7000-8000-000000000003");
const std::string one = "108";
const std::string two = "109";

const db::Sql insert_workspace{{
    .name = "team_leaving_test.insert_workspace",
    .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us)"
            " VALUES ($1, 'Shop', 'free', '{}', 0)",
}};
const db::Sql insert_user{{
    .name = "team_leaving_test.insert_user",
    .text = "INSERT INTO users (user_id, email, name, password_hash, created_us)"
            " VALUES ($1, $2, $3, '', 0) ON CONFLICT DO NOTHING",
    .scope = db::Scope::system,
}};
const db::Sql insert_member{{
    .name = "team_leaving_test.insert_member",
    .text = "INSERT INTO members (workspace_id, user_id, role, created_us) VALUES ($1, $2, $3, 0)",
}};
const db::Sql delete_member{{
    .name = "team_leaving_test.delete_member",
    .text = "DELETE FROM members WHERE workspace_id = $1 AND user_id = $2",
}};

class TeamLeavingTest : public test::EnginesTest {
  protected:
    void SetUp() override {
        for (const WorkspaceId& workspace : {shop, other_shop}) {
            write(workspace, [](db::WorkspaceTxn& txn) { return txn.execute(insert_workspace); });
            add(workspace, olga, "owner", "Olga");
        }
        add(shop, adam, "agent", "Adam");
        add(shop, lena, "agent", "Lena");
        for (const std::string& phone : {one, two}) {
            numbers::Number number;
            number.phone_number_id = PhoneNumberId(phone);
            number.waba_id = WabaId("209");
            write(shop, [&](db::WorkspaceTxn& txn) { return numbers::save_number(txn, number); });
        }
        ann_ = add_contact("+436601111111", {"vip"});
        with_ann_ = talk(ann_, one);
        with_bob_ = talk(add_contact("+436602222222", {"new"}), two);
        for (const ConversationId& id : {with_ann_, with_bob_}) {
            EXPECT_EQ(assign(id, adam), "ok");
        }
    }
    void add(const WorkspaceId& workspace, const UserId& user, std::string_view role,
             std::string_view name) {
        write(workspace, [&](db::WorkspaceTxn& txn) {
            txn.txn().execute(insert_user, user, user.value + "@shop.example", name);
            return txn.execute(insert_member, user, role);
        });
    }
    ContactId add_contact(const std::string& phone, const std::vector<std::string>& tags) {
        contacts::Draft draft;
        draft.phone = phone;
        draft.tags = tags;
        return run(contacts_.create(as(olga), draft))->id;
    }
    ConversationId talk(const ContactId& contact, const std::string& phone) {
        return write(shop, [&](db::WorkspaceTxn& txn) {
            return inbox::open(txn, ids_, contact, PhoneNumberId(phone), clock_.now()).id;
        });
    }
    static Context as(const UserId& user, const WorkspaceId& workspace = shop) {
        Context context;
        context.workspace = workspace;
        context.actor = {ActorKind::user, user.value};
        return context;
    }
    template <class T>
    static std::string_view code(const Result<T>& result) {
        return result ? "ok" : result.error().kind->code;
    }
    std::string_view assign(const ConversationId& id, const UserId& user) {
        return code(run(inbox_.assign(as(olga), id, user)));
    }
    std::string answering(const ConversationId& id) {
        return read(shop, [&](db::WorkspaceTxn& txn) {
            return inbox::get(txn, id)->assignee.value_or(UserId("nobody")).value;
        });
    }
    std::string_view limit(const UserId& user, Limits limits) {
        return code(run(
            team_.change_member(as(olga), user, {.role = {}, .overrides = {}, .limits = limits})));
    }
    audit::Page entries(std::string_view action) {
        audit::Service log(database());
        return run(log.list(as(olga), {.action = std::string(action)})).value();
    }
    std::string names(const AssigneeFilter& filter, const Context& context = as(olga)) {
        const Result<AssigneePage> page = run(team_.list_assignees(context, filter));
        std::string all(code(page));
        for (const Assignee& assignee : page ? page->assignees : std::vector<Assignee>()) {
            all += " " + assignee.name;
        }
        return all + (page && !page->next_cursor.empty() ? " ..." : "");
    }

    Service team_{database(), ids_, clock_};
    inbox::Service inbox_{database(), clock_};
    contacts::Service contacts_{database(), ids_, clock_, inbox::unassign_blind};
    ContactId ann_;
    ConversationId with_ann_;
    ConversationId with_bob_;
};

TEST_P(TeamLeavingTest, who_is_removed_answers_nothing_any_more) {
    ASSERT_EQ(code(run(team_.remove_member(as(olga), adam))), "ok");
    EXPECT_EQ(answering(with_ann_), "nobody");
    EXPECT_EQ(answering(with_bob_), "nobody");
    EXPECT_EQ(entries(audit::actions::team_member_removed).entries.at(0).details,
              R"({"role":"agent","unassignedConversations":2})");
}

TEST_P(TeamLeavingTest, who_sees_less_answers_only_what_they_see) {
    ASSERT_EQ(limit(adam, {.tags = {"vip"}, .phones = {}}), "ok");
    EXPECT_EQ(answering(with_ann_), adam.value);
    EXPECT_EQ(answering(with_bob_), "nobody");
    ASSERT_EQ(limit(adam, {.tags = {"vip"}, .phones = {two}}), "ok");
    EXPECT_EQ(answering(with_ann_), "nobody");
    const audit::Page log = entries(audit::actions::team_permissions_changed);
    EXPECT_EQ(log.entries.at(0).details,
              R"({"assignedTags":["vip"],"assignedPhones":["109"],"unassignedConversations":1})");
}

TEST_P(TeamLeavingTest, nobody_keeps_or_gets_what_they_would_not_see) {
    ASSERT_EQ(limit(lena, {.tags = {"vip"}, .phones = {one}}), "ok");
    EXPECT_EQ(assign(with_bob_, lena), "invalid_request");
    EXPECT_EQ(answering(with_bob_), adam.value);
    ASSERT_EQ(assign(with_ann_, lena), "ok");
    contacts::Draft draft;
    draft.name = "Ann";
    ASSERT_EQ(code(run(contacts_.change(as(olga), ann_, draft))), "ok");
    EXPECT_EQ(answering(with_ann_), lena.value);
    draft.tags = {"old"};
    ASSERT_EQ(code(run(contacts_.change(as(olga), ann_, draft))), "ok");
    EXPECT_EQ(answering(with_ann_), "nobody");
    const audit::Page log = entries(audit::actions::conversation_assigned);
    EXPECT_EQ(log.entries.at(0).resource_id, with_ann_.value);
    EXPECT_EQ(log.entries.at(0).details, R"({"from":")" + lena.value + R"(","to":null})");
    EXPECT_EQ(assign(with_ann_, lena), "invalid_request");
}

TEST_P(TeamLeavingTest, who_hands_out_conversations_learns_who_can_have_them) {
    EXPECT_EQ(names({}), "ok Olga Adam Lena");
    EXPECT_EQ(names({}, as(olga, other_shop)), "ok Olga");
    EXPECT_EQ(names({.text = "EN"}), "ok Lena");
    EXPECT_EQ(names({.text = "shop.example"}), "ok");
    EXPECT_EQ(names({.limit = 2}), "ok Olga Adam ...");
    EXPECT_EQ(names({.cursor = adam.value, .limit = 2}), "ok Lena");
    ASSERT_EQ(limit(lena, {.tags = {"vip"}, .phones = {}}), "ok");
    EXPECT_EQ(names({.conversation = with_ann_.value}), "ok Olga Adam Lena");
    EXPECT_EQ(names({.conversation = with_bob_.value}), "ok Olga Adam");
    EXPECT_EQ(names({.conversation = with_bob_.value}, as(olga, other_shop)),
              "conversation_not_found");
    Context restricted = as(lena);
    restricted.restrictions = {.member = lena.value, .by_tag = true};
    EXPECT_EQ(names({.conversation = with_bob_.value}, restricted), "conversation_not_found");
}

/// SQLite has one writer, so that two acts never overlap.
class TeamLeavingRaceTest : public TeamLeavingTest {
  protected:
    test::Interleaved leaving(const UserId& user) {
        return {database(), shop, [user](db::WorkspaceTxn& txn) {
                    txn.execute(delete_member, user);
                    inbox::unassign_all(txn, user);
                    api_keys::revoke_all_of(txn, as(olga), user, {});
                }};
    }
};

TEST_P(TeamLeavingRaceTest, who_is_leaving_is_not_assigned_anything) {
    test::Interleaved removal = leaving(lena);
    EXPECT_EQ(assign(with_ann_, lena), "invalid_request");
    removal.join();
    EXPECT_EQ(answering(with_ann_), adam.value);
}

TEST_P(TeamLeavingRaceTest, who_is_leaving_begins_no_conversation_of_theirs) {
    test::Interleaved removal = leaving(lena);
    Context context = as(lena);
    context.restrictions = {.member = lena.value, .assigned_only = true};
    const ConversationId begun = write(shop, [&](db::WorkspaceTxn& txn) {
        return inbox::open_for(txn, ids_, ann_, PhoneNumberId(two), context, clock_.now())->id;
    });
    removal.join();
    EXPECT_EQ(answering(begun), "nobody");
}

TEST_P(TeamLeavingRaceTest, who_is_leaving_makes_no_api_key) {
    async::Tasks tasks(io_);
    api_keys::Service keys(
        {.tasks = tasks, .db = database(), .ids = ids_, .clock = clock_, .rng = rng_});
    Context maker = as(lena);
    maker.permissions = access::bit(Permission::view_contacts);
    test::Interleaved removal = leaving(lena);
    EXPECT_EQ(code(run(keys.create(maker, {.name = "Till", .permissions = maker.permissions}))),
              "forbidden");
    removal.join();
    EXPECT_TRUE(run(keys.list(as(olga)))->empty());
}

WAPI_ON_BOTH_ENGINES(TeamLeavingTest);
WAPI_ON_POSTGRES(TeamLeavingRaceTest);

}  // namespace
}  // namespace wapi::team
