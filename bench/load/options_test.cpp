// The command line: defaults, and what is refused before anything is sent.
#include "bench/load/options.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace wapi::load {
namespace {

std::expected<Options, EarlyExit> parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "wapi-load");
    return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

TEST(LoadOptions, times_and_lists_are_read) {
    const auto options =
        parse({"--port", "8080", "--app-secret", "s", "--duration", "2.5", "--warmup", "0.5",
               "--rate", "100", "--phone-number-ids", "11,22", "--repeat"});
    ASSERT_TRUE(options.has_value()) << options.error().text;
    EXPECT_EQ(options->plan.port, 8080);
    EXPECT_EQ(options->plan.duration, std::chrono::milliseconds(2'500));
    EXPECT_EQ(options->plan.warmup, std::chrono::milliseconds(500));
    EXPECT_EQ(options->mix.phone_number_ids, (std::vector<std::string>{"11", "22"}));
    EXPECT_TRUE(options->plan.repeat);
    EXPECT_EQ(options->plan.connections, 64U);
}

TEST(LoadOptions, a_run_without_an_end_a_port_or_a_secret_is_refused) {
    EXPECT_FALSE(parse({"--port", "1", "--app-secret", "s"}).has_value());
    EXPECT_FALSE(parse({"--app-secret", "s", "--count", "5"}).has_value());
    EXPECT_FALSE(parse({"--port", "1", "--app-secret", "", "--count", "5"}).has_value());
    EXPECT_FALSE(parse({"--write-bodies", "file"}).has_value());
    EXPECT_FALSE(parse({"--port", "1", "--app-secret", "s", "--duration", "1", "--warmup", "1"}));
}

TEST(LoadOptions, help_ends_the_program_without_an_error) {
    const auto options = parse({"--help"});
    ASSERT_FALSE(options.has_value());
    EXPECT_EQ(options.error().code, 0);
    EXPECT_TRUE(options.error().text.contains("--ledger"));
}

}  // namespace
}  // namespace wapi::load
