// Whose a phone is, whichever of its forms (phone_variants) it comes in.
//
// Some numbers have two forms, and contact_identities has a row for each that was seen. Both are
// one person: a STOP from one form must reach a contact that is known by the other. The primary key
// keeps one form to one contact; that two forms do not come to two is kept here.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "db/txn.hpp"

namespace wapi::contact_phones {

/// A contact that has the phone, and the phone that it shows.
struct Owner {
    ContactId contact;
    std::string shown;
};

/// Each contact that has the phone in any form, once; who has the given form comes first. More than
/// one only where they were made before the forms were known to be one number. Database thread.
std::vector<Owner> find_owners(db::WorkspaceTxn& txn, std::string_view phone);

/// Takes the turn at giving these numbers to contacts, in any form, until this transaction ends;
/// what others gave before is seen from then on. For who inserts a phone: of numbers with one form,
/// which cost nothing here, the primary key takes care. Call it once for many, so that two
/// transactions take their turns in one order. SQLite has one writer. Database thread.
void take_turns(db::WorkspaceTxn& txn, std::span<const std::string> phones);

/// Gives all forms to the contact that claimed one of them last, by WhatsApp's time, whatever the
/// order in which the claims came. Behind `take_turns`. Database thread.
void keep_together(db::WorkspaceTxn& txn, std::string_view phone);

}  // namespace wapi::contact_phones
