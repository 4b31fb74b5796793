// SQL of the audit log: append under the workspace's head, page backwards, count, walk the chain.
//
// The head row is the lock: `claim_head` raises its number and returns the newest hash in one
// statement, so that two transactions cannot append the same number.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "db/txn.hpp"
#include "features/audit/audit.hpp"

namespace wapi::audit {

struct Head {
    std::int64_t seq = 0;  ///< number of the entry to write now
    std::string hash;      ///< of the entry before it
};

struct HashedEntry {
    StoredEntry entry;
    std::string hash;
};

/// The head as stored: number and hash of the newest entry.
std::optional<Head> find_head(db::WorkspaceTxn& txn);
/// Reserves `count` numbers; `seq` is the first of them.
Head claim_head(db::WorkspaceTxn& txn, std::size_t count = 1);
void set_head_hash(db::WorkspaceTxn& txn, std::string_view hash);
void insert_entries(db::WorkspaceTxn& txn, std::span<const HashedEntry> entries);

/// Newest first, before `filter.before_seq`, at most `limit`.
std::vector<StoredEntry> list_entries(db::WorkspaceTxn& txn, const Filter& filter,
                                      std::size_t limit);
/// Matching entries, counted up to total_max.
std::int64_t count_entries(db::WorkspaceTxn& txn, const Filter& filter);

/// Oldest first, after `after_seq`.
std::vector<HashedEntry> list_chain(db::WorkspaceTxn& txn, std::int64_t after_seq,
                                    std::size_t limit);

}  // namespace wapi::audit
