// Cursor paging, the same on every list: `limit` and `cursor` in, the items and `nextCursor` out.
#pragma once

#include <boost/json/array.hpp>
#include <string_view>

#include "net/http.hpp"

namespace wapi::net {

inline constexpr std::size_t page_limit_default = 50;
inline constexpr std::size_t page_limit_max = 200;

/// The `limit` parameter. Errors: invalid_request when it is not a number from 1 to 200.
Result<std::size_t> page_limit(const Request& request);

/// `{"<name>": items, "nextCursor": cursor or null}`.
Response page_response(std::string_view name, boost::json::array items,
                       std::string_view next_cursor);

}  // namespace wapi::net
