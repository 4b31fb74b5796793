// Every log line is one line of valid JSON, whatever the text in its fields.
#include "base/log.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <limits>

#include "base/rng.hpp"

namespace wapi::log {
namespace {

using namespace std::chrono_literals;
constexpr Timestamp moment{std::chrono::microseconds{1'767'225'600'000'042}};

boost::json::object parsed(std::initializer_list<Field> fields) {
    return boost::json::parse(render_line(moment, Level::warn, "test.event", fields)).as_object();
}

TEST(LogLine, has_time_level_event_and_typed_fields) {
    EXPECT_EQ(render_line(moment, Level::warn, "test.event",
                          {{"text", "a\"b"}, {"count", 42}, {"ms", 1.5}, {"ok", true}}),
              R"({"time":"2026-01-01T00:00:00.000042Z","level":"warn","event":"test.event",)"
              R"("text":"a\"b","count":42,"ms":1.5,"ok":true})");
}

TEST(LogLine, numbers_that_json_has_not_are_null) {
    EXPECT_TRUE(parsed({{"ms", std::numeric_limits<double>::infinity()}}).at("ms").is_null());
    EXPECT_TRUE(parsed({{"ms", std::numeric_limits<double>::quiet_NaN()}}).at("ms").is_null());
}

TEST(LogLine, text_cannot_start_a_line_of_its_own) {
    const std::string line =
        render_line(moment, Level::info, "x", {{"agent", "a\r\n{\"level\":\"error\"}"}});
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_EQ(parsed({{"agent", "a\r\nb"}}).at("agent"), "a\r\nb");
}

TEST(LogLine, long_text_is_cut) {
    const std::string text(5'000, 'x');
    EXPECT_EQ(parsed({{"text", text}}).at("text").as_string().size(), 2'048 + std::size(u8"…") - 1);
}

TEST(LogLine, bytes_that_are_not_utf8_are_replaced) {
    EXPECT_EQ(parsed({{"text", "a\xff\xc3\xa9\xc3"}}).at("text"), "a\xEF\xBF\xBDé\xEF\xBF\xBD");
    EXPECT_EQ(parsed({{"text", "\xed\xa0\x80"}}).at("text"),
              "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // a surrogate half
}

TEST(LogLine, is_valid_json_for_any_bytes) {
    SeededRng rng(11);
    for (int round = 0; round < 2'000; ++round) {
        std::string text(rng.next_u64() % 24, '\0');
        rng.fill(std::as_writable_bytes(std::span(text)));
        EXPECT_NO_THROW(parsed({{"text", text}}));
    }
}

TEST(LogLevel, hides_what_is_below_it) {
    configure("error");
    EXPECT_FALSE(enabled(Level::warn));
    EXPECT_TRUE(enabled(Level::error));
    configure("debug");
    EXPECT_TRUE(enabled(Level::debug));
    configure("nonsense");
    EXPECT_FALSE(enabled(Level::debug));
    EXPECT_TRUE(enabled(Level::info));
    configure("warn");
    EXPECT_FALSE(enabled(Level::info));
}

}  // namespace
}  // namespace wapi::log
