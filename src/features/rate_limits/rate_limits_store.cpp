// SQL of the rate limits.
#include "features/rate_limits/rate_limits_store.hpp"

namespace wapi::rate_limits {
namespace {

const db::Sql list_figures_sql{{
    .name = "rate_limits.list_figures",
    .text = "SELECT kind, name, per_minute, updated_us FROM rate_limits",
    .scope = db::Scope::system,
}};

const db::Sql put_figure_sql{{
    .name = "rate_limits.put_figure",
    .text = "INSERT INTO rate_limits (kind, name, per_minute, updated_us) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (kind, name) DO UPDATE SET per_minute = excluded.per_minute, "
            "updated_us = excluded.updated_us",
    .scope = db::Scope::system,
}};

const db::Sql erase_figure_sql{{
    .name = "rate_limits.erase_figure",
    .text = "DELETE FROM rate_limits WHERE kind = $1 AND name = $2",
    .scope = db::Scope::system,
}};

const db::Sql find_workspace_sql{{
    .name = "rate_limits.find_workspace",
    .text = "SELECT w.plan, o.per_minute, o.updated_us, p.per_minute, k.per_minute "
            "FROM workspaces w "
            "LEFT JOIN workspace_rate_limits o ON o.workspace_id = w.workspace_id "
            "LEFT JOIN rate_limits p ON p.kind = 'plan' AND p.name = w.plan "
            "LEFT JOIN rate_limits k ON k.kind = 'key' AND k.name = w.plan "
            "WHERE w.workspace_id = $1",
}};

const db::Sql put_override_sql{{
    .name = "rate_limits.put_override",
    .text = "INSERT INTO workspace_rate_limits (workspace_id, per_minute, updated_us) "
            "VALUES ($1, $2, $3) ON CONFLICT (workspace_id) DO UPDATE SET "
            "per_minute = excluded.per_minute, updated_us = excluded.updated_us",
}};

const db::Sql erase_override_sql{{
    .name = "rate_limits.erase_override",
    .text = "DELETE FROM workspace_rate_limits WHERE workspace_id = $1",
}};

const db::Sql list_overrides_sql{{
    .name = "rate_limits.list_overrides",
    .text = "SELECT workspace_id, per_minute, updated_us FROM workspace_rate_limits "
            "WHERE workspace_id > $1 ORDER BY workspace_id LIMIT $2",
    .scope = db::Scope::system,
}};

std::optional<std::int64_t> figure_of(const db::Row& row, std::size_t column) {
    return row.is_null(column) ? std::nullopt : std::optional(row.integer(column));
}

}  // namespace

std::vector<StoredFigure> list_figures(db::Txn& txn) {
    std::vector<StoredFigure> figures;
    for (const db::Row row : txn.query(list_figures_sql)) {
        figures.push_back({row.string(0), row.string(1), row.integer(2), from_us(row.integer(3))});
    }
    return figures;
}

void put_figure(db::Txn& txn, const StoredFigure& figure) {
    txn.execute(put_figure_sql, figure.kind, figure.name, figure.per_minute, figure.changed_at);
}

bool erase_figure(db::Txn& txn, std::string_view kind, std::string_view name) {
    return txn.execute(erase_figure_sql, kind, name) > 0;
}

std::optional<StoredWorkspace> find_stored_workspace(db::WorkspaceTxn& txn) {
    const db::Rows rows = txn.query(find_workspace_sql);
    if (rows.empty()) {
        return std::nullopt;
    }
    const db::Row row = rows[0];
    const std::optional<std::int64_t> changed_us = figure_of(row, 2);
    return StoredWorkspace{
        .limits = decide_limits({.plan = row.text(0),
                                 .of_workspace = figure_of(row, 1),
                                 .of_plan = figure_of(row, 3),
                                 .of_plan_key = figure_of(row, 4)}),
        .changed_at = changed_us ? std::optional(from_us(*changed_us)) : std::nullopt};
}

void put_override(db::WorkspaceTxn& txn, std::int64_t per_minute, Timestamp now) {
    txn.execute(put_override_sql, per_minute, now);
}

bool erase_override(db::WorkspaceTxn& txn) { return txn.execute(erase_override_sql) > 0; }

std::vector<StoredOverride> list_overrides(db::Txn& txn, std::string_view after,
                                           std::size_t limit) {
    std::vector<StoredOverride> overrides;
    for (const db::Row row :
         txn.query(list_overrides_sql, after, static_cast<std::int64_t>(limit))) {
        overrides.push_back({row.id<WorkspaceId>(0), row.integer(1), from_us(row.integer(2))});
    }
    return overrides;
}

}  // namespace wapi::rate_limits
