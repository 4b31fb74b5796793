#include "features/outbox/outbox_store.hpp"

namespace wapi::outbox::store {
namespace {

const db::Sql find_plan_sql{{
    .name = "outbox.find_plan",
    .text = "SELECT plan FROM workspaces WHERE workspace_id = $1",
}};

}  // namespace

std::string find_plan(db::WorkspaceTxn& txn) {
    const db::Rows rows = txn.query(find_plan_sql);
    return rows.empty() ? std::string() : rows[0].string(0);
}

}  // namespace wapi::outbox::store
