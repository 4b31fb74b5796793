// Goal: webhooks arrive signed, are repeated until 200, and every fault does what it says.
// Method: a running simulator and a receiver that checks signatures and can refuse.
#include <gtest/gtest.h>

#include "cloudsim/message_life.hpp"
#include "cloudsim/test_world.hpp"

namespace wapi::cloudsim::test {
namespace {

std::vector<std::string> status_names(const TestWorld& world) {
    std::vector<std::string> names;
    for (const json::object& status : world.receiver.statuses()) {
        names.emplace_back(status.at("status").as_string());
    }
    return names;
}

void set_faults(TestWorld& world, json::object faults) {
    ASSERT_EQ(world.call("POST", "/sim/faults", std::move(faults)).status, 200);
}

class Delivery : public ::testing::Test {
  protected:
    void SetUp() override {
        world.subscribe();
        world.write_as_ann();
        ASSERT_TRUE(world.wait_until([&] { return world.receiver.received.size() == 1; }));
        world.receiver.received.clear();
    }
    TestWorld world;
};

TEST_F(Delivery, a_customers_message_arrives_signed_and_in_ascii) {
    world.write_as_ann("héllo/😀");
    ASSERT_TRUE(world.wait_until([&] { return world.receiver.received.size() == 1; }));
    const Received& entry = world.receiver.received.front();
    EXPECT_TRUE(entry.signature_ok);
    EXPECT_NE(entry.body.find(R"(h\u00e9llo\/\ud83d\ude00)"), std::string::npos);
}

TEST_F(Delivery, statuses_follow_with_our_callback_data_and_read_comes_when_the_customer_reads) {
    world.send({{"to", "+15550002222"},
                {"text", json::object{{"body", "hello"}}},
                {"biz_opaque_callback_data", "m=42"}});
    ASSERT_TRUE(world.wait_until([&] { return world.receiver.statuses().size() == 2; }));
    EXPECT_EQ(world.call("POST", "/sim/customers/15550002222/read", json::object{}).text("read"),
              "1");
    ASSERT_TRUE(world.wait_until([&] { return world.receiver.statuses().size() == 3; }));
    for (const json::object& status : world.receiver.statuses()) {
        EXPECT_EQ(status.at("biz_opaque_callback_data"), "m=42");
    }
    EXPECT_EQ(status_names(world).back(), "read");
}

TEST_F(Delivery, a_webhook_is_repeated_until_the_receiver_answers_200) {
    world.receiver.answers = {503, 404, 500};
    const std::string id = world.write_as_ann("again");
    ASSERT_TRUE(world.wait_until([&] { return world.receiver.received.size() == 4; }));
    EXPECT_EQ(world.receiver.received.at(0).body, world.receiver.received.at(3).body);
    EXPECT_EQ(world.receiver.received.at(3).answered, 200);
    ASSERT_TRUE(world.wait_until([&] { return world.simulator.webhooks().waiting() == 0; }));
    EXPECT_EQ(world.simulator.webhooks().stats().failed, 3U);
}

TEST(RetryDelays, grow_to_a_minute) {
    EXPECT_EQ(retry_delay(1), std::chrono::milliseconds(200));
    for (std::size_t attempt = 1; attempt < 20; ++attempt) {
        EXPECT_LE(retry_delay(attempt), retry_delay(attempt + 1));
    }
    EXPECT_EQ(retry_delay(1000), std::chrono::minutes(1));
}

TEST_F(Delivery, a_dropped_answer_belongs_to_a_message_that_was_accepted) {
    set_faults(world, {{"drop_answer_next", 1}});
    EXPECT_EQ(world.send_text("+15550002222").status, 0);
    EXPECT_EQ(world.call("GET", "/sim/sent").text("total"), "1");
    ASSERT_TRUE(world.wait_until([&] { return world.receiver.statuses().size() == 2; }));
    EXPECT_EQ(world.send_text("+15550002222").status, 200);
}

TEST_F(Delivery, server_errors_come_before_anything_is_accepted) {
    set_faults(world, {{"error_5xx_rate", 1}});
    const Answer answer = world.send_text("+15550002222");
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.error_code(), 131016);
    EXPECT_EQ(world.call("GET", "/sim/sent").text("total"), "0");
}

TEST_F(Delivery, duplicates_have_the_same_bytes) {
    set_faults(world, {{"duplicate_rate", 1}});
    world.write_as_ann("twice");
    ASSERT_TRUE(world.wait_until([&] { return world.receiver.received.size() == 2; }));
    EXPECT_EQ(world.receiver.received.at(0).body, world.receiver.received.at(1).body);
}

TEST_F(Delivery, a_bad_signature_is_refused_and_the_repetition_is_good) {
    set_faults(world, {{"bad_signature_rate", 1}});
    world.write_as_ann("forged first");
    ASSERT_TRUE(world.wait_until([&] { return world.receiver.received.size() == 2; }));
    EXPECT_EQ(world.receiver.received.at(0).answered, 403);
    EXPECT_TRUE(world.receiver.received.at(1).signature_ok);
}

TEST_F(Delivery, held_statuses_come_when_they_are_released) {
    set_faults(world, {{"hold_statuses", true}});
    world.send_text("+15550002222");
    ASSERT_TRUE(world.wait_until([&] { return world.simulator.held().size() == 2; }));
    EXPECT_TRUE(world.receiver.statuses().empty());
    set_faults(world, {{"hold_statuses", false}});
    EXPECT_TRUE(world.wait_until([&] { return world.receiver.statuses().size() == 2; }));
}

TEST_F(Delivery, a_code_fault_and_an_expired_token_refuse_sends) {
    set_faults(world, {{"code", json::object{{"code", 130429}, {"times", 2}}}});
    EXPECT_EQ(world.send_text("+15550002222").error_code(), 130429);
    EXPECT_EQ(world.send_text("+15550002222").error_code(), 130429);
    EXPECT_EQ(world.send_text("+15550002222").status, 200);
    set_faults(world, {{"token_expired", true}});
    EXPECT_EQ(world.send_text("+15550002222").error_code(), 190);
}

TEST_F(Delivery, magic_recipients_fail_by_webhook_or_once_at_once) {
    const json::object hello{{"name", "hello_world"},
                             {"language", json::object{{"code", "en_US"}}}};
    json::object fields{{"to", "+15550131026"}, {"type", "template"}, {"template", hello}};
    EXPECT_EQ(world.send(fields).status, 200);
    ASSERT_TRUE(world.wait_until([&] { return world.receiver.statuses().size() == 1; }));
    EXPECT_EQ(world.receiver.statuses().at(0).at("errors").at(0).at("code"), 131026);
    fields["to"] = "+15550131000";
    EXPECT_EQ(world.send(fields).error_code(), 131000);
    EXPECT_EQ(world.send(fields).status, 200);
}

TEST(DeliveryOptions, auto_read_sends_all_three_and_reordering_loses_none) {
    TestWorld world({.auto_read = true});
    world.subscribe();
    world.write_as_ann();
    set_faults(world, {{"reorder", true}});
    for (int i = 0; i < 5; ++i) {
        world.send_text("+15550002222");
    }
    ASSERT_TRUE(world.wait_until([&] { return world.receiver.statuses().size() == 15; }));
    const auto names = status_names(world);
    for (const char* name : {"sent", "delivered", "read"}) {
        EXPECT_EQ(std::ranges::count(names, name), 5) << name;
    }
}

// The states of one message in the order in which a plan sends them.
std::vector<MessageState> planned(World& world, PlanOptions options) {
    Message message;
    message.type = "text";
    message.customer = world.find_customer(ann);
    std::vector<PlannedStep> steps = plan_statuses(message, options, world);
    std::ranges::sort(steps, {}, &PlannedStep::delay);
    std::vector<MessageState> states;
    for (const PlannedStep& planned : steps) {
        states.push_back(planned.step.state);
    }
    return states;
}

TEST(StatusPlan, keeps_the_order_of_life_unless_reordering_is_wanted) {
    const auto world = make_default_world(7);
    int disordered = 0;
    for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(std::ranges::is_sorted(planned(*world, {.auto_read = true})));
        const auto states = planned(*world, {.auto_read = true, .reorder = true});
        EXPECT_EQ(states.size(), 3U);
        disordered += std::ranges::is_sorted(states) ? 0 : 1;
    }
    EXPECT_GT(disordered, 25);  // five orders of six are wrong
}

