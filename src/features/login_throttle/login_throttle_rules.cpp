// Counting attempts within a window, in bounded memory. See login_throttle.hpp.
#include "features/login_throttle/login_throttle.hpp"

#include "base/network.hpp"

namespace wapi::login_throttle {
namespace {

std::string account_key(std::string_view email, std::string_view ip) {
    return network_of(ip) + "|" + std::string(email);
}

}  // namespace

std::optional<Timestamp::duration> AttemptCounter::count(const std::string& key, Timestamp now) {
    auto entry = entries_.find(key);
    if (entry != entries_.end() && now - entry->second.since >= window) {
        erase(entry);
        entry = entries_.end();
    }
    if (entry == entries_.end()) {
        if (const auto wait = make_room(now)) {
            return wait;
        }
        entry = entries_.emplace(key, Attempts{0, now}).first;
        oldest_first_.emplace(now, entry->first);
    }
    if (entry->second.count >= limits_.attempts_max) {
        return window - (now - entry->second.since);
    }
    change(entry, entry->second.count + 1);
    return std::nullopt;
}

void AttemptCounter::give_back(const std::string& key) {
    const auto entry = entries_.find(key);
    if (entry == entries_.end()) {
        return;
    }
    if (entry->second.count > 1) {
        change(entry, entry->second.count - 1);
    } else {
        erase(entry);
    }
}

void AttemptCounter::forget(const std::string& key) {
    if (const auto entry = entries_.find(key); entry != entries_.end()) {
        erase(entry);
    }
}

std::optional<Timestamp::duration> AttemptCounter::make_room(Timestamp now) {
    if (entries_.size() < limits_.entries_max) {
        return std::nullopt;
    }
    const auto& [since, oldest] = *oldest_first_.begin();
    if (now - since >= window) {
        erase(entries_.find(std::string(oldest)));
        return std::nullopt;
    }
    const auto& [fewest, since_fewest, key] = *fewest_first_.begin();
    const bool all_used_up = fewest >= limits_.attempts_max;
    if (all_used_up && !limits_.makes_room) {
        return window - (now - since);
    }
    erase(entries_.find(std::string(all_used_up ? oldest : key)));
    return std::nullopt;
}

void AttemptCounter::change(Entries::iterator entry, int count) {
    auto& [key, attempts] = *entry;
    fewest_first_.erase({attempts.count, attempts.since, key});
    attempts.count = count;
    fewest_first_.emplace(attempts.count, attempts.since, key);
}

void AttemptCounter::erase(Entries::iterator entry) {
    const auto& [key, attempts] = *entry;
    oldest_first_.erase({attempts.since, key});
    fewest_first_.erase({attempts.count, attempts.since, key});
    entries_.erase(entry);
}

std::optional<std::chrono::seconds> Throttle::begin(std::string_view email, std::string_view ip,
                                                    Timestamp now) {
    const std::string address = network_of(ip);
    std::optional<Timestamp::duration> wait = addresses_.count(address, now);
    if (!wait) {
        wait = accounts_.count(account_key(email, ip), now);
        if (wait) {
            addresses_.give_back(address);
        }
    }
    if (!wait && everywhere_) {
        wait = everywhere_->count(std::string(email), now);
        if (wait) {
            addresses_.give_back(address);
            accounts_.give_back(account_key(email, ip));
        }
    }
    return wait ? std::optional(std::chrono::ceil<std::chrono::seconds>(*wait)) : std::nullopt;
}

void Throttle::succeed(std::string_view email, std::string_view ip) {
    accounts_.forget(account_key(email, ip));
    addresses_.give_back(network_of(ip));
    if (everywhere_) {
        everywhere_->forget(std::string(email));
    }
}

void Throttle::give_back(std::string_view email, std::string_view ip) {
    accounts_.give_back(account_key(email, ip));
    addresses_.give_back(network_of(ip));
    if (everywhere_) {
        everywhere_->give_back(std::string(email));
    }
}

}  // namespace wapi::login_throttle
