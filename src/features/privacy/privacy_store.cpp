#include "features/privacy/privacy_store.hpp"

#include <span>

#include "base/phone.hpp"

namespace wapi::privacy::store {
namespace {

// As messages do: contact, conversation, message. SQLite has one writer.
const db::Sql lock_conversations_sql{{
    .name = "privacy.lock_conversations",
    .text = "SELECT conversation_id FROM conversations WHERE workspace_id = $1 AND contact_id = $2"
            " ORDER BY phone_number_id",
    .postgres = "SELECT conversation_id FROM conversations WHERE workspace_id = $1"
                " AND contact_id = $2 ORDER BY phone_number_id FOR UPDATE",
}};
const db::Sql newest_message_sql{{
    .name = "privacy.newest_message",
    .text = "SELECT coalesce(max(last_message_us), 0) FROM conversations"
            " WHERE workspace_id = $1 AND contact_id = $2",
}};
const db::Sql erase_keys_sql{{
    .name = "privacy.erase_idempotency_keys",
    .text = "DELETE FROM idempotency_keys WHERE workspace_id = $1"
            " AND message_id IN (SELECT message_id FROM messages"
            " WHERE workspace_id = $1 AND conversation_id = $2"
            " UNION ALL SELECT note_id FROM conversation_notes"
            " WHERE workspace_id = $1 AND conversation_id = $2)",
}};
const db::Sql erase_letters_sql{{
    .name = "privacy.erase_dead_letters",
    .text = "DELETE FROM dead_letters WHERE workspace_id = $1 AND kind = 'message.send'"
            " AND payload IN"
            " (SELECT message_id FROM messages WHERE workspace_id = $1 AND conversation_id = $2)",
}};
const db::Sql count_waiting_sql{{
    .name = "privacy.count_waiting",
    .text = "SELECT count(*) FROM messages WHERE workspace_id = $1 AND conversation_id = $2"
            " AND status IN ('queued', 'retry_queued') AND wa_message_id = ''",
}};
const db::Sql erase_messages_sql{{
    .name = "privacy.erase_messages",
    .text = "DELETE FROM messages WHERE workspace_id = $1 AND conversation_id = $2",
}};
const db::Sql erase_notes_sql{{
    .name = "privacy.erase_notes",
    .text = "DELETE FROM conversation_notes WHERE workspace_id = $1 AND conversation_id = $2",
}};
const db::Sql erase_conversation_sql{{
    .name = "privacy.erase_conversation",
    .text = "DELETE FROM conversations WHERE workspace_id = $1 AND conversation_id = $2",
}};
const db::Sql list_early_sql{{
    .name = "privacy.list_early_statuses",
    .text = "SELECT DISTINCT wa_message_id FROM early_statuses"
            " WHERE workspace_id = $1 AND phone_number_id = $2 AND wa_message_id > $3"
            " ORDER BY wa_message_id LIMIT $4",
}};
// Every database of the server counts, so that at worst a search waits longer.
const db::Sql next_writer_sql{{
    .name = "privacy.next_writer",
    .text = {},
    .scope = db::Scope::system,
    .sqlite = "SELECT 0",
    .postgres = "SELECT CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT)",
}};
const db::Sql oldest_writer_sql{{
    .name = "privacy.oldest_writer",
    .text = {},
    .scope = db::Scope::system,
    .sqlite = "SELECT 0",
    .postgres = "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)",
}};
const db::Sql erase_early_sql{{
    .name = "privacy.erase_early_statuses",
    .text = "DELETE FROM early_statuses"
            " WHERE workspace_id = $1 AND phone_number_id = $2 AND wa_message_id = $3",
}};
const db::Sql erase_tags_sql{{
    .name = "privacy.erase_tags",
    .text = "DELETE FROM contact_tags WHERE workspace_id = $1 AND contact_id = $2",
}};
const db::Sql erase_identities_sql{{
    .name = "privacy.erase_identities",
    .text = "DELETE FROM contact_identities WHERE workspace_id = $1 AND contact_id = $2",
}};
const db::Sql erase_contact_sql{{
    .name = "privacy.erase_contact",
    .text = "DELETE FROM contacts WHERE workspace_id = $1 AND contact_id = $2",
}};
// Line and reason stay. Of two people whose numbers end alike the other's cells go, too.
const db::Sql erase_refused_sql{{
    .name = "privacy.erase_refused_rows",
    .text = "UPDATE contact_import_refused SET cells = '[]', phone_end = ''"
            " WHERE workspace_id = $1 AND phone_end = $2 AND phone_end <> ''",
}};
const db::Sql erase_refused_also_sql{{
    .name = "privacy.erase_refused_rows_also",
    .text = "UPDATE contact_import_refused SET cells = '[]', phone_end = ''"
            " WHERE workspace_id = $1 AND (import_id, line) IN"
            " (SELECT import_id, line FROM contact_import_refused_phones"
            " WHERE workspace_id = $1 AND phone_end = $2)",
}};
const db::Sql erase_refused_phones_sql{{
    .name = "privacy.erase_refused_phones",
    .text = "DELETE FROM contact_import_refused_phones WHERE workspace_id = $1"
            " AND (import_id, line) IN (SELECT import_id, line FROM contact_import_refused_phones"
            " WHERE workspace_id = $1 AND phone_end = $2)",
}};
const db::Sql insert_sql{{
    .name = "privacy.insert_erasure",
    .text = "INSERT INTO erasures (workspace_id, erasure_id, contact_id, traces, next_event,"
            " last_event, events_redacted, requested_us, completed_us)"
            " VALUES ($1, $2, $3, $4, $5, $6, 0, $7, NULL)",
}};
const db::Sql find_sql{{
    .name = "privacy.find_erasure",
    .text =
        "SELECT erasure_id, contact_id, requested_us, completed_us, events_redacted,"
        " CAST(length(traces) AS BIGINT) FROM erasures WHERE workspace_id = $1 AND erasure_id = $2",
}};
const db::Sql list_open_sql{{
    .name = "privacy.list_open_erasures",
    .text = "SELECT workspace_id, erasure_id, traces, next_event, last_event FROM erasures"
            " WHERE completed_us IS NULL AND length(traces) > 0 ORDER BY requested_us LIMIT $1",
    .scope = db::Scope::system,
}};
const db::Sql advance_sql{{
    .name = "privacy.advance_erasure",
    .text = "UPDATE erasures SET next_event = $3, events_redacted = events_redacted + $4"
            " WHERE workspace_id = $1 AND erasure_id = $2 AND next_event < $3",
}};
const db::Sql complete_sql{{
    .name = "privacy.complete_erasure",
    .text = "UPDATE erasures SET completed_us = $3, traces = $4"
            " WHERE workspace_id = $1 AND erasure_id = $2",
}};

db::Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

std::vector<ConversationId> lock_conversations(db::WorkspaceTxn& txn, const ContactId& contact) {
    std::vector<ConversationId> conversations;
    for (const db::Row row : txn.query(lock_conversations_sql, contact)) {
        conversations.push_back(row.id<ConversationId>(0));
    }
    return conversations;
}

Timestamp newest_message(db::WorkspaceTxn& txn, const ContactId& contact) {
    return from_us(txn.query(newest_message_sql, contact)[0].integer(0));
}

void erase_conversation(db::WorkspaceTxn& txn, const ConversationId& id, Counts& counts) {
    txn.execute(erase_keys_sql, id);
    counts.dead_letters += txn.execute(erase_letters_sql, id);
    counts.cancelled += txn.query(count_waiting_sql, id)[0].integer(0);
    counts.messages += txn.execute(erase_messages_sql, id);
    counts.notes += txn.execute(erase_notes_sql, id);
    counts.conversations += txn.execute(erase_conversation_sql, id);
}

std::vector<std::string> list_early_wamids(db::WorkspaceTxn& txn, const PhoneNumberId& number,
                                           std::string_view after, std::size_t limit) {
    std::vector<std::string> wamids;
    for (const db::Row row :
         txn.query(list_early_sql, number, after, static_cast<std::int64_t>(limit))) {
        wamids.push_back(row.string(0));
    }
    return wamids;
}

void erase_early_statuses(db::WorkspaceTxn& txn, const PhoneNumberId& number,
                          std::string_view wamid) {
    txn.execute(erase_early_sql, number, wamid);
}

std::int64_t next_writer(db::Txn& txn) { return txn.query(next_writer_sql)[0].integer(0); }

std::int64_t oldest_writer(db::Txn& txn) { return txn.query(oldest_writer_sql)[0].integer(0); }

void erase_refused_rows(db::WorkspaceTxn& txn, std::string_view phone) {
    const std::string end = phone_end(phone);
    txn.execute(erase_refused_sql, end);
    txn.execute(erase_refused_also_sql, end);
    txn.execute(erase_refused_phones_sql, end);
}

void erase_contact(db::WorkspaceTxn& txn, const ContactId& id) {
    txn.execute(erase_tags_sql, id);
    txn.execute(erase_identities_sql, id);
    txn.execute(erase_contact_sql, id);
}

void insert(db::WorkspaceTxn& txn, const Erasure& erasure, const Search& search) {
    txn.execute(insert_sql, erasure.id, erasure.contact, as_bytes(search.traces), search.next,
                search.last, erasure.requested_at);
}

std::optional<Erasure> find(db::WorkspaceTxn& txn, const std::string& id) {
    const db::Rows rows = txn.query(find_sql, id);
    if (rows.empty()) {
        return std::nullopt;
    }
    const auto completed = rows[0].optional_integer(3);
    return Erasure{.id = rows[0].string(0),
                   .contact = rows[0].id<ContactId>(1),
                   .requested_at = from_us(rows[0].integer(2)),
                   .completed_at = completed ? std::optional(from_us(*completed)) : std::nullopt,
                   .events_redacted = rows[0].integer(4),
                   .interrupted = !completed && rows[0].integer(5) == 0};
}

std::vector<Open> list_open(db::Txn& txn, std::size_t limit) {
    std::vector<Open> open;
    for (const db::Row row : txn.query(list_open_sql, static_cast<std::int64_t>(limit))) {
        open.push_back({.workspace = row.id<WorkspaceId>(0),
                        .id = row.string(1),
                        .search = {.traces = std::string(row.bytes(2)),
                                   .next = EventId{row.integer(3)},
                                   .last = EventId{row.integer(4)}}});
    }
    return open;
}

void advance(db::WorkspaceTxn& txn, const std::string& id, EventId next, std::int64_t redacted) {
    txn.execute(advance_sql, id, next, redacted);
}

void complete(db::WorkspaceTxn& txn, const std::string& id, Timestamp now) {
    txn.execute(complete_sql, id, now, as_bytes(""));
}

}  // namespace wapi::privacy::store
