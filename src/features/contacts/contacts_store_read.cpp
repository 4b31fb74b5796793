// Contacts from rows. Declared in contacts.hpp and contacts_store.hpp.
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <map>

#include "db/lists.hpp"
#include "features/contacts/contacts_store.hpp"

namespace wapi::contacts {
namespace {

#define WAPI_IDENTITIES(ids)                                 \
    "SELECT contact_id, kind, value FROM contact_identities" \
    " WHERE workspace_id = $1 AND contact_id " ids           \
    " ORDER BY contact_id, kind, seen_us DESC, value DESC"
const db::Sql list_identities_sql{{
    .name = "contacts.list_identities",
    .text = {},
    .sqlite = WAPI_IDENTITIES(WAPI_IN_LIST_SQLITE("$2")),
    .postgres = WAPI_IDENTITIES(WAPI_IN_LIST_POSTGRES("$2")),
}};
#undef WAPI_IDENTITIES

std::optional<Timestamp> optional_time(const db::Row& row, std::size_t column) {
    const auto value = row.optional_integer(column);
    return value ? std::optional(from_us(*value)) : std::nullopt;
}

IdentityKind parse_kind(std::string_view name) {
    if (name == "bsuid") {
        return IdentityKind::bsuid;
    }
    return name == "username" ? IdentityKind::username : IdentityKind::phone;
}

Contact read_contact(const db::Row& row) {
    Contact contact{.id = row.id<ContactId>(0),
                    .name = row.string(1),
                    .phone = row.string(2),
                    .identities = {},
                    .tags = {},
                    .attributes = boost::json::parse(row.text(4)).as_object(),
                    .opt_out = store::read_opt_out(row, 6),
                    .created_at = from_us(row.integer(5))};
    for (const boost::json::value& tag : boost::json::parse(row.text(3)).as_array()) {
        contact.tags.emplace_back(tag.as_string());
    }
    return contact;
}

}  // namespace

OptOut store::read_opt_out(const db::Row& row, std::size_t first) {
    return {.status = row.boolean(first),
            .decided_at = from_us(row.integer(first + 1)),
            .opted_out_at = optional_time(row, first + 2),
            .opted_out_via = row.string(first + 3),
            .opted_back_in_at = optional_time(row, first + 4),
            .started_at = optional_time(row, first + 5)};
}

std::vector<Contact> read_contacts(db::WorkspaceTxn& txn, const db::Rows& rows) {
    std::vector<Contact> contacts;
    std::map<std::string, std::size_t> places;
    boost::json::array ids;
    for (const db::Row row : rows) {
        places.emplace(row.string(0), contacts.size());
        ids.emplace_back(row.text(0));
        contacts.push_back(read_contact(row));
    }
    if (contacts.empty()) {
        return contacts;
    }
    for (const db::Row row : txn.query(list_identities_sql, boost::json::serialize(ids))) {
        contacts[places.at(row.string(0))].identities.push_back(
            {parse_kind(row.text(1)), row.string(2)});
    }
    return contacts;
}

}  // namespace wapi::contacts
