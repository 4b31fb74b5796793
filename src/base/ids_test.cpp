// Ids are unique, well-formed and in order, whatever the clock does.
#include "base/ids.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <thread>
#include <vector>

#include "tests/support/manual_clock.hpp"

namespace wapi {
namespace {

/// Time in milliseconds that a UUIDv7 carries in its first 48 bits (RFC 9562 section 5.7).
std::int64_t stamp_ms(const std::string& uuid) {
    return std::stoll(uuid.substr(0, 8) + uuid.substr(9, 4), nullptr, 16);
}

TEST(Uuid, has_the_form_version_and_time_of_rfc_9562) {
    const test::ManualClock clock;
    SeededRng rng(1);
    IdGenerator ids(clock, rng);
    const std::string uuid = ids.uuid();
    EXPECT_TRUE(is_uuid(uuid)) << uuid;
    EXPECT_EQ(uuid[14], '7');
    EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos) << uuid;
    EXPECT_EQ(stamp_ms(uuid), to_us(clock.now()) / 1000);
}

TEST(Uuid, ids_of_one_millisecond_are_distinct_and_in_order) {
    const test::ManualClock clock;
    SeededRng rng(2);
    IdGenerator ids(clock, rng);
    std::string last = ids.uuid();
    for (int i = 0; i < 20'000; ++i) {  // several times more than one millisecond has room for
        const std::string next = ids.uuid();
        ASSERT_LT(last, next);
        ASSERT_TRUE(is_uuid(next));
        last = next;
    }
}

TEST(Uuid, of_one_second_what_arrives_later_is_higher) {
    const Timestamp second = from_us(1'764'000'000'000'000);
    const auto of = [second](std::int64_t event, std::uint32_t ordinal) {
        return uuid_of_arrival(second, EventId{event}, ordinal);
    };
    constexpr std::int64_t some = 55'000'000'000'000'123;  // of 2026
    const std::vector<std::string> arrivals{of(some, 0),
                                            of(some, 1),
                                            of(some, 131'071),
                                            of(some + 1, 0),
                                            of(some + 256, 0),
                                            of(some + (1LL << 44), 0),
                                            of(some + (1LL << 46), 3),
                                            of(some + (1LL << 55), 0)};
    for (std::size_t i = 0; i < arrivals.size(); ++i) {
        EXPECT_TRUE(is_uuid(arrivals[i])) << arrivals[i];
        EXPECT_EQ(time_of_uuid(arrivals[i]), second);
        EXPECT_EQ(arrivals[i][14], '7');
        EXPECT_NE(std::string("89ab").find(arrivals[i][19]), std::string::npos) << arrivals[i];
        if (i > 0) {
            EXPECT_LT(arrivals[i - 1], arrivals[i]);
        }
    }
    EXPECT_LT(arrivals.back(), uuid_of_arrival(second + std::chrono::milliseconds(1), {}, 0));
}

TEST(Uuid, stays_in_order_when_the_clock_steps_back) {
    test::ManualClock clock;
    SeededRng rng(3);
    IdGenerator ids(clock, rng);
    const std::string before = ids.uuid();
    clock.advance(-std::chrono::hours(1));
    EXPECT_LT(before, ids.uuid());
}

TEST(Uuid, threads_never_get_the_same_one) {
    const SystemClock clock;
    SystemRng rng;
    IdGenerator ids(clock, rng);
    std::vector<std::vector<std::string>> made(4);
    {
        std::vector<std::jthread> threads;
        for (auto& list : made) {
            threads.emplace_back([&ids, &list] {
                for (int i = 0; i < 2'000; ++i) {
                    list.push_back(ids.uuid());
                }
            });
        }
    }
    std::set<std::string> all;
    for (const auto& list : made) {
        EXPECT_TRUE(std::ranges::is_sorted(list));
        all.insert(list.begin(), list.end());
    }
    EXPECT_EQ(all.size(), 8'000U);
}

TEST(EventIds, are_positive_and_strictly_increasing) {
    test::ManualClock clock;
    SeededRng rng(4);
    IdGenerator ids(clock, rng);
    std::int64_t last = 0;
    for (int i = 0; i < 10'000; ++i) {
        clock.advance(std::chrono::microseconds(i % 3 - 1));  // stands, goes on and steps back
        const std::int64_t next = ids.event_id().value;
        ASSERT_GT(next, last);
        last = next;
    }
}

TEST(EventIds, carry_the_time_in_microseconds_since_2020) {
    const test::ManualClock clock;
    SeededRng rng(5);
    IdGenerator ids(clock, rng);
    constexpr std::int64_t start_of_2020_us = 1'577'836'800'000'000;
    EXPECT_EQ(ids.event_id().value / 256, to_us(clock.now()) - start_of_2020_us);
    EXPECT_EQ(time_of_event(ids.event_id()), clock.now());
}

TEST(EventIds, of_times_that_no_id_can_hold_are_cut) {
    EXPECT_EQ(first_event_at(from_us(0)).value, 0);
    EXPECT_EQ(first_event_at(Timestamp::min()).value, 0);
    EXPECT_EQ(first_event_at(Timestamp::max()).value,
              std::numeric_limits<std::int64_t>::max() / 256 * 256);
    const Timestamp year_9999 = from_us(253'402'300'799'000'000);
    EXPECT_EQ(first_event_at(year_9999), first_event_at(Timestamp::max()));
    EXPECT_LT(first_event_at(from_us(37'000'000'000'000'000)), first_event_at(year_9999));
}

TEST(Uuid, begins_with_the_millisecond_of_its_making) {
    const test::ManualClock clock;
    SeededRng rng(5);
    IdGenerator ids(clock, rng);
    const std::string uuid = ids.uuid();
    const Timestamp made = from_us(to_us(clock.now()) / 1000 * 1000);
    EXPECT_EQ(time_of_uuid(uuid), made);
    EXPECT_LE(first_uuid_at(made), uuid);
    EXPECT_GT(first_uuid_at(made + std::chrono::milliseconds(1)), uuid);
    const std::string earlier = restamp(uuid, made - std::chrono::hours(1));
    EXPECT_TRUE(is_uuid(earlier));
    EXPECT_EQ(time_of_uuid(earlier), made - std::chrono::hours(1));
    EXPECT_EQ(earlier.substr(14), uuid.substr(14));
    EXPECT_EQ(time_of_uuid("m1"), std::nullopt);
}

TEST(Uuid, text_of_another_form_is_refused) {
    EXPECT_TRUE(is_uuid("01890a5d-ac96-774b-bcce-b302099a8057"));
    for (const std::string_view text :
         {"", "01890a5d-ac96-774b-bcce-b302099a805", "01890a5d-ac96-774b-bcce-b302099a80577",
          "01890A5D-ac96-774b-bcce-b302099a8057", "01890a5dxac96-774b-bcce-b302099a8057",
          "01890a5d-ac96-774b-bcce-b302099a805g", "-1890a5d-ac96-774b-bcce-b302099a8057"}) {
        EXPECT_FALSE(is_uuid(text)) << text;
    }
}

TEST(Ids, of_different_things_are_different_types) {
    static_assert(!std::is_convertible_v<ContactId, MessageId>);
    static_assert(!std::is_convertible_v<std::string, ContactId>);
    const ContactId one(std::string("a"));
    const ContactId two(std::string_view("b"));
    EXPECT_LT(one, two);
    EXPECT_TRUE(ContactId().empty());
    EXPECT_EQ(std::hash<ContactId>{}(one), std::hash<std::string>{}("a"));
}

}  // namespace
}  // namespace wapi
