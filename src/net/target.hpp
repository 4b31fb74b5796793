// The request target taken apart: path segments and query, percent-decoded, with limits.
//
// A path is split at slashes before it is decoded, so that %2F stays inside its segment and cannot
// change which route answers; `.` and `..` have no meaning here. Source: RFC 9112 section 3.2, RFC
// 3986 sections 2.1 and 3, and the URL standard's application/x-www-form-urlencoded for queries.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace wapi::net {

inline constexpr std::size_t target_bytes_max = 8 * 1024;
inline constexpr std::size_t path_segments_max = 32;
inline constexpr std::size_t query_params_max = 100;

using Params = std::vector<std::pair<std::string, std::string>>;

struct Target {
    std::vector<std::string> segments;  ///< decoded; `/a/b%2Fc` -> {a, b/c}, `/` -> {""}
    Params query;                       ///< decoded, in order
};

/// Whether the text is `host` or `host:port`, by its characters: no user, no path, no spaces. An
/// empty one is none. Source: RFC 3986 section 3.2.
bool is_authority(std::string_view text);

/// Origin form (`/path?query`) or absolute form (`http://host/path?query`).
/// Errors: malformed_request (bad escape, control character, too many parts), target_too_long.
Result<Target> parse_target(std::string_view target);

/// A query or form body: `a=1&b=x+y`. Values may hold line ends, names and values never a NUL.
/// Errors: malformed_request (bad escape, more than query_params_max).
Result<Params> parse_form(std::string_view text);

}  // namespace wapi::net
