// Renders log lines as JSON and hands them to spdlog, which writes whole lines from any thread.
//
// The rendering is by hand: a line is made for nearly every request, and field text comes from
// outside (user agents, other people's error messages), so it is cut, escaped and made valid UTF-8
// here.
#include "base/log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <cmath>
#include <iterator>
#include <memory>

namespace wapi::log {
namespace {

constexpr std::size_t text_bytes_max = 2048;

std::atomic<Level>& threshold() {
    static std::atomic<Level> level{Level::warn};
    return level;
}

spdlog::logger& sink() {
    static const auto logger = [] {
        auto made = std::make_shared<spdlog::logger>(
            "wapi", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%v");
        made->set_level(spdlog::level::trace);
        return made;
    }();
    return *logger;
}

std::string_view level_name(Level level) {
    switch (level) {
        case Level::debug: return "debug";
        case Level::info: return "info";
        case Level::warn: return "warn";
        case Level::error: return "error";
    }
    return "error";
}

/// Length of the valid UTF-8 sequence at the start of `text` (RFC 3629), 0 when there is none.
std::size_t utf8_sequence(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || length > text.size()) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
    const bool out_of_range = (lead == 0xED && byte(1) > 0x9F) || (lead == 0xF4 && byte(1) > 0x8F);
    return overlong || out_of_range ? 0 : length;
}

void append_text(std::string& out, std::string_view text) {
    const bool cut = text.size() > text_bytes_max;
    text = text.substr(0, text_bytes_max);
    out.push_back('"');
    while (!text.empty()) {
        const char first = text.front();
        const std::size_t length = utf8_sequence(text);
        if (length == 0) {
            out += "\xEF\xBF\xBD";
        } else if (first == '"' || first == '\\') {
            out.push_back('\\');
            out.push_back(first);
        } else if (static_cast<unsigned char>(first) < 0x20 || first == 0x7F) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(first));
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    out += cut ? "…\"" : "\"";
}

void append_value(std::string& out, const FieldValue& value) {
    if (const auto* text = std::get_if<std::string_view>(&value)) {
        append_text(out, *text);
    } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        fmt::format_to(std::back_inserter(out), "{}", *whole);
    } else if (const auto* flag = std::get_if<bool>(&value)) {
        out += *flag ? "true" : "false";
    } else {
        const double number = std::get<double>(value);
        // JSON has no infinity and no not-a-number.
        out += std::isfinite(number) ? fmt::format("{}", number) : "null";
    }
}

}  // namespace

void configure(std::string_view level) {
    threshold() = level == "debug"   ? Level::debug
                  : level == "warn"  ? Level::warn
                  : level == "error" ? Level::error
                                     : Level::info;
}

bool enabled(Level level) { return level >= threshold().load(std::memory_order_relaxed); }

std::string render_line(Timestamp time, Level level, std::string_view event,
                        std::initializer_list<Field> fields) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    std::string line;
    line.reserve(192);
    fmt::format_to(std::back_inserter(line), R"({{"time":"{:%FT%T}.{:06}Z","level":"{}","event":)",
                   fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                   (time - seconds).count(), level_name(level));
    append_text(line, event);
    for (const Field& field : fields) {
        line.push_back(',');
        append_text(line, field.name);
        line.push_back(':');
        append_value(line, field.value);
    }
    line.push_back('}');
    return line;
}

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    if (!enabled(level)) {
        return;
    }
    const std::string line = render_line(SystemClock{}.now(), level, event, fields);
    sink().log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace wapi::log
