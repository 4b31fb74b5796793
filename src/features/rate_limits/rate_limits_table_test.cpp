// Goal: counters of many keys stay in bounds, a flood of invented keys frees nobody who has used up
// the allowance, and one key never changes another's. Method: a clock moved by hand, small tables,
// a model that keeps everything.
#include "features/rate_limits/rate_limits_table.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "features/rate_limits/rate_limits_cache.hpp"

namespace wapi::rate_limits {
namespace {

using namespace std::chrono_literals;

constexpr Moment start{1'767'225'600s};

class CounterTableTest : public ::testing::Test {
  protected:
    static int count_often(CounterTable& table, const std::string& key, int times,
                           Moment now = start) {
        int allowed = 0;
        for (int index = 0; index < times; ++index) {
            allowed += table.count(key, 100, now).allowed ? 1 : 0;
        }
        return allowed;
    }
    SeededRng rng_{1};
    CounterTable table_{100, rng_};
};

TEST_F(CounterTableTest, each_key_has_its_own_count) {
    EXPECT_EQ(count_often(table_, "loud", 5'000), 100);
    EXPECT_EQ(count_often(table_, "quiet", 100), 100);
}

TEST_F(CounterTableTest, a_look_tells_what_counting_would_and_counts_nothing) {
    for (int index = 0; index < 101; ++index) {
        for (int look = 0; look < 3; ++look) {
            EXPECT_EQ(table_.look("one", 100, start).allowed, index < 100);
        }
        EXPECT_EQ(table_.look("one", 100, start).remaining,
                  table_.count("one", 100, start).remaining);
    }
    EXPECT_TRUE(table_.look("one", 100, start + 1s).allowed);
    EXPECT_EQ(table_.size(), 1U);
}

TEST_F(CounterTableTest, one_at_fifty_times_its_limit_takes_nothing_from_another) {
    int loud = 0;
    constexpr auto minutes = 5min;
    for (Moment now = start; now < start + minutes; now += 600ms) {
        loud += count_often(table_, "loud", 50, now);
        ASSERT_TRUE(table_.count("quiet", 100, now).allowed);
    }
    EXPECT_LE(loud, 100 * 6);
    EXPECT_GE(loud, 100 * 6 - 1);
}

TEST_F(CounterTableTest, counters_that_say_nothing_any_more_go) {
    for (int index = 0; index < 100; ++index) {
        table_.count("key" + std::to_string(index), 100, start);
    }
    EXPECT_EQ(table_.size(), 100U);
    for (int index = 0; index < 60; ++index) {
        table_.count("one", 100, start + 2s);
    }
    EXPECT_EQ(table_.size(), 1U);
}

TEST_F(CounterTableTest, a_flood_of_new_keys_does_not_free_who_has_used_up_the_allowance) {
    count_often(table_, "caught", 100);
    for (int index = 0; index < 10'000; ++index) {
        EXPECT_TRUE(table_.count("invented" + std::to_string(index), 100, start).allowed);
    }
    EXPECT_EQ(table_.size(), 100U);
    EXPECT_FALSE(table_.count("caught", 100, start).allowed);
}

TEST_F(CounterTableTest, when_all_have_used_more_than_half_a_newcomer_waits_until_one_has_not) {
    for (int index = 0; index < 100; ++index) {
        count_often(table_, "key" + std::to_string(index), 60);
    }
    const Decision refused = table_.count("newcomer", 100, start);
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.remaining, 0);
    EXPECT_EQ(refused.retry_after, 6s);
    EXPECT_EQ(table_.size(), 100U);
    EXPECT_TRUE(table_.count("newcomer", 100, start + refused.retry_after).allowed);
    EXPECT_EQ(table_.size(), 100U);
}

TEST_F(CounterTableTest, a_newcomer_is_refused_in_the_same_way_at_every_limit) {
    for (int index = 0; index < 100; ++index) {
        count_often(table_, "key" + std::to_string(index), 60);
    }
    for (const std::int64_t limit : {1L, 7L, 999'999L, 1'000'000L}) {
        EXPECT_FALSE(table_.count("newcomer", limit, start).allowed) << limit;
    }
}

TEST_F(CounterTableTest, a_clock_set_back_begins_anew_and_a_small_correction_does_not) {
    count_often(table_, "key", 100);
    EXPECT_FALSE(table_.count("key", 100, start - 900ms).allowed);
    EXPECT_TRUE(table_.count("key", 100, start - 1h).allowed);
    EXPECT_EQ(table_.size(), 1U);
}

TEST_F(CounterTableTest, a_leap_of_the_clock_forward_empties_it) {
    count_often(table_, "key", 100);
    EXPECT_EQ(count_often(table_, "key", 200, start + 24h), 100);
}

TEST_F(CounterTableTest, what_is_given_back_may_be_used_again) {
    count_often(table_, "key", 99);
    const Decision last = table_.count("key", 100, start);
    table_.give_back("key", last);
    EXPECT_EQ(count_often(table_, "key", 10), 1);
    table_.give_back("key", table_.count("key", 100, start));
    EXPECT_EQ(count_often(table_, "key", 10), 0) << "a refused one has nothing to give back";
    table_.give_back("nobody", last);
}

RC_GTEST_PROP(CounterTableProperty, it_decides_as_if_it_kept_everything, ()) {
    SeededRng rng(1);
    CounterTable table(16, rng);
    std::map<std::string, Moment> model;
    Moment now = start;
    const auto steps = *rc::gen::container<std::vector<std::pair<int, std::int64_t>>>(
        rc::gen::pair(rc::gen::inRange(0, 16), rc::gen::inRange<std::int64_t>(0, 3'000)));
    for (const auto& [key, pause_ms] : steps) {
        now += std::chrono::milliseconds(pause_ms);
        const std::string name = std::to_string(key);
        const Decision expected = decide(model[name], 10 + key, now);
        model[name] = expected.full_again;
        const Decision decision = table.count(name, 10 + key, now);
        RC_ASSERT(decision.allowed == expected.allowed);
        RC_ASSERT(decision.remaining == expected.remaining);
        RC_ASSERT(decision.full_again == expected.full_again);
    }
}

RC_GTEST_PROP(CounterTableProperty, whatever_comes_it_stays_in_bounds, ()) {
    SeededRng rng(1);
    CounterTable table(8, rng);
    Moment now = start;
    const auto steps = *rc::gen::container<std::vector<std::pair<int, std::int64_t>>>(
        rc::gen::pair(rc::gen::inRange(0, 40), rc::gen::inRange<std::int64_t>(-5'000, 90'000)));
    for (const auto& [key, pause_ms] : steps) {
        now += std::chrono::milliseconds(pause_ms);
        const Decision decision = table.count(std::to_string(key), 1 + key, now);
        RC_ASSERT(table.size() <= 8U);
        RC_ASSERT(decision.allowed || decision.retry_after >= 1s);
        RC_ASSERT(decision.retry_after <= 60s);
    }
}

TEST(LimitsCache, the_one_asked_for_least_recently_goes_at_the_bound) {
    LimitsCache cache(2);
    const WorkspaceId first("1");
    const WorkspaceId second("2");
    const WorkspaceId third("3");
    cache.put(first, {1, 1}, {});
    cache.put(second, {2, 2}, {});
    ASSERT_NE(cache.find(first), nullptr);
    cache.put(third, {3, 3}, {});
    EXPECT_EQ(cache.find(second), nullptr);
    ASSERT_NE(cache.find(first), nullptr);
    cache.put(first, {5, 5}, {});
    EXPECT_EQ(cache.find(first)->limits.per_minute, 5);
    EXPECT_EQ(cache.size(), 2U);
}

}  // namespace
}  // namespace wapi::rate_limits
