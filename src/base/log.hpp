// JSON-lines logging on spdlog: one object a line with time, level, event and fields.
//
// Never log bodies, tokens or full phone numbers (base/text.hpp: mask_phone). `event` is a stable,
// dotted name (`webhook.rejected`) that operators can search for.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "base/clock.hpp"

namespace wapi::log {

enum class Level { debug, info, warn, error };

using FieldValue = std::variant<std::string_view, std::int64_t, double, bool>;
struct Field {
    template <class T>
        requires std::is_integral_v<T> && (!std::is_same_v<T, bool>)
    Field(std::string_view name_, T number)
        : name(name_), value(static_cast<std::int64_t>(number)) {}
    Field(std::string_view name_, double number) : name(name_), value(number) {}
    Field(std::string_view name_, bool flag) : name(name_), value(flag) {}
    Field(std::string_view name_, std::string_view text) : name(name_), value(text) {}
    Field(std::string_view name_, const std::string& text)
        : name(name_), value(std::string_view(text)) {}
    Field(std::string_view name_, const char* text) : name(name_), value(std::string_view(text)) {}
    std::string_view name;
    FieldValue value;
};

/// `level`: debug, info, warn or error; any other text means info. Writes to standard error. Call
/// once at start; until then only warnings and errors are written.
void configure(std::string_view level);
/// True when a line of that level is written. Thread-safe.
bool enabled(Level level);
/// Thread-safe. Text is cut after 2 KiB; bytes that are not UTF-8 become U+FFFD.
void write(Level level, std::string_view event, std::initializer_list<Field> fields);
/// The line as written, without the line end.
std::string render_line(Timestamp time, Level level, std::string_view event,
                        std::initializer_list<Field> fields);

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::info, event, fields);
}
inline void warn(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::warn, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::error, event, fields);
}

}  // namespace wapi::log
