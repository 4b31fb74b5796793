// SQL of contacts by the hundred. Included only inside this feature.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "features/contact_batches/contact_batches.hpp"

namespace wapi::contact_batches::store {

/// What is read and written of a contact.
struct Person {
    ContactId id;
    std::string name;
    bool name_by_hand = false;
    std::string phone;
    std::vector<std::string> tags;
    boost::json::object attributes;
    bool seen = true;  ///< by who gave the rows
};

/// Who has these phones, by phone; nobody else changes them until this transaction ends.
std::map<std::string, Person> lock_owners(db::WorkspaceTxn& txn,
                                          const std::vector<std::string>& phones,
                                          const Restrictions& restrictions);
/// The tags that a member's contacts must bear one of.
std::set<std::string> list_own_tags(db::WorkspaceTxn& txn, const std::string& member);

/// Throws Fault `db.conflict` when another transaction has just given one of the phones a contact.
void insert(db::WorkspaceTxn& txn, const std::vector<Person>& people, const Terms& terms);
void update(db::WorkspaceTxn& txn, const std::vector<Person>& people, const Terms& terms);

}  // namespace wapi::contact_batches::store
