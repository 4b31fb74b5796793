// From one JSON object of a webhook to one typed item: message, status, echo, preference.
//
// Inner part of webhook_parser: nothing else includes it. Each function returns the item or, as
// text, why it cannot be used. Source: meta-facts, "Webhooks: messages inbound, statuses, user
// fields".
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "whatsapp/webhook.hpp"
#include "whatsapp/webhook_parser_json.hpp"

namespace wapi::whatsapp {

/// An item, or the reason why it is unusable.
template <class T>
using Parsed = std::expected<T, std::string>;

/// The entries of `value.contacts`, found by wa_id or user id.
class ContactList {
  public:
    explicit ContactList(JsonView contacts);

    /// Fills what `sender` does not know yet from its entry. A sole entry serves a message that
    /// does not contradict it: Meta may write one Brazilian or Mexican number in two ways.
    void complete(Sender& sender) const;

  private:
    std::vector<Sender> contacts_;
};

Parsed<InboundMessage> parse_message(JsonView message, const ContactList& contacts);
/// Of a message that parse_message refuses; nothing when it does not show who says what.
std::optional<PartialMessage> parse_partial_message(JsonView message, const ContactList& contacts);
Parsed<MessageEcho> parse_echo(JsonView message);
Parsed<StatusUpdate> parse_status(JsonView status);
Parsed<UserPreference> parse_preference(JsonView preference, const ContactList& contacts);
Parsed<TemplateStatus> parse_template_status(JsonView value);

}  // namespace wapi::whatsapp
