// Pace of one business number: never more than `per_second` sends in any second (invariant 10).
//
// Sends are spaced evenly, so no one-second window can hold more than the limit. Pure: time comes
// in.
#pragma once

#include <algorithm>
#include <chrono>

namespace wapi::outbox {

class Pacer {
  public:
    using Time = std::chrono::steady_clock::time_point;
    using Duration = std::chrono::steady_clock::duration;

    explicit Pacer(int per_second) { set_rate(per_second); }

    void set_rate(int per_second) {
        // Rounded up: a fraction of a nanosecond too short would let one more into a second.
        const Duration second = std::chrono::seconds(1);
        const int count = std::max(per_second, 1);
        interval_ = (second + Duration(count - 1)) / count;
    }
    /// How long to wait for the next free slot.
    [[nodiscard]] Duration wait(Time now) const {
        return used_ ? std::max(last_ + interval_ - now, Duration::zero()) : Duration::zero();
    }
    /// Takes the next free slot and returns how long to wait for it. A slot that nobody used in the
    /// past is lost: no burst makes up for it.
    Duration reserve(Time now) {
        const Time slot = now + wait(now);
        used_ = true;
        last_ = slot;
        return slot - now;
    }

  private:
    Duration interval_{};
    Time last_{};  ///< the last slot taken; the rate may be learned after it
    bool used_ = false;
};

}  // namespace wapi::outbox
