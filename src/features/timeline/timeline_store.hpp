// SQL of timelines. Included only inside this feature.
#pragma once

#include "features/timeline/timeline_rules.hpp"

namespace wapi::timeline::store {

/// Those that the caller may see, at most conversations_max.
std::vector<ConversationId> list_conversations(db::WorkspaceTxn& txn, const ContactId& contact,
                                               const Restrictions& restrictions);
/// Of one conversation, newest first.
std::vector<messages::Message> list_messages(db::WorkspaceTxn& txn,
                                             const ConversationId& conversation,
                                             const Place& before, std::size_t limit);
/// Decisions about a contact or a conversation, newest first.
std::vector<Event> list_events(db::WorkspaceTxn& txn, const std::string& resource,
                               const Place& before, std::size_t limit);

}  // namespace wapi::timeline::store
