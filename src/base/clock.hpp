// Time as an interface, so that a whole server can run in a test on a clock the test moves.
#pragma once

#include <chrono>

namespace wapi {

/// Microseconds since the Unix epoch, UTC. Stored as BIGINT columns ending in `_us`.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

inline std::int64_t to_us(Timestamp time) { return time.time_since_epoch().count(); }
inline Timestamp from_us(std::int64_t value) { return Timestamp{std::chrono::microseconds{value}}; }

class Clock {
  public:
    virtual ~Clock() = default;
    /// Wall-clock time. Thread-safe.
    [[nodiscard]] virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
  public:
    [[nodiscard]] Timestamp now() const override {
        return std::chrono::time_point_cast<std::chrono::microseconds>(
            std::chrono::system_clock::now());
    }
};

}  // namespace wapi
