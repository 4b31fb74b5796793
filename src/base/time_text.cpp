#include "base/time_text.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace wapi {

std::string render_time(Timestamp time) {
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{floor<milliseconds>(time - day)};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

boost::json::value render_time(const std::optional<Timestamp>& time) {
    return time ? boost::json::value(render_time(*time)) : boost::json::value(nullptr);
}

std::optional<Timestamp> parse_time(std::string_view text) {
    using namespace std::chrono;
    int year_number = 0;
    unsigned month_number = 0;
    unsigned day_number = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int length = 0;
    const std::string copy(text.substr(0, 64));
    if (std::sscanf(copy.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d%n", &year_number, &month_number,
                    &day_number, &hour, &minute, &second, &length) != 6) {
        return std::nullopt;
    }
    std::string_view rest = std::string_view(copy).substr(static_cast<std::size_t>(length));
    std::int64_t fraction_us = 0;
    if (rest.starts_with('.')) {
        std::int64_t unit = 100'000;
        for (rest.remove_prefix(1); !rest.empty() && rest[0] >= '0' && rest[0] <= '9';
             rest.remove_prefix(1)) {
            fraction_us += (rest[0] - '0') * unit;
            unit /= 10;
        }
    }
    minutes offset{0};
    int offset_hour = 0;
    int offset_minute = 0;
    if (rest.size() == 6 && (rest[0] == '+' || rest[0] == '-') &&
        std::sscanf(rest.data() + 1, "%2d:%2d", &offset_hour, &offset_minute) == 2) {
        offset = minutes((rest[0] == '-' ? -1 : 1) * (offset_hour * 60 + offset_minute));
    } else if (rest != "Z" && rest != "z") {
        return std::nullopt;
    }
    const year_month_day date{year(year_number), month(month_number), day(day_number)};
    if (!date.ok() || hour > 23 || minute > 59 || second > 60) {
        return std::nullopt;
    }
    return Timestamp(sys_days(date)) + hours(hour) + minutes(minute) + seconds(second) +
           microseconds(fraction_us) - offset;
}

}  // namespace wapi
