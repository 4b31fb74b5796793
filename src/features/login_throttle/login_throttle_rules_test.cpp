// Goal: guessing is slowed down, floods of invented accounts change nothing about that, and nobody
// else is held up. Method: a clock moved by hand; floods that fill the tables.
#include "features/login_throttle/login_throttle.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace wapi::login_throttle {
namespace {

using namespace std::string_view_literals;

constexpr Timestamp start{std::chrono::hours(1)};
constexpr AttemptCounter::Limits small{.attempts_max = 3, .entries_max = 4};

bool begins(Throttle& throttle, std::string_view email, std::string_view ip,
            Timestamp now = start) {
    return !throttle.begin(email, ip, now);
}

void fail_often(Throttle& throttle, std::string_view email, std::string_view ip, int times) {
    for (int attempt = 0; attempt < times; ++attempt) {
        EXPECT_TRUE(begins(throttle, email, ip)) << attempt;
    }
}

TEST(LoginThrottle, five_attempts_may_fail_and_the_sixth_waits_for_the_rest_of_the_window) {
    Throttle throttle;
    fail_often(throttle, "a@b.c", "1.1.1.1", Throttle::account_failures_max);
    EXPECT_EQ(throttle.begin("a@b.c", "1.1.1.1", start + std::chrono::minutes(5)),
              std::chrono::minutes(10));
    EXPECT_TRUE(begins(throttle, "a@b.c", "1.1.1.1", start + AttemptCounter::window));
}

TEST(LoginThrottle, other_accounts_and_addresses_are_not_held_up) {
    Throttle throttle;
    for (int attempt = 0; attempt < 9; ++attempt) {
        static_cast<void>(begins(throttle, "a@b.c", "1.1.1.1"));
    }
    EXPECT_TRUE(begins(throttle, "a@b.c", "2.2.2.2"));
    EXPECT_TRUE(begins(throttle, "d@b.c", "1.1.1.1"));
}

TEST(LoginThrottle, a_successful_login_forgets_the_failures) {
    Throttle throttle;
    for (int attempt = 0; attempt < 2 * Throttle::address_failures_max; ++attempt) {
        EXPECT_TRUE(begins(throttle, "a@b.c", "1.1.1.1"));
        throttle.succeed("a@b.c", "1.1.1.1");
    }
    EXPECT_EQ(throttle.size(), 0U);
}

TEST(LoginThrottle, an_attempt_that_was_given_back_does_not_count) {
    Throttle throttle;
    for (int attempt = 0; attempt < 2 * Throttle::address_failures_max; ++attempt) {
        EXPECT_TRUE(begins(throttle, "a@b.c", "1.1.1.1"));
        throttle.give_back("a@b.c", "1.1.1.1");
    }
    EXPECT_EQ(throttle.size(), 0U);
}

TEST(LoginThrottle, one_address_cannot_try_any_number_of_accounts) {
    Throttle throttle;
    for (int index = 0; index < Throttle::address_failures_max; ++index) {
        fail_often(throttle, fmt::format("user{}@b.c", index), "1.1.1.1", 1);
    }
    EXPECT_FALSE(begins(throttle, "another@b.c", "1.1.1.1"));
    EXPECT_TRUE(begins(throttle, "another@b.c", "2.2.2.2"));
}

TEST(LoginThrottle, an_account_that_waits_does_not_use_up_its_addresss_attempts) {
    Throttle throttle;
    fail_often(throttle, "a@b.c", "1.1.1.1", Throttle::account_failures_max);
    for (int attempt = 0; attempt < 2 * Throttle::address_failures_max; ++attempt) {
        EXPECT_FALSE(begins(throttle, "a@b.c", "1.1.1.1"));
    }
    EXPECT_TRUE(begins(throttle, "d@b.c", "1.1.1.1"));
}

TEST(LoginThrottle, all_addresses_of_one_ipv6_network_count_as_one) {
    Throttle throttle;
    fail_often(throttle, "a@b.c", "2001:db8:1:2::1", Throttle::account_failures_max);
    EXPECT_FALSE(begins(throttle, "a@b.c", "2001:db8:1:2:ffff::9"));
    EXPECT_TRUE(begins(throttle, "a@b.c", "2001:db8:1:3::1"));
    fail_often(throttle, "d@b.c", "::ffff:1.1.1.1", Throttle::account_failures_max);
    EXPECT_TRUE(begins(throttle, "d@b.c", "::ffff:2.2.2.2"));
}

TEST(LoginThrottle, a_flood_from_many_addresses_does_not_free_an_account) {
    Throttle throttle;
    fail_often(throttle, "victim@b.c", "1.1.1.1", Throttle::account_failures_max);
    for (std::size_t index = 0; index < 2 * Throttle::entries_max; ++index) {
        const std::string ip = fmt::format("10.{}.{}.1", index / 5'000, index / 20 % 250);
        static_cast<void>(begins(throttle, fmt::format("user{}@b.c", index), ip));
    }
    EXPECT_FALSE(begins(throttle, "victim@b.c", "1.1.1.1"));
    EXPECT_EQ(throttle.size(), Throttle::entries_max);
}

TEST(LoginThrottle, an_account_is_held_up_from_wherever_only_where_that_is_asked_for) {
    constexpr int everywhere = 7;
    Throttle throttle(everywhere);
    for (int index = 0; index < everywhere; ++index) {
        EXPECT_TRUE(begins(throttle, "a@b.c", fmt::format("10.0.{}.1", index)));
    }
    EXPECT_EQ(throttle.begin("a@b.c", "1.1.1.1", start + std::chrono::minutes(5)),
              std::chrono::minutes(10));
    EXPECT_TRUE(begins(throttle, "d@b.c", "1.1.1.1"));
    const Timestamp later = start + AttemptCounter::window;
    for (int attempt = 0; attempt < 2 * everywhere; ++attempt) {
        EXPECT_TRUE(begins(throttle, "a@b.c", "2.2.2.2", later)) << "what was right or given back";
        attempt % 2 == 0 ? throttle.succeed("a@b.c", "2.2.2.2")
                         : throttle.give_back("a@b.c", "2.2.2.2");
    }
    Throttle without;
    for (int index = 0; index < 10 * everywhere; ++index) {
        EXPECT_TRUE(begins(without, "a@b.c", fmt::format("10.0.{}.1", index)));
    }
}

TEST(LoginAttempt, counts_as_a_failure_or_not_at_all) {
    const auto throttle = std::make_shared<Throttle>();
    for (int attempt = 0; attempt < 3; ++attempt) {
        EXPECT_TRUE(begins(*throttle, "a@b.c", "1.1.1.1"));
        const Attempt without_outcome(throttle, "a@b.c", "1.1.1.1");
    }
    EXPECT_EQ(throttle->size(), 0U);
    EXPECT_TRUE(begins(*throttle, "a@b.c", "1.1.1.1"));
    Attempt(throttle, "a@b.c", "1.1.1.1").fail();
    EXPECT_EQ(throttle->size(), 1U);
    EXPECT_TRUE(begins(*throttle, "a@b.c", "1.1.1.1"));
    Attempt(throttle, "a@b.c", "1.1.1.1").succeed();
    fail_often(*throttle, "a@b.c", "1.1.1.1", Throttle::account_failures_max);
    EXPECT_FALSE(begins(*throttle, "a@b.c", "1.1.1.1"));
}

TEST(AttemptCounter, the_entry_with_the_fewest_attempts_makes_room) {
    AttemptCounter counter(small);
    for (const char* key : {"a", "a", "b", "c", "c", "d", "d", "e"}) {
        EXPECT_FALSE(counter.count(key, start)) << key;
    }
    EXPECT_EQ(counter.size(), 4U);
    EXPECT_FALSE(counter.count("a", start));
    EXPECT_TRUE(counter.count("a", start));  // its third was the last: it had not been forgotten
    for (int attempt = 0; attempt < 3; ++attempt) {
        EXPECT_FALSE(counter.count("b", start)) << attempt;  // it had, and begins anew
    }
}

TEST(AttemptCounter, an_entry_whose_window_is_over_makes_room_first) {
    AttemptCounter counter(small);
    for (const char* key : {"old", "old", "old"}) {
        EXPECT_FALSE(counter.count(key, start));
    }
    const Timestamp later = start + AttemptCounter::window;
    for (const char* key : {"a", "b", "c", "d", "a", "b", "c", "a", "b", "c"}) {
        EXPECT_FALSE(counter.count(key, later)) << key;
    }
    for (const char* key : {"a", "b", "c"}) {
        EXPECT_TRUE(counter.count(key, later)) << key;
    }
}

TEST(AttemptCounter, when_all_have_used_their_attempts_a_new_one_waits_for_the_oldest) {
    AttemptCounter counter(small);
    for (const char* key : {"a", "b", "c", "d"}) {
        for (int attempt = 0; attempt < 3; ++attempt) {
            EXPECT_FALSE(counter.count(key, start));
        }
    }
    EXPECT_EQ(counter.count("e", start + std::chrono::minutes(5)), std::chrono::minutes(10));
    EXPECT_FALSE(counter.count("e", start + AttemptCounter::window));
}

TEST(AttemptCounter, one_that_makes_room_forgets_the_oldest_instead_of_refusing_a_new_one) {
    AttemptCounter counter({.attempts_max = 3, .entries_max = 2, .makes_room = true});
    for (const char* key : {"old", "new"}) {
        for (int attempt = 0; attempt < 3; ++attempt) {
            EXPECT_FALSE(counter.count(key, start + std::chrono::seconds(key == "new"sv ? 1 : 0)));
        }
    }
    const Timestamp now = start + std::chrono::seconds(2);
    EXPECT_TRUE(counter.count("old", now));
    EXPECT_FALSE(counter.count("other", now));
    EXPECT_EQ(counter.size(), 2U);
    EXPECT_TRUE(counter.count("new", now)) << "the oldest was forgotten";
    EXPECT_FALSE(counter.count("old", now));
}

}  // namespace
}  // namespace wapi::login_throttle
