// Whose an identity is: a phone, business-scoped user id (BSUID) or username.
//
// Claims of one identity come in any order and at once. Of two that were stored the newest by
// WhatsApp's time stands; whoever gives an identity away by what they have looked up finds out here
// when somebody else was given it meanwhile, as the two may be one person. Which contacts those
// are, and what becomes of them: features/contacts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "db/txn.hpp"
#include "features/contact_phones/contact_phones.hpp"

namespace wapi::contact_identities {

enum class IdentityKind { phone, bsuid, username };
std::string_view name_of(IdentityKind kind);

struct Identity {
    IdentityKind kind = IdentityKind::phone;
    std::string value;  ///< phone: wa_id digits; bsuid: `CC.…`; username without `@`
};

using contact_phones::Owner;

/// Exactly this value; equivalent forms of a phone are the caller's. Database thread, as all here.
std::optional<ContactId> find(db::WorkspaceTxn& txn, IdentityKind kind, std::string_view value);
/// The contact's value of one kind, the one claimed last, or nothing.
std::optional<std::string> find_value(db::WorkspaceTxn& txn, const ContactId& id,
                                      IdentityKind kind);
/// Who has the identity, a phone in any of its forms; more than one only as
/// contact_phones::find_owners says. What is shown is told of phones.
std::vector<Owner> find_owners(db::WorkspaceTxn& txn, const Identity& identity);

/// Sets the owner of an identity that was looked up and not found. Throws Fault `db.conflict`, on
/// which the function runs again, when another transaction was faster, be it with another form of
/// the phone.
void claim(db::WorkspaceTxn& txn, const ContactId& id, const Identity& identity, Timestamp seen_at);
/// The identity, a phone in all its forms, is the contact's, unless another one's claim is newer.
/// `known`: who was found to have it. Throws Fault `db.conflict`, on which the function runs again
/// and sees whether they are one person, when somebody else has been given it since.
void pass(db::WorkspaceTxn& txn, const ContactId& id, const Identity& identity,
          const std::vector<Owner>& known, Timestamp seen_at);
/// Sets the owner of an identity, whoever had it, as of usernames; an owner set by a later claim
/// stays, and one that was just merged away gets none.
void put(db::WorkspaceTxn& txn, const ContactId& id, const Identity& identity, Timestamp seen_at);

}  // namespace wapi::contact_identities
