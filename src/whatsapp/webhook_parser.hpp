// From the bytes of a webhook to its items (webhook.hpp): tolerant in content, strict in syntax.
//
// Two passes of simdjson On-Demand over one padded copy: the first proves that the text is JSON
// within its limits, so that the second, which reads only the fields we use, can meet nothing worse
// than a value of the wrong type, which costs one item. Pure; one parser per thread is kept.
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "whatsapp/webhook.hpp"

namespace wapi::whatsapp {

namespace errors {
inline const ErrorKind webhook_too_many_items{"webhook_too_many_items", 422, RetryClass::never,
                                              "The webhook holds more updates than are allowed."};
}

/// Meta promises at most 1,000; more are accepted up to this.
inline constexpr std::size_t webhook_items_max = 5000;
inline constexpr std::size_t webhook_depth_max = 64;
/// Meta's have about 16 digits; what is longer could not be a key of an index.
inline constexpr std::size_t phone_number_id_bytes_max = 64;

/// The only member of an object that stands in a stored body where an erased person's was: its item
/// is an OtherField whose `part` is this, so that its neighbours keep their ordinals.
inline constexpr std::string_view erased_mark = "wapi_erased";

/// Parses a webhook body. Unknown fields, types and enum values are kept as such.
/// Errors: `malformed_json` when the text is not a JSON object, is deeper than 64 or not UTF-8;
/// `webhook_too_many_items` above 5,000. A bad item is an item with a ParseError instead.
Result<Webhook> parse_webhook(std::string_view body);

/// How urgent a body is, by a scan without parsing: high with inbound messages, normal with
/// statuses, low for all else (a history of old messages too). Never fails, whatever the bytes.
WebhookPriority classify_priority(std::string_view body);

}  // namespace wapi::whatsapp
