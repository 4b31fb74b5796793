// Sending: the one send gate, which every outgoing message passes.
//
// `commit_send` stores the intent; the message leaves through the outbox (features/outbox).
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/txn.hpp"
#include "features/messages/messages.hpp"

namespace wapi::sending {

namespace errors {
inline const ErrorKind contact_opted_out{
    "contact_opted_out", 403, RetryClass::never,
    "This contact has opted out and must not be messaged; they can write START to come back."};
inline const ErrorKind window_closed{
    "window_closed", 409, RetryClass::never,
    "More than 24 hours since the customer's last message: send a template instead."};
inline const ErrorKind number_not_connected{
    "number_not_connected", 409, RetryClass::never,
    "No WhatsApp number is connected that could send this."};
inline const ErrorKind number_not_able{"number_not_able", 409, RetryClass::wait,
                                       "The WhatsApp number cannot send at present."};
inline const ErrorKind message_refused{"message_refused", 422, RetryClass::never,
                                       "WhatsApp refused the message."};
}  // namespace errors

/// Who shall get it: exactly one of the three.
struct Recipient {
    std::string contact_id;
    std::string phone;  ///< any international way of writing it
    std::string bsuid;
};

struct TemplateRequest {
    std::string name;
    std::string language;
    std::string components = "[]";  ///< JSON array text
};

/// A message somebody wants to send.
struct Draft {
    Recipient to;
    std::string
        phone_number_id;  ///< empty: the conversation's number, else the workspace's default
    std::variant<std::string, TemplateRequest> content;  ///< text body, or a template
    bool preview_url = false;
    std::string reply_to;  ///< wamid of the quoted message, or empty
    messages::Purpose purpose = messages::Purpose::service;
};

inline constexpr std::size_t text_code_points_max = 4096;  ///< meta/sending.md, Limits

/// The send gate: checks rights to reach this contact in order (product.md section 2) and commits
/// the intent: message, outbox job, audit entry. Nothing is sent in here. To a caller a contact,
/// number or conversation that they may not see is not there. Database thread. Errors:
/// contact_not_found, conversation_not_found, invalid_phone, invalid_request, contact_opted_out,
/// number_not_connected, number_not_able, window_closed, template_*.
Result<messages::Message> commit_send(db::WorkspaceTxn& txn, IdGenerator& ids,
                                      const Context& context, const Draft& draft, Timestamp now);

}  // namespace wapi::sending
