#include "features/contact_batches/contact_batches_store.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <iterator>

#include "base/phone.hpp"
#include "db/lists.hpp"
#include "features/access/access.hpp"
#include "features/contact_phones/contact_phones.hpp"
#include "features/search/search.hpp"

namespace wapi::contact_batches::store {
namespace {

#define WAPI_OWNERS \
    "SELECT identity.value, contacts.contact_id, contacts.name, contacts.name_by_hand,"       \
    " contacts.phone, contacts.tags, contacts.attributes,"                                    \
    " CASE WHEN " WAPI_SEES_CONTACT("contacts.contact_id", "$3", "$4") " THEN 1 ELSE 0 END"   \
    " FROM contact_identities AS identity"                                                    \
    " JOIN contacts ON contacts.workspace_id = identity.workspace_id"                         \
    " AND contacts.contact_id = identity.contact_id"                                          \
    " WHERE identity.workspace_id = $1 AND identity.kind = 'phone' AND identity.value "
// In one order, so that two batches do not deadlock. SQLite has one writer.
const db::Sql lock_owners_sql{{
    .name = "contact_batches.lock_owners",
    .text = {},
    .sqlite = WAPI_OWNERS WAPI_IN_LIST_SQLITE("$2"),
    .postgres = WAPI_OWNERS WAPI_IN_LIST_POSTGRES(
        "$2") " ORDER BY contacts.contact_id FOR NO KEY UPDATE OF contacts",
}};
#undef WAPI_OWNERS
const db::Sql list_own_tags_sql{{
    .name = "contact_batches.list_own_tags",
    .text = "SELECT value FROM member_restrictions"
            " WHERE workspace_id = $1 AND user_id = $2 AND kind = 'tag'",
}};
const db::Sql insert_contact_sql{{
    .name = "contact_batches.insert_contact",
    .text = "INSERT INTO contacts (workspace_id, contact_id, name, name_by_hand, phone, tags,"
            " attributes, opted_out, opt_out_decided_us, opted_out_us, opted_out_via,"
            " opted_back_in_us, created_us)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, NULL, '', NULL, $8)",
}};
// A phone whose contact is gone is nobody's.
#define WAPI_DELETE_ORPHANS                                                     \
    "DELETE FROM contact_identities WHERE workspace_id = $1 AND kind = 'phone'" \
    " AND NOT EXISTS (SELECT 1 FROM contacts"                                   \
    "   WHERE contacts.workspace_id = contact_identities.workspace_id"          \
    "   AND contacts.contact_id = contact_identities.contact_id) AND value "
const db::Sql delete_orphans_sql{{
    .name = "contact_batches.delete_orphans",
    .text = {},
    .sqlite = WAPI_DELETE_ORPHANS WAPI_IN_LIST_SQLITE("$2"),
    .postgres = WAPI_DELETE_ORPHANS WAPI_IN_LIST_POSTGRES("$2"),
}};
#undef WAPI_DELETE_ORPHANS
const db::Sql insert_identity_sql{{
    .name = "contact_batches.insert_identity",
    .text = "INSERT INTO contact_identities (workspace_id, kind, value, contact_id, seen_us)"
            " VALUES ($1, 'phone', $2, $3, $4)"
            " ON CONFLICT (workspace_id, kind, value) DO NOTHING",
}};
#define WAPI_OWNER_IDS                                                                          \
    "SELECT contact_id FROM contact_identities WHERE workspace_id = $1 AND kind = 'phone' AND " \
    "value "
const db::Sql list_owner_ids_sql{{
    .name = "contact_batches.list_owner_ids",
    .text = {},
    .sqlite = WAPI_OWNER_IDS WAPI_IN_LIST_SQLITE("$2"),
    .postgres = WAPI_OWNER_IDS WAPI_IN_LIST_POSTGRES("$2"),
}};
#undef WAPI_OWNER_IDS
const db::Sql update_contact_sql{{
    .name = "contact_batches.update_contact",
    .text = "UPDATE contacts SET name = $3, name_by_hand = $4, tags = $5, attributes = $6"
            " WHERE workspace_id = $1 AND contact_id = $2",
}};
const db::Sql insert_tag_sql{{
    .name = "contact_batches.insert_tag",
    .text = "INSERT INTO contact_tags (workspace_id, contact_id, tag) VALUES ($1, $2, $3)"
            " ON CONFLICT (workspace_id, contact_id, tag) DO NOTHING",
}};

/// Values of one statement that is run many times. What they show must outlive it.
class Values {
  public:
    template <class... Args>
    void add(const Args&... args) {
        (values_.push_back(db::detail::to_value(args)), ...);
        per_row_ = sizeof...(Args);
    }
    void run(db::WorkspaceTxn& txn, const db::Sql& sql) const {
        if (!values_.empty()) {
            txn.execute_many(sql, values_, per_row_);
        }
    }

