// Goal: a conversation is never assigned to somebody who has left or does not see it, and whoever
// hands conversations out knows to whom they can. Method: the services on both engines; on
// PostgreSQL two transactions that meet.
#include <gtest/gtest.h>

#include "features/api_keys/api_keys.hpp"
#include "features/assignment/assignment.hpp"
#include "features/contacts/contacts.hpp"
#include "features/inbox/inbox.hpp"
#include "features/team/team_http.hpp"
#include "features/team/team_test_support.hpp"
#include "tests/support/interleaved.hpp"

namespace wapi::team {
namespace {

const db::Sql delete_member{{
    .name = "team_leaving_test.delete_member",
    .text = "DELETE FROM members WHERE workspace_id = $1 AND user_id = $2",
}};

class TeamLeavingTest : public TeamTestBase {
  protected:
    void SetUp() override {
        ann_ = add_contact("+436601111111", {"vip"});
        with_ann_ = talk(ann_, one);
        with_bob_ = talk(add_contact("+436602222222", {"new"}), two);
        for (const ConversationId& id : {with_ann_, with_bob_}) {
            EXPECT_EQ(assign(id, adam), "ok");
        }
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
    std::string_view assign(const ConversationId& id, const UserId& user) {
        return code(run(inbox_.assign(as(olga), id, user)));
    }
    std::string answering(const ConversationId& id) {
        return read(shop, [&](db::WorkspaceTxn& txn) {
            return inbox::get(txn, id)->assignee.value_or(UserId("nobody")).value;
        });
    }
    std::string names(const AssigneeFilter& filter, const Context& context = as(olga)) {
        const Result<AssigneePage> page = run(team_.list_assignees(context, filter));
        std::string all(code(page));
        for (const Assignee& assignee : page ? page->assignees : std::vector<Assignee>()) {
            all += " " + assignee.name;
        }
        return all + (page && !page->next_cursor.empty() ? " ..." : "");
    }

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
    ASSERT_TRUE(limit(adam, {.tags = {"vip"}, .phones = {}}));
    EXPECT_EQ(answering(with_ann_), adam.value);
    EXPECT_EQ(answering(with_bob_), "nobody");
    ASSERT_TRUE(limit(adam, {.tags = {"vip"}, .phones = {two}}));
    EXPECT_EQ(answering(with_ann_), "nobody");
    const audit::Page log = entries(audit::actions::team_permissions_changed);
    EXPECT_EQ(log.entries.at(0).details,
              R"({"assignedTags":["vip"],"assignedPhones":["109"],"unassignedConversations":1})");
}

TEST_P(TeamLeavingTest, nobody_keeps_or_gets_what_they_would_not_see) {
    ASSERT_TRUE(limit(lena, {.tags = {"vip"}, .phones = {one}}));
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
    ASSERT_TRUE(limit(lena, {.tags = {"vip"}, .phones = {}}));
    EXPECT_EQ(names({.conversation = with_ann_.value}), "ok Olga Adam Lena");
    EXPECT_EQ(names({.conversation = with_bob_.value}), "ok Olga Adam");
    EXPECT_EQ(names({.conversation = with_bob_.value}, as(olga, other_shop)),
              "conversation_not_found");
    Context restricted = as(lena);
    restricted.restrictions = {.member = lena.value, .by_tag = true};
    EXPECT_EQ(names({.conversation = with_bob_.value}, restricted), "conversation_not_found");
}

TEST_P(TeamLeavingTest, who_writes_a_note_learns_whom_it_can_mention) {
    ASSERT_TRUE(limit(lena, {.tags = {"vip"}, .phones = {}}));
    const std::vector<net::Route> routes = team_routes(team_);
    const auto route = std::ranges::find(routes, "listMentionable", &net::Route::operation_id);
    ASSERT_NE(route, routes.end());
    EXPECT_EQ(route->permission, "sendMessages");
    net::Call call;
    call.context = as(adam);
    call.request.params = {{"id", with_bob_.value}};
    EXPECT_EQ(run(route->handler(call)).value().body,
              R"({"assignees":[{"id":")" + olga.value +
                  R"(","name":"Olga","roleName":"owner"},{"id":")" + adam.value +
                  R"(","name":"Adam","roleName":"agent"}],"nextCursor":null})");
    call.request.params = {{"id", "nothing"}};
    EXPECT_EQ(code(run(route->handler(call))), "conversation_not_found");
}

/// SQLite has one writer, so that two acts never overlap.
class TeamLeavingRaceTest : public TeamLeavingTest {
  protected:
    test::Interleaved leaving(const UserId& user) {
        return {database(), shop, [user](db::WorkspaceTxn& txn) {
                    txn.execute(delete_member, user);
                    assignment::unassign_all(txn, user);
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
