// Webhook bodies and their signatures, from the world's data to the bytes that are sent. Pure.
//
// Source: shared/meta/webhooks.md sections 2 (headers), 3 (envelope), 5 (inbound), 6 (statuses),
// 7 (templates), 9 (user_preferences).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "cloudsim/world.hpp"

namespace wapi::cloudsim {

/// One change before batching: which WABA, which field, what.
struct Change {
    std::string waba_id;
    std::string field;  ///< "messages"
    json::object value;
};

/// One step in the life of a sent message.
struct StatusStep {
    MessageState state = MessageState::sent;
    bool with_pricing = false;
    int error_code = 0;  ///< for failed
};

/// A message of a customer: envelope around the message object `content` (already complete).
Change render_inbound(const PhoneNumber& phone, const Customer& customer, json::object content);

/// The message object of a customer: from, id, timestamp, type and its body.
json::object render_inbound_message(const Customer& customer, std::string_view message_id,
                                    Timestamp at, const json::object& content);

Change render_status(const Message& message, const StatusStep& step, Timestamp at);

Change render_preference(const PhoneNumber& phone, const Customer& customer, std::string_view value,
                         Timestamp at);

Change render_template_status(const Waba& waba, const Template& entry);

/// The envelope of several changes: one entry for each WABA, in order of first appearance.
json::object render_envelope(std::vector<Change> changes);

/// Headers of a POST: content type, agent, both signatures.
std::vector<std::pair<std::string, std::string>> render_headers(std::string_view app_secret,
                                                                std::string_view body);

/// Lower-case hex HMAC-SHA256 with the prefix "sha256=".
std::string render_signature(std::string_view app_secret, std::string_view body);

}  // namespace wapi::cloudsim
