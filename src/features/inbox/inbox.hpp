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
inline const ErrorKind conversation_changed{
    "conversation_changed", 409, RetryClass::never,
    "Somebody or a new message has changed this conversation meanwhile; look at it again."};
}  // namespace errors

/// Announced (db::Announcement) when a conversation has changed otherwise than by a message; the id
/// is the conversation's, which may be gone. `detail`, an object of what applies: `assigneeId` (id
/// or null) as it was, when that may have changed; `contactId` as it was; `numbers`: of one that is
/// gone; `merged`: messages of another were added; `new`: there was none.
inline constexpr std::string_view conversation_changed = "conversation.changed";

/// Meta lets a business write freely for this long after the customer's last message
/// (meta/cloud-api.md section 7).
inline constexpr std::chrono::hours service_window{24};

/// Where a conversation stands. Resolved and snoozed ones are opened by the customer's next
/// message, a snoozed one also by its time.
namespace status {
inline constexpr std::string_view open = "open";
inline constexpr std::string_view snoozed = "snoozed";
inline constexpr std::string_view resolved = "resolved";
}  // namespace status

struct Conversation {
    ConversationId id;
    ContactId contact;
    PhoneNumberId phone_number_id;
    std::string status;  ///< one of inbox::status
    std::optional<UserId> assignee;
    std::int64_t unread_count = 0;
    std::optional<Timestamp> last_inbound_at;
    std::optional<Timestamp> last_message_at;
    MessageId last_message;
    std::string profile_name;
    std::optional<Timestamp> snoozed_until;  ///< of one that is snoozed
    /// WhatsApp's time of what was known when it was resolved or snoozed last.
    std::optional<Timestamp> settled_at;
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
/// Whether this message opens the conversation: one that was resolved or snoozed before the message
/// was known, or one that nobody has and the customer had not written in, be it new or begun by us.
bool opens(const Conversation& conversation, const InboundNote& note);
/// Counts an inbound message: unread, window, reopening, last message. `conversation` comes from
/// `open`. Returns find_profile_name when it may have changed. Throws Fault `db.conflict`, on which
/// the function runs again, when another transaction has moved it to another contact or changed its
/// status, so that what `opens` says holds.
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

/// What the caller of an act has seen; what is left out is not asked for.
struct Expected {
    std::optional<std::string> status = {};
    std::optional<std::optional<UserId>> assignee = {};  ///< of the inner one nothing: nobody
    std::optional<MessageId> last_message = {};
};

struct Filter {
    std::string contact = {};   ///< contact id, or empty
    std::string status = {};    ///< one of inbox::status, or empty
    std::string assignee = {};  ///< user id, "none", or empty
    std::string number = {};    ///< phone number id, or empty
    std::string tag = {};       ///< of the contact, or empty
    bool unread_only = false;
    std::string cursor = {};
    std::size_t limit = 50;
    Restrictions restrictions = {};  ///< of the caller
};

/// What a row of the inbox shows of the newest message.
struct LastMessage {
    WaMessageId wa_message_id;
    std::string direction;
    std::string type;
    std::string status;
    std::string text;  ///< at most preview_characters_max of it
    Timestamp timestamp;
    std::optional<std::int64_t> error_code;
    std::string error_message;
};
inline constexpr std::int64_t preview_characters_max = 300;

/// A conversation with everything a row of the inbox shows.
struct Entry : Conversation {
    std::string contact_name;
    std::string contact_phone;  ///< wa_id digits, empty when not known
    std::vector<std::string> contact_tags;
    bool contact_opted_out = false;
    std::string assignee_name;           ///< empty: nobody
    std::optional<LastMessage> preview;  ///< of `last_message`
};

/// Who sees only their own conversations and not those of nobody.
inline bool sees_own_only(const Restrictions& seen) {
    return seen.assigned_only && !seen.unassigned_too;
}

struct Page {
    std::vector<Entry> conversations;  ///< newest message first
    std::string next_cursor;
};

/// Errors: invalid_request for a cursor that is not one of ours, or a status that is none.
Result<Page> list(db::WorkspaceTxn& txn, const Filter& filter);
/// One, as a row shows it. Errors: conversation_not_found.
Result<Entry> get_entry(db::WorkspaceTxn& txn, const ConversationId& id,
                        const Restrictions& restrictions);

/// The member who acts: the one of a session; of an API key its maker, when the key sees only the
/// maker's part. Empty: nobody.
UserId acting_member(const Context& context);

/// One that the caller may not see is not there. Errors: conversation_not_found.
Result<Conversation> get(db::WorkspaceTxn& txn, const ConversationId& id,
                         const Restrictions& restrictions = {});
/// The same, and until this transaction ends nobody else changes it. Errors: also
/// conversation_changed when it is not as expected.
Result<Conversation> lock(db::WorkspaceTxn& txn, const ConversationId& id,
                          const Restrictions& restrictions, const Expected& expected);
/// Who answers; nothing: nobody.
struct Handover {
    ConversationId conversation;
    std::optional<UserId> from = {};  ///< who does until now, and may not see it any more
    std::optional<UserId> to = {};
};
void set_assignee(db::WorkspaceTxn& txn, const Handover& change);
/// Whether the member's tags and numbers show them the conversation.
bool may_answer(db::WorkspaceTxn& txn, const ConversationId& id, const UserId& member);
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

/// A conversation is snoozed for at most so long.
inline constexpr std::chrono::days snooze_max{366};

/// The acts on conversations that are no messages. Each is one transaction with its audit entry;
/// what is so already stays as it is and leaves none. Errors of each: conversation_not_found,
/// conversation_changed when it is not as `expected`.
class Service {
  public:
    Service(db::Db& db, const Clock& clock) : db_(db), clock_(clock) {}

    /// Says who answers; nothing: nobody. One who sees only their own conversations sees it from
    /// then on. Errors: also invalid_request (assigneeId: not a member, or one who would not see
    /// it).
    async::Task<Result<Conversation>> assign(Context context, ConversationId id,
                                             std::optional<UserId> assignee,
                                             Expected expected = {});
    async::Task<Result<Conversation>> resolve(Context context, ConversationId id,
                                              Expected expected);
    async::Task<Result<Conversation>> reopen(Context context, ConversationId id, Expected expected);
    /// Puts it away until that time or the customer's next message. Errors: also invalid_request
    /// (until: not in the future, or more than snooze_max ahead).
    async::Task<Result<Conversation>> snooze(Context context, ConversationId id, Timestamp until,
                                             Expected expected);

  private:
    db::Db& db_;
    const Clock& clock_;
};

/// Opens snoozed conversations when their time has come, within `interval`. Network thread.
class Waker {
  public:
    static constexpr std::chrono::seconds interval{5};

    Waker(async::Tasks& tasks, db::Db& db, const Clock& clock)
        : tasks_(tasks), db_(db), clock_(clock), wake_(tasks.io()) {}
    void start();
    /// Opens all that are due; one that fails is logged and tried again in the next round. Returns
    /// how many. For the loop and tests.
    async::Task<std::size_t> run_due();

  private:
    async::Task<> run();
    async::Task<bool> wake_one(WorkspaceId workspace, ConversationId id, Timestamp now);
    async::Tasks& tasks_;
    db::Db& db_;
    const Clock& clock_;
    async::Signal wake_;
};

}  // namespace wapi::inbox
