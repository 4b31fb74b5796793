#include "features/timeline/timeline_store.hpp"

#include <boost/json/parse.hpp>
#include <charconv>

#include "features/access/access.hpp"
#include "features/audit/audit.hpp"

namespace wapi::timeline::store {
namespace {

const db::Sql conversations_sql{{
    .name = "timeline.list_conversations",
    .text = "SELECT conversation_id FROM conversations WHERE workspace_id = $1"
            " AND contact_id = $2 AND " WAPI_SEES_CONVERSATION(
                "conversations", "$3", "$4") " ORDER BY last_message_us DESC LIMIT $5",
}};
const db::Sql messages_sql{{
    .name = "timeline.list_messages",
    .text = "SELECT message_id, conversation_id, contact_id, phone_number_id, wa_message_id,"
            " direction, type, status, text, timestamp_us, error_code, error_message"
            " FROM messages WHERE workspace_id = $1 AND conversation_id = $2"
            " AND (timestamp_us, message_id) < ($3, $4)"
            " ORDER BY timestamp_us DESC, message_id DESC LIMIT $5",
}};
// `<> ''` names the index of resources, which SQLite reads piece by piece.
#define WAPI_EVENTS(from, condition)                                                       \
    "SELECT seq, action, resource_type, resource_id, actor_kind, actor_id,"                \
    " coalesce(users.name, ''), details, audit_logs.created_us FROM " from                 \
    " LEFT JOIN users ON users.user_id = actor_id WHERE workspace_id = $1" condition       \
    " AND resource_id = $2 AND resource_id <> ''"                                          \
    " AND (audit_logs.created_us, seq) < ($3, $4)"                                         \
    " AND action IN ('contact.created', 'contact.opted_out', 'contact.opted_in',"          \
    " 'contact.manually_opted_out', 'contact.manually_opted_in', 'conversation.assigned'," \
    " 'conversation.resolved', 'conversation.reopened', 'conversation.snoozed')"           \
    " ORDER BY audit_logs.created_us DESC, seq DESC LIMIT $5"
const db::Sql events_sql{{
    .name = "timeline.list_events",
    .text = WAPI_EVENTS("audit_logs", ""),
    .sqlite =
        WAPI_EVENTS(WAPI_AUDIT_PIECES " CROSS JOIN audit_logs", " AND seq / 512 = piece.number"),
}};
#undef WAPI_EVENTS

messages::Message read_message(const db::Row& row) {
    return {.id = row.id<MessageId>(0),
            .conversation = row.id<ConversationId>(1),
            .contact = row.id<ContactId>(2),
            .phone_number_id = row.id<PhoneNumberId>(3),
            .wa_message_id = row.id<WaMessageId>(4),
            .direction = row.string(5),
            .type = row.string(6),
            .status = row.string(7),
            .text = row.string(8),
            .content = {},
            .timestamp = from_us(row.integer(9)),
            .error_code = row.optional_integer(10),
            .error_message = row.string(11)};
}

Event read_event(const db::Row& row) {
    boost::system::error_code failed;
    const boost::json::value details = boost::json::parse(row.text(7), failed);
    return {
        .seq = row.integer(0),
        .action = row.string(1),
        .conversation = row.text(2) == "conversation" ? row.string(3) : std::string(),
        .actor_kind = row.string(4),
        .actor_id = row.string(5),
        .actor_name = row.string(6),
        .details = !failed && details.is_object() ? details.get_object() : boost::json::object(),
        .at = from_us(row.integer(8))};
}

/// The id of a bound of events as a number; an empty one is below all.
std::int64_t number_of(const std::string& id) {
    std::int64_t number = 0;
    std::from_chars(id.data(), id.data() + id.size(), number);
    return number;
}

}  // namespace

std::vector<ConversationId> list_conversations(db::WorkspaceTxn& txn, const ContactId& contact,
                                               const Restrictions& restrictions) {
    std::vector<ConversationId> conversations;
    for (const db::Row row :
         txn.query(conversations_sql, contact, restrictions.member, restrictions.bits(),
                   static_cast<std::int64_t>(conversations_max))) {
        conversations.push_back(row.id<ConversationId>(0));
    }
    return conversations;
}

std::vector<messages::Message> list_messages(db::WorkspaceTxn& txn,
                                             const ConversationId& conversation,
                                             const Place& before, std::size_t limit) {
    std::vector<messages::Message> found;
    const Bound bound = bound_of(before, Kind::message);
    for (const db::Row row : txn.query(messages_sql, conversation, bound.time_us, bound.id,
                                       static_cast<std::int64_t>(limit))) {
        found.push_back(read_message(row));
    }
    return found;
}

std::vector<Event> list_events(db::WorkspaceTxn& txn, const std::string& resource,
                               const Place& before, std::size_t limit) {
    std::vector<Event> events;
    const Bound bound = bound_of(before, Kind::event);
    for (const db::Row row : txn.query(events_sql, resource, bound.time_us, number_of(bound.id),
                                       static_cast<std::int64_t>(limit))) {
        events.push_back(read_event(row));
    }
    return events;
}

}  // namespace wapi::timeline::store
