// Limits of workspaces as read from the database a moment ago, in bounded memory: at the bound the
// one asked for least recently goes, and is read again when it is needed. Constant time. No I/O.
#pragma once

#include <list>
#include <unordered_map>

#include "base/ids.hpp"
#include "features/rate_limits/rate_limits_rules.hpp"

namespace wapi::rate_limits {

class LimitsCache {
  public:
    struct Item {
        WorkspaceId workspace;
        WorkspaceLimits limits;
        Timestamp read_at;
    };
    explicit LimitsCache(std::size_t entries_max) : entries_max_(entries_max) {}

    /// Null when it is not held. The pointer is good until the next put.
    Item* find(const WorkspaceId& workspace);
    /// Adds or replaces.
    Item& put(const WorkspaceId& workspace, const WorkspaceLimits& limits, Timestamp read_at);
    [[nodiscard]] std::size_t size() const { return items_.size(); }

  private:
    std::size_t entries_max_;
    std::list<Item> items_;  ///< asked for last stands first
    std::unordered_map<std::string_view, std::list<Item>::iterator> by_workspace_;
};

}  // namespace wapi::rate_limits
