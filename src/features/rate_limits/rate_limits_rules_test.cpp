// Goal: a limit lets through what it says, never more, and the headers' figures are true. Method:
// examples, and properties over any limit and any times of arrival.
#include "features/rate_limits/rate_limits_rules.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace wapi::rate_limits {
namespace {

using namespace std::chrono_literals;

constexpr Moment start{1'767'225'600s};

/// A bucket and its limit.
struct Bucket {
    std::int64_t per_minute;
    Moment full_again = {};

    Decision ask(Moment now) {
        const Decision decision = decide(full_again, per_minute, now);
        full_again = decision.full_again;
        return decision;
    }
    int ask_often(Moment now, int times) {
        int allowed = 0;
        for (int index = 0; index < times; ++index) {
            allowed += ask(now).allowed ? 1 : 0;
        }
        return allowed;
    }
};

TEST(Decide, a_whole_minutes_worth_may_come_at_once_and_then_no_more) {
    Bucket bucket{100};
    EXPECT_EQ(bucket.ask(start).remaining, 99);
    EXPECT_EQ(bucket.ask_often(start, 1'000), 99);
    const Decision refused = bucket.ask(start);
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.limit, 100);
    EXPECT_EQ(refused.remaining, 0);
    EXPECT_EQ(refused.retry_after, 1s);
    EXPECT_EQ(refused.full_again, start + 60s);
}

TEST(Decide, one_comes_back_every_sixty_seconds_divided_by_the_limit) {
    Bucket bucket{100};
    bucket.ask_often(start, 100);
    EXPECT_FALSE(bucket.ask(start + 599ms).allowed);
    EXPECT_TRUE(bucket.ask(start + 600ms).allowed);
    EXPECT_FALSE(bucket.ask(start + 600ms).allowed);
    EXPECT_EQ(bucket.ask_often(start + 60s + 600ms, 1'000), 100);
}

TEST(Decide, a_small_limit_says_how_many_seconds_to_wait) {
    Bucket bucket{2};
    bucket.ask_often(start, 2);
    EXPECT_EQ(bucket.ask(start).retry_after, 30s);
    EXPECT_EQ(bucket.ask(start + 29'500ms).retry_after, 1s);
}

TEST(Decide, a_limit_that_is_lowered_or_raised_keeps_the_share_that_was_used) {
    Bucket bucket{100};
    bucket.ask_often(start, 50);
    bucket.per_minute = 10;
    EXPECT_EQ(bucket.ask(start).remaining, 4);
    bucket.per_minute = 1'000;
    EXPECT_EQ(bucket.ask(start).remaining, 399);
}

TEST(Decide, a_clock_that_was_set_back_locks_nobody_out_for_more_than_a_minute) {
    Bucket bucket{100};
    bucket.ask_often(start, 100);
    EXPECT_FALSE(bucket.ask(start - 24h).allowed);
    EXPECT_TRUE(bucket.ask(start - 24h + 600ms).allowed);
}

TEST(Decide, a_limit_out_of_range_counts_as_the_nearest_in_it) {
    EXPECT_EQ(decide({}, 0, start).limit, 1);
    EXPECT_EQ(decide({}, -5, start).limit, 1);
    EXPECT_EQ(decide({}, per_minute_max + 1, start).limit, per_minute_max);
}

std::int64_t any_limit() { return *rc::gen::inRange<std::int64_t>(1, per_minute_max + 1); }

/// Pauses between requests: mostly short, so that limits are reached.
std::vector<std::chrono::microseconds> any_pauses() {
    std::vector<std::chrono::microseconds> pauses;
    const auto numbers = *rc::gen::container<std::vector<std::int64_t>>(rc::gen::oneOf(
        rc::gen::inRange<std::int64_t>(0, 1'000), rc::gen::inRange<std::int64_t>(0, 90'000'000)));
    pauses.reserve(numbers.size());
    for (const std::int64_t number : numbers) {
        pauses.emplace_back(number);
    }
    return pauses;
}

RC_GTEST_PROP(DecideProperty, no_span_holds_more_than_one_minutes_worth_and_what_refills_in_it,
              ()) {
    Bucket bucket{*rc::gen::inRange<std::int64_t>(1, 60)};
    std::vector<Moment> allowed;
    Moment now = start;
    for (const auto pause : any_pauses()) {
        now += pause;
        if (bucket.ask(now).allowed) {
            allowed.push_back(now);
        }
    }
    for (std::size_t first = 0; first < allowed.size(); ++first) {
        for (std::size_t last = first; last < allowed.size(); ++last) {
            const std::chrono::duration<double> span = allowed[last] - allowed[first];
            const double most =
                static_cast<double>(bucket.per_minute) * (1.0 + span.count() / 60.0);
            RC_ASSERT(static_cast<double>(last - first + 1) <= most + 1e-3);
        }
    }
}

RC_GTEST_PROP(DecideProperty, remaining_is_exactly_how_many_may_follow_at_once, ()) {
    Bucket bucket{*rc::gen::inRange<std::int64_t>(1, 300)};
    Moment now = start;
    Decision decision{};
    for (const auto pause : any_pauses()) {
        now += pause;
        decision = bucket.ask(now);
    }
    decision = bucket.ask(now);
    RC_ASSERT(decision.remaining >= 0);
    RC_ASSERT(decision.remaining < bucket.per_minute);
    RC_ASSERT(bucket.ask_often(now, 400) == decision.remaining);
}

RC_GTEST_PROP(DecideProperty, who_waits_as_told_is_let_through, ()) {
    Bucket bucket{*rc::gen::inRange<std::int64_t>(1, 300)};
    bucket.ask_often(start, 400);
    const auto later = std::chrono::microseconds(*rc::gen::inRange<std::int64_t>(0, 1'000'000));
    const Decision decision = bucket.ask(start + later);
    RC_PRE(!decision.allowed);
    RC_ASSERT(bucket.ask(start + later + decision.retry_after).allowed);
}

RC_GTEST_PROP(DecideProperty, a_steady_pace_at_the_limit_is_never_refused, ()) {
    Bucket bucket{any_limit()};
    const std::chrono::nanoseconds pace{(60'000'000'000 + bucket.per_minute - 1) /
                                        bucket.per_minute};
    for (int index = 0; index < 1'000; ++index) {
        RC_ASSERT(bucket.ask(start + index * pace).allowed);
    }
}

RC_GTEST_PROP(DecideProperty, whatever_was_kept_is_full_again_within_a_minute, ()) {
    const Moment kept{std::chrono::nanoseconds(*rc::gen::arbitrary<std::int64_t>())};
    const Decision decision = decide(kept, any_limit(), start);
    RC_ASSERT(decision.full_again >= start);
    RC_ASSERT(decision.full_again <= start + 61s);
    RC_ASSERT(decision.allowed || decision.retry_after >= 1s);
    RC_ASSERT(decision.retry_after <= 60s);
}

TEST(DecideLimits, the_workspaces_own_figure_comes_before_its_plans) {
    EXPECT_EQ(decide_limits({.plan = "pro"}).per_minute, 1'000);
    EXPECT_EQ(decide_limits({.plan = "pro", .of_plan = 700}).per_minute, 700);
    EXPECT_EQ(decide_limits({.plan = "pro", .of_workspace = 5, .of_plan = 700}).per_minute, 5);
    EXPECT_EQ(decide_limits({.plan = "no such plan"}).per_minute, 100);
}

TEST(DecideLimits, a_key_has_all_of_it_or_the_plans_figure_for_keys_when_that_is_less) {
    EXPECT_EQ(decide_limits({.plan = "pro"}).key_per_minute, 1'000);
    EXPECT_EQ(decide_limits({.plan = "pro", .of_plan_key = 50}).key_per_minute, 50);
    EXPECT_EQ(decide_limits({.plan = "pro", .of_workspace = 20, .of_plan_key = 50}).key_per_minute,
              20);
}

TEST(Plans, are_those_of_the_product) {
    EXPECT_EQ(find_default(plans, "free"), 100);
    EXPECT_EQ(find_default(plans, "starter"), 500);
    EXPECT_EQ(find_default(plans, "pro"), 1'000);
    EXPECT_EQ(find_default(plans, "enterprise"), 10'000);
    EXPECT_EQ(find_default(plans, "gold"), std::nullopt);
}

TEST(FormOf, names_the_group_of_each_public_route) {
    const auto name = [](std::string_view id) { return forms.at(form_of(id)).name; };
    EXPECT_EQ(name("signUp"), "signup");
    EXPECT_EQ(name("logIn"), "login");
    EXPECT_EQ(name("refreshSession"), "session");
    EXPECT_EQ(name("logOut"), "session");
    EXPECT_EQ(name("openRealtime"), "session");
    EXPECT_EQ(name("anythingElse"), "other");
}

}  // namespace
}  // namespace wapi::rate_limits
