// Inside the slice: shortcuts, and variables in texts. Pure.
//
// `{{contact.name}}`, `{{contact.phone}}`, `{{contact.attributes.<name>}}`, `{{agent.name}}` and
// `{{workspace.name}}`, each with a text for when it is empty: `{{contact.name|there}}`. Two braces
// that hold anything else are refused, so that no customer ever reads them.
#pragma once

#include <boost/json/object.hpp>

#include "features/quick_replies/quick_replies.hpp"

namespace wapi::quick_replies {

/// In lower case. Errors: invalid_request for anything but 1 to 32 letters, digits, `-` and `_`.
Result<std::string> check_shortcut(std::string_view shortcut);
/// Errors: invalid_request for a variable that is none.
Result<void> check_text(std::string_view text);

/// Whether it holds a variable that stands for something of the contact.
bool names_contact(std::string_view text);

/// Whether its shortcut begins with the words, or its text holds them. `words`: folded as
/// text::nfkc_casefold does; the databases fold differently.
bool matches(const QuickReply& reply, std::string_view words);

/// What variables stand for.
struct Values {
    std::string contact_name = {};
    std::string contact_phone = {};
    boost::json::object contact_attributes = {};
    std::string agent_name = {};
    std::string workspace_name = {};
};
/// The text with its variables filled in; one whose value is empty becomes its other text.
std::string fill_in(std::string_view text, const Values& values);

}  // namespace wapi::quick_replies
