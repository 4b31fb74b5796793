// What the export reads. Times are rendered as everywhere in the API; NULL is null.
#include <boost/json/parse.hpp>

#include "base/time_text.hpp"
#include "features/access/access.hpp"
#include "features/audit/audit.hpp"
#include "features/privacy/privacy_store.hpp"

namespace wapi::privacy::store {
namespace {

namespace json = boost::json;

const db::Sql list_identities_sql{{
    .name = "privacy.list_identities",
    .text = "SELECT kind, value, seen_us FROM contact_identities"
            " WHERE workspace_id = $1 AND contact_id = $2 ORDER BY kind, seen_us DESC, value",
}};
const db::Sql list_conversations_sql{{
    .name = "privacy.list_conversations",
    .text = "SELECT conversation_id, phone_number_id, status, profile_name, unread_count,"
            " last_inbound_us, last_message_us, created_us FROM conversations"
            " WHERE workspace_id = $1 AND contact_id = $2"
            " AND " WAPI_SEES_CONVERSATION("conversations", "$3", "$4") " ORDER BY phone_number_id",
}};
const db::Sql list_notes_sql{{
    .name = "privacy.list_notes",
    .text = "SELECT note_id, note.conversation_id, note.text, note.created_us"
            " FROM conversations AS talk JOIN conversation_notes AS note"
            " ON note.workspace_id = talk.workspace_id"
            " AND note.conversation_id = talk.conversation_id"
            " WHERE talk.workspace_id = $1 AND talk.contact_id = $2"
            " AND (note.created_us, note_id) > ($5, $6)"
            " AND " WAPI_SEES_CONVERSATION("talk", "$3",
                                           "$4") " ORDER BY note.created_us, note_id LIMIT $7",
}};
const db::Sql list_messages_sql{{
    .name = "privacy.list_messages",
    .text = "SELECT message_id, messages.conversation_id, messages.phone_number_id, wa_message_id,"
            " direction, type, messages.status, text, content, purpose, timestamp_us, sent_us,"
            " delivered_us, read_us, failed_us, error_code, error_message"
            " FROM conversations AS talk JOIN messages"
            " ON messages.workspace_id = talk.workspace_id"
            " AND messages.conversation_id = talk.conversation_id"
            " WHERE talk.workspace_id = $1 AND talk.contact_id = $2"
            " AND (messages.conversation_id, timestamp_us, message_id) > ($3, $4, $5)"
            " AND " WAPI_SEES_CONVERSATION(
                "talk", "$7", "$8") " ORDER BY messages.conversation_id, timestamp_us, message_id"
                                    " LIMIT $6",
}};
// Of the contact itself and of each message. `<> ''` names the index of resources; PostgreSQL takes
// it for a list of ids, and for a subquery may read the whole log. SQLite reads the index piece by
// piece: to look for each id in each piece would take longer.
#define WAPI_ENTRIES(from, condition)                                                            \
    "SELECT seq, action, actor_kind, resource_type, resource_id, details, created_us FROM " from \
    " WHERE workspace_id = $1 AND resource_id <> '' AND " condition " ORDER BY seq LIMIT $3"
#define WAPI_IDS                                                                        \
    "(SELECT CAST($2 AS TEXT) UNION ALL SELECT message_id FROM conversations AS talk"   \
    " JOIN messages ON messages.workspace_id = talk.workspace_id"                       \
    " AND messages.conversation_id = talk.conversation_id WHERE talk.workspace_id = $1" \
    " AND talk.contact_id = $2 AND " WAPI_SEES_CONVERSATION("talk", "$4", "$5") ")"
const db::Sql list_entries_sql{{
    .name = "privacy.list_entries",
    .text = {},
    .sqlite = WAPI_ENTRIES(WAPI_AUDIT_PIECES " CROSS JOIN audit_logs",
                           "seq / 512 = piece.number AND +resource_id IN " WAPI_IDS),
    .postgres = WAPI_ENTRIES("audit_logs", "resource_id = ANY(ARRAY" WAPI_IDS ")"),
}};
#undef WAPI_ENTRIES
#undef WAPI_IDS

json::value time_of(const db::Row& row, std::size_t column) {
    const auto value = row.optional_integer(column);
    return render_time(value && *value != 0 ? std::optional(from_us(*value)) : std::nullopt);
}

json::value parsed(std::string_view text) {
    boost::system::error_code failed;
    json::value value = text.empty() ? json::value(nullptr) : json::parse(text, failed);
    return failed ? json::value(text) : value;
}

json::value text_or_null(std::string_view text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object read_message(const db::Row& row) {
    const auto error_code = row.optional_integer(15);
    return {{"id", row.text(0)},
            {"conversationId", row.text(1)},
            {"phoneNumberId", row.text(2)},
            {"waMessageId", text_or_null(row.text(3))},
            {"direction", row.text(4)},
            {"type", row.text(5)},
            {"status", row.text(6)},
            {"text", row.text(7)},
            {"content", parsed(row.text(8))},
            {"purpose", row.text(9)},
            {"timestamp", time_of(row, 10)},
            {"sentAt", time_of(row, 11)},
            {"deliveredAt", time_of(row, 12)},
            {"readAt", time_of(row, 13)},
            {"failedAt", time_of(row, 14)},
            {"errorCode", error_code ? json::value(*error_code) : json::value(nullptr)},
            {"errorMessage", text_or_null(row.text(16))}};
}

}  // namespace

json::array list_identities(db::WorkspaceTxn& txn, const ContactId& contact) {
    json::array identities;
    for (const db::Row row : txn.query(list_identities_sql, contact)) {
        identities.push_back(
            {{"kind", row.text(0)}, {"value", row.text(1)}, {"seenAt", time_of(row, 2)}});
    }
    return identities;
}

json::array list_conversations(db::WorkspaceTxn& txn, const ContactId& contact,
                               const Restrictions& restrictions) {
    json::array conversations;
    for (const db::Row row :
         txn.query(list_conversations_sql, contact, restrictions.member, restrictions.bits())) {
        conversations.push_back({{"id", row.text(0)},
                                 {"phoneNumberId", row.text(1)},
                                 {"status", row.text(2)},
                                 {"profileName", row.text(3)},
                                 {"unreadCount", row.integer(4)},
                                 {"lastInboundAt", time_of(row, 5)},
                                 {"lastMessageAt", time_of(row, 6)},
                                 {"createdAt", time_of(row, 7)}});
    }
    return conversations;
}

Notes list_notes(db::WorkspaceTxn& txn, const ContactId& contact, const NotePosition& after,
                 std::size_t limit, const Restrictions& restrictions) {
    Notes page;
    const db::Rows rows =
        txn.query(list_notes_sql, contact, restrictions.member, restrictions.bits(),
                  after.created_us, after.note, static_cast<std::int64_t>(limit + 1));
    for (std::size_t index = 0; index < std::min(rows.size(), limit); ++index) {
        const db::Row row = rows[index];
        page.notes.push_back({{"id", row.text(0)},
                              {"conversationId", row.text(1)},
                              {"text", row.text(2)},
                              {"createdAt", time_of(row, 3)}});
    }
    if (rows.size() > limit) {
        const db::Row last = rows[limit - 1];
        page.next = NotePosition{.created_us = last.integer(3), .note = last.string(0)};
    }
    return page;
}

Entries list_entries(db::WorkspaceTxn& txn, const ContactId& contact, std::size_t limit,
                     const Restrictions& restrictions) {
    const db::Rows rows = txn.query(list_entries_sql, contact, static_cast<std::int64_t>(limit + 1),
                                    restrictions.member, restrictions.bits());
    Entries page{.entries = {}, .cut = rows.size() > limit};
    for (std::size_t index = 0; index < std::min(rows.size(), limit); ++index) {
        const db::Row row = rows[index];
        page.entries.push_back({{"seq", row.integer(0)},
                                {"action", row.text(1)},
                                {"actorKind", row.text(2)},
                                {"resourceType", row.text(3)},
                                {"resourceId", row.text(4)},
                                {"details", parsed(row.text(5))},
                                {"createdAt", time_of(row, 6)}});
    }
    return page;
}

Messages list_messages(db::WorkspaceTxn& txn, const ContactId& contact, const Position& after,
                       std::size_t limit, const Restrictions& restrictions) {
    Messages page;
    const db::Rows rows =
        txn.query(list_messages_sql, contact, after.conversation, after.timestamp_us, after.message,
                  static_cast<std::int64_t>(limit + 1), restrictions.member, restrictions.bits());
    for (std::size_t index = 0; index < std::min(rows.size(), limit); ++index) {
        page.messages.push_back(read_message(rows[index]));
    }
    if (rows.size() > limit) {
        const db::Row last = rows[limit - 1];
        page.next = Position{last.string(1), last.integer(10), last.string(0)};
    }
    return page;
}

}  // namespace wapi::privacy::store
