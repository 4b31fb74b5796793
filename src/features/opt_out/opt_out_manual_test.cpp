// Goal: what members and Meta's own screen decide has the same effects as a customer's word, and is
// told apart from it. Method: acts through the service and preferences on both engines, with a clock
// moved by hand.
#include <gtest/gtest.h>

#include "base/json.hpp"
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

TEST_P(OptOutManualTest, metas_own_preference_counts_without_a_confirmation) {
    prefer(whatsapp::PreferenceValue::stop);
    const ContactId ann = receive("hello");
    EXPECT_TRUE(state(ann).status);
    EXPECT_EQ(state(ann).opted_out_via, "meta");
    EXPECT_TRUE(confirmations().empty());
    clock_.advance(1s);
    prefer(whatsapp::PreferenceValue::unknown);
    EXPECT_TRUE(state(ann).status);
    prefer(whatsapp::PreferenceValue::resume);
    EXPECT_FALSE(state(ann).status);
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
    EXPECT_TRUE(confirmations().empty());
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
