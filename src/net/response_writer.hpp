// Writes the head of a response by hand into one buffer: status line, fixed security headers,
// fields.
//
// A generic serializer walks a field list for every response; here the fixed part is one piece of
// text.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "net/http.hpp"

namespace wapi::net {

/// The Date header's value, made once a second. Not thread-safe.
class HttpDate {
  public:
    /// IMF-fixdate (RFC 9110 section 5.6.7).
    std::string_view at(std::time_t now);

  private:
    std::time_t second_ = -1;
    std::string text_;
};

struct HeadOptions {
    std::string_view request_id;
    std::string_view date;
    bool keep_alive = true;
    bool http_1_1 = true;
};

/// Appends everything up to and with the empty line. A field of the handler's replaces the server's
/// default of that name; framing fields are the server's alone, and control characters are left
/// out.
void append_head(std::string& out, const Response& response, const HeadOptions& options);

/// False for statuses that never have a body (RFC 9110 section 6.4.1).
bool status_has_body(int status);

}  // namespace wapi::net
