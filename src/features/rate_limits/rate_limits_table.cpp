// Slots, sweeping and making room. See rate_limits_table.hpp.
#include "features/rate_limits/rate_limits_table.hpp"

#include <algorithm>

namespace wapi::rate_limits {
namespace {

/// More than a correction of the clock moves it: then it was set back.
constexpr std::chrono::seconds step_back_max{1};
/// Counters freed in one call, so that none takes long: twice what a call can add.
constexpr int freed_at_once = 2;

std::int64_t second_of(Moment moment) {
    return std::chrono::floor<std::chrono::seconds>(moment).time_since_epoch().count();
}

}  // namespace

CounterTable::CounterTable(std::size_t entries_max, Rng& rng)
    : entries_max_(entries_max), by_key_(0, KeyedHash(rng)) {
    by_key_.reserve(entries_max);  // so that no call has to build the table anew
}

Decision CounterTable::count(std::string_view key, std::int64_t per_minute, Moment time) {
    const Moment now = advance(time);
    drop_some();
    auto found = by_key_.find(key);
    if (found == by_key_.end()) {
        if (const auto wait = make_room(now)) {
            Decision refused = decide(Moment::max(), per_minute, now);
            refused.retry_after = *wait;
            return refused;
        }
        Counters& place = place_of(now);
        const auto added = place.insert(place.end(), Counter{std::string(key), now});
        found = by_key_.emplace(added->key, added).first;
    }
    const Decision decision = decide(found->second->full_again, per_minute, now);
    keep(found->second, decision.full_again);
    return decision;
}

Decision CounterTable::look(std::string_view key, std::int64_t per_minute, Moment now) const {
    const auto found = by_key_.find(key);
    return decide(found == by_key_.end() ? now : found->second->full_again, per_minute, now);
}

void CounterTable::give_back(std::string_view key, const Decision& decision) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end() || !decision.allowed || decision.limit < 1) {
        return;
    }
    const auto interval = std::chrono::nanoseconds(window) / decision.limit;
    keep(found->second, std::max(now_, found->second->full_again - interval));
}

/// Moves counters whose slot has passed to those that are full. Returns the time that counts: that
/// of the clock, but never a little less than before. When the clock was set back, all begin anew.
Moment CounterTable::advance(Moment now) {
    if (now + step_back_max < now_) {
        by_key_.clear();
        full_.clear();
        std::ranges::for_each(slots_, &Counters::clear);
        now_ = now;
        return now_;
    }
    const std::int64_t from = second_of(now_);
    now_ = std::max(now_, now);
    const std::int64_t until =
        std::min(second_of(now_), from + static_cast<std::int64_t>(slots_max));
    for (std::int64_t second = from; second < until; ++second) {
        full_.splice(full_.end(), slots_[static_cast<std::size_t>(second) % slots_max]);
    }
    return now_;
}

CounterTable::Counters& CounterTable::place_of(Moment full_again) {
    const std::int64_t second = second_of(full_again);
    return second < second_of(now_) ? full_ : slots_[static_cast<std::size_t>(second) % slots_max];
}

void CounterTable::keep(Counters::iterator counter, Moment full_again) {
    Counters& from = place_of(counter->full_again);
    counter->full_again = full_again;
    Counters& place = place_of(full_again);
    place.splice(place.end(), from, counter);
}

void CounterTable::drop_some() {
    for (int freed = 0; freed < freed_at_once && !full_.empty(); ++freed) {
        erase_first(full_);
    }
}

void CounterTable::erase_first(Counters& counters) {
    by_key_.erase(counters.front().key);
    counters.pop_front();
}

std::optional<std::chrono::seconds> CounterTable::make_room(Moment now) {
    if (by_key_.size() < entries_max_) {
        return std::nullopt;
    }
    for (std::size_t ahead = 0; ahead < slots_max; ++ahead) {
        Counters& slot = slots_[(static_cast<std::size_t>(second_of(now)) + ahead) % slots_max];
        if (slot.empty()) {
            continue;
        }
        const auto used_for = slot.front().full_again - now;
        if (used_for > window / 2) {
            return std::chrono::ceil<std::chrono::seconds>(used_for - window / 2);
        }
        erase_first(slot);
        return std::nullopt;
    }
    return std::chrono::seconds(1);  // entries_max is zero
}

}  // namespace wapi::rate_limits
