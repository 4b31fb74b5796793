// Goal: what members and Meta's own screen decide has the same effects as a customer's word, and is
// told apart from it; a member who has not seen the newest STOP undoes none. Method: acts through
// the service, the routes and preferences on both engines, with a clock moved by hand.
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "features/inbox/inbox.hpp"
#include "features/opt_out/opt_out_http.hpp"
#include "features/opt_out/opt_out_test_support.hpp"

namespace wapi::opt_out {
namespace {

using namespace testing;

class OptOutManualTest : public OptOutTest {
  protected:
    /// What the route of opt-in answers to that body: `in`, `out`, or the error with its field.
    std::string opt_in_by_route(const ContactId& id, const std::string& body,
                                const Context& context = member()) {
        for (const net::Route& route : opt_out_routes(service_)) {
            if (route.operation_id != "optInContact") {
                continue;
            }
            net::Call call;
            call.request.params = {{"id", id.value}};
            call.request.body = body;
            call.context = context;
            const Result<net::Response> response = run(route.handler(call));
            if (!response) {
                return fmt::format("{} {}", response.error().kind->code, response.error().field);
            }
            const json::object contact = json::parse_object(response->body).value();
            return contact.at("optOut").as_object().at("status").as_bool() ? "out" : "in";
        }
        return "no such route";
    }
    /// The body of who has seen the contact as it is now.
    std::string seen(const ContactId& id) {
        const json::object shown = read(shop, [&](db::WorkspaceTxn& txn) {
            return contacts::render(contacts::get(txn, id).value());
        });
        return json::render(json::object{
            {"expected", {{"optedOutAt", shown.at("optOut").as_object().at("optedOutAt")}}}});
    }
    std::int64_t count_opt_ins() { return count_audit("contact.manually_opted_in"); }
};

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

TEST_P(OptOutManualTest, a_member_who_has_not_seen_the_newest_stop_opts_nobody_in) {
    const ContactId ann = receive("STOP");
    const std::string before = seen(ann);
    clock_.advance(1min);
    receive("START");
    clock_.advance(1min);
    receive("STOP");
    const contacts::OptOut out = state(ann);
    EXPECT_EQ(opt_in_by_route(ann, before), "opt_out_changed ");
    EXPECT_TRUE(state(ann).status);
    EXPECT_EQ(state(ann).decided_at, out.decided_at);
    EXPECT_EQ(count_opt_ins(), 0);
    EXPECT_EQ(confirmations().size(), 3U) << "of STOP, START and STOP";
    EXPECT_EQ(opt_in_by_route(ann, seen(ann)), "in");
    EXPECT_EQ(count_opt_ins(), 1);
}

TEST_P(OptOutManualTest, a_stop_that_was_said_again_is_another_one) {
    const ContactId ann = receive("STOP");
    const std::string before = seen(ann);
    clock_.advance(1s);
    receive("STOP");
    EXPECT_EQ(opt_in_by_route(ann, before), "opt_out_changed ");
    EXPECT_TRUE(state(ann).status);
    EXPECT_EQ(count_opt_ins(), 0);
    EXPECT_EQ(opt_in_by_route(ann, seen(ann)), "in");
}

TEST_P(OptOutManualTest, a_members_opt_out_is_expected_by_the_milliseconds_that_are_shown) {
    const ContactId ann = receive("hello");
    clock_.advance(std::chrono::microseconds(1'234'567));
    ASSERT_TRUE(run(service_.opt_out(member(), ann)));
    EXPECT_EQ(opt_in_by_route(ann, seen(ann)), "in");
    const std::string before = seen(ann);
    clock_.advance(1ms);
    ASSERT_TRUE(run(service_.opt_out(member(), ann)));
    EXPECT_EQ(opt_in_by_route(ann, before), "opt_out_changed ");
    EXPECT_TRUE(state(ann).status);
}

TEST_P(OptOutManualTest, who_never_opted_out_is_expected_by_null) {
    constexpr const char* never = R"({"expected":{"optedOutAt":null}})";
    const ContactId ann = receive("hello");
    EXPECT_EQ(seen(ann), never);
    EXPECT_EQ(opt_in_by_route(ann, never), "in");
    EXPECT_EQ(opt_in_by_route(ann, R"({"expected":{"optedOutAt":"2026-01-01T00:00:00Z"}})"),
              "opt_out_changed ");
    receive("STOP");
    EXPECT_EQ(opt_in_by_route(ann, never), "opt_out_changed ");
    EXPECT_TRUE(state(ann).status);
    EXPECT_EQ(count_opt_ins(), 0);
}

TEST_P(OptOutManualTest, who_is_in_already_is_not_as_expected_after_a_newer_stop) {
    const ContactId ann = receive("STOP");
    const std::string before = seen(ann);
    clock_.advance(1min);
    receive("STOP");
    clock_.advance(1min);
    receive("START");
    EXPECT_EQ(opt_in_by_route(ann, before), "opt_out_changed ");
    EXPECT_EQ(opt_in_by_route(ann, seen(ann)), "in");
    EXPECT_EQ(count_opt_ins(), 0);
}

TEST_P(OptOutManualTest, an_expectation_tells_nothing_of_what_may_not_be_seen) {
    const ContactId ann = receive("STOP");
    const std::string wrong = R"({"expected":{"optedOutAt":null}})";
    EXPECT_EQ(opt_in_by_route(ann, wrong, member(other_shop)), "contact_not_found ");
    Context agent = member();
    agent.restrictions = {.member = "adam", .by_tag = true};
    EXPECT_EQ(opt_in_by_route(ann, wrong, agent), "contact_not_found ");
}

TEST_P(OptOutManualTest, who_says_nothing_of_what_they_have_seen_opts_in_as_it_is) {
    for (const char* body : {"", "{}", R"({"expected":null})"}) {
        const ContactId ann = receive("STOP");
        EXPECT_EQ(opt_in_by_route(ann, body), "in") << body;
        clock_.advance(1min);
    }
    EXPECT_EQ(count_opt_ins(), 3);
}

TEST_P(OptOutManualTest, a_bad_body_is_refused_and_changes_nothing) {
    const ContactId ann = receive("STOP");
    const std::pair<const char*, const char*> bad[] = {
        {"[]", "malformed_json "},
        {"{", "malformed_json "},
        {R"({"expected":7})", "invalid_request expected"},
        {R"({"optedOutAt":null})", "invalid_request optedOutAt"},
        {R"({"expeced":{"optedOutAt":null}})", "invalid_request expeced"},
        {R"({"expected":"2026-01-01T00:00:00Z"})", "invalid_request expected"},
        {R"({"expected":{}})", "invalid_request expected.optedOutAt"},
        {R"({"expected":{"optedOutAt":7}})", "invalid_request expected.optedOutAt"},
        {R"({"expected":{"optedOutAt":""}})", "invalid_request expected.optedOutAt"},
        {R"({"expected":{"optedOutAt":"now"}})", "invalid_request expected.optedOutAt"},
        {R"({"expected":{"optedOutAt":"2026-01-01"}})", "invalid_request expected.optedOutAt"},
    };
    for (const auto& [body, refused] : bad) {
        EXPECT_EQ(opt_in_by_route(ann, body), refused) << body;
    }
    EXPECT_TRUE(state(ann).status);
    EXPECT_EQ(count_opt_ins(), 0);
}

WAPI_ON_BOTH_ENGINES(OptOutManualTest);

}  // namespace
}  // namespace wapi::opt_out
