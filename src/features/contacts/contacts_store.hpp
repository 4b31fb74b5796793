// SQL of contacts and their identities. Included only inside this feature.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "features/contacts/contacts.hpp"

namespace wapi::contacts::store {

/// The phone that is to be shown was claimed last: when its owner was heard, or after the other's.
void put_phone_first(db::WorkspaceTxn& txn, const Merge& merge);
/// The opt-out states of two contacts, which nobody else changes until this transaction ends.
struct Both {
    OptOut one;
    OptOut other;
};
/// Throws Fault `db.conflict`, on which the function runs again and finds who is left, when another
/// transaction has just merged one of them.
Both lock_both(db::WorkspaceTxn& txn, const ContactId& one, const ContactId& other);
/// A member says that it stands for one person; for good, and for whom it is merged into.
void note_joined_by_hand(db::WorkspaceTxn& txn, const ContactId& id);
bool is_joined_by_hand(db::WorkspaceTxn& txn, const ContactId& id);
/// Sets contacts.phone to what the identities say.
void refresh_phone(db::WorkspaceTxn& txn, const ContactId& id, Timestamp now);

/// Makes the rows of contact_tags those of the column. The contact's row has been changed in this
/// transaction, so that nobody else sets its tags.
void put_tags(db::WorkspaceTxn& txn, const ContactId& id, const std::vector<std::string>& tags);
/// A JSON array.
std::string render_tags(const std::vector<std::string>& tags);
/// Tells that the contact's name, tags or attributes will be others than these.
void announce_labels(db::WorkspaceTxn& txn, const Contact& before);
void insert(db::WorkspaceTxn& txn, const Contact& contact, bool name_by_hand);
/// Moves what is known of one contact to another and removes the first: identities, opt-out
/// decisions, tags, attributes, a name that was set by hand. What both have stays as the second has
/// it. Throws as lock_both.
void merge(db::WorkspaceTxn& txn, const ContactId& from, const ContactId& into, Timestamp now);

/// Nothing also when the caller may not see it.
std::optional<Contact> find(db::WorkspaceTxn& txn, const ContactId& id,
                            const Restrictions& restrictions = {});
/// Six columns from `first` on.
OptOut read_opt_out(const db::Row& row, std::size_t first);
void update(db::WorkspaceTxn& txn, const Contact& contact, bool name_by_hand, Timestamp now);

}  // namespace wapi::contacts::store
