// Slowing down guessing: who has failed to log in how often of late. No I/O.
//
// Two limits: per account and address, which stops guessing at one account and leaves its owner at
// another address alone, and per address, which stops one address from trying many accounts. Memory
// is bounded, and what is forgotten at the bound is never somebody who has used up their attempts.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/clock.hpp"

namespace wapi::login_throttle {

/// Attempts by key, counted within a window from the first. Each call takes logarithmic time.
class AttemptCounter {
  public:
    static constexpr std::chrono::minutes window{15};

    struct Limits {
        int attempts_max;
        std::size_t entries_max;
        /// At the bound, when all have used up their attempts: forget the oldest, not refuse
        /// others.
        bool makes_room = false;
    };
    explicit AttemptCounter(Limits limits) : limits_(limits) {}

    /// Counts one. When it may not be: nothing is counted, and the time to wait comes back.
    std::optional<Timestamp::duration> count(const std::string& key, Timestamp now);
    void give_back(const std::string& key);
    void forget(const std::string& key);
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

  private:
    struct Attempts {
        int count = 0;
        Timestamp since;
    };
    using Entries = std::map<std::string, Attempts>;
    /// Says when there will be room, if there is none now.
    std::optional<Timestamp::duration> make_room(Timestamp now);
    void change(Entries::iterator entry, int count);
    void erase(Entries::iterator entry);

    Limits limits_;
    Entries entries_;
    std::set<std::pair<Timestamp, std::string_view>> oldest_first_;
    std::set<std::tuple<int, Timestamp, std::string_view>> fewest_first_;
};

/// Five attempts at an account from one address may fail within a quarter of an hour, and a hundred
/// from one address in all; then further ones wait. An IPv6 address counts as its network of 64
/// bits. Where it is asked for, an account's failures from wherever are limited as well, which lets
/// strangers hold up its owner. Network thread only.
class Throttle {
  public:
    static constexpr int account_failures_max = 5;
    static constexpr int address_failures_max = 100;
    static constexpr std::size_t entries_max = 10'000;

    Throttle() = default;
    /// And that many failures of one account from wherever.
    explicit Throttle(int everywhere_failures_max)
        : everywhere_(std::in_place,
                      AttemptCounter::Limits{everywhere_failures_max, entries_max, false}) {}

    /// Counts an attempt that begins now, as if it failed, so that attempts side by side count too.
    /// When it may not begin: how long to wait.
    std::optional<std::chrono::seconds> begin(std::string_view email, std::string_view ip,
                                              Timestamp now);
    /// The attempt succeeded: forgets the account's failures.
    void succeed(std::string_view email, std::string_view ip);
    /// The attempt was neither right nor wrong, since the server could not look.
    void give_back(std::string_view email, std::string_view ip);
    /// Entries of the larger of the two tables.
    [[nodiscard]] std::size_t size() const { return std::max(accounts_.size(), addresses_.size()); }

  private:
    AttemptCounter accounts_{{account_failures_max, entries_max}};
    AttemptCounter addresses_{{address_failures_max, entries_max}};
    std::optional<AttemptCounter> everywhere_;  ///< by account
};

/// An attempt that has begun. When it ends without an outcome, because the server was too busy or
/// its database down, it is given back.
class Attempt {
  public:
    Attempt(std::shared_ptr<Throttle> throttle, std::string email, std::string ip)
        : throttle_(std::move(throttle)), email_(std::move(email)), ip_(std::move(ip)) {}
    ~Attempt() {
        if (!settled_) {
            throttle_->give_back(email_, ip_);
        }
    }
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;

    void fail() { settled_ = true; }
    void succeed() {
        settled_ = true;
        throttle_->succeed(email_, ip_);
    }

  private:
    std::shared_ptr<Throttle> throttle_;
    std::string email_;
    std::string ip_;
    bool settled_ = false;
};

}  // namespace wapi::login_throttle
