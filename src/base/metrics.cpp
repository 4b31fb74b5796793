// The text form of counters and gauges.
//
// Source: Prometheus text exposition format 0.0.4: all lines of one name stand together, below one
// HELP and one TYPE line.
#include "base/metrics.hpp"

#include <fmt/format.h>

#include <map>

namespace wapi {
namespace {

/// HELP text may not hold a line end or a lone backslash.
std::string escape_help(std::string_view help) {
    std::string text;
    for (const char c : help) {
        if (c == '\n') {
            text += "\\n";
        } else if (c == '\\') {
            text += "\\\\";
        } else {
            text.push_back(c);
        }
    }
    return text;
}

std::string render_head(std::string_view name, std::string_view help, std::string_view type) {
    return fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, escape_help(help), name, type);
}

}  // namespace

std::string render_counters() {
    std::map<std::string_view, std::map<std::string_view, const Counter*>> by_name;
    Counter::for_each(
        [&](const Counter& counter) { by_name[counter.name()][counter.labels()] = &counter; });
    std::string text;
    for (const auto& [name, counters] : by_name) {
        text += render_head(name, counters.begin()->second->help(), "counter");
        for (const auto& [labels, counter] : counters) {
            text += labels.empty() ? fmt::format("{} {}\n", name, counter->value())
                                   : fmt::format("{}{{{}}} {}\n", name, labels, counter->value());
        }
    }
    return text;
}

std::string render_gauge(std::string_view name, std::string_view help, double value) {
    return render_head(name, help, "gauge") + fmt::format("{} {}\n", name, value);
}

}  // namespace wapi
