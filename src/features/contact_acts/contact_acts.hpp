// What a member does to contacts as such: merges two that are one person, removes one made by
// mistake. Webhooks merge by themselves (features/contacts); who wants to be forgotten is erased
// (features/privacy).
#pragma once

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "features/contacts/contacts.hpp"

namespace wapi::contact_acts {

namespace errors {
inline const ErrorKind contacts_differ{"contacts_differ", 409, RetryClass::never,
                                       "WhatsApp knows these contacts as two people."};
inline const ErrorKind contact_has_history{
    "contact_has_history", 409, RetryClass::never,
    "This contact has conversations or has opted out: erase it instead."};
inline const ErrorKind contact_talks_unseen{
    "contact_talks_unseen", 403, RetryClass::never,
    "One of these contacts has a conversation that you do not see."};
}  // namespace errors

class Service {
  public:
    Service(db::Db& db, const Clock& clock) : db_(db), clock_(clock) {}
    /// Moves all that is known of `gone`, its conversations too, to `kept`, and removes it. What
    /// both have stays as `kept` has it; if one of them has opted out, the one that is left has.
    /// Errors: contact_not_found, invalid_request (from), contacts_differ when WhatsApp has given
    /// each an id of its own, contact_talks_unseen when a conversation of either is hidden from the
    /// caller, who would read it as one of the contact that stays.
    async::Task<Result<contacts::Contact>> merge(Context context, ContactId kept, ContactId gone);
    /// Removes a contact that nobody has written to or heard from and that may be messaged: of any
    /// other more must be remembered. The contact as it was. Errors: contact_not_found,
    /// contact_has_history.
    async::Task<Result<contacts::Contact>> remove(Context context, ContactId id);

  private:
    db::Db& db_;
    const Clock& clock_;
};

}  // namespace wapi::contact_acts
