// Goal: no one-second window ever holds more sends than the limit, and a busy lane uses nearly all
// of it (invariant 10). Method: random arrivals and rates from a printed seed, every window
// counted.
#include "features/outbox/outbox_pacer.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace wapi::outbox {
namespace {

using namespace std::chrono_literals;

TEST(Pacer, no_second_holds_more_than_the_limit) {
    for (unsigned seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        const int limit = std::uniform_int_distribution(1, 1'000)(random);
        Pacer pacer(limit);
        Pacer::Time now{std::chrono::hours(1)};
        std::deque<Pacer::Time> window;
        for (int i = 0; i < 5'000; ++i) {
            // Bursts, pauses and everything between.
            const int pause_us = std::uniform_int_distribution(0, 2'000'000 / limit)(random);
            now += std::chrono::microseconds(i % 7 == 0 ? pause_us * 10 : pause_us / 4);
            const Pacer::Time sent = now + pacer.reserve(now);
            now = std::max(now, sent);
            window.push_back(sent);
            while (window.front() + 1s <= sent) {
                window.pop_front();
            }
            ASSERT_LE(window.size(), static_cast<std::size_t>(limit));
        }
    }
}

TEST(Pacer, a_busy_lane_uses_nearly_all_of_its_rate) {
    for (const int limit : {1, 7, 20, 80, 333, 1'000}) {
        Pacer pacer(limit);
        const Pacer::Time start{1h};
        Pacer::Time now = start;
        int sent = 0;
        for (; now < start + 10s; ++sent) {
            now += pacer.reserve(now);
        }
        EXPECT_GE(sent, limit * 10 * 95 / 100) << limit;
    }
}

TEST(Pacer, time_that_passed_unused_makes_no_burst) {
    Pacer pacer(10);
    Pacer::Time now{1h};
    EXPECT_EQ(pacer.reserve(now), 0ms);
    now += 60s;
    EXPECT_EQ(pacer.reserve(now), 0ms);
    EXPECT_EQ(pacer.reserve(now), 100ms);
    EXPECT_EQ(pacer.reserve(now), 200ms);
}

TEST(Pacer, a_rate_below_one_counts_as_one) {
    Pacer pacer(0);
    const Pacer::Time now{1h};
    pacer.reserve(now);
    EXPECT_EQ(pacer.reserve(now), 1s);
}

}  // namespace
}  // namespace wapi::outbox
