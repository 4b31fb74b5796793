#include "features/live_events/live_events_store.hpp"

namespace wapi::live_events::store {
namespace {

const db::Sql list_talks_sql{{
    .name = "live_events.list_talks",
    .text = "SELECT conversation_id, phone_number_id FROM conversations"
            " WHERE workspace_id = $1 AND contact_id = $2",
}};

}  // namespace

std::vector<Talk> list_talks(db::WorkspaceTxn& txn, const ContactId& contact) {
    std::vector<Talk> talks;
    for (const db::Row row : txn.query(list_talks_sql, contact)) {
        talks.push_back({row.id<ConversationId>(0), row.string(1)});
    }
    return talks;
}

}  // namespace wapi::live_events::store
