// Counters and gauges for /metrics, in Prometheus text form.
//
// A counter is a namespace-scope constant that registers itself; adding is one relaxed atomic, from
// any thread. Gauges are read when the page is asked for.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/registered.hpp"

namespace wapi {

class Counter : public Registered<Counter> {
  public:
    /// `labels` as in the text form without braces: `reason="bad_signature"`, or empty.
    Counter(std::string_view name, std::string_view help, std::string_view labels = {})
        : name_(name), help_(help), labels_(labels) {}
    void add(std::uint64_t count = 1) const { value_.fetch_add(count, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::string_view name() const { return name_; }
    [[nodiscard]] std::string_view help() const { return help_; }
    [[nodiscard]] std::string_view labels() const { return labels_; }

  private:
    std::string_view name_;
    std::string_view help_;
    std::string_view labels_;
    mutable std::atomic<std::uint64_t> value_{0};
};

/// All counters in Prometheus text form, grouped by name.
std::string render_counters();

/// One gauge line with its HELP and TYPE.
std::string render_gauge(std::string_view name, std::string_view help, double value);

}  // namespace wapi
