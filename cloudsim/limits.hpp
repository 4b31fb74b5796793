// Throughput of a number and pace towards one customer.
//
// Throughput counts every message of the last second exactly (no bucket), because clients are to
// prove that they never exceed it in any one-second window. The pair rate is GCRA: one message per
// 6 seconds, up to 45 at once borrowed from the future. Source: shared/meta/cloud-api.md section 7.
#pragma once

#include <deque>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"

namespace wapi::cloudsim {

inline constexpr std::size_t throughput_per_second_default = 80;
inline constexpr std::chrono::seconds pair_interval{6};
inline constexpr int pair_burst = 45;

class Limits {
  public:
    explicit Limits(std::size_t per_second = throughput_per_second_default)
        : per_second_(per_second) {}

    /// Takes a place in the number's last second; false when all are taken.
    bool take_throughput(const std::string& phone_id, Timestamp now);
    /// Takes a place towards the customer; false when the pair is too fast.
    bool take_pair(const std::string& pair, Timestamp now);

  private:
    std::size_t per_second_;
    std::unordered_map<std::string, std::deque<Timestamp>> recent_;
    std::unordered_map<std::string, Timestamp> pair_next_;  ///< GCRA: theoretical arrival time
};

}  // namespace wapi::cloudsim
