// Opt-out: STOP and START of customers and members, with all their effects in one transaction.
//
// Rules: opt_out_rules.hpp; effects: product.md section 1.3. A STOP is recorded with time and way,
// audited, confirmed once, and cancels what is queued for the contact. The send gate (sending)
// asks the state.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <string>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "db/db.hpp"
#include "features/contacts/contacts.hpp"
#include "features/opt_out/opt_out_rules.hpp"
#include "whatsapp/webhook.hpp"

namespace wapi::opt_out {

namespace errors {
inline const ErrorKind contact_was_erased{
    "contact_was_erased", 409, RetryClass::never,
    "This person's data was erased at their request; only they can come back, by writing START."};
inline const ErrorKind messages_unread{
    "messages_unread", 409, RetryClass::transient,
    "What this person has written is still to be processed; try again in a moment."};
inline const ErrorKind opt_out_changed{
    "opt_out_changed", 409, RetryClass::never,
    "The contact's newest STOP is not the expected one; look at the contact again."};
}  // namespace errors

/// A customer's message, seen from the opt-out rules.
struct CustomerMessage {
    ContactId contact;
    std::optional<PhoneNumberId> confirm_from;     ///< nothing: no confirmation goes out
    std::shared_ptr<const Words> words = nullptr;  ///< of the workspace; nothing: they are read
};

/// The built-in words with the workspace's changes, from its settings.
std::shared_ptr<const Words> workspace_words(db::WorkspaceTxn& txn);

/// Whether `optOut` of a workspace's settings has the form that workspace_words reads, for the
/// route that changes them. Errors: invalid_request.
Result<void> check_settings(const boost::json::object& settings);

/// Whether apply_message may decide something on it.
bool may_decide(const whatsapp::InboundMessage& message, const Words& words);

/// Looks whether a stored inbound message is a STOP or START, and applies it. Database thread.
void apply_message(db::WorkspaceTxn& txn, IdGenerator& ids, const CustomerMessage& where,
                   const whatsapp::InboundMessage& message, Timestamp now);

/// Contacts were merged into this one: a "yes" of one counts after the STOP of another. Database
/// thread.
void settle_merged(db::WorkspaceTxn& txn, IdGenerator& ids, const ContactId& contact,
                   Timestamp now);

/// How something came in that has no id of its own, by which it would be known when it comes again.
struct Notice {
    std::optional<PhoneNumberId> confirm_from;  ///< nothing: no confirmation goes out
    EventId event;                              ///< the stored webhook that brought it
};

/// Whether apply_partial decides something on it.
bool may_decide(const whatsapp::PartialMessage& message, const Words& words);

/// Hears a STOP in a message that cannot be used, and so is not stored; a START is not heard there.
/// Database thread.
void apply_partial(db::WorkspaceTxn& txn, IdGenerator& ids, const Notice& notice,
                   const whatsapp::PartialMessage& message, Timestamp now);

/// Meta's own `user_preferences`: stop or resume of marketing messages. Database thread.
void apply_preference(db::WorkspaceTxn& txn, IdGenerator& ids, const Notice& notice,
                      const whatsapp::UserPreference& preference, Timestamp now);

/// What a member has seen of a contact before they decide.
struct Expected {
    /// Of the newest STOP, as contacts::render shows it: in milliseconds; nothing: there was none.
    std::optional<Timestamp> opted_out_at;
};

class Service {
  public:
    Service(db::Db& db, IdGenerator& ids, const Clock& clock) : db_(db), ids_(ids), clock_(clock) {}
    /// By a member's hand. Repeating it changes nothing. Errors: contact_not_found.
    async::Task<Result<contacts::Contact>> opt_out(Context context, ContactId id);
    /// A STOP that comes in meanwhile holds: the contact is still opted out then. Errors: also
    /// contact_was_erased; opt_out_changed when the newest STOP is not as `expected`, or another
    /// one comes in meanwhile; messages_unread while something of theirs waits to be processed.
    async::Task<Result<contacts::Contact>> opt_in(Context context, ContactId id,
                                                  std::optional<Expected> expected = {});

  private:
    db::Db& db_;
    IdGenerator& ids_;
    const Clock& clock_;
};

}  // namespace wapi::opt_out
