// SQL of imports. Included only inside this feature.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "features/contact_imports/contact_imports.hpp"

namespace wapi::contact_imports::store {

/// Whose imports are seen: an empty user sees all.
struct Seen {
    UserId user;
};

void insert(db::WorkspaceTxn& txn, const Import& import);
std::int64_t count_open(db::WorkspaceTxn& txn);
void add_chunk(db::WorkspaceTxn& txn, const std::string& id, std::int64_t chunk,
               std::string_view body);
/// Up to two chunks, joined.
std::string read_chunks(db::WorkspaceTxn& txn, const std::string& id, std::int64_t first);
void delete_chunks(db::WorkspaceTxn& txn, const std::string& id, std::int64_t before);
/// What became known when the file was whole; false when it is no longer `uploading`.
bool save_file(db::WorkspaceTxn& txn, const Import& import);
/// At most `limit`. Returns how many.
std::int64_t erase_chunks(db::WorkspaceTxn& txn, const std::string& id, std::int64_t limit);
/// Of an import that has no chunks.
void erase(db::WorkspaceTxn& txn, const std::string& id);

std::optional<Import> find(db::WorkspaceTxn& txn, const std::string& id, const Seen& seen = {});
/// The same, and nobody else changes it until this transaction ends.
std::optional<Import> lock(db::WorkspaceTxn& txn, const std::string& id, const Seen& seen = {});
/// Newest first, without their samples.
std::vector<Import> list(db::WorkspaceTxn& txn, const Seen& seen, const std::string& cursor,
                         std::size_t limit);
void save_start(db::WorkspaceTxn& txn, const Import& import);
/// State, place, counts and failures, and from when on it may have its next turn. Of an import that
/// has ended no sample stays.
void save_progress(db::WorkspaceTxn& txn, const Import& import, Timestamp next_turn);

void add_refused(db::WorkspaceTxn& txn, const std::string& id, const std::vector<RefusedRow>& rows);
std::vector<RefusedRow> list_refused(db::WorkspaceTxn& txn, const std::string& id,
                                     std::int64_t after_line, std::size_t limit);

struct Turn {
    WorkspaceId workspace;
    std::string import;
};
/// Whether an import may have its turn now. System scope.
bool has_due(db::Txn& txn, Timestamp now);
/// The import whose batch is longest ago, of each workspace the first that was started, and not one
/// that another transaction works at, or that pauses after a failure. System scope.
std::optional<Turn> lock_next(db::Txn& txn, Timestamp now);

/// Each removes at most `limit` rows (of each table). Returns how many. System scope.
std::int64_t prune_chunks(db::Txn& txn, std::int64_t limit);
std::int64_t prune_refused(db::Txn& txn, Timestamp ended_before, std::int64_t limit);
std::int64_t prune_refused_phones(db::Txn& txn, Timestamp ended_before, std::int64_t limit);
std::int64_t expire(db::Txn& txn, Timestamp made_before, Timestamp now);
std::int64_t prune_imports(db::Txn& txn, Timestamp ended_before, std::int64_t limit);

}  // namespace wapi::contact_imports::store
