// The audit log: who did what, written in the transaction of the act and hash-chained per
// workspace.
//
// Every act of a person, key or rule that changes something calls `record` in its own transaction
// (architecture, invariant 8). Each entry's hash covers the one before it, so that a changed,
// removed or reordered entry is found by `verify_chain`. Actions: product.md section 1.5.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
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
#include "features/audit/audit_store_conditions.hpp"

namespace wapi::audit {

/// What happened. `details` is JSON object text, at most 8 KiB, without secrets, message bodies or
/// full phone numbers.
struct Entry {
    std::string_view action;         ///< one of audit::actions
    std::string_view resource_type;  ///< `contact`, `message`, `phone_number`, ...
    std::string resource_id;
    std::string details = "{}";
};

/// Announced (db::Announcement) with each entry of `changing_access`, and when settings of a
/// workspace change. The id is that of the one person whom it concerns (`user.…`), else empty:
/// anybody of the workspace.
inline constexpr std::string_view access_changed = "access.changed";

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
    std::string actor_kind;  ///< `user`, `api_key`, `system` or `operator`
    std::string actor_id;
    std::string resource_type;
    std::string resource_id;
    std::string details;
    std::string ip;
    std::string user_agent;
    std::string request_id;
    Timestamp created_at;
    std::string hash;  ///< 32 bytes, of everything above and the hash of the entry before
};

/// A place in the order in which entries are listed: by time, then by number.
struct Place {
    std::int64_t time_us = 0;
    std::int64_t seq = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
};

/// Filters; an empty one does not restrict.
struct Filter {
    std::string action = {};
    std::string resource_id = {};
    std::string user_id = {};     ///< of the actor, also of an API key
    std::string actor_kind = {};  ///< `user`, `api_key`, `system` or `operator`
    std::string resource_type = {};
    std::string ip = {};
    std::string request_id = {};
    std::optional<Timestamp> from = {};  ///< inclusive
    std::optional<Timestamp> to = {};    ///< exclusive
    std::optional<Place> before = {};    ///< exclusive
    Restrictions seen = {};              ///< of who asks
    std::size_t limit = 50;              ///< at most 200
};

/// One filter leads to its entries by an index; where there are more, so many of these entries at
/// most are looked at for a page and for its total.
inline constexpr std::int64_t looked_at_max = 10'000;

struct Page {
    /// Newest first. Fewer than asked for, or none, is not the end while there is a `next`.
    std::vector<StoredEntry> entries;
    std::int64_t total = 0;     ///< entries that match, at most looked_at_max
    bool total_known = true;    ///< false: too many would have to be looked at
    std::optional<Place> next;  ///< `before` of the next page; nothing at the end
};

/// A place in the chain: an entry's number and hash.
struct Link {
    std::int64_t seq = 0;
    std::string hash;
    friend bool operator==(const Link&, const Link&) = default;
};

/// A head that was noted elsewhere.
struct NotedHead {
    Link link;
    std::optional<Timestamp> written_at = {};  ///< its entry, when that was noted too
};

/// Which part of a chain is walked.
struct Walk {
    std::optional<Link> after = {};  ///< where an earlier walk ended; nothing: the first kept entry
    std::int64_t entries_max = std::numeric_limits<std::int64_t>::max();
    /// Places that the chain must go through, in their order: heads noted earlier, elsewhere.
    std::vector<NotedHead> expected = {};
};

/// What a walk over a workspace's chain has found.
struct Verified {
    std::int64_t entries = 0;               ///< that are whole
    std::int64_t pruned_through = 0;        ///< number of the last entry that retention removed
    std::optional<std::int64_t> first_bad;  ///< number of the first changed, missing or misplaced
    std::optional<Link> next;               ///< where to go on, when entries_max was reached
    std::optional<Link> head;               ///< the newest entry, when the walk came to it
    std::optional<Timestamp> head_at;       ///< when that entry was written
};

/// Walks the chain of the workspace, from its first entry or the one that follows the newest
/// `audit.pruned`, to its head. A workspace that never had an entry is whole. Expected places that
/// retention has removed are passed over, unless they were too young for it.
Verified verify_chain(db::WorkspaceTxn& txn, const Walk& walk = {});

/// At most filter.limit entries that match. Where an index leads to more than looked_at_max entries
/// that other filters then refuse, the page ends there and `next` goes on. No total.
Page read_entries(db::WorkspaceTxn& txn, const Filter& filter);

/// A moment as filters take it: `2026-11-22`, `2026-11-22T21:30:00Z` or with a fraction of a
/// second. Always UTC. Nothing when the text is another.
std::optional<Timestamp> parse_moment(const std::string& text);

/// A place in the chain as a page cursor, `12-<hash in hex>`, and back.
std::string render_link(const Link& link);
std::optional<Link> parse_link(std::string_view text);
/// A place in the order of time as a page cursor, `<microseconds>-<number>`, and back.
std::string render_place(const Place& place);
std::optional<Place> parse_place(std::string_view text);

inline constexpr std::size_t field_bytes_max = 256;  ///< what an entry keeps of a text

/// Every workspace that has entries, a head, or should have: all that exist. System scope.
std::vector<WorkspaceId> list_workspaces(db::Txn& txn);

inline constexpr std::chrono::days retention_default{90};  ///< and at least
inline constexpr std::chrono::days retention_max{3'650};
inline constexpr std::size_t pruned_in_step_max = 500;   ///< entries
inline constexpr std::chrono::hours prune_interval{24};  ///< of one workspace

/// Checks `audit` in a workspace's settings: `{"retentionDays": 90 to 3650}`.
/// Errors: invalid_request.
Result<void> check_settings(const boost::json::object& settings);

/// Removes the oldest entries that are past their time from the workspace that waits longest for
/// it, at most pruned_in_step_max of them, and appends `audit.pruned` with number and hash of the
/// last: the chain can still be verified, and who removes more is found. A log whose oldest entries
/// are not as they were written is left as it is, which is logged as an error. The head of each
/// workspace is logged (`audit.head`), for `wapi audit verify --heads`. False when no workspace is
/// due; each is again after prune_interval. System scope.
bool prune_next(db::Txn& txn, Timestamp now);

inline constexpr std::int64_t verified_in_call_max = 20'000;

class Service {
  public:
    explicit Service(db::Db& db) : db_(db) {}
    /// Entries of the context's workspace that its restrictions let see.
    async::Task<Result<Page>> list(Context context, Filter filter);
    /// Walks a part of the workspace's chain, at most verified_in_call_max entries.
    async::Task<Verified> verify(Context context, std::optional<Link> after);

  private:
    db::Db& db_;
};

}  // namespace wapi::audit
