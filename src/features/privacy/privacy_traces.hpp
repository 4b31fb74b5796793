// Pure functions of privacy: whom a wamid names, how a search is kept, cursors of the export.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "features/privacy/privacy_store.hpp"
#include "features/webhook_events/webhook_events.hpp"

namespace wapi::privacy {

/// True when Meta's message id holds one of these phones or BSUIDs: it is `wamid.` and base64 of
/// bytes that have the customer's number among them. Source: seen in Meta's own examples.
bool names_one_of(std::string_view wamid, std::span<const std::string> values);

/// What raw webhooks are searched for, as JSON.
std::string render_traces(const webhook_events::Traces& traces);
/// Nothing when the text is not one of ours.
std::optional<webhook_events::Traces> parse_traces(std::string_view text);

/// `notes_microseconds_note` while notes are left, then `conversation_microseconds_message`.
std::string render_cursor(const store::Place& place);
/// Errors: invalid_request. Empty: the beginning.
Result<store::Place> parse_cursor(std::string_view cursor);

}  // namespace wapi::privacy
