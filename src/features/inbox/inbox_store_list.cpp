// SQL of the inbox's list. Declared in inbox.hpp.
//
// The ids of a page are found first, by an index that leads to few rows or holds all columns that
// are asked for, and only then joined with what its rows show, in one statement. An index holds one
// state after another, so a page over all states is put together of three.
#include <boost/json/parse.hpp>
#include <charconv>

#include "features/access/access.hpp"
#include "features/inbox/inbox_store.hpp"

namespace wapi::inbox {
namespace {

// $2, $3: the place to go on from. $4 contact, $5 status, $6 assignee, $10 number, $11 tag, $12
// unread only; empty or 0: any. $7 limit. $8, $9: the restrictions.
#define WAPI_NEWEST " ORDER BY last_message_us DESC, conversation_id DESC LIMIT $7"
#define WAPI_SIFTED                                      \
    " AND (last_message_us, conversation_id) < ($2, $3)" \
    " AND ($4 = '' OR contact_id = $4)"                  \
    " AND " WAPI_SEES_CONVERSATION("conversations", "$8", "$9") WAPI_NEWEST
#define WAPI_OF_ASSIGNEE "($6 = '' OR coalesce(assignee_id, 'none') = $6) AND "
#define WAPI_OF_NUMBER "($10 = '' OR phone_number_id = $10) AND "
#define WAPI_UNREAD "(CAST($12 AS BIGINT) = 0 OR unread_count > 0) AND "
#define WAPI_OF_TAG                                                    \
    "($11 = '' OR coalesce((SELECT 1 FROM contact_tags AS borne WHERE" \
    " borne.workspace_id = $1"                                         \
    " AND borne.contact_id = conversations.contact_id"                 \
    " AND borne.tag = $11 LIMIT 1), 0) = 1)"
#define WAPI_ID_FOUND "SELECT conversation_id FROM conversations WHERE workspace_id = $1 AND "
#define WAPI_IN_STATE(state, whose)                                             \
    "SELECT * FROM (SELECT conversation_id, last_message_us FROM conversations" \
    " WHERE workspace_id = $1 AND " whose WAPI_OF_TAG " AND status = '" state   \
    "' AND ($5 = '' OR $5 = '" state "')" WAPI_SIFTED ") AS " state "_ones"
// clang-format off
#define WAPI_IN_STATES(whose)             \
    "SELECT conversation_id FROM ("       \
    WAPI_IN_STATE("open", whose)          \
    " UNION ALL "                         \
    WAPI_IN_STATE("snoozed", whose)       \
    " UNION ALL "                         \
    WAPI_IN_STATE("resolved", whose)      \
    ") AS of_states" WAPI_NEWEST
// clang-format on

#define WAPI_FOUND "SELECT " WAPI_CONVERSATION " FROM conversations WHERE workspace_id = $1 AND "
// The left joins keep SQLite from beginning with another table.
#define WAPI_ENTRY(found)                                                                        \
    "SELECT found.*, coalesce(person.name, ''), coalesce(person.phone, ''),"                     \
    " coalesce(person.tags, '[]'), coalesce(person.opted_out, 0), coalesce(agent.name, ''),"     \
    " newest.wa_message_id, newest.direction, newest.type, newest.status,"                       \
    " substr(newest.text, 1, 300), newest.timestamp_us, newest.error_code, newest.error_message" \
    " FROM (" found                                                                              \
    ") AS found"                                                                                 \
    " LEFT JOIN contacts AS person ON person.workspace_id = $1"                                  \
    " AND person.contact_id = found.contact_id"                                                  \
    " LEFT JOIN users AS agent ON agent.user_id = found.assignee_id"                             \
    " LEFT JOIN messages AS newest ON newest.workspace_id = $1"                                  \
    " AND newest.message_id = found.last_message_id"
// The ids are found apart, so that PostgreSQL plans the joins by themselves. Where it expects to
// pass over many rows for the ids, it took reading all conversations to be as cheap as looking 51
// up: what differs by less than a hundredth of the whole is alike to it.
#define WAPI_PAGE(ids) \
    "WITH ids AS MATERIALIZED (" ids ") "                                                    \
    WAPI_ENTRY(WAPI_FOUND "conversation_id IN (SELECT conversation_id FROM ids)")            \
    " ORDER BY found.last_message_us DESC, found.conversation_id DESC"

const db::Sql list_sql{{
    .name = "inbox.list",
    .text = WAPI_PAGE(WAPI_IN_STATES(WAPI_OF_ASSIGNEE WAPI_OF_NUMBER WAPI_UNREAD)),
}};
// By the indexes of assignees and of what is unread, for these may be few among a million. Each is
// named once: of what is named twice PostgreSQL expects so few that it reads all conversations.
const db::Sql list_of_assignee_sql{{
    .name = "inbox.list_of_assignee",
    .text = WAPI_PAGE(WAPI_IN_STATES("assignee_id = $6 AND " WAPI_OF_NUMBER WAPI_UNREAD)),
}};
const db::Sql list_unread_sql{{
    .name = "inbox.list_unread",
    .text = WAPI_PAGE(WAPI_IN_STATES("unread_count > 0 AND CAST($12 AS BIGINT) <> 0"
                                     " AND " WAPI_OF_ASSIGNEE WAPI_OF_NUMBER)),
}};
// Of a number that has few. The index is on this expression, so that it is never taken for a
// statement that names a contact and a number, of which PostgreSQL knows no better before it has
// analysed the table.
#define WAPI_ON_NUMBER "phone_number_id || '' = "
const db::Sql list_of_number_sql{{
    .name = "inbox.list_of_number",
    .text = WAPI_PAGE(WAPI_ID_FOUND WAPI_ON_NUMBER "$10 AND " WAPI_OF_TAG
                                                   " AND " WAPI_OF_ASSIGNEE WAPI_UNREAD
                                                   "($5 = '' OR status = $5)" WAPI_SIFTED),
}};
const db::Sql count_of_number_sql{{
    .name = "inbox.count_of_number",
    .text = "SELECT count(*) FROM (SELECT 1 FROM conversations WHERE workspace_id = $1"
            " AND " WAPI_ON_NUMBER "$2 LIMIT $3) AS these",
}};
#undef WAPI_ON_NUMBER
// By the contacts: the one that was asked for, or the few that bear the tag, or the member's tags.
const db::Sql list_of_contacts_sql{{
    .name = "inbox.list_of_contacts",
    .text = WAPI_PAGE(
        WAPI_ID_FOUND
        "contact_id IN (SELECT CAST($4 AS TEXT) WHERE $4 <> '' UNION ALL"
        " SELECT contact_id FROM contact_tags WHERE workspace_id = $1 AND tag = $11 AND $4 = ''"
        " UNION SELECT contact_id FROM contact_tags WHERE workspace_id = $1 AND $4 = ''"
        " AND $11 = '' AND tag IN (SELECT value FROM member_restrictions WHERE workspace_id = $1"
        " AND user_id = $8 AND kind = 'tag')) AND ($4 = '' OR " WAPI_OF_TAG
        ") AND " WAPI_OF_ASSIGNEE WAPI_OF_NUMBER WAPI_UNREAD
        "($5 = '' OR status = $5)" WAPI_SIFTED),
}};
const db::Sql get_entry_sql{{
    .name = "inbox.get_entry",
    .text = WAPI_ENTRY(
        WAPI_FOUND "conversation_id = $2 AND " WAPI_SEES_CONVERSATION("conversations", "$3", "$4")),
}};
// Who bears the tag $2, or without one any of the member's.
const db::Sql count_bearers_sql{{
    .name = "inbox.count_bearers",
    .text = "SELECT count(*) FROM (SELECT 1 FROM contact_tags WHERE workspace_id = $1"
            " AND tag IN (SELECT CAST($2 AS TEXT) WHERE $2 <> '' UNION ALL"
            " SELECT value FROM member_restrictions WHERE workspace_id = $1 AND user_id = $3"
            " AND kind = 'tag' AND $2 = '') LIMIT $4) AS bearers",
}};
#undef WAPI_PAGE
#undef WAPI_ENTRY
#undef WAPI_IN_STATES
#undef WAPI_IN_STATE
#undef WAPI_ID_FOUND
#undef WAPI_FOUND
#undef WAPI_OF_TAG
#undef WAPI_UNREAD
#undef WAPI_OF_NUMBER
#undef WAPI_OF_ASSIGNEE
#undef WAPI_SIFTED
#undef WAPI_NEWEST

/// Contacts with a tag, and conversations of a number, that are looked up one by one; of more the
/// list meets one soon enough. To pass a row over costs more where its tags are looked up.
constexpr std::int64_t few_bearers = 4'000;
constexpr std::int64_t few_of_number = 500;

struct Position {
    std::int64_t last_message_us = INT64_MAX;
    std::string id;
};

/// A cursor is "<last_message_us>_<conversation id>".
Result<Position> parse_cursor(const std::string& cursor) {
    Position position;
    if (cursor.empty()) {
        return position;
    }
    const std::size_t split = cursor.find('_');
    const char* end = cursor.data() + std::min(split, cursor.size());
    const auto parsed = std::from_chars(cursor.data(), end, position.last_message_us);
    if (split == std::string::npos || parsed.ec != std::errc{} || parsed.ptr != end) {
        return fail_field(wapi::errors::invalid_request, "cursor", "Not a cursor of this list.");
    }
    position.id = cursor.substr(split + 1);
    return position;
}

std::string render_cursor(const Conversation& last) {
    return std::to_string(last.last_message_at ? to_us(*last.last_message_at) : 0) + "_" +
           last.id.value;
}

std::optional<LastMessage> read_preview(const db::Row& row, std::size_t first) {
    if (row.is_null(first)) {
        return std::nullopt;
    }
    return LastMessage{.wa_message_id = row.id<WaMessageId>(first),
                       .direction = row.string(first + 1),
                       .type = row.string(first + 2),
                       .status = row.string(first + 3),
                       .text = row.string(first + 4),
                       .timestamp = from_us(row.integer(first + 5)),
                       .error_code = row.optional_integer(first + 6),
                       .error_message = row.string(first + 7)};
}

Entry read_entry(const db::Row& row) {
    constexpr std::size_t first = conversation_columns;
    Entry entry;
    static_cast<Conversation&>(entry) = read_conversation(row);
    entry.contact_name = row.string(first);
    entry.contact_phone = row.string(first + 1);
    for (const boost::json::value& tag : boost::json::parse(row.text(first + 2)).as_array()) {
        entry.contact_tags.emplace_back(tag.as_string());
    }
    entry.contact_opted_out = row.boolean(first + 3);
    entry.assignee_name = row.string(first + 4);
    entry.preview = read_preview(row, first + 5);
    return entry;
}

bool is_status(std::string_view name) {
    return name == status::open || name == status::snoozed || name == status::resolved;
}

/// Few bear the tag that is asked for, or the tags of who sees no others.
bool is_rare_tag(db::WorkspaceTxn& txn, const Filter& filter) {
    const Restrictions& seen = filter.restrictions;
    return (!filter.tag.empty() || seen.by_tag) &&
           txn.query(count_bearers_sql, filter.tag, seen.member, few_bearers)[0].integer(0) <
               few_bearers;
}

bool is_rare_number(db::WorkspaceTxn& txn, const std::string& number) {
    return !number.empty() &&
           txn.query(count_of_number_sql, number, few_of_number)[0].integer(0) < few_of_number;
}

/// The statement that leads to the fewest rows.
const db::Sql& lead(db::WorkspaceTxn& txn, const Filter& filter) {
    if (!filter.contact.empty() || is_rare_tag(txn, filter)) {
        return list_of_contacts_sql;
    }
    if (!filter.assignee.empty() && filter.assignee != "none") {
        return list_of_assignee_sql;
    }
    if (is_rare_number(txn, filter.number)) {
        return list_of_number_sql;
    }
    return filter.unread_only ? list_unread_sql : list_sql;
}

}  // namespace

Result<Page> list(db::WorkspaceTxn& txn, const Filter& asked) {
    Filter filter = asked;
    const Restrictions& seen = filter.restrictions;
    const Result<Position> after = parse_cursor(filter.cursor);
    if (!after) {
        return std::unexpected(after.error());
    }
    if (!filter.status.empty() && !is_status(filter.status)) {
        return fail_field(wapi::errors::invalid_request, "status", "open, snoozed or resolved.");
    }
    if (sees_own_only(seen)) {
        if (!filter.assignee.empty() && filter.assignee != seen.member) {
            return Page{};
        }
        filter.assignee = seen.member;
    }
    Page page;
    for (const db::Row row :
         txn.query(lead(txn, filter), after->last_message_us, after->id, filter.contact,
                   filter.status, filter.assignee, static_cast<std::int64_t>(filter.limit + 1),
                   seen.member, seen.bits(), filter.number, filter.tag, filter.unread_only)) {
        page.conversations.push_back(read_entry(row));
    }
    if (page.conversations.size() > filter.limit) {
        page.conversations.pop_back();
        page.next_cursor = render_cursor(page.conversations.back());
    }
    return page;
}

Result<Entry> get_entry(db::WorkspaceTxn& txn, const ConversationId& id,
                        const Restrictions& restrictions) {
    const db::Rows rows = txn.query(get_entry_sql, id, restrictions.member, restrictions.bits());
    return rows.empty() ? fail(errors::conversation_not_found) : Result<Entry>(read_entry(rows[0]));
}

}  // namespace wapi::inbox
