// SQL of two contacts who turned out to be one person: what is known of the one becomes the
// other's.
#include <boost/json/serialize.hpp>

#include "features/contacts/contacts_rules.hpp"
#include "features/contacts/contacts_store.hpp"
#include "features/search/search.hpp"

namespace wapi::contacts {
namespace {

const db::Sql list_phones_sql{{
    .name = "contacts.list_phones",
    .text = "SELECT contact_id, value, seen_us FROM contact_identities WHERE workspace_id = $1"
            " AND contact_id IN ($2, $3) AND kind = 'phone' ORDER BY seen_us DESC, value DESC",
}};
const db::Sql set_phone_seen_sql{{
    .name = "contacts.set_phone_seen",
    .text = "UPDATE contact_identities SET seen_us = $3"
            " WHERE workspace_id = $1 AND kind = 'phone' AND value = $2",
}};
const db::Sql move_identities_sql{{
    .name = "contacts.move_identities",
    .text = "UPDATE contact_identities SET contact_id = $3"
            " WHERE workspace_id = $1 AND contact_id = $2",
}};
const db::Sql merge_name_sql{{
    .name = "contacts.merge_name",
    .text = "UPDATE contacts SET name = gone.name_given, name_by_hand = 1 FROM"
            " (SELECT name AS name_given FROM contacts"
            "   WHERE workspace_id = $1 AND contact_id = $2 AND name_by_hand = 1) AS gone"
            " WHERE workspace_id = $1 AND contact_id = $3 AND name_by_hand = 0",
}};
const db::Sql note_joined_sql{{
    .name = "contacts.note_joined",
    .text = "UPDATE contacts SET joined_by_hand = 1 WHERE workspace_id = $1 AND contact_id = $2",
}};
const db::Sql is_joined_sql{{
    .name = "contacts.is_joined",
    .text = "SELECT 1 FROM contacts"
            " WHERE workspace_id = $1 AND contact_id = $2 AND joined_by_hand = 1",
}};
const db::Sql save_labels_sql{{
    .name = "contacts.save_labels",
    .text = "UPDATE contacts SET tags = $3, attributes = $4"
            " WHERE workspace_id = $1 AND contact_id = $2",
}};
const db::Sql delete_sql{{
    .name = "contacts.delete",
    .text = "DELETE FROM contacts WHERE workspace_id = $1 AND contact_id = $2",
}};
const db::Sql list_numbers_sql{{
    .name = "contacts.list_numbers",
    .text = "SELECT phone_number_id FROM conversations WHERE workspace_id = $1 AND contact_id = $2",
}};

/// Tags and attributes of `from` that `into` does not have.
void merge_labels(db::WorkspaceTxn& txn, const ContactId& from, const ContactId& into) {
    const std::optional<Contact> lost = store::find(txn, from);
    std::optional<Contact> kept = store::find(txn, into);
    if (!lost || !kept || (lost->tags.empty() && lost->attributes.empty())) {
        return;
    }
    for (const std::string& tag : lost->tags) {
        if (std::ranges::find(kept->tags, tag) == kept->tags.end() &&
            kept->tags.size() < tags_max) {
            kept->tags.push_back(tag);
        }
    }
    for (const auto& [name, value] : lost->attributes) {
        kept->attributes.emplace(name, value);  // does nothing when the name is taken
    }
    txn.execute(save_labels_sql, into, store::render_tags(kept->tags),
                boost::json::serialize(kept->attributes));
    store::put_tags(txn, into, kept->tags);
}

/// Who saw the contact until now is told, also of one that goes. Before its conversations move.
void announce_merge(db::WorkspaceTxn& txn, const ContactId& id) {
    const std::optional<Contact> contact = store::find(txn, id);
    boost::json::array numbers;
    for (const db::Row row : txn.query(list_numbers_sql, id)) {
        numbers.emplace_back(row.text(0));
    }
    txn.announce(
        contact_changed, id.value,
        fmt::format(R"({{"tags":{},"numbers":{}}})",
                    store::render_tags(contact ? contact->tags : std::vector<std::string>()),
                    boost::json::serialize(numbers)));
}

}  // namespace

namespace store {

void put_phone_first(db::WorkspaceTxn& txn, const Merge& merge) {
    std::optional<std::string> shown;
    std::int64_t seen_us = to_us(merge.heard_at);
    for (const db::Row row : txn.query(list_phones_sql, merge.kept, merge.gone)) {
        if (row.id<ContactId>(0) != merge.shown) {
            seen_us = std::max(seen_us, row.integer(2) + 1);
        } else if (!shown) {
            shown = row.string(1);
            seen_us = std::max(seen_us, row.integer(2));
        }
    }
    if (shown) {
        txn.execute(set_phone_seen_sql, *shown, seen_us);
    }
}

Both lock_both(db::WorkspaceTxn& txn, const ContactId& one, const ContactId& other) {
    const bool one_first = one < other;  // rows are taken in the order of their ids
    const std::optional<OptOut> first = lock_opt_out(txn, one_first ? one : other);
    const std::optional<OptOut> second = lock_opt_out(txn, one_first ? other : one);
    if (!first || !second) {
        throw Fault("db.conflict", "another transaction has just merged this contact");
    }
    return {.one = one_first ? *first : *second, .other = one_first ? *second : *first};
}

void note_joined_by_hand(db::WorkspaceTxn& txn, const ContactId& id) {
    txn.execute(note_joined_sql, id);
}

bool is_joined_by_hand(db::WorkspaceTxn& txn, const ContactId& id) {
    return !txn.query(is_joined_sql, id).empty();
}

void merge(db::WorkspaceTxn& txn, const ContactId& from, const ContactId& into, Timestamp now) {
    const Both known = lock_both(txn, from, into);
    if (known.one.decided_at != Timestamp{}) {
        save_opt_out(txn, into, join_opt_outs(known.other, known.one));
    }
    if (is_joined_by_hand(txn, from)) {
        note_joined_by_hand(txn, into);
    }
    announce_merge(txn, from);
    announce_merge(txn, into);
    merge_labels(txn, from, into);
    txn.execute(merge_name_sql, from, into);
    txn.execute(move_identities_sql, from, into);
    put_tags(txn, from, {});
    txn.execute(delete_sql, from);
    search::enqueue(txn, search::Kind::contact, from.value, now);
    refresh_phone(txn, into, now);
}

}  // namespace store
}  // namespace wapi::contacts
