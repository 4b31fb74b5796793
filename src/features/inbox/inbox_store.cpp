// SQL of conversations. Updates compare times inside the statement, so that messages may come in
// any order and any number of times (architecture, invariant 2).
#include "features/inbox/inbox_store.hpp"

#include <boost/json/serialize.hpp>

#include "features/access/access.hpp"
#include "features/contacts/contacts.hpp"

namespace wapi::inbox {
namespace {

const db::Sql find_of_contact_sql{{
    .name = "inbox.find_of_contact",
    .text = "SELECT " WAPI_CONVERSATION ", CASE WHEN EXISTS (SELECT 1 FROM conversations AS others"
            "   WHERE others.workspace_id = $1 AND others.contact_id = $2"
            "   AND others.phone_number_id <> $3) THEN 0 ELSE 1 END"
            " FROM conversations"
            " WHERE workspace_id = $1 AND contact_id = $2 AND phone_number_id = $3",
}};
const db::Sql find_latest_sql{{
    .name = "inbox.find_latest_of_contact",
    .text = "SELECT " WAPI_CONVERSATION " FROM conversations"
            " WHERE workspace_id = $1 AND contact_id = $2 ORDER BY last_message_us DESC LIMIT 1",
}};
#define WAPI_GET                                                           \
    "SELECT " WAPI_CONVERSATION                                            \
    " FROM conversations WHERE workspace_id = $1 AND conversation_id = $2" \
    " AND " WAPI_SEES_CONVERSATION("conversations", "$3", "$4")
const db::Sql get_sql{{.name = "inbox.get", .text = WAPI_GET}};
// Two acts at once must see each other: the second waits here. SQLite has one writer.
const db::Sql lock_sql{{
    .name = "inbox.lock",
    .text = WAPI_GET,
    .postgres = WAPI_GET " FOR NO KEY UPDATE",
}};
#undef WAPI_GET
const db::Sql set_status_sql{{
    .name = "inbox.set_status",
    .text = "UPDATE conversations SET status = $3, snoozed_until_us = $4,"
            " resolved_us = CASE WHEN $3 = 'open' THEN resolved_us ELSE last_inbound_us END"
            " WHERE workspace_id = $1 AND conversation_id = $2",
}};
const db::Sql list_due_sql{{
    .name = "inbox.list_due",
    .text = "SELECT workspace_id, conversation_id FROM conversations WHERE status = 'snoozed'"
            " AND snoozed_until_us <= $1 ORDER BY snoozed_until_us LIMIT $2",
    .scope = db::Scope::system,
}};
const db::Sql wake_sql{{
    .name = "inbox.wake",
    .text = "UPDATE conversations SET status = 'open', snoozed_until_us = 0"
            " WHERE workspace_id = $1 AND conversation_id = $2 AND status = 'snoozed'"
            " AND snoozed_until_us <= $3",
}};
const db::Sql set_assignee_sql{{
    .name = "inbox.set_assignee",
    .text = "UPDATE conversations SET assignee_id = $3"
            " WHERE workspace_id = $1 AND conversation_id = $2",
}};
const db::Sql may_answer_sql{{
    .name = "inbox.may_answer",
    .text = "SELECT 1 FROM conversations WHERE workspace_id = $1 AND conversation_id = $2"
            " AND " WAPI_MAY_ANSWER("conversations", "$3"),
}};
const db::Sql blind_sql{{
    .name = "inbox.list_blind",
    .text = "SELECT conversation_id, assignee_id FROM conversations"
            " WHERE workspace_id = $1 AND contact_id = $2 AND assignee_id IS NOT NULL"
            " AND NOT " WAPI_MAY_ANSWER("conversations", "conversations.assignee_id"),
}};
const db::Sql insert_sql{{
    .name = "inbox.insert",
    .text = "INSERT INTO conversations (workspace_id, conversation_id, contact_id, phone_number_id,"
            " status, assignee_id, unread_count, read_up_to_us, resolved_us, last_inbound_us,"
            " profile_name, profile_us, last_message_us, last_message_id, created_us)"
            " VALUES ($1, $2, $3, $4, 'open', NULL, 0, 0, 0, 0, '', 0, 0, '', $5)"
            " ON CONFLICT (workspace_id, contact_id, phone_number_id) DO NOTHING",
    // Not for a contact that another transaction is merging away.
    .postgres =
        "INSERT INTO conversations (workspace_id, conversation_id, contact_id, phone_number_id,"
        " status, assignee_id, unread_count, read_up_to_us, resolved_us, last_inbound_us,"
        " profile_name, profile_us, last_message_us, last_message_id, created_us)"
        " SELECT contacts.workspace_id, CAST($2 AS TEXT), contact_id, CAST($4 AS TEXT), 'open',"
        " NULL, 0, 0, 0, 0, '', 0, 0, '', CAST($5 AS BIGINT) FROM contacts"
        " WHERE workspace_id = $1 AND contact_id = $3 FOR KEY SHARE"
        " ON CONFLICT (workspace_id, contact_id, phone_number_id) DO NOTHING",
}};
// The state is no bare column there: PostgreSQL would look the row up by state on a table whose
// statistics are young, and so read all open conversations.
const db::Sql note_inbound_sql{{
    .name = "inbox.note_inbound",
    .text =
        "UPDATE conversations SET"
        " unread_count = unread_count"
        "   + CASE WHEN $6 >= read_up_to_us AND $6 > 0 THEN 1 ELSE 0 END,"
        " status = CASE WHEN $6 >= resolved_us AND $6 > 0 THEN 'open' ELSE status END,"
        " profile_name = CASE WHEN $5 <> '' AND ($3 > profile_us"
        "   OR ($3 = profile_us AND $5 > profile_name)) THEN $5 ELSE profile_name END,"
        " profile_us = CASE WHEN $5 <> '' AND $3 > profile_us THEN $3 ELSE profile_us END,"
        " last_inbound_us = CASE WHEN $6 > last_inbound_us THEN $6 ELSE last_inbound_us END,"
        " last_message_id = CASE WHEN $3 > last_message_us"
        "   OR ($3 = last_message_us AND $4 > last_message_id) THEN $4 ELSE last_message_id END,"
        " last_message_us = CASE WHEN $3 > last_message_us THEN $3 ELSE last_message_us END"
        " WHERE workspace_id = $1 AND conversation_id = $2 AND contact_id = $7"
        " AND status || '' = $8",
}};
const db::Sql newest_profile_name_sql{{
    .name = "inbox.newest_profile_name",
    .text = "SELECT profile_name FROM conversations WHERE workspace_id = $1 AND contact_id = $2"
            " AND profile_name <> '' ORDER BY profile_us DESC, profile_name DESC LIMIT 1",
}};
const db::Sql note_outbound_sql{{
    .name = "inbox.note_outbound",
    .text =
        "UPDATE conversations SET"
        " last_message_id = CASE WHEN $3 > last_message_us"
        "   OR ($3 = last_message_us AND $4 > last_message_id) THEN $4 ELSE last_message_id END,"
        " last_message_us = CASE WHEN $3 > last_message_us THEN $3 ELSE last_message_us END"
        " WHERE workspace_id = $1 AND conversation_id = $2",
}};
const db::Sql mark_read_sql{{
    .name = "inbox.mark_read",
    .text = "UPDATE conversations SET unread_count = 0, read_up_to_us = last_inbound_us"
            " WHERE workspace_id = $1 AND conversation_id = $2"
            " AND (unread_count <> 0 OR read_up_to_us <> last_inbound_us)",
}};

std::optional<Conversation> first(const db::Rows& rows) {
    return rows.empty() ? std::nullopt : std::optional(read_conversation(rows[0]));
}

constexpr std::size_t only_one_column = conversation_columns;  ///< of find_of_contact_sql

std::optional<Timestamp> time_or_none(std::int64_t us) {
    return us == 0 ? std::nullopt : std::optional(from_us(us));
}

}  // namespace

Conversation read_conversation(const db::Row& row) {
    const auto assignee = row.optional_string(4);
    return {.id = row.id<ConversationId>(0),
            .contact = row.id<ContactId>(1),
            .phone_number_id = row.id<PhoneNumberId>(2),
            .status = row.string(3),
            .assignee = assignee ? std::optional(UserId(*assignee)) : std::nullopt,
            .unread_count = row.integer(5),
            .last_inbound_at = time_or_none(row.integer(6)),
            .last_message_at = time_or_none(row.integer(7)),
            .last_message = row.id<MessageId>(8),
            .profile_name = row.string(9),
            .snoozed_until =
                row.text(3) == status::snoozed ? time_or_none(row.integer(10)) : std::nullopt,
            .settled_at = time_or_none(row.integer(11))};
}

std::optional<Conversation> find_of_contact(db::WorkspaceTxn& txn, const ContactId& contact,
                                            const PhoneNumberId& phone_number_id) {
    const db::Rows rows = txn.query(find_of_contact_sql, contact, phone_number_id);
    std::optional<Conversation> found = first(rows);
    if (found) {
        found->is_only_one = rows[0].boolean(only_one_column);
    }
    return found;
}

std::optional<Conversation> find_latest_of_contact(db::WorkspaceTxn& txn,
                                                   const ContactId& contact) {
    return first(txn.query(find_latest_sql, contact));
}

Conversation open(db::WorkspaceTxn& txn, IdGenerator& ids, const ContactId& contact,
                  const PhoneNumberId& phone_number_id, Timestamp now) {
    auto found = find_of_contact(txn, contact, phone_number_id);
    return found ? *std::move(found) : create(txn, ids, contact, phone_number_id, now);
}

Conversation create(db::WorkspaceTxn& txn, IdGenerator& ids, const ContactId& contact,
                    const PhoneNumberId& phone_number_id, Timestamp now) {
    Conversation fresh{.id = ids.make<ConversationId>(),
                       .contact = contact,
                       .phone_number_id = phone_number_id,
                       .status = std::string(status::open),
                       .assignee = std::nullopt,
                       .unread_count = 0,
                       .last_inbound_at = std::nullopt,
                       .last_message_at = std::nullopt,
                       .last_message = {},
                       .profile_name = {},
                       .snoozed_until = std::nullopt,
                       .settled_at = std::nullopt,
                       .is_only_one = false};
    if (txn.execute(insert_sql, fresh.id, contact, phone_number_id, to_us(now)) != 1) {
        throw Fault("db.conflict",
                    "another transaction has just opened this or merged the contact");
    }
    txn.announce(conversation_changed, fresh.id.value, R"({"new":true})");
    txn.announce(contacts::contact_changed, contact.value,
                 fmt::format(R"({{"newNumber":"{}"}})", phone_number_id.value));
    return fresh;
}

bool will_rename(db::WorkspaceTxn& txn, const Conversation& conversation,
                 std::string_view profile_name) {
    if (profile_name.empty()) {
        return false;
    }
    return conversation.is_only_one ? conversation.profile_name != profile_name
                                    : find_profile_name(txn, conversation.contact) != profile_name;
}

bool opens(const Conversation& conversation, const InboundNote& note) {
    const bool is_first = !conversation.last_inbound_at && !conversation.assignee;
    const bool was_open = conversation.status == status::open && !is_first;
    return note.is_personal && !was_open && note.at >= conversation.settled_at.value_or(note.at);
}

std::optional<std::string> note_inbound(db::WorkspaceTxn& txn, const Conversation& conversation,
                                        const InboundNote& note) {
    if (txn.execute(note_inbound_sql, conversation.id, to_us(note.at), note.message,
                    note.profile_name, note.is_personal ? to_us(note.at) : 0, conversation.contact,
                    conversation.status) != 1) {
        throw Fault("db.conflict",
                    "another transaction has just merged this contact, resolved or opened this");
    }
    if (note.profile_name.empty() ||
        (note.profile_name == conversation.profile_name && conversation.is_only_one)) {
        return std::nullopt;
    }
    return find_profile_name(txn, conversation.contact);
}

std::optional<std::string> find_profile_name(db::WorkspaceTxn& txn, const ContactId& contact) {
    const db::Rows rows = txn.query(newest_profile_name_sql, contact);
    return rows.empty() ? std::nullopt : std::optional(rows[0].string(0));
}

void note_outbound(db::WorkspaceTxn& txn, const ConversationId& id, const MessageId& message,
                   Timestamp at) {
    if (txn.execute(note_outbound_sql, id, to_us(at), message) != 1) {
        throw Fault("db.conflict", "another transaction has just merged this contact");
    }
}

bool window_open(const Conversation& conversation, Timestamp now) {
    return conversation.last_inbound_at && now < *conversation.last_inbound_at + service_window;
}

Result<Conversation> get(db::WorkspaceTxn& txn, const ConversationId& id,
                         const Restrictions& restrictions) {
    auto found = first(txn.query(get_sql, id, restrictions.member, restrictions.bits()));
    if (!found) {
        return fail(errors::conversation_not_found);
    }
    return *std::move(found);
}

Result<Conversation> lock(db::WorkspaceTxn& txn, const ConversationId& id,
                          const Restrictions& restrictions, const Expected& expected) {
    auto found = first(txn.query(lock_sql, id, restrictions.member, restrictions.bits()));
    if (!found) {
        return fail(errors::conversation_not_found);
    }
    if (expected.status.value_or(found->status) != found->status ||
        expected.assignee.value_or(found->assignee) != found->assignee ||
        expected.last_message.value_or(found->last_message) != found->last_message) {
        return fail(errors::conversation_changed);
    }
    return *std::move(found);
}

void set_assignee(db::WorkspaceTxn& txn, const Handover& change) {
    txn.execute(set_assignee_sql, change.conversation, change.to);
    store::announce_assigned(txn, change.conversation, change.from);
}

bool may_answer(db::WorkspaceTxn& txn, const ConversationId& id, const UserId& member) {
    return !txn.query(may_answer_sql, id, member).empty();
}

std::vector<Assigned> list_blind(db::WorkspaceTxn& txn, const ContactId& contact) {
    std::vector<Assigned> assigned;
    for (const db::Row row : txn.query(blind_sql, contact)) {
        assigned.push_back({row.id<ConversationId>(0), row.id<UserId>(1)});
    }
    return assigned;
}

Result<Conversation> open_for(db::WorkspaceTxn& txn, IdGenerator& ids, const ContactId& contact,
                              const PhoneNumberId& phone_number_id, const Context& context,
                              Timestamp now) {
    const Restrictions& restrictions = context.restrictions;
    const bool known = restrictions.bits() != 0 && find_of_contact(txn, contact, phone_number_id);
    Conversation conversation = open(txn, ids, contact, phone_number_id, now);
    if (known) {
        return get(txn, conversation.id, restrictions);
    }
    const UserId member(restrictions.member);
    if (restrictions.assigned_only && access::hold_member(txn, member)) {
        conversation.assignee = member;
        set_assignee(txn, {.conversation = conversation.id, .to = member});
    }
    return conversation;
}

void mark_read(db::WorkspaceTxn& txn, const ConversationId& id) {
    if (txn.execute(mark_read_sql, id) == 1) {
        txn.announce(conversation_changed, id.value);
    }
}

namespace store {

void announce_assigned(db::WorkspaceTxn& txn, const ConversationId& id,
                       const std::optional<UserId>& before, boost::json::object detail) {
    detail["assigneeId"] = before ? boost::json::value(before->value) : nullptr;
    txn.announce(conversation_changed, id.value, boost::json::serialize(detail));
}

void set_status(db::WorkspaceTxn& txn, const ConversationId& id, std::string_view status,
                const std::optional<Timestamp>& snoozed_until) {
    txn.execute(set_status_sql, id, status, snoozed_until ? to_us(*snoozed_until) : 0);
    txn.announce(conversation_changed, id.value);
}

std::vector<Due> list_due(db::Txn& txn, Timestamp now, std::size_t limit) {
    std::vector<Due> due;
    for (const db::Row row : txn.query(list_due_sql, now, static_cast<std::int64_t>(limit))) {
        due.push_back({row.id<WorkspaceId>(0), row.id<ConversationId>(1)});
    }
    return due;
}

bool wake(db::WorkspaceTxn& txn, const ConversationId& id, Timestamp now) {
    const bool woken = txn.execute(wake_sql, id, now) == 1;
    if (woken) {
        txn.announce(conversation_changed, id.value);
    }
    return woken;
}

}  // namespace store

}  // namespace wapi::inbox
