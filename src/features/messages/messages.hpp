// Messages: what customers write, what goes out to them, and how far it got.
//
// Inbound messages and statuses are stored by `store_inbound` and `apply_status`, in any order and
// any number of times (architecture, invariant 2). Everything outgoing passes the one send gate,
// `commit_send`, and leaves through the outbox (sender.hpp).
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "db/txn.hpp"
#include "whatsapp/webhook.hpp"

namespace wapi::messages {

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
inline const ErrorKind idempotency_key_reused{
    "idempotency_key_reused", 409, RetryClass::never,
    "This Idempotency-Key was used for another request in the last 24 hours."};
inline const ErrorKind message_refused{"message_refused", 422, RetryClass::never,
                                       "WhatsApp refused the message."};
}  // namespace errors

/// How far an outgoing message got. queued: in the outbox; sending: handed to Meta, no answer yet;
/// retry_queued: refused for now, will be repeated; uncertain: the answer was lost and repeating is
/// not allowed, a status webhook will tell; cancelled: never left (error_message says why).
namespace status {
inline constexpr std::string_view received = "received";
inline constexpr std::string_view queued = "queued";
inline constexpr std::string_view sending = "sending";
inline constexpr std::string_view retry_queued = "retry_queued";
inline constexpr std::string_view uncertain = "uncertain";
inline constexpr std::string_view sent = "sent";
inline constexpr std::string_view delivered = "delivered";
inline constexpr std::string_view read = "read";
inline constexpr std::string_view failed = "failed";
inline constexpr std::string_view cancelled = "cancelled";
}  // namespace status

/// Why a message is sent. Decides whether the opt-out gate applies and whether an uncertain send
/// may be repeated (invariant 5).
enum class Purpose {
    service,       ///< an answer or a notice: at least once
    marketing,     ///< a marketing template: at most once
    confirmation,  ///< the one answer to STOP: passes the opt-out gate
};

struct Message {
    MessageId id;
    ConversationId conversation;
    ContactId contact;
    PhoneNumberId phone_number_id;
    WaMessageId wa_message_id;  ///< empty until Meta has named it
    std::string direction;      ///< inbound, outbound
    std::string type;
    std::string status;
    std::string text;     ///< what a person reads
    std::string content;  ///< JSON: the message object as Meta sent it, or as we send it
    Purpose purpose = Purpose::service;
    Timestamp timestamp;
    std::optional<std::int64_t> error_code;
    std::string error_message;
};

// Inbound, called by the webhook worker in its transaction.

struct InboundResult {
    bool fresh = false;   ///< false: it was stored before, nothing was changed
    bool merged = false;  ///< it showed that contacts known before are one person
    ContactId contact;
    ConversationId conversation;
};
/// What the caller goes on to do in the same transaction.
enum class Afterwards { nothing, decide_opt_out };
/// Stores a customer's message with contact and conversation. Database thread.
InboundResult store_inbound(db::WorkspaceTxn& txn, IdGenerator& ids,
                            const PhoneNumberId& phone_number_id,
                            const whatsapp::InboundMessage& message, Timestamp now,
                            Afterwards afterwards = Afterwards::nothing);

/// Applies a delivery status; keeps it for later when its message is not known yet.
void apply_status(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id,
                  const whatsapp::StatusUpdate& update, Timestamp now);

/// An inbound message as far as its words count; views live as long as the call.
struct InboundWords {
    std::string_view type;
    std::string_view text;
    std::string_view content;  ///< JSON as Meta sent it
};
/// When the contact wrote the first message after `after` that `matches`, among the 500 that follow
/// it: for "yes" that came before its STOP.
std::optional<Timestamp> find_inbound_after(
    db::WorkspaceTxn& txn, const ContactId& contact, Timestamp after,
    const std::function<bool(const InboundWords&)>& matches);

// Outgoing.

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
    Purpose purpose = Purpose::service;
};

inline constexpr std::size_t text_code_points_max = 4096;  ///< meta/sending.md, Limits

/// The send gate: checks rights to reach this contact in order (product.md section 2) and commits
/// the intent: message, outbox job, audit entry. Nothing is sent in here. Database thread. Errors:
/// contact_not_found, invalid_phone, invalid_request, contact_opted_out, number_not_connected,
/// number_not_able, window_closed, template_*.
Result<Message> commit_send(db::WorkspaceTxn& txn, IdGenerator& ids, const Context& context,
                            const Draft& draft, Timestamp now);

/// Cancels what is queued for a contact. Returns how many.
std::int64_t cancel_queued(db::WorkspaceTxn& txn, const ContactId& contact,
                           std::string_view reason);

/// Puts a message whose retries were used up back to `queued`, when its dead letter is replayed.
/// False when it is not there any more or has left after all.
bool requeue(db::WorkspaceTxn& txn, const MessageId& id);

/// Moves a merged contact's conversations and messages; the other gets the name heard last.
void merge_contact(db::WorkspaceTxn& txn, const ContactId& from, const ContactId& into);

struct Page {
    std::vector<Message> messages;  ///< newest first
    std::string next_cursor;
};
Result<Page> list(db::WorkspaceTxn& txn, const ConversationId& conversation,
                  const std::string& cursor, std::size_t limit);
std::optional<Message> find(db::WorkspaceTxn& txn, const MessageId& id);

/// Removes up to `limit` statuses received before `before` whose message never came. Returns how
/// many.
std::int64_t prune_early_statuses(db::Txn& txn, Timestamp before, std::int64_t limit);
/// Removes up to `limit` Idempotency-Keys used before `before`. Returns how many.
std::int64_t prune_idempotency_keys(db::Txn& txn, Timestamp before, std::int64_t limit);

/// The message as the API shows it.
boost::json::object render(const Message& message);

/// Kind of an outbox job; its payload is the message id.
inline constexpr std::string_view job_kind = "message.send";
/// Queue of the outbox of one business number.
std::string outbox_queue(const PhoneNumberId& phone_number_id);

}  // namespace wapi::messages
