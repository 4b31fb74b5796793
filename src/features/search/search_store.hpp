// Inside the slice: the statements of the index.
#pragma once

#include <map>

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

/// When the longest-waiting one from there on was queued, or `backfill` and later; nothing when
/// none waits. System scope.
std::optional<Timestamp> find_oldest(db::Txn& txn, const QueueKey& from);
QueueKey key_of(const Waiting& one);
/// Takes up to `take_max` out of the queue, the longest-waiting ones from there on: contacts, then
/// messages, those of a workspace in the order of their ids, in which rows are to be held. System
/// scope.
std::vector<Waiting> take(db::Txn& txn, const QueueKey& from);
inline constexpr std::size_t take_max = 100;  ///< some 5 ms of the one writer of SQLite

/// The texts to be indexed, by id, of rows of one workspace and kind, which nobody removes until
/// this transaction ends; those that are gone are missing.
std::map<std::string, std::string> hold_texts(db::WorkspaceTxn& txn, Kind kind,
                                              std::span<const Waiting> rows);
struct Document {
    std::string id;     ///< of the message or contact
    std::string words;  ///< none: there is to be no document
};
/// Replaces documents, each id once.
void put(db::WorkspaceTxn& txn, Kind kind, std::span<const Document> documents);
/// Writes the pages of FTS5's index, which waits for a savepoint or the commit to do so and drops
/// pages then: for a transaction that overwrites what it deletes.
void write_words(db::Txn& txn);

/// Where to look, and whose part.
struct Place {
    std::int64_t before = INT64_MAX;  ///< document ids below it
    std::size_t limit = 0;            ///< so many are looked at
    std::size_t wanted = 0;           ///< more seen ones than these need not be found
    Restrictions restrictions;
};
/// A document that matches.
struct Found {
    std::int64_t document = 0;
    bool is_seen = false;  ///< by who asks; else nothing else may be used
    Hit hit;
    std::string text;  ///< of a message, its beginning
};
/// Highest document first: `limit`, or all there are, or more than `wanted` that are seen. What has
/// been removed and is still indexed is not seen.
std::vector<Found> find(db::WorkspaceTxn& txn, Kind kind, const Terms& terms, const Place& place);

}  // namespace wapi::search::store
