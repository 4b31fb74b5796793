// Conversations: one per contact and business number, with state, unread count and the 24 h window.
//
// The functions that messages call take part in their transaction. Every column is kept by a rule
// that does not depend on the order of events: newest WhatsApp time wins (architecture, invariant
// 2).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "db/txn.hpp"

namespace wapi::inbox {

namespace errors {
inline const ErrorKind conversation_not_found{"conversation_not_found", 404, RetryClass::never,
                                              "There is no such conversation in this workspace."};
}

/// Meta lets a business write freely for this long after the customer's last message
/// (meta/cloud-api.md section 7).
inline constexpr std::chrono::hours service_window{24};

struct Conversation {
    ConversationId id;
    ContactId contact;
    PhoneNumberId phone_number_id;
    std::string status;  ///< open, resolved
    std::optional<UserId> assignee;
    std::int64_t unread_count = 0;
    std::optional<Timestamp> last_inbound_at;
    std::optional<Timestamp> last_message_at;
    MessageId last_message;
    std::string profile_name;
    bool is_only_one = false;  ///< the contact has no other one; told by `find_of_contact` alone
};

/// Makes the conversation of a contact on a number, where there is none. Throws Fault
/// `db.conflict`, on which the function runs again, when another transaction was faster.
Conversation create(db::WorkspaceTxn& txn, IdGenerator& ids, const ContactId& contact,
                    const PhoneNumberId& phone_number_id, Timestamp now);
/// The conversation of a contact on a number; made when there is none.
Conversation open(db::WorkspaceTxn& txn, IdGenerator& ids, const ContactId& contact,
                  const PhoneNumberId& phone_number_id, Timestamp now);

std::optional<Conversation> find_of_contact(db::WorkspaceTxn& txn, const ContactId& contact,
                                            const PhoneNumberId& phone_number_id);
/// The contact's conversation with the newest message, on whatever number.
std::optional<Conversation> find_latest_of_contact(db::WorkspaceTxn& txn, const ContactId& contact);

/// The name that WhatsApp shows for a contact: of all its conversations the one heard last.
std::optional<std::string> find_profile_name(db::WorkspaceTxn& txn, const ContactId& contact);

/// Whether a message with this profile name will change what the contact is called. `conversation`
/// comes from `open`.
bool will_rename(db::WorkspaceTxn& txn, const Conversation& conversation,
                 std::string_view profile_name);

struct InboundNote {
    MessageId message;
    Timestamp at;  ///< WhatsApp's time
    std::string profile_name;
    bool is_personal = true;  ///< false: shown as the last message, but counts for nothing else
};
/// Counts an inbound message: unread, window, reopening, last message. `conversation` comes from
/// `open`. Returns find_profile_name when it may have changed. Throws Fault `db.conflict`, on which
/// the function runs again, when another transaction has moved it to another contact.
std::optional<std::string> note_inbound(db::WorkspaceTxn& txn, const Conversation& conversation,
                                        const InboundNote& note);
/// Sets the last message. Throws as note_inbound does.
void note_outbound(db::WorkspaceTxn& txn, const ConversationId& id, const MessageId& message,
                   Timestamp at);

/// True when the customer wrote on this number within the service window.
bool window_open(const Conversation& conversation, Timestamp now);

/// A conversation whose messages must be moved; `into` is `from` when only its contact changed.
struct MovedConversation {
    ConversationId from;
    ConversationId into;
};
/// Moves the conversations of a contact that was merged into another; two on one number become one.
std::vector<MovedConversation> merge_contact(db::WorkspaceTxn& txn, const ContactId& from,
                                             const ContactId& into);

struct Filter {
    std::string contact = {};   ///< contact id, or empty
    std::string status = {};    ///< open, resolved, or empty
    std::string assignee = {};  ///< user id, "none", or empty
    std::string cursor = {};
    std::size_t limit = 50;
    Restrictions restrictions = {};  ///< of the caller
};

struct Page {
    std::vector<Conversation> conversations;  ///< newest message first
    std::string next_cursor;
};

/// Errors: invalid_request for a cursor that is not one of ours.
Result<Page> list(db::WorkspaceTxn& txn, const Filter& filter);
/// One that the caller may not see is not there. Errors: conversation_not_found.
Result<Conversation> get(db::WorkspaceTxn& txn, const ConversationId& id,
                         const Restrictions& restrictions = {});
/// Who answers; nothing: nobody.
void set_assignee(db::WorkspaceTxn& txn, const ConversationId& id,
                  const std::optional<UserId>& assignee);
/// Whether the member's tags and numbers show them the conversation.
bool may_answer(db::WorkspaceTxn& txn, const ConversationId& id, const UserId& member);
/// Nobody answers the conversations of that member any more. Returns how many there were.
std::int64_t unassign_all(db::WorkspaceTxn& txn, const UserId& member);
/// The same for those that the member's tags and numbers do not show them.
std::int64_t unassign_unseen(db::WorkspaceTxn& txn, const UserId& member);
struct Assigned {
    ConversationId conversation;
    UserId member;
};
/// Conversations of a contact whose assigned member does not see them.
std::vector<Assigned> list_blind(db::WorkspaceTxn& txn, const ContactId& contact);
/// For when a contact's tags have changed: nobody answers those of its conversations whose member
/// does not see them any more; an audit entry each.
void unassign_blind(db::WorkspaceTxn& txn, const Context& context, const ContactId& contact,
                    Timestamp now);
/// `open` for a caller. Who sees only their own conversations gets a new one assigned. Errors:
/// conversation_not_found when there is one that the caller may not see.
Result<Conversation> open_for(db::WorkspaceTxn& txn, IdGenerator& ids, const ContactId& contact,
                              const PhoneNumberId& phone_number_id, const Context& context,
                              Timestamp now);
/// Marks everything up to the customer's newest message as read. Our own messages do not count:
/// their times are of another clock.
void mark_read(db::WorkspaceTxn& txn, const ConversationId& id);

/// The acts on conversations that are no messages.
class Service {
  public:
    Service(db::Db& db, const Clock& clock) : db_(db), clock_(clock) {}

    /// Says who answers; nothing: nobody. One who sees only their own conversations sees it from
    /// then on. Errors: conversation_not_found, invalid_request (assigneeId: not a member, or one
    /// who would not see it).
    async::Task<Result<Conversation>> assign(Context context, ConversationId id,
                                             std::optional<UserId> assignee);

  private:
    db::Db& db_;
    const Clock& clock_;
};

}  // namespace wapi::inbox
