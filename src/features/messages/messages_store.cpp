#include "features/messages/messages_store.hpp"

#include <span>

#include "features/access/access.hpp"
#include "features/contacts/contacts.hpp"
#include "features/conversation_notes/conversation_notes.hpp"
#include "features/inbox/inbox.hpp"
#include "features/search/search.hpp"

namespace wapi::messages {
namespace {

// The rank of a status: a message never goes back (architecture, invariant 2; failed ends it).
#define WAPI_RANK(column)                                            \
    "(CASE " column                                                  \
    " WHEN 'sent' THEN 1 WHEN 'delivered' THEN 2 WHEN 'read' THEN 3" \
    " WHEN 'failed' THEN 4 ELSE 0 END)"
// Of several failures of one message the first is shown, and of two at once the lower code.
#define WAPI_FIRST_FAILURE                                   \
    "$4 = 'failed' AND (failed_us IS NULL OR $5 < failed_us" \
    " OR ($5 = failed_us AND coalesce(CAST($6 AS BIGINT), 0) < coalesce(error_code, 0)))"
#define WAPI_COLUMNS                                                                            \
    "message_id, conversation_id, contact_id, phone_number_id, wa_message_id, direction, type," \
    " status, text, content, purpose, timestamp_us, error_code, error_message"

const db::Sql insert_sql{{
    .name = "messages.insert",
    .text = "INSERT INTO messages (workspace_id, message_id, conversation_id, contact_id,"
            " phone_number_id, wa_message_id, direction, type, status, text, content, purpose,"
            " timestamp_us, error_message, created_us)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', $14)"
            " ON CONFLICT DO NOTHING",
}};
const db::Sql find_sql{{
    .name = "messages.find",
    .text = "SELECT " WAPI_COLUMNS " FROM messages WHERE workspace_id = $1 AND message_id = $2",
}};
const db::Sql find_sent_sql{{
    .name = "messages.find_sent",
    .text = "SELECT " WAPI_COLUMNS " FROM messages WHERE workspace_id = $1"
            " AND phone_number_id = $2 AND wa_message_id = $3 AND wa_message_id <> ''"
            " AND direction = 'outbound'",
}};
const db::Sql fail_sql{{
    .name = "messages.fail_by_wamid",
    .text = "UPDATE messages SET status = 'failed' WHERE workspace_id = $1"
            " AND phone_number_id = $2 AND wa_message_id = $3 AND wa_message_id <> ''"
            " AND direction = 'outbound' AND status <> 'failed' RETURNING message_id",
}};
const db::Sql raise_sql{{
    .name = "messages.raise_status",
    .text =
        "UPDATE messages SET"
        " status = CASE WHEN " WAPI_RANK("$4") " > " WAPI_RANK(
            "status") "   THEN $4 ELSE status END,"
                      " sent_us = CASE WHEN $4 = 'sent' AND (sent_us IS NULL OR sent_us > $5)"
                      "   THEN $5 ELSE sent_us END,"
                      " delivered_us = CASE WHEN $4 = 'delivered' AND (delivered_us IS NULL OR "
                      "delivered_us > $5)"
                      "   THEN $5 ELSE delivered_us END,"
                      " read_us = CASE WHEN $4 = 'read' AND (read_us IS NULL OR read_us > $5)"
                      "   THEN $5 ELSE read_us END,"
                      " failed_us = CASE WHEN $4 = 'failed' AND (failed_us IS NULL OR failed_us > "
                      "$5)"
                      "   THEN $5 ELSE failed_us END,"
                      " error_code = CASE WHEN " WAPI_FIRST_FAILURE " THEN $6 ELSE error_code END,"
                      " error_message = CASE WHEN " WAPI_FIRST_FAILURE
                      " THEN $7 ELSE error_message END"
                      " WHERE workspace_id = $1 AND phone_number_id = $2 AND wa_message_id = $3"
                      " AND wa_message_id <> '' AND direction = 'outbound'",
}};
const db::Sql bind_sql{{
    .name = "messages.bind_wamid",
    .text = "UPDATE messages SET wa_message_id = $4, status = 'sent', error_code = NULL,"
            " error_message = ''"
            " WHERE workspace_id = $1 AND message_id = $2 AND phone_number_id = $3"
            " AND wa_message_id = '' AND direction = 'outbound'",
}};
const db::Sql keep_early_sql{{
    .name = "messages.keep_early_status",
    .text = "INSERT INTO early_statuses (workspace_id, phone_number_id, wa_message_id, status,"
            " timestamp_us, error_code, error_message, received_us)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
            " ON CONFLICT (workspace_id, phone_number_id, wa_message_id, status) DO UPDATE"
            " SET timestamp_us = excluded.timestamp_us, error_code = excluded.error_code,"
            " error_message = excluded.error_message"
            " WHERE excluded.timestamp_us < early_statuses.timestamp_us"
            " OR (excluded.timestamp_us = early_statuses.timestamp_us"
            "   AND coalesce(excluded.error_code, 0) < coalesce(early_statuses.error_code, 0))",
}};
const db::Sql take_early_sql{{
    .name = "messages.take_early_statuses",
    .text = "DELETE FROM early_statuses"
            " WHERE workspace_id = $1 AND phone_number_id = $2 AND wa_message_id = $3"
            " RETURNING status, timestamp_us, error_code, error_message",
}};
const db::Sql set_state_sql{{
    .name = "messages.set_state",
    .text = "UPDATE messages SET status = $3, error_code = $4, error_message = $5"
            " WHERE workspace_id = $1 AND message_id = $2 AND wa_message_id = ''"
            " AND status IN ('queued', 'retry_queued', 'sending')",
}};
const db::Sql begin_sending_sql{{
    .name = "messages.begin_sending",
    .text = "UPDATE messages SET status = 'sending', error_code = NULL, error_message = ''"
            " WHERE workspace_id = $1 AND message_id = $2 AND wa_message_id = ''"
            " AND status IN ('queued', 'retry_queued')",
}};
#define WAPI_CANCEL_QUEUED                                                \
    "UPDATE messages SET status = 'cancelled', error_message = $3"        \
    " WHERE workspace_id = $1 AND contact_id = $2 AND wa_message_id = ''" \
    " AND status IN ('queued', 'retry_queued')"
const db::Sql cancel_sql{{
    .name = "messages.cancel_queued",
    .text = WAPI_CANCEL_QUEUED " RETURNING message_id",
}};
const db::Sql cancel_confirmations_sql{{
    .name = "messages.cancel_confirmations",
    .text = WAPI_CANCEL_QUEUED " AND purpose = 'confirmation' RETURNING message_id",
}};
#undef WAPI_CANCEL_QUEUED
const db::Sql requeue_sql{{
    .name = "messages.requeue",
    .text = "UPDATE messages SET status = 'queued', error_code = NULL, error_message = ''"
            " WHERE workspace_id = $1 AND message_id = $2 AND status = 'failed'"
            " AND wa_message_id = ''",
}};
const db::Sql texts_after_sql{{
    .name = "messages.list_texts_after",
    .text = "SELECT type, text, content, timestamp_us FROM messages WHERE workspace_id = $1"
            " AND conversation_id IN (SELECT conversation_id FROM conversations"
            "   WHERE workspace_id = $1 AND contact_id = $2)"
            " AND timestamp_us > $3 AND direction = 'inbound' ORDER BY timestamp_us LIMIT 500",
}};
const db::Sql merge_contact_sql{{
    .name = "messages.merge_contact",
    .text = "UPDATE messages SET contact_id = $3, conversation_id = $4"
            " WHERE workspace_id = $1 AND conversation_id = $2",
}};
const db::Sql list_sql{{
    .name = "messages.list",
    .text = "SELECT " WAPI_COLUMNS " FROM messages WHERE workspace_id = $1"
            " AND conversation_id = $2 AND (timestamp_us, message_id) < ($3, $4)"
            " AND EXISTS (SELECT 1 FROM conversations AS talk WHERE talk.workspace_id = $1"
            " AND talk.conversation_id = $2 AND " WAPI_SEES_CONVERSATION(
                "talk", "$6", "$7") ")"
                                    " ORDER BY timestamp_us DESC, message_id DESC LIMIT $5",
}};

Purpose parse_purpose(std::string_view name) {
    if (name == "marketing") {
        return Purpose::marketing;
    }
    return name == "confirmation" ? Purpose::confirmation : Purpose::service;
}

Message read_message(const db::Row& row) {
    return {.id = row.id<MessageId>(0),
            .conversation = row.id<ConversationId>(1),
            .contact = row.id<ContactId>(2),
            .phone_number_id = row.id<PhoneNumberId>(3),
            .wa_message_id = row.id<WaMessageId>(4),
            .direction = row.string(5),
            .type = row.string(6),
            .status = row.string(7),
            .text = row.string(8),
            .content = row.string(9),
            .purpose = parse_purpose(row.text(10)),
            .timestamp = from_us(row.integer(11)),
            .error_code = row.optional_integer(12),
            .error_message = row.string(13)};
}

/// Tells that the message's status has changed, if it has.
bool announce_if(bool changed, db::WorkspaceTxn& txn, const MessageId& id) {
    if (changed) {
        txn.announce(message_status, id.value);
    }
    return changed;
}

/// Messages whose status has changed. Returns how many.
std::int64_t announce_all(db::WorkspaceTxn& txn, const db::Rows& ids) {
    for (const db::Row row : ids) {
        txn.announce(message_status, row.string(0));
    }
    return static_cast<std::int64_t>(ids.size());
}

}  // namespace

namespace store {

std::string_view purpose_name(Purpose purpose) {
    switch (purpose) {
        case Purpose::service: return "service";
        case Purpose::marketing: return "marketing";
        case Purpose::confirmation: return "confirmation";
    }
    return "service";
}

bool insert(db::WorkspaceTxn& txn, const Message& message, Timestamp now) {
    const bool is_new =
        txn.execute(insert_sql, message.id, message.conversation, message.contact,
                    message.phone_number_id, message.wa_message_id, message.direction, message.type,
                    message.status, message.text, message.content, purpose_name(message.purpose),
                    to_us(message.timestamp), to_us(now)) == 1;
    if (is_new && !message.text.empty()) {
        search::enqueue(txn, search::Kind::message, message.id.value, now);
    }
    return is_new;
}

std::optional<Message> find(db::WorkspaceTxn& txn, const MessageId& id) {
    const db::Rows rows = txn.query(find_sql, id);
    return rows.empty() ? std::nullopt : std::optional(read_message(rows[0]));
}

std::optional<MessageId> fail_by_wamid(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id,
                                       const WaMessageId& wa_message_id) {
    const db::Rows rows = txn.query(fail_sql, phone_number_id, wa_message_id);
    return rows.empty() ? std::nullopt : std::optional(rows[0].id<MessageId>(0));
}

bool raise_by_wamid(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id,
                    const WaMessageId& wa_message_id, const StatusChange& change) {
    return txn.execute(raise_sql, phone_number_id, wa_message_id, change.status, to_us(change.at),
                       change.error_code, change.error_message) == 1;
}

bool bind_wamid(db::WorkspaceTxn& txn, const MessageId& id, const PhoneNumberId& phone_number_id,
                const WaMessageId& wa_message_id) {
    return txn.execute(bind_sql, id, phone_number_id, wa_message_id) == 1;
}

void keep_early_status(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id,
                       const WaMessageId& wa_message_id, const StatusChange& change,
                       Timestamp now) {
    txn.execute(keep_early_sql, phone_number_id, wa_message_id, change.status, to_us(change.at),
                change.error_code, change.error_message, to_us(now));
}

std::vector<StatusChange> take_early_statuses(db::WorkspaceTxn& txn,
                                              const PhoneNumberId& phone_number_id,
                                              const WaMessageId& wa_message_id) {
    std::vector<StatusChange> taken;
    for (const db::Row row : txn.query(take_early_sql, phone_number_id, wa_message_id)) {
        taken.push_back({.status = row.string(0),
                         .at = from_us(row.integer(1)),
                         .error_code = row.optional_integer(2),
                         .error_message = row.string(3)});
    }
    return taken;
}

}  // namespace store

std::optional<Message> find(db::WorkspaceTxn& txn, const MessageId& id) {
    return store::find(txn, id);
}

std::optional<Message> find_sent(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id,
                                 const WaMessageId& wa_message_id) {
    const db::Rows rows = txn.query(find_sent_sql, phone_number_id, wa_message_id);
    return rows.empty() ? std::nullopt : std::optional(read_message(rows[0]));
}

void store_outbound(db::WorkspaceTxn& txn, const Message& message, Timestamp now) {
    store::insert(txn, message, now);
    inbox::note_outbound(txn, message.conversation, message.id, message.timestamp);
    txn.announce(message_created, message.id.value);
}

bool begin_sending(db::WorkspaceTxn& txn, const MessageId& id) {
    return announce_if(txn.execute(begin_sending_sql, id) == 1, txn, id);
}

bool set_state(db::WorkspaceTxn& txn, const MessageId& id, std::string_view status,
               std::optional<std::int64_t> error_code, std::string_view error_message) {
    return announce_if(txn.execute(set_state_sql, id, status, error_code, error_message) == 1, txn,
                       id);
}

bool requeue(db::WorkspaceTxn& txn, const MessageId& id) {
    return announce_if(txn.execute(requeue_sql, id) == 1, txn, id);
}

std::int64_t cancel_queued(db::WorkspaceTxn& txn, const ContactId& contact,
                           std::string_view reason) {
    return announce_all(txn, txn.query(cancel_sql, contact, reason));
}

std::int64_t cancel_confirmations(db::WorkspaceTxn& txn, const ContactId& contact,
                                  std::string_view reason) {
    return announce_all(txn, txn.query(cancel_confirmations_sql, contact, reason));
}

std::optional<Timestamp> find_inbound_after(
    db::WorkspaceTxn& txn, const ContactId& contact, Timestamp after,
    const std::function<bool(const InboundWords&)>& matches) {
    for (const db::Row row : txn.query(texts_after_sql, contact, to_us(after))) {
        if (matches({.type = row.text(0), .text = row.text(1), .content = row.text(2)})) {
            return from_us(row.integer(3));
        }
    }
    return std::nullopt;
}

void merge_contact(db::WorkspaceTxn& txn, const ContactId& from, const ContactId& into,
                   Timestamp now) {
    for (const inbox::MovedConversation& moved : inbox::merge_contact(txn, from, into)) {
        txn.execute(merge_contact_sql, moved.from, into, moved.into);
        if (moved.from != moved.into) {
            conversation_notes::move(txn, moved.from, moved.into);
        }
    }
    if (const auto name = inbox::find_profile_name(txn, into)) {
        contacts::set_profile_name(txn, into, *name, now);
    }
}

Result<Page> list(db::WorkspaceTxn& txn, const ConversationId& conversation,
                  const std::string& cursor, std::size_t limit, const Restrictions& restrictions) {
    std::int64_t before_us = INT64_MAX;
    std::string before_id;
    if (!cursor.empty()) {
        const std::optional<Message> last = store::find(txn, MessageId(cursor));
        if (!last || last->conversation != conversation) {
            return fail_field(wapi::errors::invalid_request, "cursor",
                              "Not a cursor of this list.");
        }
        before_us = to_us(last->timestamp);
        before_id = cursor;
    }
    Page page;
    for (const db::Row row : txn.query(list_sql, conversation, before_us, before_id,
                                       static_cast<std::int64_t>(limit + 1), restrictions.member,
                                       restrictions.bits())) {
        page.messages.push_back(read_message(row));
    }
    if (page.messages.size() > limit) {
        page.messages.pop_back();
        page.next_cursor = page.messages.back().id.value;
    }
    return page;
}

#undef WAPI_RANK
#undef WAPI_FIRST_FAILURE
#undef WAPI_COLUMNS

}  // namespace wapi::messages
