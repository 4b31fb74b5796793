// SQL of the inbox's list. Declared in inbox.hpp.
//
// A page is found first, by the index that leads to the fewest rows, and only then joined with what
// its rows show, in one statement. An index holds one state after another, so a page over all
// states is put together of three.
#include <boost/json/parse.hpp>
#include <charconv>

#include "features/access/access.hpp"
#include "features/inbox/inbox_store.hpp"

namespace wapi::inbox {
namespace {

// $2, $3: the place to go on from. $4 contact, $5 status, $6 assignee, $10 number, $11 tag, $12
// unread only; empty or 0: any. $7 limit. $8, $9: the restrictions.
#define WAPI_SIFTED                                      \
    " AND (last_message_us, conversation_id) < ($2, $3)" \
    " AND ($4 = '' OR contact_id = $4)"                  \
    " AND " WAPI_SEES_CONVERSATION(                      \
        "conversations", "$8",                           \
        "$9") " ORDER BY last_message_us DESC, conversation_id DESC LIMIT $7"
#define WAPI_OF_ASSIGNEE "($6 = '' OR coalesce(assignee_id, 'none') = $6) AND "
#define WAPI_OF_NUMBER "($10 = '' OR phone_number_id = $10) AND "
#define WAPI_UNREAD "(CAST($12 AS BIGINT) = 0 OR unread_count > 0) AND "
#define WAPI_OF_TAG                                                    \
    "($11 = '' OR coalesce((SELECT 1 FROM contact_tags AS borne WHERE" \
    " borne.workspace_id = $1"                                         \
    " AND borne.contact_id = conversations.contact_id"                 \
    " AND borne.tag = $11 LIMIT 1), 0) = 1)"
#define WAPI_FOUND "SELECT " WAPI_CONVERSATION " FROM conversations WHERE workspace_id = $1 AND "
#define WAPI_IN_STATE(state, whose)                                        \
    "SELECT * FROM (" WAPI_FOUND whose WAPI_OF_TAG " AND status = '" state \
    "' AND ($5 = '' OR $5 = '" state "')" WAPI_SIFTED ") AS " state "_ones"
#define WAPI_IN_STATES(whose)    \
    WAPI_IN_STATE("open", whose) \
    " UNION ALL " WAPI_IN_STATE("snoozed", whose) " UNION ALL " WAPI_IN_STATE("resolved", whose)

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
#define WAPI_PAGE(found) \
    WAPI_ENTRY(found) " ORDER BY found.last_message_us DESC, found.conversation_id DESC LIMIT $7"

const db::Sql list_sql{{
    .name = "inbox.list",
    .text = WAPI_PAGE(WAPI_IN_STATES(WAPI_OF_ASSIGNEE WAPI_OF_NUMBER WAPI_UNREAD)),
}};
// By the indexes of assignees, of numbers and of what is unread or nobody's, for these may be few
// among a million. Each is named once: of what is named twice PostgreSQL expects so few that it
// reads all conversations.
const db::Sql list_of_assignee_sql{{
    .name = "inbox.list_of_assignee",
    .text = WAPI_PAGE(WAPI_IN_STATES("assignee_id = $6 AND " WAPI_OF_NUMBER WAPI_UNREAD)),
}};
const db::Sql list_of_nobody_sql{{
    .name = "inbox.list_of_nobody",
    .text = WAPI_PAGE(
        WAPI_IN_STATES("assignee_id IS NULL AND $6 <> '' AND " WAPI_OF_NUMBER WAPI_UNREAD)),
}};
// The index is on this expression, so that it is never taken for a statement that names a contact
// and a number, of which PostgreSQL knows no better before it has analysed the table.
const db::Sql list_of_number_sql{{
    .name = "inbox.list_of_number",
    .text =
        WAPI_PAGE(WAPI_IN_STATES("phone_number_id || '' = $10 AND " WAPI_OF_ASSIGNEE WAPI_UNREAD)),
}};
const db::Sql list_unread_sql{{
    .name = "inbox.list_unread",
    .text = WAPI_PAGE(WAPI_IN_STATES("unread_count > 0 AND CAST($12 AS BIGINT) <> 0"
                                     " AND " WAPI_OF_ASSIGNEE WAPI_OF_NUMBER)),
}};
// By the contacts: the one that was asked for, or the few that bear the tag, or the member's tags.
// The few of the page are found first, so that not every row is sorted with all its columns.
const db::Sql list_of_contacts_sql{{
    .name = "inbox.list_of_contacts",
    .text = WAPI_PAGE(
        WAPI_FOUND
        "conversation_id IN (SELECT conversation_id FROM conversations WHERE workspace_id = $1"
        " AND contact_id IN (SELECT CAST($4 AS TEXT) WHERE $4 <> '' UNION ALL"
        " SELECT contact_id FROM contact_tags WHERE workspace_id = $1 AND tag = $11 AND $4 = ''"
        " UNION SELECT contact_id FROM contact_tags WHERE workspace_id = $1 AND $4 = ''"
        " AND $11 = '' AND tag IN (SELECT value FROM member_restrictions WHERE workspace_id = $1"
        " AND user_id = $8 AND kind = 'tag')) AND ($4 = '' OR " WAPI_OF_TAG
        ") AND " WAPI_OF_ASSIGNEE WAPI_OF_NUMBER WAPI_UNREAD "($5 = '' OR status = $5)" WAPI_SIFTED
        ")"),
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
#undef WAPI_FOUND
#undef WAPI_OF_TAG
#undef WAPI_UNREAD
#undef WAPI_OF_NUMBER
#undef WAPI_OF_ASSIGNEE
#undef WAPI_SIFTED

/// Contacts with a tag that are looked up one by one; of more the list meets one soon enough.
constexpr std::int64_t bearers_max = 4'000;

struct Position {
    std::int64_t last_message_us = INT64_MAX;
    std::string id;
    friend auto operator<=>(const Position&, const Position&) = default;
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

Position place_of(const Conversation& one) {
    return {.last_message_us = one.last_message_at ? to_us(*one.last_message_at) : 0,
            .id = one.id.value};
}

std::string render_cursor(const Conversation& last) {
    const Position place = place_of(last);
    return std::to_string(place.last_message_us) + "_" + place.id;
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
bool is_rare(db::WorkspaceTxn& txn, const Filter& filter) {
    const Restrictions& seen = filter.restrictions;
    return (!filter.tag.empty() || seen.by_tag) &&
           txn.query(count_bearers_sql, filter.tag, seen.member, bearers_max)[0].integer(0) <
               bearers_max;
}

/// The statement that leads to the fewest rows. `rare`: is_rare of the caller and filter.
const db::Sql& lead(const Filter& filter, bool rare) {
    const bool of_nobody = filter.assignee == "none";
    if (!filter.contact.empty() || rare) {
        return list_of_contacts_sql;
    }
    if (!filter.assignee.empty()) {
        return of_nobody ? list_of_nobody_sql : list_of_assignee_sql;
    }
    if (filter.unread_only) {
        return list_unread_sql;
    }
    return filter.number.empty() ? list_sql : list_of_number_sql;
}

/// The filter in parts that together find the same, each of which leads to few: of a caller who
/// sees their own conversations and those of nobody these two, of one who sees few numbers each.
std::vector<Filter> split_filter(db::WorkspaceTxn& txn, const Filter& filter, bool rare) {
    constexpr std::size_t numbers_max = 8;  ///< a statement each; of more one walk through all
    const Restrictions& seen = filter.restrictions;
    const db::Sql* const leading = &lead(filter, rare);
    std::vector<Filter> parts;
    if (seen.assigned_only && (leading == &list_sql || leading == &list_unread_sql)) {
        for (const std::string& assignee : {seen.member, std::string("none")}) {
            parts.push_back(filter);
            parts.back().assignee = assignee;
        }
    } else if (seen.by_number && leading == &list_sql) {
        std::vector<std::string> numbers = access::list_assigned(txn, UserId(seen.member)).numbers;
        if (numbers.size() > numbers_max) {
            return {filter};
        }
        for (std::string& number : numbers) {
            parts.push_back(filter);
            parts.back().number = std::move(number);
        }
    } else {
        parts.push_back(filter);
    }
    return parts;
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
    const bool rare = is_rare(txn, filter);
    const std::vector<Filter> parts = split_filter(txn, filter, rare);
    for (const Filter& one : parts) {
        for (const db::Row row :
             txn.query(lead(one, rare), after->last_message_us, after->id, one.contact, one.status,
                       one.assignee, static_cast<std::int64_t>(one.limit + 1), seen.member,
                       seen.bits(), one.number, one.tag, one.unread_only)) {
            page.conversations.push_back(read_entry(row));
        }
    }
    if (parts.size() > 1) {
        std::ranges::sort(page.conversations, std::greater{}, place_of);
        page.conversations.resize(std::min(page.conversations.size(), filter.limit + 1));
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
