// SQL of the workspaces.
#include "features/workspaces/workspaces_store.hpp"

namespace wapi::workspaces {
namespace {

const db::Sql insert_workspace_sql{{
    .name = "workspaces.insert_workspace",
    .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us) "
            "VALUES ($1, $2, $3, $4, $5)",
}};

const db::Sql find_workspace_sql{{
    .name = "workspaces.find_workspace",
    .text = "SELECT workspace_id, name, plan, settings, created_us, suspended_us, "
            "suspended_reason FROM workspaces WHERE workspace_id = $1",
}};

const db::Sql update_workspace_sql{{
    .name = "workspaces.update_workspace",
    .text = "UPDATE workspaces SET name = $2, settings = $3 WHERE workspace_id = $1",
}};

}  // namespace

void insert_workspace(db::WorkspaceTxn& txn, const Workspace& workspace) {
    txn.execute(insert_workspace_sql, workspace.name, workspace.plan, workspace.settings,
                to_us(workspace.created_at));
}

std::optional<Workspace> find_workspace(db::WorkspaceTxn& txn) {
    const db::Rows rows = txn.query(find_workspace_sql);
    if (rows.empty()) {
        return std::nullopt;
    }
    return Workspace{rows[0].id<WorkspaceId>(0), rows[0].string(1),           rows[0].string(2),
                     rows[0].string(3),          from_us(rows[0].integer(4)), !rows[0].is_null(5),
                     rows[0].string(6)};
}

void update_workspace(db::WorkspaceTxn& txn, const Workspace& workspace) {
    txn.execute(update_workspace_sql, workspace.name, workspace.settings);
}

}  // namespace wapi::workspaces
