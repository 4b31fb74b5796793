// What a browser sends by itself or for another site: cookies and forms, and what tells them apart.
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "base/json.hpp"
#include "net/http.hpp"

namespace wapi::net {

/// The value of a cookie in a Cookie header, or empty.
std::string_view find_cookie(std::string_view header, std::string_view name);

/// For routes that set a cookie: no page of another site may use them, since the answer would log
/// the person in, or out, as somebody else pleases. A page can send text/plain anywhere; the rest
/// asks the server first or is marked by the browser. Errors: unsupported_media_type, forbidden.
Result<void> check_sender(const Request& request);

/// The fields of a JSON object, or of a form as texts. Errors: malformed_json.
Result<json::object> parse_fields(const Request& request);

}  // namespace wapi::net
