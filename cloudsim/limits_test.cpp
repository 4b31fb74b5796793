// Goal: rates, life plans, tokens and seeds follow their rules. Method: pure objects, times passed
// in.
#include "cloudsim/limits.hpp"

#include <gtest/gtest.h>

#include "cloudsim/message_life.hpp"
#include "cloudsim/tokens.hpp"

namespace wapi::cloudsim {
namespace {

constexpr Timestamp start{std::chrono::seconds(1'767'225'600)};

TEST(Throughput, never_exceeds_its_limit_in_any_window_of_one_second) {
    Limits limits;
    std::vector<Timestamp> taken;
    for (int step = 0; step < 4000; ++step) {
        const Timestamp now = start + std::chrono::milliseconds(step);
        if (limits.take_throughput("1", now)) {
            taken.push_back(now);
        }
    }
    EXPECT_EQ(taken.size(), 4 * throughput_per_second_default);
    for (std::size_t i = throughput_per_second_default; i < taken.size(); ++i) {
        EXPECT_GE(taken[i] - taken[i - throughput_per_second_default], std::chrono::seconds(1));
    }
    EXPECT_TRUE(limits.take_throughput("2", start)) << "each number has its own";
}

TEST(PairRate, lends_45_messages_and_then_gives_one_each_6_seconds) {
    Limits limits;
    for (int i = 0; i < pair_burst; ++i) {
        EXPECT_TRUE(limits.take_pair("1|a", start)) << i;
    }
    EXPECT_FALSE(limits.take_pair("1|a", start));
    EXPECT_FALSE(limits.take_pair("1|a", start + std::chrono::milliseconds(5999)));
    EXPECT_TRUE(limits.take_pair("1|a", start + pair_interval));
    EXPECT_FALSE(limits.take_pair("1|a", start + pair_interval));
    EXPECT_TRUE(limits.take_pair("1|b", start));
}

class LifePlan : public ::testing::Test {
  protected:
    std::vector<PlannedStep> plan(const std::string& digits, PlanOptions options = {}) {
        message_.customer = &world_->customer_of_phone(digits);
        return plan_statuses(message_, options, *world_);
    }
    std::unique_ptr<World> world_ = make_default_world(1);
    Message message_;
};

TEST_F(LifePlan, an_ordinary_message_is_sent_and_then_delivered) {
    const auto steps = plan("15550009999");
    ASSERT_EQ(steps.size(), 2U);
    EXPECT_EQ(steps[0].step.state, MessageState::sent);
    EXPECT_EQ(steps[1].step.state, MessageState::delivered);
    EXPECT_LT(steps[0].delay, steps[1].delay);
    EXPECT_EQ(plan("15550009999", {.auto_read = true}).size(), 3U);
}

TEST_F(LifePlan, magic_recipients_fail_with_the_code_they_end_in) {
    for (const int code : {131026, 131049, 131050, 130472}) {
        const auto steps = plan("1555" + std::to_string(code));
        ASSERT_EQ(steps.size(), 1U);
        EXPECT_EQ(steps[0].step.state, MessageState::failed);
        EXPECT_EQ(steps[0].step.error_code, code);
    }
}

TEST_F(LifePlan, marketing_to_a_customer_who_stopped_it_fails) {
    world_->customer_of_phone("15550009999").marketing_stopped = true;
    EXPECT_EQ(plan("15550009999").size(), 2U) << "service messages still arrive";
    message_.category = "marketing";
    EXPECT_EQ(plan("15550009999").at(0).step.error_code, 131050);
}

TEST_F(LifePlan, the_same_seed_gives_the_same_plan_and_ids) {
    const auto run = [](std::uint64_t seed) {
        auto world = make_default_world(seed);
        Message message;
        message.customer = &world->customer_of_phone("15550009999");
        std::string trace = world->make_message_id("15550009999");
        for (const PlannedStep& step : plan_statuses(message, {true, true}, *world)) {
            trace += "," + std::to_string(step.delay.count());
        }
        return trace;
    };
    EXPECT_EQ(run(7), run(7));
    EXPECT_NE(run(7), run(8));
}

TEST(SignUpCodes, live_thirty_seconds_and_serve_once) {
    auto world = make_default_world(1);
    Tokens tokens("67", "secret");
    const auto trade = [&](const std::string& code, Timestamp now) {
        const auto token = tokens.exchange(*world, "67", "secret", code, now);
        return token ? 0 : token.error().subcode;
    };
    const std::string code = tokens.issue_code(*world, "2090000000001", start);
    EXPECT_EQ(tokens.exchange(*world, "67", "wrong", code, start).error().code, 101);
    EXPECT_EQ(trade(code, start + std::chrono::seconds(30)), 0);
    EXPECT_EQ(trade(code, start + std::chrono::seconds(30)), 36009);
    const std::string late = tokens.issue_code(*world, "2090000000001", start);
    EXPECT_EQ(trade(late, start + std::chrono::milliseconds(30'001)), 36007);
    EXPECT_TRUE(tokens.all().front().covers("2090000000001"));
    EXPECT_FALSE(tokens.all().front().covers("2090000000002"));
}

}  // namespace
}  // namespace wapi::cloudsim
