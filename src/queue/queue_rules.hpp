// What becomes of a job whose attempt failed: pure, so that retry policies can be tested
// exhaustively.
#pragma once

#include "queue/queue.hpp"

namespace wapi::queue {

struct Decision {
    Fate fate = Fate::dead;
    std::chrono::milliseconds delay{0};  ///< until the next attempt, when delayed
};

/// `attempts` have begun, all failed. `final`: repeating is useless.
Decision decide_after_failure(const RetryPolicy& policy, int attempts, bool final);

/// Longest `last_error` kept in a dead letter.
inline constexpr std::size_t error_bytes_max = 2000;
inline constexpr std::size_t payload_bytes_max = 64 * 1024;

}  // namespace wapi::queue
