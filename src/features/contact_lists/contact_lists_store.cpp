#include "features/contact_lists/contact_lists_store.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "features/access/access.hpp"

namespace wapi::contact_lists::store {
namespace {

#define WAPI_EACH_SQLITE(list) "json_each(" list ")"
#define WAPI_EACH_POSTGRES(list) "json_array_elements_text(CAST(" list " AS JSON))"
// What an attribute is compared by: texts as they are, numbers in decimals, truth values by name.
#define WAPI_HAS_SQLITE                                                                         \
    "SELECT 1 FROM json_each(contacts.attributes) AS has WHERE has.key = wanted.key"            \
    " AND CASE WHEN has.type IN ('true', 'false') THEN has.type WHEN has.type = 'real'"         \
    " AND has.value = CAST(has.value AS INTEGER) THEN CAST(CAST(has.value AS INTEGER) AS TEXT)" \
    " ELSE CAST(has.value AS TEXT) END = wanted.value"
// PostgreSQL takes no U+0000 out of JSON: who has one in an attribute, from before they were
// refused, is not found by any. The escape of one has no escaped backslash before it.
#define WAPI_HAS_POSTGRES                                                            \
    "SELECT 1 FROM jsonb_each_text(CASE WHEN contacts.attributes LIKE '%\\\\u0000%'" \
    " AND contacts.attributes ~ '(^|[^\\\\])(\\\\\\\\)*\\\\u0000'"                   \
    " THEN CAST('{}' AS JSONB) ELSE CAST(contacts.attributes AS JSONB) END)"         \
    " AS has(key, value) WHERE has.key = wanted.key AND has.value = wanted.value"
#define WAPI_BEARS(tag)                                                       \
    "EXISTS (SELECT 1 FROM contact_tags WHERE contact_tags.workspace_id = $1" \
    " AND contact_tags.contact_id = contacts.contact_id AND contact_tags.tag = " tag ")"
#define WAPI_WROTE_SINCE(time)                                                 \
    "EXISTS (SELECT 1 FROM conversations AS talk WHERE talk.workspace_id = $1" \
    " AND talk.contact_id = contacts.contact_id AND talk.last_inbound_us >= " time ")"
// $2 and $3: ids below the one and from the other on; $4 text, $5 limit, $6 member, $7 bits, $8
// tags, $9 without tags, $10 attributes, $11 wrote since, $12 silent since, $13 opted out, $14 the
// tag that leads to the contacts.
#define WAPI_LIST(from, id, tags, without, attributes, has) \
    "SELECT " WAPI_CONTACT_COLUMNS " FROM " from " AND " id " < $2 AND " id " >= $3"           \
    " AND ($4 = '' OR " WAPI_LOWER("contacts.name") " LIKE $4 ESCAPE '!'"                      \
    " OR contacts.phone LIKE $4 ESCAPE '!')"                                                   \
    " AND ($8 = '[]' OR NOT EXISTS (SELECT 1 FROM " tags " AS wanted"                          \
    " WHERE NOT " WAPI_BEARS("wanted.value") "))"                                              \
    " AND ($9 = '[]' OR NOT EXISTS (SELECT 1 FROM " without " AS unwanted"                     \
    " WHERE " WAPI_BEARS("unwanted.value") "))"                                                \
    " AND ($10 = '{}' OR NOT EXISTS (SELECT 1 FROM " attributes                                \
    " WHERE NOT EXISTS (" has ")))"                                                            \
    " AND (CAST($11 AS BIGINT) = 0 OR " WAPI_WROTE_SINCE("$11") ")"                            \
    " AND (CAST($12 AS BIGINT) = 0 OR NOT " WAPI_WROTE_SINCE("$12") ")"                        \
    " AND (CAST($13 AS BIGINT) < 0 OR contacts.opted_out = $13)"                               \
    " AND " WAPI_SEES_CONTACT("contacts.contact_id", "$6", "$7")                               \
    " ORDER BY " id " DESC LIMIT $5"
#define WAPI_ALL "contacts WHERE contacts.workspace_id = $1 AND CAST($14 AS TEXT) = ''"
#define WAPI_TAGGED                                                                       \
    "contact_tags AS bearer JOIN contacts ON contacts.workspace_id = bearer.workspace_id" \
    " AND contacts.contact_id = bearer.contact_id"                                        \
    " WHERE bearer.workspace_id = $1 AND bearer.tag = $14"
#define WAPI_LIST_SQLITE(from, id)                                      \
    WAPI_LIST(from, id, WAPI_EACH_SQLITE("$8"), WAPI_EACH_SQLITE("$9"), \
              WAPI_EACH_SQLITE("$10") " AS wanted", WAPI_HAS_SQLITE)
#define WAPI_LIST_POSTGRES(from, id)                                        \
    WAPI_LIST(from, id, WAPI_EACH_POSTGRES("$8"), WAPI_EACH_POSTGRES("$9"), \
              "json_each_text(CAST($10 AS JSON)) AS wanted(key, value)", WAPI_HAS_POSTGRES)
const db::Sql list_sql{{
    .name = "contact_lists.list",
    .text = {},
    .sqlite = WAPI_LIST_SQLITE(WAPI_ALL, "contacts.contact_id"),
    .postgres = WAPI_LIST_POSTGRES(WAPI_ALL, "contacts.contact_id"),
}};
const db::Sql list_tagged_sql{{
    .name = "contact_lists.list_tagged",
    .text = {},
    .sqlite = WAPI_LIST_SQLITE(WAPI_TAGGED, "bearer.contact_id"),
    .postgres = WAPI_LIST_POSTGRES(WAPI_TAGGED, "bearer.contact_id"),
}};
const db::Sql last_looked_at_sql{{
    .name = "contact_lists.last_looked_at",
    .text = "SELECT contact_id FROM contacts WHERE workspace_id = $1 AND contact_id < $2"
            " ORDER BY contact_id DESC LIMIT 1 OFFSET $3",
}};
const db::Sql last_looked_at_tagged_sql{{
    .name = "contact_lists.last_looked_at_tagged",
    .text = "SELECT contact_id FROM contact_tags WHERE workspace_id = $1 AND tag = $4"
            " AND contact_id < $2 ORDER BY contact_id DESC LIMIT 1 OFFSET $3",
}};

const db::Sql only_tag_of_member_sql{{
    .name = "contact_lists.only_tag_of_member",
    .text = "SELECT min(value) FROM member_restrictions WHERE workspace_id = $1 AND user_id = $2"
            " AND kind = 'tag' HAVING count(*) = 1",
}};

constexpr std::chrono::days day{1};
constexpr std::string_view above_all_ids = "zz";

std::string_view below(const Filter& filter) {
    return filter.cursor.empty() ? above_all_ids : std::string_view(filter.cursor);
}

std::string render_json(const auto& content) {
    return boost::json::serialize(boost::json::value_from(content));
}

}  // namespace

std::string leading_tag(db::WorkspaceTxn& txn, const Filter& filter) {
    const std::vector<std::string>& tags = filter.conditions.tags;
    if (!tags.empty()) {
        return tags.front();
    }
    if (!filter.restrictions.by_tag) {
        return {};
    }
    const db::Rows only = txn.query(only_tag_of_member_sql, filter.restrictions.member);
    return only.empty() ? std::string() : only[0].string(0);
}

std::vector<contacts::Contact> list(db::WorkspaceTxn& txn, const Filter& filter, const Part& part,
                                    Timestamp now) {
    const segments::Conditions& wanted = filter.conditions;
    const std::string text = db::contains_pattern(filter.text);
    const auto days_ago = [now](std::optional<std::int64_t> days) {
        return days ? to_us(now - *days * day) : 0;
    };
    const std::int64_t silent_since = wanted.never_wrote ? 1 : days_ago(wanted.silent_for_days);
    const std::int64_t opted_out = wanted.opted_out ? (*wanted.opted_out ? 1 : 0) : -1;
    return contacts::read_contacts(
        txn,
        txn.query(part.leading_tag.empty() ? list_sql : list_tagged_sql, below(filter), part.from,
                  text, static_cast<std::int64_t>(filter.limit + 1), filter.restrictions.member,
                  filter.restrictions.bits(), render_json(wanted.tags),
                  render_json(wanted.without_tags), render_json(wanted.attributes),
                  days_ago(wanted.wrote_within_days), silent_since, opted_out, part.leading_tag));
}

std::optional<ContactId> find_last_looked_at(db::WorkspaceTxn& txn, const Filter& filter,
                                             const std::string& leading_tag) {
    const auto offset = static_cast<std::int64_t>(looked_at_max - 1);
    const db::Rows rows = leading_tag.empty() ? txn.query(last_looked_at_sql, below(filter), offset)
                                              : txn.query(last_looked_at_tagged_sql, below(filter),
                                                          offset, leading_tag);
    return rows.empty() ? std::nullopt : std::optional(rows[0].id<ContactId>(0));
}

}  // namespace wapi::contact_lists::store
