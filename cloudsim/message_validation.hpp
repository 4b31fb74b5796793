// Whether the body of POST /{phone}/messages is one that Meta takes. Pure: no world, no clock.
//
// Answers the parsed frame or the error Meta gives. What needs the world (window, templates,
// limits) is decided by graph_messages.cpp, in the order of the simulator checklist in
// shared/meta/cloud-api.md. Source: shared/meta/sending.md (frame, types, limits), errors.md.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "cloudsim/graph_error.hpp"

namespace wapi::cloudsim {

struct Recipient {
    std::string input;    ///< as the caller wrote it
    std::string digits;   ///< full number; empty when addressed by user id
    std::string user_id;  ///< BSUID; empty when addressed by phone
};

/// Checks `messaging_product`. Errors: 100.
std::expected<void, GraphError> check_frame(const json::object& body);

/// Who gets the message. A number without + gets the business' country code in front.
/// Errors: 100 neither `to` nor `recipient`; 131009 not a number or user id; 131021 the sender
/// itself.
std::expected<Recipient, GraphError> read_recipient(const json::object& body,
                                                    std::string_view sender_digits,
                                                    std::string_view country_code);

/// Checks type and content. Answers the type. Errors: 131008 something missing, 131009 a value
/// outside its limits, 131051 unknown type.
std::expected<std::string, GraphError> check_content(const json::object& body);

/// Helpers shared by the content checks: a string field of at most `characters_max` code points.
std::expected<std::string_view, GraphError> require_text(const json::object& body,
                                                         std::string_view field,
                                                         std::size_t characters_max);

/// The checks of `type: interactive`. Errors: 131008, 131009.
std::expected<void, GraphError> check_interactive(const json::object& interactive);

}  // namespace wapi::cloudsim
