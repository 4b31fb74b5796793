// Store functions that only this feature uses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/txn.hpp"
#include "features/rate_limits/rate_limits_rules.hpp"

namespace wapi::rate_limits {

/// A stored change of a plan, of a plan's keys or of a form.
struct StoredFigure {
    std::string kind;
    std::string name;
    std::int64_t per_minute;
    Timestamp changed_at;
};
/// A workspace's own figure.
struct StoredOverride {
    WorkspaceId workspace;
    std::int64_t per_minute;
    Timestamp changed_at;
};
/// Figures of a workspace.
struct StoredWorkspace {
    WorkspaceLimits limits;
    std::optional<Timestamp> changed_at;  ///< of its own figure
};

std::vector<StoredFigure> list_figures(db::Txn& txn);
void put_figure(db::Txn& txn, const StoredFigure& figure);
/// False: there was none.
bool erase_figure(db::Txn& txn, std::string_view kind, std::string_view name);

std::optional<StoredWorkspace> find_stored_workspace(db::WorkspaceTxn& txn);
void put_override(db::WorkspaceTxn& txn, std::int64_t per_minute, Timestamp now);
/// False: there was none.
bool erase_override(db::WorkspaceTxn& txn);
/// By workspace id.
std::vector<StoredOverride> list_overrides(db::Txn& txn, std::string_view after, std::size_t limit);

}  // namespace wapi::rate_limits
