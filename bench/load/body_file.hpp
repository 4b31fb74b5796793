// Writes bodies to a file, one JSON a line, so that another program can work on the same bytes.
#pragma once

#include <cstdint>
#include <string>

#include "bench/load/body_factory.hpp"

namespace wapi::load {

/// What a set of bodies must leave behind in an inbox.
struct BodyCounts {
    std::uint64_t bodies = 0;
    std::uint64_t messages = 0;
    std::uint64_t statuses = 0;
    std::uint64_t bytes = 0;  ///< of JSON, line ends not counted
};

/// Writes bodies `first` to `first + count` - 1. Errors: Fault `bodies.failed` when the file cannot
/// be written.
BodyCounts write_bodies(const BodyFactory& factory, std::uint64_t first, std::uint64_t count,
                        const std::string& path);

/// One line of JSON, no line end.
std::string render_counts(const BodyCounts& counts);

}  // namespace wapi::load
