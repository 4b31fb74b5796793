#include "features/opt_out/opt_out_store.hpp"

namespace wapi::opt_out::store {
namespace {

const db::Sql find_settings_sql{{
    .name = "opt_out.find_settings",
    .text = "SELECT settings FROM workspaces WHERE workspace_id = $1",
}};

}  // namespace

std::string find_settings(db::WorkspaceTxn& txn) {
    const db::Rows rows = txn.query(find_settings_sql);
    return rows.empty() ? "{}" : rows[0].string(0);
}

}  // namespace wapi::opt_out::store
