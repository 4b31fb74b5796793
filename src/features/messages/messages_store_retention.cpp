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
const db::Sql prune_keys_sql{{
    .name = "messages.prune_idempotency_keys",
    .text = "DELETE FROM idempotency_keys WHERE (workspace_id, idempotency_key) IN"
            " (SELECT workspace_id, idempotency_key FROM idempotency_keys"
            " WHERE created_us < $1 ORDER BY created_us LIMIT $2)",
    .scope = db::Scope::system,
}};

}  // namespace

std::int64_t prune_early_statuses(db::Txn& txn, Timestamp before, std::int64_t limit) {
    return txn.execute(prune_early_sql, before, limit);
}

std::int64_t prune_idempotency_keys(db::Txn& txn, Timestamp before, std::int64_t limit) {
    return txn.execute(prune_keys_sql, before, limit);
}

}  // namespace wapi::messages
