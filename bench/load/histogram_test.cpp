// Percentiles must be right within one percent, from nanoseconds to hours.
#include "bench/load/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "bench/load/seeded_random.hpp"

namespace wapi::load {
namespace {

using std::chrono::nanoseconds;

TEST(Histogram, an_empty_one_answers_zero) {
    EXPECT_EQ(Histogram().percentile(99).count(), 0);
    EXPECT_EQ(Histogram().max().count(), 0);
}

TEST(Histogram, percentiles_of_random_values_are_within_one_percent_of_the_sorted_list) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        SeededRandom random(seed);
        Histogram histogram;
        std::vector<std::int64_t> values;
        for (int step = 0; step < 20'000; ++step) {
            const std::uint64_t magnitude = 1ULL << random.between(0, 42);
            values.push_back(static_cast<std::int64_t>(random.below(magnitude)));
            histogram.record(nanoseconds(values.back()));
        }
        std::ranges::sort(values);
        for (const double percent : {1.0, 50.0, 90.0, 99.0, 99.9, 100.0}) {
            const auto rank = static_cast<std::size_t>(std::llround(percent * 200.0));
            const auto exact = static_cast<double>(values[std::max<std::size_t>(rank, 1) - 1]);
            const auto measured = static_cast<double>(histogram.percentile(percent).count());
            EXPECT_GE(measured, exact) << "seed " << seed << " percentile " << percent;
            EXPECT_LE(measured, exact * 1.01 + 1) << "seed " << seed << " percentile " << percent;
        }
        EXPECT_EQ(histogram.max().count(), values.back());
        EXPECT_EQ(histogram.count(), values.size());
    }
}

TEST(Histogram, negative_and_enormous_values_are_counted) {
    Histogram histogram;
    histogram.record(nanoseconds(-5));
    histogram.record(nanoseconds::max());
    EXPECT_EQ(histogram.count(), 2U);
    EXPECT_EQ(histogram.percentile(100), nanoseconds::max());
}

}  // namespace
}  // namespace wapi::load
