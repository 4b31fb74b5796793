// Counters of many keys in bounded memory. No I/O.
//
// A counter whose bucket is full again says nothing and goes. At the bound the one that has used
// least goes for a newcomer, so that a flood of invented keys pushes out its own kind and never
// somebody who has used up the allowance; when even the least has used more than half, the newcomer
// waits. Each call takes constant time: counters stand in slots of a second each, by the time their
// bucket is full.
#pragma once

#include <array>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/keyed_hash.hpp"
#include "features/rate_limits/rate_limits_rules.hpp"

namespace wapi::rate_limits {

class CounterTable {
  public:
    CounterTable(std::size_t entries_max, Rng& rng);

    /// Counts one request of a key.
    Decision count(std::string_view key, std::int64_t per_minute, Moment now);
    /// What `count` would say, without counting.
    [[nodiscard]] Decision look(std::string_view key, std::int64_t per_minute, Moment now) const;
    /// Takes back what was counted for it last, at the same moment.
    void give_back(std::string_view key, const Decision& decision);
    /// Counters held, those that say nothing any more included.
    [[nodiscard]] std::size_t size() const { return by_key_.size(); }

  private:
    struct Counter {
        std::string key;
        Moment full_again;
    };
    using Counters = std::list<Counter>;
    static constexpr std::size_t slots_max = 64;  ///< more seconds than any bucket needs to fill

    Moment advance(Moment now);
    Counters& place_of(Moment full_again);
    void keep(Counters::iterator counter, Moment full_again);
    void drop_some();
    void erase_first(Counters& counters);
    /// Says how long to wait for room, if there is none now.
    std::optional<std::chrono::seconds> make_room(Moment now);

    std::size_t entries_max_;
    Moment now_;
    std::array<Counters, slots_max> slots_;
    Counters full_;  ///< whose bucket is full
    std::unordered_map<std::string_view, Counters::iterator, KeyedHash> by_key_;
};

}  // namespace wapi::rate_limits
