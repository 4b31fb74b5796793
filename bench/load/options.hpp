// The command line of wapi-load: one struct, filled by CLI11.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "bench/load/body_factory.hpp"
#include "bench/load/request_source.hpp"
#include "bench/load/runner.hpp"

namespace wapi::load {

struct Options {
    BodyMix mix;
    RequestTarget target;
    RunPlan plan;
    std::uint64_t first = 0;          ///< index of the first body
    std::uint64_t count = 0;          ///< bodies to send or write; 0 means no limit
    std::uint64_t prepare = 100'000;  ///< requests made before the clock starts
    std::string ledger_path;          ///< empty: no ledger
    std::string bodies_path;          ///< not empty: write bodies there and send nothing
};

/// Why the program ends before it does anything: help was asked for, or the arguments are wrong.
struct EarlyExit {
    int code = 0;
    std::string text;
};

/// Reads the command line. `arguments[0]` is the program's name.
std::expected<Options, EarlyExit> parse_options(int count, const char* const* arguments);

}  // namespace wapi::load
