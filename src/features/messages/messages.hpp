// Messages: what customers write, what goes out to them, and how far it got.
//
// Inbound messages and statuses are stored by `store_inbound` and `apply_status`, in any order and
// any number of times (architecture, invariant 2). What goes out is stored by the send gate
// (features/sending) and leaves through the outbox (features/outbox); its states are kept here.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "db/txn.hpp"
#include "features/inbox/inbox.hpp"
#include "whatsapp/webhook.hpp"

namespace wapi::messages {

/// What is announced (db::Announcement): a message was stored, and it got further or failed. The id
/// is the message's, or the wamid with the phone number id as `detail`.
inline constexpr std::string_view message_created = "message.created";
inline constexpr std::string_view message_status = "message.status";

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
/// How a message came in: its place among others of the same second.
struct Arrival {
    PhoneNumberId number;
    EventId event;              ///< the stored webhook that brought it
    std::uint32_t ordinal = 0;  ///< its place in there
    Afterwards afterwards = Afterwards::nothing;
};
/// Stores a customer's message with contact and conversation. Database thread.
InboundResult store_inbound(db::WorkspaceTxn& txn, IdGenerator& ids, const Arrival& arrival,
                            const whatsapp::InboundMessage& message, Timestamp now);

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

// Outgoing, called by the send gate, the outbox and the opt-out in their transactions.

/// Stores a message of ours with the conversation's note of it. Only the send gate
/// (features/sending) calls this.
void store_outbound(db::WorkspaceTxn& txn, const Message& message, Timestamp now);

/// From waiting to `sending`: the call to Meta may begin. False when the message does not wait any
/// more: cancelled, settled by a status, or begun elsewhere.
bool begin_sending(db::WorkspaceTxn& txn, const MessageId& id);

/// Sets the state of an outgoing message that waits or is being sent, and has no wamid yet. One
/// that has ended, such as a cancelled one, stays as it is: false.
bool set_state(db::WorkspaceTxn& txn, const MessageId& id, std::string_view status,
               std::optional<std::int64_t> error_code = std::nullopt,
               std::string_view error_message = {});

/// Gives a message its wamid and applies the statuses that came before; false when it has one or
/// does not exist.
bool name_message(db::WorkspaceTxn& txn, const MessageId& id, const PhoneNumberId& phone_number_id,
                  const WaMessageId& wa_message_id, Timestamp now);

/// Our sentence about an error, and what Meta says about this case of it.
std::string explain(std::string_view advice, std::string_view details);

/// Cancels what is queued for a contact. Returns how many.
std::int64_t cancel_queued(db::WorkspaceTxn& txn, const ContactId& contact,
                           std::string_view reason);

/// Cancels the confirmations of a STOP that have not left, for a contact who is back. Returns how
/// many.
std::int64_t cancel_confirmations(db::WorkspaceTxn& txn, const ContactId& contact,
                                  std::string_view reason);

/// Puts a message whose retries were used up back to `queued`, when its dead letter is replayed.
/// False when it is not there any more or has left after all.
bool requeue(db::WorkspaceTxn& txn, const MessageId& id);

/// Moves a merged contact's conversations and messages; the other gets the name heard last.
void merge_contact(db::WorkspaceTxn& txn, const ContactId& from, const ContactId& into,
                   Timestamp now);

struct Page {
    std::vector<Message> messages;  ///< newest first
    std::string next_cursor;
};
/// Empty when the caller may not see the conversation.
Result<Page> list(db::WorkspaceTxn& txn, const ConversationId& conversation,
                  const std::string& cursor, std::size_t limit,
                  const Restrictions& restrictions = {});
std::optional<Message> find(db::WorkspaceTxn& txn, const MessageId& id);
/// One of ours, by the name that Meta gave it.
std::optional<Message> find_sent(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id,
                                 const WaMessageId& wa_message_id);

/// Removes up to `limit` statuses received before `before` whose message never came. Returns how
/// many.
std::int64_t prune_early_statuses(db::Txn& txn, Timestamp before, std::int64_t limit);

/// The message as the API shows it.
boost::json::object render(const Message& message);
/// The conversation as the API shows it, with its newest message.
boost::json::object render(const inbox::Entry& entry);

}  // namespace wapi::messages