  private:
    std::vector<db::Value> values_;
    std::size_t per_row_ = 1;
};

/// What is stored of a person as text, kept while the statements run.
struct Texts {
    std::string tags;
    std::string attributes;
};

std::vector<Texts> render(const std::vector<Person>& people) {
    std::vector<Texts> texts;
    texts.reserve(people.size());
    for (const Person& person : people) {
        texts.push_back({.tags = db::render_list(person.tags),
                         .attributes = boost::json::serialize(person.attributes)});
    }
    return texts;
}

void insert_tags(db::WorkspaceTxn& txn, const std::vector<Person>& people) {
    Values values;
    for (const Person& person : people) {
        for (const std::string& tag : person.tags) {
            values.add(person.id, tag);
        }
    }
    values.run(txn, insert_tag_sql);
}

void enqueue_for_search(db::WorkspaceTxn& txn, const std::vector<Person>& people, Timestamp now) {
    std::vector<ContactId> ids;
    ids.reserve(people.size());
    for (const Person& person : people) {
        ids.push_back(person.id);
    }
    search::enqueue_behind(txn, ids, now);
}

}  // namespace

std::map<std::string, Person> lock_owners(db::WorkspaceTxn& txn,
                                          const std::vector<std::string>& phones,
                                          const Restrictions& restrictions) {
    std::map<std::string, Person> owners;
    for (const db::Row row : txn.query(lock_owners_sql, db::render_list(phones),
                                       restrictions.member, restrictions.bits())) {
        Person person{.id = row.id<ContactId>(1),
                      .name = row.string(2),
                      .name_by_hand = row.boolean(3),
                      .phone = row.string(4),
                      .tags = {},
                      .attributes = boost::json::parse(row.text(6)).as_object(),
                      .seen = row.boolean(7)};
        for (const boost::json::value& tag : boost::json::parse(row.text(5)).as_array()) {
            person.tags.emplace_back(tag.as_string());
        }
        owners.emplace(row.string(0), std::move(person));
    }
    return owners;
}

std::set<std::string> list_own_tags(db::WorkspaceTxn& txn, const std::string& member) {
    std::set<std::string> tags;
    for (const db::Row row : txn.query(list_own_tags_sql, member)) {
        tags.insert(row.string(0));
    }
    return tags;
}

void insert(db::WorkspaceTxn& txn, const std::vector<Person>& people, const Terms& terms) {
    if (people.empty()) {
        return;
    }
    const std::vector<Texts> texts = render(people);
    Values contacts;
    Values identities;
    std::vector<std::string> phones;
    std::vector<std::string> forms;  // of the phones: another may have come by another form
    std::set<ContactId> own;
    for (std::size_t at = 0; at < people.size(); ++at) {
        const Person& person = people[at];
        own.insert(person.id);
        contacts.add(person.id, person.name, person.name_by_hand, person.phone, texts[at].tags,
                     texts[at].attributes, terms.now);
        identities.add(person.phone, person.id, terms.now);
        phones.push_back(person.phone);
        std::ranges::move(phone_variants(person.phone), std::back_inserter(forms));
    }
    contact_phones::take_turns(txn, phones);
    const std::string list = db::render_list(forms);
    txn.execute(delete_orphans_sql, list);
    contacts.run(txn, insert_contact_sql);
    identities.run(txn, insert_identity_sql);
    for (const db::Row row : txn.query(list_owner_ids_sql, list)) {
        if (!own.contains(row.id<ContactId>(0))) {
            throw Fault("db.conflict", "another transaction has just made one of these contacts");
        }
    }
    insert_tags(txn, people);
    enqueue_for_search(txn, people, terms.now);
}

void update(db::WorkspaceTxn& txn, const std::vector<Person>& people, const Terms& terms) {
    const std::vector<Texts> texts = render(people);
    Values contacts;
    for (std::size_t at = 0; at < people.size(); ++at) {
        const Person& person = people[at];
        contacts.add(person.id, person.name, person.name_by_hand, texts[at].tags,
                     texts[at].attributes);
    }
    contacts.run(txn, update_contact_sql);
    insert_tags(txn, people);
    enqueue_for_search(txn, people, terms.now);
}

}  // namespace wapi::contact_batches::store
