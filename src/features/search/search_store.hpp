// Inside the slice: the statements of the index.
#pragma once

#include "features/search/search_rules.hpp"

namespace wapi::search::store {

/// What waits to be indexed.
struct Waiting {
    WorkspaceId workspace;
    Kind kind = Kind::message;
    std::string id;
    Timestamp queued_at;
};

/// What was there before the index, and what comes by the thousand, waits under times from here on
/// (the year 2096), behind everything new. As in 0033_search.*.sql.
inline constexpr Timestamp backfill{std::chrono::microseconds{4'000'000'000'000'000}};

/// When the longest-waiting one was queued, or `backfill` and later; nothing when none waits.
/// System scope.
std::optional<Timestamp> find_oldest(db::Txn& txn);
/// Takes up to `limit` out of the queue, the longest-waiting ones: contacts, then messages, each in
/// the order of their ids, in which their rows are to be held. System scope.
std::vector<Waiting> take(db::Txn& txn, std::size_t limit);

/// The text to be indexed, whose row nobody removes until this transaction ends; nothing when it is
/// gone.
std::optional<std::string> hold_text(db::WorkspaceTxn& txn, Kind kind, const std::string& id);
/// Replaces the document of a message or contact; no words: there is none.
void put(db::WorkspaceTxn& txn, Kind kind, const std::string& id, const std::string& words);
/// Writes the pages of FTS5's index, which waits for a savepoint or the commit to do so and drops
/// pages then: for a transaction that overwrites what it deletes.
void write_words(db::Txn& txn);

/// Where to look, and whose part.
struct Place {
    std::int64_t before = INT64_MAX;  ///< document ids below it
    std::size_t limit = 0;
    Restrictions restrictions;
};
/// A document that matches.
struct Found {
    std::int64_t document = 0;
    bool is_seen = false;  ///< by who asks; else nothing else may be used
    Hit hit;
    std::string text;  ///< of a message, its beginning
};
/// Highest document first. What has been removed and is still indexed is not seen.
std::vector<Found> find(db::WorkspaceTxn& txn, Kind kind, const Terms& terms, const Place& place);

}  // namespace wapi::search::store
