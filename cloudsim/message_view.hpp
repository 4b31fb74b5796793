// How a message looks on the customer's phone: text and the buttons that can be pressed. Pure.
//
// Shown by the control API and the phone page; the sender's own JSON stays untouched in
// Message::body.
#pragma once

#include "cloudsim/world.hpp"

namespace wapi::cloudsim {

/// id, direction, type, text, choices, status, timestamp (seconds), error_code, context_id. A
/// choice has kind ("button", "interactive", "link"), id and title.
json::object render_message_view(World& world, const Message& message);

}  // namespace wapi::cloudsim
