// Pure rules of the overview: quarters, calendar days, medians.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "features/overview/overview.hpp"

namespace wapi::overview {

/// The beginning of the quarter of an hour in which the time is.
Timestamp quarter_of(Timestamp time);

struct CalendarDay {
    std::string date;  ///< `2026-11-26`
    Timestamp begin;
    Timestamp end;  ///< the next day's beginning; 23 to 25 hours later
};

/// The last `count` days of that zone, the one of `now` last. Nothing when the zone is unknown.
std::optional<std::vector<CalendarDay>> last_days(const std::string& time_zone, std::size_t count,
                                                  Timestamp now);

/// Seconds that half of the customers waited at most, within the precision of the classes. Nothing
/// when there was no reply.
std::optional<std::int64_t> median_wait_s(const Counts& counts);
std::int64_t replies(const Counts& counts);

/// What a quarter's row holds of the times of replies: a JSON array.
std::string render_reply_times(const Counts& counts);
/// Throws when it is none.
void parse_reply_times(std::string_view text, Counts& counts);

struct Quarter {
    Timestamp begin;
    Counts counts;
};

/// Days, and hours of the last one up to `now`, put together of quarters.
Report put_together(std::span<const CalendarDay> days, std::span<const Quarter> quarters,
                    Timestamp now);

}  // namespace wapi::overview
