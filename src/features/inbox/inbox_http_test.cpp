// Goal: a conversation is assigned to a member, seen by them from then on, and on record; nobody
// assigns what they do not see. Method: the handler in process on both engines.
#include "features/inbox/inbox_http.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "features/audit/audit.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::inbox {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");
const UserId adam("aaaaaaaa-0000-7000-8000-000000000002");
const UserId stranger("aaaaaaaa-0000-7000-8000-000000000009");

const db::Sql insert_member{{
    .name = "inbox_http_test.insert_member",
    .text = "INSERT INTO members (workspace_id, user_id, role, created_us)"
            " VALUES ($1, $2, 'agent', 0)",
}};

const db::Sql insert_contact{{
    .name = "inbox_http_test.insert_contact",
    .text = "INSERT INTO contacts (workspace_id, contact_id, name, name_by_hand, phone, tags,"
            " attributes, opted_out, opt_out_decided_us, opted_out_via, created_us)"
            " VALUES ($1, 'ann', '', 0, '', '[]', '{}', 0, 0, '', 0)",
}};

class InboxHttpTest : public test::EnginesTest {
  protected:
    void SetUp() override {
        write(shop, [&](db::WorkspaceTxn& txn) {
            txn.execute(insert_contact);
            id_ = open(txn, ids_, ContactId("ann"), PhoneNumberId("108"), clock_.now()).id;
            return txn.execute(insert_member, adam);
        });
        write(other_shop,
              [](db::WorkspaceTxn& txn) { return txn.execute(insert_member, stranger); });
    }
    Result<net::Response> assign(const std::string& body, const WorkspaceId& workspace = shop,
                                 const Restrictions& restrictions = {}) {
        net::Call call;
        call.request.body = body;
        call.request.params = {{"id", id_.value}};
        call.context.workspace = workspace;
        call.context.actor = {ActorKind::user, "olga"};
        call.context.restrictions = restrictions;
        return run(route("assignConversation").handler(call));
    }
    const net::Route& route(std::string_view operation) {
        return *std::ranges::find(routes_, operation, &net::Route::operation_id);
    }
    Result<net::Response> act(std::string_view operation, const std::string& body) {
        net::Call call;
        call.request.body = body;
        call.request.params = {{"id", id_.value}};
        call.context.workspace = shop;
        call.context.actor = {ActorKind::user, "olga"};
        return run(route(operation).handler(call));
    }
    static std::string to(const UserId& user) { return R"({"assigneeId":")" + user.value + "\"}"; }
    static std::string refusal(const Result<net::Response>& response) {
        return response ? "ok"
                        : std::string(response.error().kind->code) + " " + response.error().field;
    }
    bool is_seen_by_adam() {
        return read(shop, [&](db::WorkspaceTxn& txn) {
            return get(txn, id_, {.member = adam.value, .assigned_only = true}).has_value();
        });
    }

    Service service_{database(), clock_};
    std::vector<net::Route> routes_ = inbox_routes(service_);
    ConversationId id_;
};

TEST_P(InboxHttpTest, who_is_assigned_sees_it_until_they_no_longer_are) {
    EXPECT_FALSE(is_seen_by_adam());
    const auto assigned = assign(to(adam));
    ASSERT_TRUE(assigned);
    EXPECT_EQ(assigned->body, R"({"id":")" + id_.value +
                                  R"(","status":"open","snoozedUntil":null,"assigneeId":")" +
                                  adam.value + "\"}");
    EXPECT_TRUE(is_seen_by_adam());
    ASSERT_TRUE(assign(to(adam)));
    ASSERT_TRUE(assign(R"({"assigneeId":null})"));
    EXPECT_FALSE(is_seen_by_adam());
    audit::Service log(database());
    Context context;
    context.workspace = shop;
    const auto page = run(log.list(context, {.action = "conversation.assigned"}));
    ASSERT_EQ(page->total, 2);
    EXPECT_EQ(page->entries[1].details, R"({"from":null,"to":")" + adam.value + "\"}");
    EXPECT_EQ(page->entries[0].resource_id, id_.value);
}

TEST_P(InboxHttpTest, what_cannot_be_assigned_is_refused) {
    EXPECT_EQ(refusal(assign("{}")), "invalid_request assigneeId");
    EXPECT_EQ(refusal(assign(R"({"assigneeId":7})")), "invalid_request assigneeId");
    EXPECT_EQ(refusal(assign(to(stranger))), "invalid_request assigneeId");
    EXPECT_EQ(refusal(assign(to(stranger), other_shop)), "conversation_not_found ");
    EXPECT_EQ(refusal(assign(to(adam), shop, {.member = "olga", .assigned_only = true})),
              "conversation_not_found ");
    EXPECT_FALSE(is_seen_by_adam());
}

TEST_P(InboxHttpTest, states_change_by_their_routes_and_bad_bodies_are_refused) {
    const auto resolved = act("resolveConversation", "");
    ASSERT_TRUE(resolved);
    EXPECT_NE(resolved->body.find(R"("status":"resolved")"), std::string::npos);
    EXPECT_EQ(refusal(act("reopenConversation", R"({"expected":{"status":"open"}})")),
              "conversation_changed ");
    EXPECT_EQ(refusal(act("reopenConversation", R"({"expected":{"status":"resolved"}})")), "ok");
    const auto snoozed = act("snoozeConversation", R"({"until":"2026-01-02T00:00:00Z"})");
    ASSERT_TRUE(snoozed);
    EXPECT_NE(snoozed->body.find(R"("snoozedUntil":"2026-01-02T00:00:00.000Z")"),
              std::string::npos);
    const std::pair<const char*, const char*> bad[] = {
        {R"({"expected":7})", "invalid_request expected"},
        {R"({"expected":{"status":7}})", "invalid_request expected.status"},
        {R"({"expected":{"assigneeId":7}})", "invalid_request expected.assigneeId"},
        {"[]", "malformed_json "}};
    for (const auto& [body, refused] : bad) {
        EXPECT_EQ(refusal(act("resolveConversation", body)), refused) << body;
    }
    for (const char* until :
         {"{}", R"({"until":"tomorrow"})", R"({"until":"2025-12-31T00:00:00Z"})",
          R"({"until":"2027-01-03T00:00:00Z"})"}) {
        EXPECT_EQ(refusal(act("snoozeConversation", until)), "invalid_request until") << until;
    }
}

WAPI_ON_BOTH_ENGINES(InboxHttpTest);

}  // namespace
}  // namespace wapi::inbox
