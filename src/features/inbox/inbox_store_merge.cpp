// SQL of conversations whose contact turned out to be somebody known: of two on one number one is
// left, with what both have shown.
#include "features/inbox/inbox_store.hpp"

namespace wapi::inbox {
namespace {

const db::Sql of_contact_sql{{
    .name = "inbox.list_of_contact",
    .text = "SELECT " WAPI_CONVERSATION " FROM conversations"
            " WHERE workspace_id = $1 AND contact_id = $2 ORDER BY phone_number_id",
    // What others are adding to them at this moment must be there before they are moved.
    .postgres = "SELECT " WAPI_CONVERSATION " FROM conversations WHERE workspace_id = $1"
                " AND contact_id = $2 ORDER BY phone_number_id FOR UPDATE",
}};
const db::Sql set_contact_sql{{
    .name = "inbox.set_contact",
    .text = "UPDATE conversations SET contact_id = $3"
            " WHERE workspace_id = $1 AND conversation_id = $2",
}};
const db::Sql fold_in_sql{{
    .name = "inbox.fold_in",
    .text = "UPDATE conversations SET"
            " unread_count = unread_count + gone.unread,"
            " status = CASE WHEN gone.open_us > resolved_us THEN 'open'"
            "   WHEN status = 'resolved' AND gone.wakes_us > 0 THEN 'snoozed' ELSE status END,"
            " snoozed_until_us = CASE WHEN gone.wakes_us > 0 AND (status = 'resolved'"
            "   OR (status = 'snoozed' AND gone.wakes_us < snoozed_until_us))"
            "   THEN gone.wakes_us ELSE snoozed_until_us END,"
            " resolved_us = CASE WHEN gone.settled_us > resolved_us"
            "   THEN gone.settled_us ELSE resolved_us END,"
            " profile_name = CASE WHEN gone.heard_us > profile_us"
            "   OR (gone.heard_us = profile_us AND gone.profile > profile_name)"
            "   THEN gone.profile ELSE profile_name END,"
            " profile_us = CASE WHEN gone.heard_us > profile_us"
            "   THEN gone.heard_us ELSE profile_us END,"
            " last_inbound_us = CASE WHEN gone.inbound_us > last_inbound_us"
            "   THEN gone.inbound_us ELSE last_inbound_us END,"
            " last_message_id = CASE WHEN gone.message_us > last_message_us"
            "   OR (gone.message_us = last_message_us AND gone.message > last_message_id)"
            "   THEN gone.message ELSE last_message_id END,"
            " last_message_us = CASE WHEN gone.message_us > last_message_us"
            "   THEN gone.message_us ELSE last_message_us END,"
            " assignee_id = coalesce(assignee_id, gone.assignee)"
            " FROM (SELECT unread_count AS unread, profile_name AS profile, profile_us AS heard_us,"
            "   CASE WHEN status = 'open' THEN last_inbound_us ELSE 0 END AS open_us,"
            "   CASE WHEN status = 'snoozed' THEN snoozed_until_us ELSE 0 END AS wakes_us,"
            "   CASE WHEN status = 'open' THEN 0 ELSE resolved_us END AS settled_us,"
            "   last_inbound_us AS inbound_us, last_message_us AS message_us,"
            "   last_message_id AS message, assignee_id AS assignee FROM conversations"
            "   WHERE workspace_id = $1 AND conversation_id = $2) AS gone"
            " WHERE workspace_id = $1 AND conversation_id = $3",
}};
const db::Sql delete_sql{{
    .name = "inbox.delete",
    .text = "DELETE FROM conversations WHERE workspace_id = $1 AND conversation_id = $2",
}};

/// What both have shown is one's from now on.
void fold(db::WorkspaceTxn& txn, const Conversation& gone, const Conversation& kept) {
    txn.execute(fold_in_sql, gone.id, kept.id);
    txn.execute(delete_sql, gone.id);
    store::announce_assigned(
        txn, gone.id, gone.assignee,
        {{"contactId", gone.contact.value}, {"numbers", {gone.phone_number_id.value}}});
    store::announce_assigned(txn, kept.id, kept.assignee, {{"merged", true}});
}

}  // namespace

std::vector<MovedConversation> merge_contact(db::WorkspaceTxn& txn, const ContactId& from,
                                             const ContactId& into) {
    std::vector<MovedConversation> moved;
    for (const db::Row row : txn.query(of_contact_sql, from)) {
        const Conversation one = read_conversation(row);
        const auto twin = find_of_contact(txn, into, one.phone_number_id);
        if (twin) {
            fold(txn, one, *twin);
        } else {
            txn.execute(set_contact_sql, one.id, into);
            store::announce_assigned(txn, one.id, one.assignee, {{"contactId", from.value}});
        }
        moved.push_back({.from = one.id, .into = twin ? twin->id : one.id});
    }
    return moved;
}

}  // namespace wapi::inbox
