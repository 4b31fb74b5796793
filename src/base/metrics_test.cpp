// The text form of metrics: grouped, escaped, counted from any thread.
#include "base/metrics.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace wapi {
namespace {

const Counter refused_signature("test_refused_total", "Requests refused.", R"(reason="signature")");
const Counter seen("test_seen_total", "Things seen,\nin all.");
const Counter refused_body("test_refused_total", "Requests refused.", R"(reason="body")");

TEST(Counters, of_one_name_stand_together_below_one_head) {
    refused_body.add(3);
    EXPECT_NE(render_counters().find("# HELP test_refused_total Requests refused.\n"
                                     "# TYPE test_refused_total counter\n"
                                     "test_refused_total{reason=\"body\"} 3\n"
                                     "test_refused_total{reason=\"signature\"} 0\n"),
              std::string::npos)
        << render_counters();
}

TEST(Counters, escape_line_ends_in_their_help) {
    EXPECT_NE(render_counters().find("# HELP test_seen_total Things seen,\\nin all.\n"),
              std::string::npos);
}

TEST(Counters, lose_nothing_when_several_threads_add) {
    const std::uint64_t before = seen.value();
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([] {
                for (int n = 0; n < 10'000; ++n) {
                    seen.add();
                }
            });
        }
    }
    EXPECT_EQ(seen.value() - before, 40'000U);
}

TEST(Gauges, are_rendered_with_their_head) {
    EXPECT_EQ(render_gauge("queue_depth", "Jobs waiting.", 2.5),
              "# HELP queue_depth Jobs waiting.\n# TYPE queue_depth gauge\nqueue_depth 2.5\n");
}

}  // namespace
}  // namespace wapi
