// SQL of Idempotency-Keys. Included only inside this feature.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "features/sending/sending.hpp"

namespace wapi::sending::store {

/// An Idempotency-Key that was used: what for, which message it made, and what the caller was told.
struct UsedKey {
    std::string request_hash;
    MessageId message;
    std::string answer;  ///< empty until the first answer was given
};
std::optional<UsedKey> find_key(db::WorkspaceTxn& txn, std::string_view key, Timestamp not_before);
/// When a key is used, and from when on an earlier use counts.
struct KeyTimes {
    Timestamp now;
    Timestamp not_before;
};
/// Throws Fault `db.conflict`, on which the function runs again and finds the key, when another
/// request used it at the same moment.
void save_key(db::WorkspaceTxn& txn, std::string_view key, std::string_view request_hash,
              const MessageId& message, const KeyTimes& times);
/// Keeps what a caller is told under the key that made the message, unless somebody was told
/// something before; returns what everybody is told.
std::string keep_answer(db::WorkspaceTxn& txn, std::string_view key, const MessageId& message,
                        const std::string& answer);

}  // namespace wapi::sending::store
