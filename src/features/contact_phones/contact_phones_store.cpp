// One contact for all forms of a number: see contact_phones.hpp.
#include <algorithm>
#include <optional>
#include <set>

#include "base/phone.hpp"
#include "features/contact_phones/contact_phones.hpp"

namespace wapi::contact_phones {
namespace {

const db::Sql find_form_sql{{
    .name = "contact_phones.find_form",
    .text = "SELECT identity.contact_id, contacts.phone, identity.seen_us"
            " FROM contact_identities AS identity"
            " JOIN contacts ON contacts.workspace_id = identity.workspace_id"
            " AND contacts.contact_id = identity.contact_id"
            " WHERE identity.workspace_id = $1 AND identity.kind = 'phone' AND identity.value = $2",
}};
const db::Sql move_form_sql{{
    .name = "contact_phones.move_form",
    .text = "UPDATE contact_identities SET contact_id = $3"
            " WHERE workspace_id = $1 AND kind = 'phone' AND value = $2",
}};
const db::Sql take_turn_sql{{
    .name = "contact_phones.take_turn",
    .text = {},
    .sqlite = "SELECT $1, $2",
    .postgres = "SELECT pg_advisory_xact_lock("
                "hashtextextended(CAST($1 AS TEXT) || ' ' || CAST($2 AS TEXT), 0))",
}};

/// A form that somebody has.
struct Held {
    std::string form;
    Owner owner;
    std::int64_t seen_us;
};

std::vector<Held> find_held(db::WorkspaceTxn& txn, std::string_view phone) {
    std::vector<Held> held;
    for (std::string& form : phone_variants(phone)) {
        const db::Rows rows = txn.query(find_form_sql, form);
        if (!rows.empty()) {
            held.push_back(
                {.form = std::move(form),
                 .owner = {.contact = rows[0].id<ContactId>(0), .shown = rows[0].string(1)},
                 .seen_us = rows[0].integer(2)});
        }
    }
    return held;
}

}  // namespace

std::vector<Owner> find_owners(db::WorkspaceTxn& txn, std::string_view phone) {
    std::vector<Owner> owners;
    for (Held& held : find_held(txn, phone)) {
        if (std::ranges::find(owners, held.owner.contact, &Owner::contact) == owners.end()) {
            owners.push_back(std::move(held.owner));
        }
    }
    return owners;
}

void take_turns(db::WorkspaceTxn& txn, std::span<const std::string> phones) {
    std::set<std::string> turns;
    for (const std::string& phone : phones) {
        if (has_several_forms(phone)) {
            turns.insert(canonical_phone(phone));
        }
    }
    const std::vector<db::Value> values(turns.begin(), turns.end());
    if (!values.empty()) {
        txn.execute_many(take_turn_sql, values, 1);
    }
}

void keep_together(db::WorkspaceTxn& txn, std::string_view phone) {
    const std::vector<Held> all = find_held(txn, canonical_phone(phone));
    const auto newest = std::ranges::max_element(all, {}, &Held::seen_us);
    for (const Held& held : all) {
        if (held.owner.contact != newest->owner.contact) {
            txn.execute(move_form_sql, held.form, newest->owner.contact);
        }
    }
}

}  // namespace wapi::contact_phones
