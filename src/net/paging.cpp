#include "net/paging.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

namespace wapi::net {

Result<std::size_t> page_limit(const Request& request) {
    const std::string_view text = request.query_param("limit");
    if (text.empty()) {
        return page_limit_default;
    }
    std::size_t limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc{} || end != text.data() + text.size() || limit < 1 ||
        limit > page_limit_max) {
        return fail_field(errors::invalid_request, "limit", "A number from 1 to 200.");
    }
    return limit;
}

Response page_response(std::string_view name, boost::json::array items,
                       std::string_view next_cursor) {
    boost::json::object body;
    body[name] = std::move(items);
    body["nextCursor"] =
        next_cursor.empty() ? boost::json::value(nullptr) : boost::json::value(next_cursor);
    return json_response(boost::json::serialize(body));
}

}  // namespace wapi::net
