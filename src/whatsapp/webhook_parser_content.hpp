// The body of a message by its type: what a person reads, what a button carries, which media it
// has.
//
// Inner part of webhook_parser: nothing else includes it. One row per message type; a type that is
// not in the table is kept as unknown. Source: meta-facts, "Webhooks: messages inbound, type
// bodies".
#pragma once

#include <string>
#include <vector>

#include "whatsapp/webhook.hpp"
#include "whatsapp/webhook_parser_json.hpp"

namespace wapi::whatsapp {

/// Reads the type of a message object and the body of that type into `message`, whose sender and
/// context are already filled. Returns an empty text, or why the body cannot be used.
std::string parse_content(JsonView json, InboundMessage& message);

/// What stands where messages of any type have what a person writes or presses: texts, titles,
/// payloads and ids. At most 9, each of at most `words_bytes_max` bytes as written; longer ones are
/// left out. For a message whose type does not tell where to look.
std::vector<std::string> find_words(JsonView json);
/// WhatsApp's texts have up to 4,096 characters, each at most 12 bytes where it is escaped.
inline constexpr std::size_t words_bytes_max = 65'536;

/// The entries of an `errors` array; whatever is not an object in it is left out.
std::vector<WebhookError> parse_webhook_errors(JsonView errors);

}  // namespace wapi::whatsapp
