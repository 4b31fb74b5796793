#include "features/webhooks/webhook_store.hpp"

#include <vector>

namespace wapi::webhooks::store {
namespace {

const db::Sql lock_customer_sql{{
    .name = "webhooks.lock_customer",
    .text = {},
    .scope = db::Scope::system,
    .sqlite = "SELECT $1",
    .postgres = "SELECT pg_advisory_xact_lock(hashtextextended(CAST($1 AS TEXT), 0))",
}};
// The kind stands in the text, so that the partial index of these letters serves.
const db::Sql remove_item_letter_sql{{
    .name = "dead_letters.remove_item",
    .text = "DELETE FROM dead_letters WHERE kind = 'webhook.item' AND payload = $1",
    .scope = db::Scope::system,
}};

}  // namespace

void lock_customers(db::Txn& txn, const std::set<std::string_view>& customers) {
    const std::vector<db::Value> values(customers.begin(), customers.end());
    txn.execute_many(lock_customer_sql, values, 1);
}

void remove_item_letter(db::Txn& txn, std::string_view item_ref) {
    txn.execute(remove_item_letter_sql, item_ref);
}

}  // namespace wapi::webhooks::store
