// From the bytes of a Graph API answer to values: lenient where Meta is, strict where we must be.
//
// Pure functions, so that tests and fuzzing need no network. Numbers may come as strings and
// strings as numbers; unknown fields are ignored; an answer that lacks what it must have is a
// failure. Sources: meta/cloud-api.md section 1, meta/embedded-signup.md, meta/templates.md,
// meta/sending.md.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "whatsapp/graph_types.hpp"

namespace wapi::whatsapp {

/// A field as text: a string as it is, an integer in digits, else empty.
std::string text_of(const boost::json::object& object, std::string_view name);

/// The object of a successful answer. Refused when it holds an error envelope or the status is 4xx;
/// Uncertain when the status is 5xx without an envelope, or the body is not an object.
GraphResult<boost::json::object> parse_answer(int http_status, std::string_view body);

TokenInfo parse_token_info(const boost::json::object& data);
PhoneInfo parse_phone_info(const boost::json::object& phone);
TemplateInfo parse_template_info(const boost::json::object& item);
/// The cursor of the next page; empty on the last one.
std::string next_cursor(const boost::json::object& answer);

}  // namespace wapi::whatsapp
