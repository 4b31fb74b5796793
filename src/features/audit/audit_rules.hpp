// How an audit entry is hashed, and what is written in one: pure, without I/O.
//
// Hash of an entry = SHA-256 of the previous hash followed by every field, each after its length in
// 8 bytes, so that no two different entries have the same bytes. The first entry follows 32 zero
// bytes.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/context.hpp"
#include "base/crypto.hpp"
#include "features/audit/audit.hpp"

namespace wapi::audit {

inline constexpr std::size_t details_bytes_max = 8 * 1024;

/// The hash before the first entry.
inline constexpr crypto::Digest genesis{};

crypto::Digest entry_hash(std::string_view previous_hash, const WorkspaceId& workspace,
                          const StoredEntry& entry);

/// The entry as it will be stored: text made valid UTF-8 without NUL and cut to its limits, so that
/// what is read back has the bytes that were hashed. Details over the limit or not a JSON object
/// are an assertion failure of the caller: they are replaced by a note of their size.
StoredEntry to_stored(const Context& context, const Entry& entry, std::int64_t seq, Timestamp now);

/// Whether the entry follows that place in the chain, unchanged.
bool follows(const Link& before, const WorkspaceId& workspace, const StoredEntry& entry);

/// What an `audit.pruned` entry says about the part of the log that retention has removed.
struct Pruned {
    Link last;                 ///< the last entry removed
    std::int64_t entries = 0;  ///< removed in this step
    std::chrono::days kept{};  ///< the retention at that time
};
std::string render_pruned(const Pruned& pruned);
/// Nothing when the entry is another, or does not say it as render_pruned does.
std::optional<Pruned> read_pruned(const StoredEntry& entry);

/// How long a workspace with these settings keeps its entries: retention_default when they do not
/// say, never less.
std::chrono::days retention_of(const std::string& settings);

std::string_view name_of(ActorKind kind);

}  // namespace wapi::audit
