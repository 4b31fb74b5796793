// Latency histogram: see histogram.hpp.
#include "bench/load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace wapi::load {
namespace {

constexpr unsigned part_bits = 7;
constexpr std::uint64_t parts = 1ULL << part_bits;
constexpr std::size_t bucket_count = (64 - part_bits + 1) * parts;

/// Values below 128 have a bucket each; above, the seven bits after the leading one choose it.
std::size_t bucket_of(std::uint64_t value) {
    if (value < parts) {
        return value;
    }
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - part_bits;
    return (shift + 1) * parts + ((value >> shift) - parts);
}

std::uint64_t highest_in(std::size_t bucket) {
    if (bucket < parts) {
        return bucket;
    }
    const std::size_t shift = bucket / parts - 1;
    return ((parts + bucket % parts + 1) << shift) - 1;
}

}  // namespace

Histogram::Histogram() : buckets_(bucket_count) {}

void Histogram::record(std::chrono::nanoseconds latency) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count(), 0));
    ++buckets_[bucket_of(value)];
    ++count_;
    max_ = std::max(max_, latency);
}

std::chrono::nanoseconds Histogram::percentile(double percent) const {
    // A hair is taken off, or 99.9 % of 20,000 would be rounded up to the value number 19,981.
    const double rank = percent * static_cast<double>(count_) / 100.0 - 1e-6;
    const auto wanted = static_cast<std::uint64_t>(std::ceil(std::max(rank, 0.0)));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
        seen += buckets_[bucket];
        if (seen >= wanted && seen > 0) {
            const auto value = static_cast<std::int64_t>(highest_in(bucket));
            return std::min(std::chrono::nanoseconds(value), max_);
        }
    }
    return max_;
}

}  // namespace wapi::load