TEST(StatusPlan, the_same_seed_gives_the_same_disorder) {
    const PlanOptions options{.auto_read = true, .reorder = true};
    const auto first = make_default_world(7);
    const auto second = make_default_world(7);
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(planned(*first, options), planned(*second, options));
    }
}

TEST(DeliveryOptions, a_message_read_at_once_is_never_called_delivered) {
    TestWorld world({.auto_read = true});
    world.subscribe();
    world.write_as_ann();
    set_faults(world, {{"skip_delivered", true}});
    world.send_text("+15550002222");
    ASSERT_TRUE(world.wait_until([&] { return world.receiver.statuses().size() == 2; }));
    EXPECT_EQ(status_names(world), (std::vector<std::string>{"sent", "read"}));
}

TEST(DeliveryOptions, a_body_is_closed_before_it_exceeds_three_million_bytes) {
    TestWorld world({.batch_max = 1000});
    world.subscribe();
    std::string text;
    for (int i = 0; i < 4000; ++i) {
        text += "\u0633";  // six bytes of ASCII JSON
    }
    json::array steps;
    for (int i = 0; i < 300; ++i) {
        steps.push_back(json::object{{"after_ms", 1}, {"customer", ann}, {"text", text}});
    }
    world.call("POST", "/sim/script", json::object{{"steps", steps}});
    const SenderStats& stats = world.simulator.webhooks().stats();
    ASSERT_TRUE(world.wait_until([&] { return stats.changes_delivered == 300; }));
    std::size_t longest = 0;
    for (const Received& entry : world.receiver.received) {
        longest = std::max(longest, entry.body.size());
    }
    EXPECT_LE(longest, 3'000'000U);
    EXPECT_GT(longest, 2'900'000U);  // there was more than one body's worth waiting
}

TEST(DeliveryOptions, changes_that_wait_leave_together) {
    TestWorld world({.batch_max = 1000});
    world.subscribe();
    json::array steps;
    for (int i = 0; i < 200; ++i) {
        steps.push_back(json::object{{"after_ms", 1}, {"customer", ann}, {"text", "step"}});
    }
    EXPECT_EQ(world.call("POST", "/sim/script", json::object{{"steps", steps}}).text("scheduled"),
              "200");
    ASSERT_TRUE(world.wait_until([&] { return world.receiver.values().size() == 200; }));
    EXPECT_LT(world.receiver.received.size(), 100U);
}

}  // namespace
}  // namespace wapi::cloudsim::test
