#include "features/contacts/contacts_store.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "base/phone.hpp"
#include "features/access/access.hpp"
#include "features/contact_phones/contact_phones.hpp"
#include "features/contacts/contacts_rules.hpp"
#include "features/search/search.hpp"

namespace wapi::contacts {
namespace {

const db::Sql refresh_phone_sql{{
    .name = "contacts.refresh_phone",
    .text = "UPDATE contacts SET phone = coalesce((SELECT value FROM contact_identities"
            " WHERE workspace_id = $1 AND contact_id = $2 AND kind = 'phone'"
            " ORDER BY seen_us DESC, value DESC LIMIT 1), '')"
            " WHERE workspace_id = $1 AND contact_id = $2",
}};
const db::Sql insert_sql{{
    .name = "contacts.insert",
    .text = "INSERT INTO contacts (workspace_id, contact_id, name, name_by_hand, phone, tags,"
            " attributes, opted_out, opt_out_decided_us, opted_out_us, opted_out_via,"
            " opted_back_in_us, created_us)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, NULL, '', NULL, $8)",
}};
const db::Sql update_sql{{
    .name = "contacts.update",
    .text = "UPDATE contacts SET name = $3, name_by_hand = $4, tags = $5, attributes = $6"
            " WHERE workspace_id = $1 AND contact_id = $2",
}};
const db::Sql set_profile_name_sql{{
    .name = "contacts.set_profile_name",
    .text = "UPDATE contacts SET name = $3"
            " WHERE workspace_id = $1 AND contact_id = $2 AND name_by_hand = 0 AND name <> $3",
}};
const db::Sql save_opt_out_sql{{
    .name = "contacts.save_opt_out",
    .text = "UPDATE contacts SET opted_out = $3, opt_out_decided_us = $4, opted_out_us = $5,"
            " opted_out_via = $6, opted_back_in_us = $7, started_us = $8"
            " WHERE workspace_id = $1 AND contact_id = $2",
}};
// What adds identities or conversations to the contact need not wait for it. SQLite has one writer.
const db::Sql lock_sql{{
    .name = "contacts.lock",
    .text = "SELECT 1 FROM contacts WHERE workspace_id = $1 AND contact_id = $2",
    .postgres = "SELECT 1 FROM contacts WHERE workspace_id = $1 AND contact_id = $2"
                " FOR NO KEY UPDATE",
}};
#define WAPI_OPT_OUT_OF_CONTACT                                                            \
    "SELECT opted_out, opt_out_decided_us, opted_out_us, opted_out_via, opted_back_in_us," \
    " started_us, phone FROM contacts WHERE workspace_id = $1 AND contact_id = $2"
// Two decisions at once must see each other: the second waits here. SQLite has one writer.
const db::Sql lock_opt_out_sql{{.name = "contacts.lock_opt_out",
                                .text = WAPI_OPT_OUT_OF_CONTACT,
                                .postgres = WAPI_OPT_OUT_OF_CONTACT " FOR UPDATE"}};
// Waits for a decision or a merge under way, and keeps both away. SQLite has one writer.
const db::Sql hold_opt_out_sql{{.name = "contacts.hold_opt_out",
                                .text = WAPI_OPT_OUT_OF_CONTACT,
                                .postgres = WAPI_OPT_OUT_OF_CONTACT " FOR SHARE"}};
#undef WAPI_OPT_OUT_OF_CONTACT
#define WAPI_FIND \
    "SELECT " WAPI_CONTACT_COLUMNS " FROM contacts WHERE workspace_id = $1 AND contact_id = $2"
const db::Sql find_sql{{.name = "contacts.find", .text = WAPI_FIND}};
const db::Sql find_seen_sql{{
    .name = "contacts.find_seen",
    .text = WAPI_FIND " AND " WAPI_SEES_CONTACT("contacts.contact_id", "$3", "$4"),
}};
#undef WAPI_FIND
const db::Sql delete_tags_sql{{
    .name = "contacts.delete_tags",
    .text = "DELETE FROM contact_tags WHERE workspace_id = $1 AND contact_id = $2",
}};
const db::Sql insert_tag_sql{{
    .name = "contacts.insert_tag",
    .text = "INSERT INTO contact_tags (workspace_id, contact_id, tag) VALUES ($1, $2, $3)"
            " ON CONFLICT (workspace_id, contact_id, tag) DO NOTHING",
}};

std::optional<std::int64_t> optional_us(const std::optional<Timestamp>& time) {
    return time ? std::optional(to_us(*time)) : std::nullopt;
}

}  // namespace

namespace store {

std::string render_tags(const std::vector<std::string>& tags) {
    return boost::json::serialize(boost::json::value_from(tags));
}

void put_tags(db::WorkspaceTxn& txn, const ContactId& id, const std::vector<std::string>& tags) {
    txn.execute(delete_tags_sql, id);
    for (const std::string& tag : tags) {
        txn.execute(insert_tag_sql, id, tag);
    }
}

void refresh_phone(db::WorkspaceTxn& txn, const ContactId& id, Timestamp now) {
    txn.execute(refresh_phone_sql, id);
    txn.announce(contact_changed, id.value);
    search::enqueue(txn, search::Kind::contact, id.value, now);
}

void announce_labels(db::WorkspaceTxn& txn, const Contact& before) {
    txn.announce(contact_changed, before.id.value, R"({"tags":)" + render_tags(before.tags) + "}");
}

void insert(db::WorkspaceTxn& txn, const Contact& contact, bool name_by_hand) {
    txn.announce(contact_changed, contact.id.value, R"({"new":true})");
    txn.execute(insert_sql, contact.id, contact.name, name_by_hand, contact.phone,
                render_tags(contact.tags), boost::json::serialize(contact.attributes),
                to_us(contact.created_at));
    search::enqueue(txn, search::Kind::contact, contact.id.value, contact.created_at);
}

std::optional<Contact> find(db::WorkspaceTxn& txn, const ContactId& id,
                            const Restrictions& restrictions) {
    const db::Rows rows =
        restrictions.bits() == 0
            ? txn.query(find_sql, id)
            : txn.query(find_seen_sql, id, restrictions.member, restrictions.bits());
    return rows.empty() ? std::nullopt : std::optional(read_contacts(txn, rows).front());
}

void update(db::WorkspaceTxn& txn, const Contact& contact, bool name_by_hand, Timestamp now) {
    txn.execute(update_sql, contact.id, contact.name, name_by_hand, render_tags(contact.tags),
                boost::json::serialize(contact.attributes));
    put_tags(txn, contact.id, contact.tags);
    search::enqueue(txn, search::Kind::contact, contact.id.value, now);
}

}  // namespace store

void set_profile_name(db::WorkspaceTxn& txn, const ContactId& id, std::string_view name,
                      Timestamp now) {
    if (txn.execute(set_profile_name_sql, id, name) == 1) {
        search::enqueue(txn, search::Kind::contact, id.value, now);
        txn.announce(contact_changed, id.value);
    }
}

void lock(db::WorkspaceTxn& txn, const ContactId& id) {
    if (txn.query(lock_sql, id).empty()) {
        throw Fault("db.conflict", "another transaction has just merged this contact");
    }
}

std::optional<OptOut> lock_opt_out(db::WorkspaceTxn& txn, const ContactId& id) {
    const db::Rows rows = txn.query(lock_opt_out_sql, id);
    return rows.empty() ? std::nullopt : std::optional(store::read_opt_out(rows[0], 0));
}

namespace {

/// Whether somebody else who has the phone in one of its forms is opted out, which is held as well.
bool is_out_by_other_form(db::WorkspaceTxn& txn, const ContactId& id, std::string_view phone) {
    if (!has_several_forms(phone)) {
        return false;
    }
    return std::ranges::any_of(
        contact_phones::find_owners(txn, phone), [&](const contact_phones::Owner& owner) {
            const db::Rows rows =
                owner.contact == id ? db::Rows() : txn.query(hold_opt_out_sql, owner.contact);
            return !rows.empty() && store::read_opt_out(rows[0], 0).status;
        });
}

}  // namespace

std::optional<OptOut> hold_opt_out(db::WorkspaceTxn& txn, const ContactId& id) {
    const db::Rows rows = txn.query(hold_opt_out_sql, id);
    if (rows.empty()) {
        return std::nullopt;
    }
    constexpr std::size_t phone = 6;
    OptOut held = store::read_opt_out(rows[0], 0);
    held.status = held.status || is_out_by_other_form(txn, id, rows[0].text(phone));
    return held;
}

void save_opt_out(db::WorkspaceTxn& txn, const ContactId& id, const OptOut& opt_out) {
    txn.execute(save_opt_out_sql, id, opt_out.status, to_us(opt_out.decided_at),
                optional_us(opt_out.opted_out_at), opt_out.opted_out_via,
                optional_us(opt_out.opted_back_in_at), optional_us(opt_out.started_at));
    txn.announce(contact_changed, id.value);
}

}  // namespace wapi::contacts
