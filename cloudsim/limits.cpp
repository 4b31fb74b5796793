// The two rate rules. See limits.hpp.
#include "cloudsim/limits.hpp"

#include <algorithm>

namespace wapi::cloudsim {

bool Limits::take_throughput(const std::string& phone_id, Timestamp now) {
    std::deque<Timestamp>& recent = recent_[phone_id];
    while (!recent.empty() && now - recent.front() >= std::chrono::seconds(1)) {
        recent.pop_front();
    }
    if (recent.size() >= per_second_) {
        return false;
    }
    recent.push_back(now);
    return true;
}

bool Limits::take_pair(const std::string& pair, Timestamp now) {
    Timestamp& next = pair_next_[pair];
    const Timestamp start = std::max(next, now);
    if (start - now > pair_interval * (pair_burst - 1)) {
        return false;
    }
    next = start + pair_interval;
    return true;
}

}  // namespace wapi::cloudsim
