#include "features/rate_limits/rate_limits_cache.hpp"

namespace wapi::rate_limits {

LimitsCache::Item* LimitsCache::find(const WorkspaceId& workspace) {
    const auto found = by_workspace_.find(workspace.value);
    if (found == by_workspace_.end()) {
        return nullptr;
    }
    items_.splice(items_.begin(), items_, found->second);
    return &*found->second;
}

LimitsCache::Item& LimitsCache::put(const WorkspaceId& workspace, const WorkspaceLimits& limits,
                                    Timestamp read_at) {
    if (Item* item = find(workspace)) {
        item->limits = limits;
        item->read_at = read_at;
        return *item;
    }
    if (items_.size() >= entries_max_) {
        by_workspace_.erase(items_.back().workspace.value);
        items_.pop_back();
    }
    items_.push_front({.workspace = workspace, .limits = limits, .read_at = read_at});
    by_workspace_.emplace(items_.front().workspace.value, items_.begin());
    return items_.front();
}

}  // namespace wapi::rate_limits
