// Rate limits: how many requests a workspace, an API key or an address may make, and what an
// operator changes about that while the server runs.
//
// Counters are in the memory of this node. Figures are read from the database again after
// `limits_kept`, so that a change of a plan's limit, of a workspace's own or of its plan takes
// effect within that time, without a restart. Rules: product.md 1.2.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "base/clock.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "features/rate_limits/rate_limits_cache.hpp"
#include "features/rate_limits/rate_limits_rules.hpp"
#include "features/rate_limits/rate_limits_table.hpp"

namespace wapi::rate_limits {

/// How long figures that were read may be used.
inline constexpr std::chrono::seconds limits_kept{5};
/// Counters of each class, and workspaces whose figures are held: more cannot be told apart within
/// one minute on one node.
inline constexpr std::size_t counters_max = 65'536;

/// Where an operator's changes of what belongs to no workspace are audited.
inline constexpr std::string_view platform_log = platform_workspace;

/// What a figure is about; `key` is each API key of a workspace on the plan.
enum class Kind { plan, key, form, workspace };
std::string_view name_of(Kind kind);

/// A change by an operator. `by`: nothing on the command line. `name`: of a plan or form, or a
/// workspace's id.
struct Change {
    Kind kind;
    std::string name;
    std::optional<std::int64_t> per_minute;  ///< 1 to per_minute_max; empty: back to the default
    std::optional<Context> by = {};
};

/// A figure as it is in force.
struct Figure {
    Kind kind;
    std::string name;
    std::int64_t per_minute;
    std::optional<Timestamp> changed_at;  ///< empty: the default
};

/// A figure in force before and after a change.
struct Changed {
    std::int64_t before;
    std::int64_t after;
};

/// Stores a change and its audit entry `settings.updated`: in the workspace's log, or the
/// platform's. Errors: invalid_request (name or figure), not_found
/// (no such workspace, or nothing to go back from).
Result<Changed> change_limit(db::Txn& txn, const Change& change, Timestamp now);

/// All plans, their keys and all forms. System scope.
std::vector<Figure> list_limits(db::Txn& txn);
/// Workspaces with figures of their own, by id, after `after`, at most `limit`. System scope.
std::vector<Figure> list_workspaces(db::Txn& txn, std::string_view after, std::size_t limit);
/// What one workspace has: its own figure or its plan's. Errors: not_found.
Result<Figure> get_workspace_limit(db::WorkspaceTxn& txn);

/// Who makes a request.
struct Caller {
    WorkspaceId workspace;
    std::string api_key;  ///< id of the key; empty: a member's session
};

/// Counts requests. Network thread only.
class Service {
  public:
    Service(db::Db& db, const Clock& clock, Rng& rng);

    /// One request of a workspace, and of the API key it came with: the tighter of both decides,
    /// and what is refused counts for neither. Errors: Fault when the workspace's figures were
    /// never read and cannot be now.
    async::Task<Decision> count(Caller caller);
    /// One request from an address to a group of public forms (an index into `forms`).
    async::Task<Decision> count_address(std::string ip, std::size_t form);
    /// What count_address would say by the figures it used last, without counting.
    [[nodiscard]] Decision look_address(std::string_view ip, std::size_t form) const;

  private:
    using Forms = std::array<std::int64_t, forms.size()>;
    async::Task<WorkspaceLimits> limits_of(const WorkspaceId& workspace);
    async::Task<> read_forms();
    Decision count_workspace(const Caller& caller, const WorkspaceLimits& limits);
    Decision count_one(KeyClass key_class, std::string_view key, std::int64_t per_minute);
    CounterTable& table_of(KeyClass key_class);

    db::Db& db_;
    const Clock& clock_;
    std::array<CounterTable, 3> tables_;  ///< of each KeyClass
    LimitsCache limits_;
    Forms forms_;
    std::optional<Timestamp> forms_read_at_;
};

}  // namespace wapi::rate_limits
