// What a request with an Idempotency-Key made, so that asking again after a lost answer makes
// nothing twice. A key is the workspace's, whatever it is used for.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "db/txn.hpp"

namespace wapi::idempotency {

namespace errors {
inline const ErrorKind idempotency_key_reused{
    "idempotency_key_reused", 409, RetryClass::never,
    "This Idempotency-Key was used for another request in the last 24 hours."};
}  // namespace errors

/// How long a key counts.
inline constexpr std::chrono::hours key_time{24};
inline constexpr std::size_t key_bytes_max = 255;

/// What a caller asks for under which key; without a key nothing is found and nothing is kept.
struct Request {
    std::string key;
    std::string hash;  ///< SHA-256 of path and body, 32 bytes
};
/// What a handler was given.
struct Asked {
    std::string_view key;  ///< the header; empty: none
    std::string_view path;
    std::string_view body;
};
/// Errors: invalid_request (Idempotency-Key).
Result<Request> parse(const Asked& asked);

/// A key that was used: what it made, and what the caller was told.
struct Used {
    std::string made;    ///< the id of what it made, which may be gone by now
    std::string answer;  ///< empty until one was kept
};
/// What the request made when it was there before; nothing when it is new. Errors:
/// idempotency_key_reused.
Result<std::optional<Used>> find(db::WorkspaceTxn& txn, const Request& request, Timestamp now);
/// Throws Fault `db.conflict`, on which the function runs again and finds the key, when another
/// request used it at the same moment.
void save(db::WorkspaceTxn& txn, const Request& request, std::string_view made, Timestamp now);
/// Keeps what a caller is told under the key that made it, unless somebody was told something
/// before; returns what everybody is told.
std::string keep_answer(db::WorkspaceTxn& txn, std::string_view key, std::string_view made,
                        const std::string& answer);

/// Removes up to `limit` keys used before `before`. Returns how many.
std::int64_t prune(db::Txn& txn, Timestamp before, std::int64_t limit);

}  // namespace wapi::idempotency
