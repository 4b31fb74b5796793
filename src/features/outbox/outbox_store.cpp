#include "features/outbox/outbox_store.hpp"

namespace wapi::outbox::store {
namespace {

const db::Sql find_plan_sql{{
    .name = "outbox.find_plan",
    .text = "SELECT plan, suspended_us FROM workspaces WHERE workspace_id = $1",
}};

}  // namespace

Plan find_plan(db::WorkspaceTxn& txn) {
    const db::Rows rows = txn.query(find_plan_sql);
    return rows.empty() ? Plan() : Plan{rows[0].string(0), !rows[0].is_null(1)};
}

}  // namespace wapi::outbox::store
