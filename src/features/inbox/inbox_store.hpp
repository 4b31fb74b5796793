// Inside the slice: the columns of a conversation, and the statements of its acts.
#pragma once

#include <boost/json/object.hpp>

#include "features/inbox/inbox.hpp"

namespace wapi::inbox {

/// What read_conversation reads, from the first column on.
#define WAPI_CONVERSATION                                                                 \
    "conversation_id, contact_id, phone_number_id, status, assignee_id, unread_count,"    \
    " last_inbound_us, last_message_us, last_message_id, profile_name, snoozed_until_us," \
    " resolved_us"
inline constexpr std::size_t conversation_columns = 12;

Conversation read_conversation(const db::Row& row);

namespace store {

/// Tells that somebody else may answer than before. `detail`: what else is to be told
/// (inbox::conversation_changed).
void announce_assigned(db::WorkspaceTxn& txn, const ConversationId& id,
                       const std::optional<UserId>& before, boost::json::object detail = {});

/// Resolved and snoozed: what the customer has written up to now is settled.
void set_status(db::WorkspaceTxn& txn, const ConversationId& id, std::string_view status,
                const std::optional<Timestamp>& snoozed_until);

struct Due {
    WorkspaceId workspace;
    ConversationId id;
};
/// Snoozed conversations of all workspaces whose time has come, the longest due first.
std::vector<Due> list_due(db::Txn& txn, Timestamp now, std::size_t limit);
/// Opens one whose time has come; false when it was opened, or snoozed longer, meanwhile.
bool wake(db::WorkspaceTxn& txn, const ConversationId& id, Timestamp now);

}  // namespace store
}  // namespace wapi::inbox
