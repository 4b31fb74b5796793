// What a run gave: counts, errors by kind and percentiles, printed as one line of JSON.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "bench/load/histogram.hpp"

namespace wapi::load {

struct Report {
    std::string mode;            ///< `closed` or `open`
    double wanted_rate = 0;      ///< of the open loop, requests per second
    std::uint64_t accepted = 0;  ///< answers 200, warm-up and drain included
    std::uint64_t measured = 0;  ///< answers 200 within the measured time
    std::chrono::nanoseconds measured_time{0};
    /// Answers other than 200 by status, and `refused`, `no_answer`, `timeout`, `malformed`,
    /// `unsent`.
    std::map<std::string, std::uint64_t> errors;
    Histogram latency;  ///< of the measured answers 200
};

/// One line of JSON, no line end: rate in 1/s, times in milliseconds.
std::string render_report(const Report& report);

}  // namespace wapi::load
