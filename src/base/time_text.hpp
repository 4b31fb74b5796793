// Times as the API shows them: RFC 3339, UTC, milliseconds.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace wapi {

/// "2026-11-22T21:30:00.123Z".
std::string render_time(Timestamp time);

/// A JSON string, or null when there is no time.
boost::json::value render_time(const std::optional<Timestamp>& time);

/// Reads RFC 3339 with Z or an offset, with or without a fraction. Nothing when it is not such a
/// time.
std::optional<Timestamp> parse_time(std::string_view text);

}  // namespace wapi
