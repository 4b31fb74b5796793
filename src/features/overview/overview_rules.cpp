#include "features/overview/overview_rules.hpp"

#include <fmt/format.h>
#include <unicode/gregocal.h>
#include <unicode/timezone.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <memory>
#include <numeric>

namespace wapi::overview {
namespace {

constexpr std::int64_t quarter_us = std::chrono::microseconds(quarter).count();

Timestamp time_of(UDate milliseconds) {
    return from_us(static_cast<std::int64_t>(milliseconds) * 1000);
}

std::unique_ptr<icu::GregorianCalendar> calendar_of(const std::string& time_zone) {
    std::unique_ptr<icu::TimeZone> zone(
        icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(time_zone)));
    if (!zone || *zone == icu::TimeZone::getUnknown()) {
        return nullptr;
    }
    UErrorCode failed = U_ZERO_ERROR;
    auto calendar = std::make_unique<icu::GregorianCalendar>(zone.release(), failed);
    return U_SUCCESS(failed) != 0 ? std::move(calendar) : nullptr;
}

void to_midnight(icu::Calendar& calendar) {
    calendar.set(UCAL_HOUR_OF_DAY, 0);
    calendar.set(UCAL_MINUTE, 0);
    calendar.set(UCAL_SECOND, 0);
    calendar.set(UCAL_MILLISECOND, 0);
}

}  // namespace

Counts& Counts::operator+=(const Counts& other) {
    inbound += other.inbound;
    outbound += other.outbound;
    failed += other.failed;
    new_contacts += other.new_contacts;
    opt_outs += other.opt_outs;
    std::ranges::transform(reply_times, other.reply_times, reply_times.begin(), std::plus());
    return *this;
}

Timestamp quarter_of(Timestamp time) {
    const std::int64_t us = to_us(time);
    return from_us(us - us % quarter_us);
}

std::optional<std::vector<CalendarDay>> last_days(const std::string& time_zone, std::size_t count,
                                                  Timestamp now) {
    const auto calendar = calendar_of(time_zone);
    if (!calendar) {
        return std::nullopt;
    }
    UErrorCode failed = U_ZERO_ERROR;
    calendar->setRepeatedWallTimeOption(UCAL_WALLTIME_FIRST);  // a midnight may come twice
    calendar->setTime(static_cast<UDate>(to_us(now) / 1000), failed);
    to_midnight(*calendar);
    calendar->add(UCAL_DATE, 1 - static_cast<std::int32_t>(count), failed);
    to_midnight(*calendar);
    std::vector<CalendarDay> days;
    for (std::size_t i = 0; i < count; ++i) {
        CalendarDay day;
        day.date =
            fmt::format("{:04}-{:02}-{:02}", calendar->get(UCAL_YEAR, failed),
                        calendar->get(UCAL_MONTH, failed) + 1, calendar->get(UCAL_DATE, failed));
        day.begin = time_of(calendar->getTime(failed));
        calendar->add(UCAL_DATE, 1, failed);
        to_midnight(*calendar);  // where a day began later than at midnight
        day.end = time_of(calendar->getTime(failed));
        days.push_back(std::move(day));
    }
    return U_SUCCESS(failed) != 0 ? std::optional(std::move(days)) : std::nullopt;
}

std::int64_t replies(const Counts& counts) {
    return std::accumulate(counts.reply_times.begin(), counts.reply_times.end(), std::int64_t{0});
}

std::optional<std::int64_t> median_wait_s(const Counts& counts) {
    const std::int64_t all = replies(counts);
    if (all == 0) {
        return std::nullopt;
    }
    const std::int64_t half = (all + 1) / 2;
    std::int64_t below = 0;
    std::int64_t low = 0;
    for (std::size_t i = 0; i < wait_bounds_s.size(); ++i) {
        const std::int64_t here = counts.reply_times[i];
        if (below + here >= half) {
            return low + (wait_bounds_s[i] - low) * (half - below) / here;
        }
        below += here;
        low = wait_bounds_s[i];
    }
    return low;  // two days or more
}

std::string render_reply_times(const Counts& counts) {
    return boost::json::serialize(
        boost::json::array(counts.reply_times.begin(), counts.reply_times.end()));
}

void parse_reply_times(std::string_view text, Counts& counts) {
    const boost::json::value times = boost::json::parse(text);
    for (std::size_t i = 0; i < counts.reply_times.size(); ++i) {
        counts.reply_times.at(i) = times.as_array().at(i).to_number<std::int64_t>();
    }
}

Report put_together(std::span<const CalendarDay> days, std::span<const Quarter> quarters,
                    Timestamp now) {
    Report report;
    for (const CalendarDay& day : days) {
        report.days.push_back({.date = day.date, .counts = {}});
    }
    const CalendarDay& today = days.back();
    for (Timestamp hour = today.begin; hour <= now && hour < today.end;
         hour += std::chrono::hours(1)) {
        report.hours.push_back({.begin = hour, .counts = {}});
    }
    for (const Quarter& one : quarters) {
        const auto day = std::ranges::upper_bound(days, one.begin, {}, &CalendarDay::begin);
        if (day == days.begin()) {
            continue;
        }
        report.days[static_cast<std::size_t>(day - days.begin()) - 1].counts += one.counts;
        if (one.begin >= today.begin && !report.hours.empty()) {
            const auto hour =
                static_cast<std::size_t>((one.begin - today.begin) / std::chrono::hours(1));
            report.hours[std::min(hour, report.hours.size() - 1)].counts += one.counts;
        }
    }
    return report;
}

}  // namespace wapi::overview
