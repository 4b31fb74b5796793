// Goal: days begin where the zone says, also when clocks change, and hold every quarter once;
// medians lie in the class they must. Method: zones with known changes of clocks, counts by hand.
#include <gtest/gtest.h>

#include "base/time_text.hpp"
#include "features/overview/overview_rules.hpp"

namespace wapi::overview {
namespace {

using namespace std::chrono_literals;

Timestamp at(std::string_view text) { return parse_time(text).value(); }

std::vector<CalendarDay> days_of(const std::string& zone, std::size_t count, std::string_view now) {
    return last_days(zone, count, at(now)).value();
}

TEST(OverviewDays, of_utc_begin_at_midnight_and_end_with_today) {
    const auto days = days_of("UTC", 3, "2026-03-01T23:59:59Z");
    ASSERT_EQ(days.size(), 3U);
    EXPECT_EQ(days[0].date, "2026-02-27");
    EXPECT_EQ(days[1].date, "2026-02-28");
    EXPECT_EQ(days[2].date, "2026-03-01");
    EXPECT_EQ(days[2].begin, at("2026-03-01T00:00:00Z"));
    EXPECT_EQ(days[2].end, at("2026-03-02T00:00:00Z"));
}

TEST(OverviewDays, are_those_of_the_caller) {
    EXPECT_EQ(days_of("America/Bogota", 1, "2026-03-01T03:00:00Z")[0].date, "2026-02-28");
    EXPECT_EQ(days_of("Asia/Kolkata", 1, "2026-02-28T19:00:00Z")[0].begin,
              at("2026-02-28T18:30:00Z"));
}

TEST(OverviewDays, are_longer_or_shorter_when_clocks_change) {
    const auto spring = days_of("Europe/Berlin", 2, "2026-03-30T12:00:00Z");
    EXPECT_EQ(spring[0].date, "2026-03-29");
    EXPECT_EQ(spring[0].end - spring[0].begin, 23h);
    EXPECT_EQ(spring[0].end, spring[1].begin);
    const auto autumn = days_of("Europe/Berlin", 2, "2026-10-26T12:00:00Z");
    EXPECT_EQ(autumn[0].date, "2026-10-25");
    EXPECT_EQ(autumn[0].end - autumn[0].begin, 25h);
    // Here the day itself begins at one o'clock; the days before it at midnight.
    const auto spring_of_havana = days_of("America/Havana", 2, "2026-03-08T12:00:00Z");
    EXPECT_EQ(spring_of_havana[0].begin, at("2026-03-07T05:00:00Z"));
    EXPECT_EQ(spring_of_havana[0].end, spring_of_havana[1].begin);
    EXPECT_EQ(spring_of_havana[1].date, "2026-03-08");
    EXPECT_EQ(spring_of_havana[1].end - spring_of_havana[1].begin, 23h);
    // Here the first hour of a day comes twice.
    const auto havana = days_of("America/Havana", 1, "2026-11-01T12:00:00Z");
    EXPECT_EQ(havana[0].begin, at("2026-11-01T04:00:00Z"));
    EXPECT_EQ(havana[0].end - havana[0].begin, 25h);
}

TEST(OverviewDays, of_a_zone_that_does_not_exist_are_refused) {
    for (const std::string zone : {"", "Mars/Olympus", "America", "\xff", "GMT+99"}) {
        EXPECT_FALSE(last_days(zone, 1, at("2026-03-01T00:00:00Z"))) << zone;
    }
}

TEST(OverviewQuarters, fall_into_their_day_and_hour_once) {
    const Timestamp now = at("2026-11-26T05:20:00Z");
    const auto days = days_of("Asia/Kathmandu", 2, "2026-11-26T05:20:00Z");  // +05:45
    std::vector<Quarter> quarters;
    for (Timestamp begin = days[0].begin - 1h; begin <= now; begin += quarter) {
        quarters.push_back({.begin = quarter_of(begin), .counts = {.inbound = 1}});
    }
    const Report report = put_together(days, quarters, now);
    EXPECT_EQ(report.days[0].counts.inbound, 96);
    EXPECT_EQ(report.days[1].counts.inbound, 45);  // from 00:00 to 11:05
    ASSERT_EQ(report.hours.size(), 12U);
    EXPECT_EQ(report.hours[0].begin, days[1].begin);
    EXPECT_EQ(report.hours[0].counts.inbound, 4);
    EXPECT_EQ(report.hours[11].counts.inbound, 1);
}

TEST(OverviewMedian, lies_within_the_class_of_the_middle) {
    Counts counts;
    EXPECT_EQ(median_wait_s(counts), std::nullopt);
    counts.reply_times[2] = 1;  // 30 to 60 s
    EXPECT_EQ(median_wait_s(counts), 60);
    counts.reply_times[2] = 4;
    EXPECT_EQ(median_wait_s(counts), 45);
    counts.reply_times[8] = 10;  // 30 to 60 min
    EXPECT_GT(median_wait_s(counts), 1800);
    EXPECT_LT(median_wait_s(counts), 3600);
    counts.reply_times[14] = 100;
    EXPECT_EQ(median_wait_s(counts), 172800);
    EXPECT_EQ(replies(counts), 114);
}

TEST(OverviewRow, holds_the_times_of_replies_as_they_were) {
    Counts counts;
    counts.reply_times[0] = 3;
    counts.reply_times[14] = 1'000'000'000'000;
    Counts read;
    parse_reply_times(render_reply_times(counts), read);
    EXPECT_EQ(read, counts);
}

}  // namespace
}  // namespace wapi::overview
