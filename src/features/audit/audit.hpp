// The audit log: who did what, written in the transaction of the act and hash-chained per
// workspace.
//
// Every act of a person, key or rule that changes something calls `record` in its own transaction
// (architecture, invariant 8). Each entry's hash covers the one before it, so that a changed,
// removed or reordered entry is found by `verify_chain`. Actions: product.md section 1.5.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "db/db.hpp"
#include "db/txn.hpp"
#include "features/audit/audit_actions.hpp"

namespace wapi::audit {

/// What happened. `details` is JSON object text, at most 8 KiB, without secrets, message bodies or
/// full phone numbers.
struct Entry {
    std::string_view action;         ///< one of audit::actions
    std::string_view resource_type;  ///< `contact`, `message`, `phone_number`, ...
    std::string resource_id;
    std::string details = "{}";
};

/// Adds an entry to the workspace's chain, at the end of the caller's transaction, which decides
/// whether it stays: all entries of a transaction take the chain's head once and hold it shortly,
/// after every other row. Only inside functions that Db runs. Database thread.
void record(db::WorkspaceTxn& txn, const Context& context, const Entry& entry, Timestamp now);

/// The context of what the program does by itself, without a person: webhooks, jobs, schedules.
Context system_context(const WorkspaceId& workspace, std::string request_id);

/// An entry as stored.
struct StoredEntry {
    std::int64_t seq = 0;  ///< 1, 2, 3, ... within the workspace
    std::string action;
    std::string actor_kind;  ///< `user`, `api_key` or `system`
    std::string actor_id;
    std::string resource_type;
    std::string resource_id;
    std::string details;
    std::string ip;
    std::string user_agent;
    std::string request_id;
    Timestamp created_at;
};

/// Filters; an empty one does not restrict.
struct Filter {
    std::string action = {};
    std::string resource_id = {};
    std::string user_id = {};
    std::optional<Timestamp> from = {};  ///< inclusive
    std::optional<Timestamp> to = {};    ///< exclusive
    std::optional<std::int64_t> before_seq = {};
    std::size_t limit = 50;  ///< at most 200
};

struct Page {
    std::vector<StoredEntry> entries;  ///< newest first
    std::int64_t total = 0;            ///< entries that match, at most `total_max`
    std::optional<std::int64_t> next_before;
};

inline constexpr std::int64_t total_max = 10'000;

/// What a walk over a workspace's chain has found.
struct Verified {
    std::int64_t entries = 0;               ///< that are whole
    std::optional<std::int64_t> first_bad;  ///< number of the first changed, missing or misplaced
};

/// Walks the whole chain of the workspace from its first entry to its head. A workspace that never
/// had an entry is whole.
Verified verify_chain(db::WorkspaceTxn& txn);

/// Every workspace that has entries, a head, or should have: all that exist. System scope.
std::vector<WorkspaceId> list_workspaces(db::Txn& txn);

class Service {
  public:
    explicit Service(db::Db& db) : db_(db) {}
    /// Entries of the context's workspace.
    async::Task<Result<Page>> list(Context context, Filter filter);

  private:
    db::Db& db_;
};

}  // namespace wapi::audit
