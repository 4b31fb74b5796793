// How an audit entry is hashed, and how a page cursor reads: pure, without I/O.
//
// Hash of an entry = SHA-256 of the previous hash followed by every field, each after its length in
// 8 bytes, so that no two different entries have the same bytes. The first entry follows 32 zero
// bytes.
#pragma once

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

std::string_view name_of(ActorKind kind);

/// A moment as filters take it: `2026-11-22`, `2026-11-22T21:30:00Z` or with a fraction of a
/// second. Always UTC. Nothing when the text is another.
std::optional<Timestamp> parse_moment(const std::string& text);

}  // namespace wapi::audit
