// Contacts: the people a workspace talks to, recognised by any of several identities.
//
// A customer may be known by phone (wa_id digits), by business-scoped user id (BSUID) or both;
// webhooks may come without a phone (meta/webhooks.md section 5). The BSUID names the person, the
// phone may move to somebody else. Claims may arrive in any order and any number of times: the
// result is the same.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
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
#include "features/contact_identities/contact_identities.hpp"
#include "features/contacts/contacts_store_columns.hpp"

namespace wapi::contacts {

namespace errors {
inline const ErrorKind contact_not_found{"contact_not_found", 404, RetryClass::never,
                                         "There is no such contact in this workspace."};
inline const ErrorKind contact_exists{"contact_exists", 409, RetryClass::never,
                                      "A contact with this phone exists already."};
}  // namespace errors

/// Announced (db::Announcement) when a contact is new, has changed or is gone; the id is the
/// contact's. `detail`, an object of what applies: `tags` as they were, when they may have changed;
/// `numbers`: the phone number ids on which they had talked, when that may have changed, and
/// `newNumber`: one more; `new`: nobody knew them.
inline constexpr std::string_view contact_changed = "contact.changed";
/// Announced when a contact was erased: nothing of theirs may be shown any more.
inline constexpr std::string_view contact_erased = "contact.erased";
/// Announced: many at once, fetch anew.
inline constexpr std::string_view contacts_changed = "contacts.changed";

using contact_identities::Identity;
using contact_identities::IdentityKind;

/// `opted_out_via` of who was erased and came back: only their own START lifts it.
inline constexpr std::string_view erased_via = "system";

/// Whether the person may be messaged (product.md section 1.3). Times are WhatsApp's where it has
/// one.
struct OptOut {
    bool status = false;
    Timestamp decided_at{};  ///< of the newest STOP or START; epoch when there was none
    std::optional<Timestamp> opted_out_at;
    std::string opted_out_via;  ///< message, manual, system, meta; empty when never
    std::optional<Timestamp> opted_back_in_at;
    std::optional<Timestamp> started_at =
        {};  ///< of the person's own newest START; a "yes" is none
};

struct Contact {
    ContactId id;
    std::string name;
    std::string phone;                 ///< wa_id digits, empty when not known
    std::vector<Identity> identities;  ///< by kind; of one kind the one claimed last comes first
    std::vector<std::string> tags;
    boost::json::object attributes;
    OptOut opt_out;
    Timestamp created_at;
};

/// The texts by which a webhook may name the person: phones in each of their forms, and BSUIDs.
std::vector<std::string> names_in_webhooks(const Contact& contact);

/// What an event says about a person. At least one of phone and bsuid is not empty.
struct Claim {
    std::string phone;  ///< wa_id digits
    std::string bsuid;
    std::string username;  ///< without `@`
    std::string name;      ///< for a contact that is created; later names come by set_profile_name
    Timestamp seen_at;     ///< WhatsApp's time of the event
};

struct Resolved {
    ContactId id;
    bool created = false;
    /// Contacts that turned out to be the same person and are gone; their conversations and
    /// messages must be moved by the caller in the same transaction.
    std::vector<ContactId> merged;
};

/// Finds the contact of a claim, creates it, or merges two that the claim shows to be one person.
Resolved resolve(db::WorkspaceTxn& txn, IdGenerator& ids, const Claim& claim, Timestamp now);

/// The person changed number or BSUID: the new identities belong to the same contact as the old
/// ones, which is made when it is not known yet. `before` names a phone or a BSUID.
Resolved change_identity(db::WorkspaceTxn& txn, IdGenerator& ids, const Claim& before,
                         const Claim& after, Timestamp now);

/// Two contacts that a member says are one person.
struct Merge {
    ContactId gone;
    ContactId kept;
    ContactId shown;       ///< the one of both whose phone, if there is one, is shown from then on
    Timestamp heard_at{};  ///< when that one wrote last; epoch when never
};

/// Moves what is known of `gone` to `kept` and removes it. The caller moves conversations and
/// messages, and records the act. Throws Fault `db.conflict`, on which the function runs again,
/// when one of them has just been merged.
void merge(db::WorkspaceTxn& txn, const Merge& merge, Timestamp now);

/// The name WhatsApp shows; does not replace one that was set by hand.
void set_profile_name(db::WorkspaceTxn& txn, const ContactId& id, std::string_view name,
                      Timestamp now);

/// The contact that has this identity, or nothing. A phone is also found by its equivalent forms.
std::optional<ContactId> find_by_identity(db::WorkspaceTxn& txn, const Identity& identity);

/// For the program itself, which sees everything. Errors: contact_not_found.
Result<Contact> get(db::WorkspaceTxn& txn, const ContactId& id);
/// For a caller: one they may not see is not there. Errors: contact_not_found.
Result<Contact> get(db::WorkspaceTxn& txn, const ContactId& id, const Restrictions& restrictions);
/// Errors: contact_not_found when the caller may not see it; costs nothing without restrictions.
Result<void> check_seen(db::WorkspaceTxn& txn, const ContactId& id,
                        const Restrictions& restrictions);
/// Takes the contact's row, so that it can be changed later in this transaction. For who will take
/// rows of conversations first (src/db/README.md). Throws Fault `db.conflict`, on which the
/// function runs again, when it has just been merged.
void lock(db::WorkspaceTxn& txn, const ContactId& id);
/// The opt-out state, which nobody else changes until this transaction ends; nothing when there is
/// no such contact. For deciding.
std::optional<OptOut> lock_opt_out(db::WorkspaceTxn& txn, const ContactId& id);
/// The same, and until this transaction ends nobody decides otherwise or merges the contact. For
/// acting on it; several may hold one contact at once. Opted out is also whose phone another
/// contact, that is, has in another form: they are one person (features/contact_phones).
std::optional<OptOut> hold_opt_out(db::WorkspaceTxn& txn, const ContactId& id);
/// When the person was erased, if they were and have not written START since: then they are opted
/// out, whatever a member decides. Nothing when there is no such contact.
std::optional<Timestamp> find_binding_erasure(db::WorkspaceTxn& txn, const ContactId& id);
void save_opt_out(db::WorkspaceTxn& txn, const ContactId& id, const OptOut& opt_out);

/// Fields of a create or change; an empty optional leaves the field as it is.
struct Draft {
    std::optional<std::string> name;
    std::optional<std::string> phone;
    std::optional<std::vector<std::string>> tags;
    std::optional<boost::json::object> attributes;
};

inline constexpr std::size_t name_bytes_max = 512;
inline constexpr std::size_t tags_max = 100;
inline constexpr std::size_t tag_bytes_max = 64;
inline constexpr std::size_t attributes_bytes_max = 16 * 1024;

/// Asked in the transaction that has given a contact other tags.
using TagsChanged =
    std::function<void(db::WorkspaceTxn&, const Context&, const ContactId&, Timestamp)>;

class Service {
  public:
    Service(db::Db& db, IdGenerator& ids, const Clock& clock, TagsChanged tags_changed = {})
        : db_(db), ids_(ids), clock_(clock), tags_changed_(std::move(tags_changed)) {}
    /// Errors: contact_not_found.
    async::Task<Result<Contact>> get(Context context, ContactId id);
    /// Errors: invalid_request (phone; tags, when the caller would not see the contact),
    /// contact_exists.
    async::Task<Result<Contact>> create(Context context, Draft draft);
    /// Errors: contact_not_found, invalid_request (tags, as in create).
    async::Task<Result<Contact>> change(Context context, ContactId id, Draft draft);

  private:
    db::Db& db_;
    IdGenerator& ids_;
    const Clock& clock_;
    TagsChanged tags_changed_;
};

/// For the stores of features that choose contacts by SQL of their own: rows of
/// WAPI_CONTACT_COLUMNS, each contact once, as contacts in the same order, with their identities;
/// one statement for all.
std::vector<Contact> read_contacts(db::WorkspaceTxn& txn, const db::Rows& rows);

/// The contact as the API shows it (product.md section 2).
boost::json::object render(const Contact& contact);

}  // namespace wapi::contacts
