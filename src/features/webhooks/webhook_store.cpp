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

}  // namespace

void lock_customers(db::Txn& txn, const std::set<std::string_view>& customers) {
    const std::vector<db::Value> values(customers.begin(), customers.end());
    txn.execute_many(lock_customer_sql, values, 1);
}

}  // namespace wapi::webhooks::store
