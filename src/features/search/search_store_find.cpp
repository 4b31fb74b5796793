// The statements that find what is indexed. Declared in search_store.hpp.
#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "db/lists.hpp"
#include "features/access/access.hpp"
#include "features/search/search_store.hpp"

namespace wapi::search::store {
namespace {

// $2, $7: what is asked for, as FTS5 and as PostgreSQL take it. $3: document ids below. $4: at
// most. $5, $6: the restrictions. Every word that is asked for names the kind as well; PostgreSQL
// does not know that, and without a condition would look for contacts among the messages.
#define WAPI_MATCHES                                                                           \
    "(SELECT documents.document_id, documents.subject_id FROM search_words"                    \
    " JOIN search_documents AS documents ON documents.document_id = search_words.rowid"        \
    " WHERE search_words MATCH $2 AND search_words.rowid < $3 AND documents.workspace_id = $1" \
    " AND $7 <> '' ORDER BY search_words.rowid DESC LIMIT $4) AS found"
#define WAPI_MATCHES_ON_POSTGRES(kind)                                              \
    "(SELECT document_id, subject_id FROM search_documents WHERE workspace_id = $1" \
    " AND kind = '" kind                                                            \
    "' AND document_id < $3 AND $2 <> ''"                                           \
    " AND array_to_tsvector(string_to_array(words, ' ')) @@ CAST($7 AS TSQUERY)"    \
    " ORDER BY document_id DESC LIMIT $4) AS found"
// The same of the newest documents alone, and $2 what their words hold (render_needles).
#define WAPI_OF_NEWEST(needles, documents, holds)                           \
    "(WITH needles(needle) AS MATERIALIZED (" needles                       \
    ") SELECT document_id, subject_id FROM " documents                      \
    " AS document WHERE NOT EXISTS (SELECT 1 FROM needles WHERE NOT " holds \
    ") ORDER BY document_id DESC LIMIT $4) AS found"
#define WAPI_OF_NEWEST_ON_SQLITE(documents)                      \
    WAPI_OF_NEWEST("SELECT value FROM json_each($2)", documents, \
                   "instr(' ' || words || ' ', needle) > 0")
#define WAPI_OF_NEWEST_ON_POSTGRES(documents)                                      \
    WAPI_OF_NEWEST("SELECT json_array_elements_text(CAST($2 AS JSON))", documents, \
                   "position(needle IN ' ' || words || ' ') > 0")
// Of the $7 newest that match $9, and so come one by one, those that match $8 and whose words hold
// $2.
#define WAPI_OF_BEGINNINGS                                                                        \
    "(WITH needles(needle) AS MATERIALIZED (SELECT value FROM json_each($2))"                     \
    " SELECT documents.document_id, documents.subject_id FROM search_words"                       \
    " JOIN search_documents AS documents ON documents.document_id = search_words.rowid"           \
    " WHERE search_words MATCH $8 AND search_words.rowid < $3 AND search_words.rowid >= coalesce" \
    "((SELECT rowid FROM search_words WHERE search_words MATCH $9 AND rowid < $3"                 \
    " ORDER BY rowid DESC LIMIT 1 OFFSET $7 - 1), 0) AND documents.workspace_id = $1"             \
    " AND NOT EXISTS (SELECT 1 FROM needles"                                                      \
    " WHERE NOT instr(' ' || documents.words || ' ', needle) > 0)"                                \
    " ORDER BY search_words.rowid DESC LIMIT $4) AS found"
// Those of the $7 newest of messages and contacts that are messages.
#define WAPI_NEW_MESSAGES(before)                                                     \
    "(SELECT document_id, subject_id, words FROM search_documents WHERE " before      \
    " AND document_id > (SELECT max(document_id) FROM search_documents WHERE " before \
    ") - $7 AND kind = 'message' AND workspace_id || '' = $1)"
// The $7 newest.
#define WAPI_NEW_CONTACTS(index)                                         \
    "(SELECT document_id, subject_id, words FROM search_documents" index \
    " WHERE workspace_id = $1 AND kind = 'contact' AND document_id < $3" \
    " ORDER BY document_id DESC LIMIT $7)"
// The left joins keep SQLite from beginning with another table.
#define WAPI_MESSAGES(matches) \
    "SELECT found.document_id, CASE WHEN talk.conversation_id IS NOT NULL"                     \
    " AND " WAPI_SEES_CONVERSATION("talk", "$5", "$6") " THEN 1 ELSE 0 END,"                   \
    " coalesce(talk.contact_id, ''), coalesce(person.name, ''), coalesce(person.phone, ''),"   \
    " coalesce(message.message_id, ''), coalesce(message.conversation_id, ''),"                \
    " coalesce(message.direction, ''), coalesce(message.type, ''),"                            \
    " coalesce(message.timestamp_us, 0), substr(coalesce(message.text, ''), 1, 4000)"          \
    " FROM " matches                                                                           \
    " LEFT JOIN messages AS message ON message.workspace_id = $1"                              \
    " AND message.message_id = found.subject_id"                                               \
    " LEFT JOIN conversations AS talk ON talk.workspace_id = $1"                               \
    " AND talk.conversation_id = message.conversation_id"                                      \
    " LEFT JOIN contacts AS person ON person.workspace_id = $1"                                \
    " AND person.contact_id = talk.contact_id ORDER BY found.document_id DESC"
#define WAPI_CONTACTS(matches) \
    "SELECT found.document_id, CASE WHEN person.contact_id IS NOT NULL"                        \
    " AND " WAPI_SEES_CONTACT("person.contact_id", "$5", "$6") " THEN 1 ELSE 0 END,"           \
    " coalesce(person.contact_id, ''), coalesce(person.name, ''), coalesce(person.phone, '')"  \
    " FROM " matches                                                                           \
    " LEFT JOIN contacts AS person ON person.workspace_id = $1"                                \
    " AND person.contact_id = found.subject_id ORDER BY found.document_id DESC"
const db::Sql find_messages_sql{{
    .name = "search.find_messages",
    .text = WAPI_MESSAGES(WAPI_MATCHES),
    .postgres = WAPI_MESSAGES(WAPI_MATCHES_ON_POSTGRES("message")),
}};
const db::Sql find_contacts_sql{{
    .name = "search.find_contacts",
    .text = WAPI_CONTACTS(WAPI_MATCHES),
    .postgres = WAPI_CONTACTS(WAPI_MATCHES_ON_POSTGRES("contact")),
}};
// On SQLite the newest are those of all workspaces: it has no index of numbers within one, and is
// not to take the index of subjects for it.
const db::Sql find_new_messages_sql{{
    .name = "search.find_new_messages",
    .text = {},
    .sqlite = WAPI_MESSAGES(WAPI_OF_NEWEST_ON_SQLITE(WAPI_NEW_MESSAGES("document_id < $3"))),
    .postgres = WAPI_MESSAGES(
        WAPI_OF_NEWEST_ON_POSTGRES(WAPI_NEW_MESSAGES("workspace_id = $1 AND document_id < $3"))),
}};
const db::Sql find_new_contacts_sql{{
    .name = "search.find_new_contacts",
    .text = {},
    .sqlite = WAPI_CONTACTS(
        WAPI_OF_NEWEST_ON_SQLITE(WAPI_NEW_CONTACTS(" INDEXED BY search_documents_of_contacts"))),
    .postgres = WAPI_CONTACTS(WAPI_OF_NEWEST_ON_POSTGRES(WAPI_NEW_CONTACTS(""))),
}};
// Asked of SQLite alone; what PostgreSQL is given only has to be a statement.
const db::Sql find_contacts_by_beginnings_sql{{
    .name = "search.find_contacts_by_beginnings",
    .text = WAPI_CONTACTS(WAPI_OF_BEGINNINGS),
    .postgres = WAPI_CONTACTS(WAPI_MATCHES_ON_POSTGRES("contact")),
}};
#undef WAPI_CONTACTS
#undef WAPI_MESSAGES
#undef WAPI_NEW_CONTACTS
#undef WAPI_NEW_MESSAGES
#undef WAPI_OF_BEGINNINGS
#undef WAPI_OF_NEWEST_ON_POSTGRES
#undef WAPI_OF_NEWEST_ON_SQLITE
#undef WAPI_OF_NEWEST
#undef WAPI_MATCHES_ON_POSTGRES
#undef WAPI_MATCHES

std::vector<Found> read_found(const db::Rows& rows, Kind kind) {
    std::vector<Found> found;
    for (const db::Row row : rows) {
        Found one{.document = row.integer(0), .is_seen = row.boolean(1), .hit = {}, .text = {}};
        one.hit.contact = row.id<ContactId>(2);
        one.hit.contact_name = row.string(3);
        one.hit.contact_phone = row.string(4);
        if (kind == Kind::message) {
            one.hit.message = MessageHit{.id = row.id<MessageId>(5),
                                         .conversation = row.id<ConversationId>(6),
                                         .direction = row.string(7),
                                         .type = row.string(8),
                                         .timestamp = from_us(row.integer(9)),
                                         .snippet = {}};
            one.text = row.string(10);
        }
        found.push_back(std::move(one));
    }
    return found;
}

/// Documents that are looked through for each match that is to be found.
constexpr std::int64_t looked_through = 125;
/// And at most: first, and then where the first have shown the words to be usual.
constexpr std::array messages_looked_through_max{std::int64_t{10'000}};
constexpr std::array contacts_looked_through_max{std::int64_t{2'500}, std::int64_t{25'000}};
static_assert(looked_at_max * looked_through >= contacts_looked_through_max.back());

std::span<const std::int64_t> looked_through_max(Kind kind, db::Engine engine) {
    if (kind == Kind::message) {
        return messages_looked_through_max;
    }
    // SQLite gathers 26,000 that match in 8 ms, and looks through the second in 20.
    return std::span(contacts_looked_through_max).first(engine == db::Engine::postgres ? 2 : 1);
}

bool is_enough(const std::vector<Found>& found, const Place& place) {
    const auto seen = std::ranges::count_if(found, &Found::is_seen);
    return found.size() == place.limit || std::cmp_greater(seen, place.wanted);
}

using Early = std::optional<std::vector<Found>>;

/// Documents as they match when they are looked through, the newest of them.
Early find_among_newest(db::WorkspaceTxn& txn, Kind kind, const Terms& terms, const Place& place) {
    const bool is_message = kind == Kind::message;
    const std::string needles =
        db::render_list(render_needles(mark_of(txn.workspace(), kind), terms));
    const auto limit = static_cast<std::int64_t>(place.limit);
    for (const std::int64_t max : looked_through_max(kind, txn.txn().engine())) {
        std::vector<Found> found =
            read_found(txn.query(is_message ? find_new_messages_sql : find_new_contacts_sql,
                                 needles, place.before, limit, place.restrictions.member,
                                 place.restrictions.bits(), std::min(limit * looked_through, max)),
                       kind);
        if (is_enough(found, place)) {
            return found;
        }
        if (found.size() <= place.wanted) {
            break;
        }
    }
    return std::nullopt;
}

/// The newest of those that begin with the last word's first letters.
Early find_by_beginnings(db::WorkspaceTxn& txn, const Terms& terms, const Place& place) {
    const std::string mark = mark_of(txn.workspace(), Kind::contact);
    const Terms cut = cut_last(terms);
    const Terms last{.words = {cut.words.back()}};
    std::vector<Found> found = read_found(
        txn.query(find_contacts_by_beginnings_sql, db::render_list(render_needles(mark, terms)),
                  place.before, static_cast<std::int64_t>(place.limit), place.restrictions.member,
                  place.restrictions.bits(), contacts_looked_through_max.front(),
                  render_match(mark, cut), render_match(mark, last)),
        Kind::contact);
    return is_enough(found, place) ? Early(std::move(found)) : std::nullopt;
}

/// What is found without gathering all that matches; nothing when that is not enough.
Early find_early(db::WorkspaceTxn& txn, Kind kind, const Terms& terms, const Place& place) {
    const bool has_beginnings = kind == Kind::contact && txn.txn().engine() == db::Engine::sqlite;
    const Last last = last_of(terms);
    if (!has_beginnings || last == Last::shorter) {
        return find_among_newest(txn, kind, terms, place);
    }
    // What is indexed is not gathered.
    return last == Last::longer ? find_by_beginnings(txn, terms, place) : std::nullopt;
}

}  // namespace

// FTS5 gathers all that begins with the last word before it gives the newest, 36 ms of a million,
// but for beginnings of which it has an index. What is as usual as that is found early; what is not
// is gathered in less.
std::vector<Found> find(db::WorkspaceTxn& txn, Kind kind, const Terms& terms, const Place& place) {
    std::optional<std::vector<Found>> early = find_early(txn, kind, terms, place);
    if (early) {
        return *std::move(early);
    }
    const std::string mark = mark_of(txn.workspace(), kind);
    return read_found(txn.query(kind == Kind::message ? find_messages_sql : find_contacts_sql,
                                render_match(mark, terms), place.before,
                                static_cast<std::int64_t>(place.limit), place.restrictions.member,
                                place.restrictions.bits(), render_tsquery(mark, terms)),
                      kind);
}

}  // namespace wapi::search::store
