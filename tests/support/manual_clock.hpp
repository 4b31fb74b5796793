// A clock that tests move by hand, so that no test waits for real time to pass.
#pragma once

#include <atomic>

#include "base/clock.hpp"

namespace wapi::test {

class ManualClock final : public Clock {
  public:
    /// 2026-01-01T00:00:00Z
    static constexpr Timestamp default_start{std::chrono::microseconds{1'767'225'600'000'000}};

    explicit ManualClock(Timestamp start = default_start) : now_us_(to_us(start)) {}
    [[nodiscard]] Timestamp now() const override { return from_us(now_us_.load()); }
    void set(Timestamp time) { now_us_ = to_us(time); }
    void advance(std::chrono::microseconds by) { now_us_ += by.count(); }

  private:
    std::atomic<std::int64_t> now_us_;
};

}  // namespace wapi::test
