// SQL of the audit log: append under the workspace's head, list and count by any filter, walk the
// chain, remove its oldest part.
//
// The head row is the lock: `claim_head` raises its number and returns the newest hash in one
// statement, so that two transactions cannot append the same number.
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "db/txn.hpp"
#include "features/audit/audit.hpp"

namespace wapi::audit {

struct Head {
    std::int64_t seq = 0;         ///< number of the newest entry
    std::string hash;             ///< and its hash
    std::int64_t pruned_seq = 0;  ///< number of the newest `audit.pruned`
};

/// The head as stored.
std::optional<Head> find_head(db::WorkspaceTxn& txn);
/// Reserves `count` numbers: that of the first, and the hash of the entry before it.
Link claim_head(db::WorkspaceTxn& txn, std::size_t count = 1);
void set_head_hash(db::WorkspaceTxn& txn, std::string_view hash);
void insert_entries(db::WorkspaceTxn& txn, std::span<const StoredEntry> entries);

/// A part of the order of time.
struct Window {
    Place from = {};                                               ///< inclusive
    Place before = {std::numeric_limits<std::int64_t>::max(), 0};  ///< exclusive
};

/// Whether there are filters beside the one whose index leads to the entries.
bool has_further_filters(const Filter& filter);
/// What matches the filter's fields within the window, newest first, at most `limit`.
std::vector<StoredEntry> list_entries(db::WorkspaceTxn& txn, const Filter& filter,
                                      const Window& window, std::size_t limit);
/// How many match within the window, counted up to looked_at_max.
std::int64_t count_entries(db::WorkspaceTxn& txn, const Filter& filter, const Window& window);
/// The last of the first looked_at_max entries to which the index leads; nothing when there are
/// fewer.
std::optional<Place> find_scan_end(db::WorkspaceTxn& txn, const Filter& filter,
                                   const Window& window);

/// Oldest first, after `after_seq`.
std::vector<StoredEntry> list_chain(db::WorkspaceTxn& txn, std::int64_t after_seq,
                                    std::size_t limit);
/// Columns in the order of list_chain.
StoredEntry read_entry(const db::Row& row);

/// The workspace that waits longest for its log to be looked at.
std::optional<WorkspaceId> find_due(db::Txn& txn, Timestamp now);
/// Sets when it is next; false when another transaction has done so. Locks the head.
bool take_due(db::WorkspaceTxn& txn, Timestamp now, Timestamp next);
void set_due(db::WorkspaceTxn& txn, Timestamp next);
/// The workspace's settings as JSON text, `{}` when there is none.
std::string find_settings(db::WorkspaceTxn& txn);
/// Removes entries up to and with that number.
void remove_through(db::WorkspaceTxn& txn, std::int64_t seq);
void set_pruned(db::WorkspaceTxn& txn, std::int64_t pruned_seq);

}  // namespace wapi::audit
