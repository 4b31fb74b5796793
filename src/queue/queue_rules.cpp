// A policy of n delays allows n + 1 attempts; the last failure makes a dead letter.
#include "queue/queue_rules.hpp"

namespace wapi::queue {

Decision decide_after_failure(const RetryPolicy& policy, int attempts, bool final) {
    const auto failed = static_cast<std::size_t>(std::max(attempts, 1));
    if (final || failed > policy.delays.size()) {
        return {};
    }
    return {.fate = Fate::delayed, .delay = policy.delays[failed - 1]};
}

}  // namespace wapi::queue
