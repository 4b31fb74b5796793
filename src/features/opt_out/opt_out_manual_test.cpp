// Goal: what members and Meta's own screen decide has the same effects as a customer's word, and is
// told apart from it. Method: acts through the service and preferences on both engines, with a
// clock moved by hand.
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "features/inbox/inbox.hpp"
#include "features/opt_out/opt_out_http.hpp"
#include "features/opt_out/opt_out_test_support.hpp"

namespace wapi::opt_out {
namespace {

using namespace testing;

class OptOutManualTest : public OptOutTest {};

TEST_P(OptOutManualTest, a_member_opts_out_who_came_back_by_yes_at_a_later_time_than_ours) {
    const ContactId ann = receive("STOP", 60s);
    receive("yes", -5s);
    EXPECT_FALSE(state(ann).status);
    ASSERT_TRUE(run(service_.opt_out(member(), ann)));
    EXPECT_TRUE(state(ann).status);
}

TEST_P(OptOutManualTest, metas_own_preference_counts_also_of_who_never_wrote) {
    prefer(whatsapp::PreferenceValue::stop);
    EXPECT_EQ(count_audit("contact.created"), 1);
    EXPECT_TRUE(confirmations().empty()) << "there is no open window";
    const auto conversations =
        read(shop, [](db::WorkspaceTxn& txn) { return inbox::list(txn, {})->conversations; });
    EXPECT_TRUE(conversations.empty());
    const ContactId ann = receive("hello");
    EXPECT_TRUE(state(ann).status);
    EXPECT_EQ(state(ann).opted_out_via, "meta");
    clock_.advance(1s);
    prefer(whatsapp::PreferenceValue::unknown);
    EXPECT_TRUE(state(ann).status);
    prefer(whatsapp::PreferenceValue::resume);
    EXPECT_FALSE(state(ann).status);
}

TEST_P(OptOutManualTest, a_preference_about_something_else_changes_nothing) {
    const ContactId ann = receive("hello");
    prefer(whatsapp::PreferenceValue::stop, 0s, "birthday_wishes");
    EXPECT_EQ(state(ann).decided_at, Timestamp{});
}

TEST_P(OptOutManualTest, whoever_decides_the_customer_is_told_once_while_the_window_is_open) {
    const ContactId ann = receive("hello");
    ASSERT_TRUE(run(service_.opt_out(member(), ann)));
    ASSERT_TRUE(run(service_.opt_out(member(), ann)));
    EXPECT_EQ(confirmations(1), (std::vector<std::string>{"confirmation"}));
    clock_.advance(1s);
    ASSERT_TRUE(run(service_.opt_in(member(), ann)));
    EXPECT_EQ(confirmations(1), (std::vector<std::string>{"confirmation", "service"}));
    clock_.advance(1s);
    prefer(whatsapp::PreferenceValue::stop);
    EXPECT_EQ(confirmations().size(), 3U);
    clock_.advance(24h);
    ASSERT_TRUE(run(service_.opt_in(member(), ann)));
    EXPECT_EQ(confirmations().size(), 3U) << "the window is closed";
}

TEST_P(OptOutManualTest, a_member_opts_a_contact_out_and_in_by_hand) {
    const ContactId ann = receive("hello");
    const Result<contacts::Contact> out = run(service_.opt_out(member(), ann));
    ASSERT_TRUE(out);
    EXPECT_TRUE(out->opt_out.status);
    EXPECT_EQ(out->opt_out.opted_out_via, "manual");
    clock_.advance(1s);
    ASSERT_TRUE(run(service_.opt_out(member(), ann)));
    EXPECT_EQ(count_audit("contact.manually_opted_out"), 1) << "repeating it changes nothing";
    clock_.advance(1s);
    EXPECT_FALSE(run(service_.opt_in(member(), ann))->opt_out.status);
    EXPECT_EQ(count_audit("contact.manually_opted_in"), 1);
}

TEST_P(OptOutManualTest, a_members_act_that_changes_nothing_leaves_what_is_on_record) {
    const ContactId ann = receive("STOP");
    const contacts::OptOut before = state(ann);
    clock_.advance(1min);
    EXPECT_TRUE(run(service_.opt_out(member(), ann))->opt_out.status);
    EXPECT_EQ(state(ann).opted_out_via, "message");
    EXPECT_EQ(state(ann).opted_out_at, before.opted_out_at);
    EXPECT_EQ(state(ann).decided_at, before.decided_at);
    receive("START");
    const contacts::OptOut back = state(ann);
    clock_.advance(1min);
    EXPECT_FALSE(run(service_.opt_in(member(), ann))->opt_out.status);
    EXPECT_EQ(state(ann).opted_back_in_at, back.opted_back_in_at);
    EXPECT_EQ(count_audit("contact.manually_opted_out"), 0);
    EXPECT_EQ(count_audit("contact.manually_opted_in"), 0);
}

TEST_P(OptOutManualTest, another_workspace_cannot_touch_the_contact) {
    const ContactId ann = receive("hello");
    const Result<contacts::Contact> refused = run(service_.opt_out(member(other_shop), ann));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, &contacts::errors::contact_not_found);
    EXPECT_FALSE(state(ann).status);
}

TEST_P(OptOutManualTest, the_routes_answer_with_the_contact) {
    const ContactId ann = receive("hello");
    for (const net::Route& route : opt_out_routes(service_)) {
        net::Call call;
        call.request.params = {{"id", ann.value}};
        call.context = member();
        const Result<net::Response> response = run(route.handler(call));
        ASSERT_TRUE(response);
        const json::object body = json::parse_object(response->body).value();
        EXPECT_EQ(body.at("optOut").as_object().at("status"),
                  route.path == "/api/v1/contacts/{id}/opt-out");
        clock_.advance(1s);
    }
}

WAPI_ON_BOTH_ENGINES(OptOutManualTest);

}  // namespace
}  // namespace wapi::opt_out
