// Removes what is past its time, over all workspaces. The indexes by time lead to it.
#include "features/messages/messages.hpp"

namespace wapi::messages {
namespace {

const db::Sql prune_early_sql{{
    .name = "messages.prune_early_statuses",
    .text = "DELETE FROM early_statuses"
            " WHERE (workspace_id, phone_number_id, wa_message_id, status) IN"
            " (SELECT workspace_id, phone_number_id, wa_message_id, status FROM early_statuses"
            " WHERE received_us < $1 ORDER BY received_us LIMIT $2)",
    .scope = db::Scope::system,
}};

}  // namespace

std::int64_t prune_early_statuses(db::Txn& txn, Timestamp before, std::int64_t limit) {
    return txn.execute(prune_early_sql, before, limit);
}

}  // namespace wapi::messages
