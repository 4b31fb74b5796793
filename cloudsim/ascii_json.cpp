// The serialiser. See ascii_json.hpp.
#include "cloudsim/ascii_json.hpp"

#include <fmt/format.h>

#include <iterator>

#include "base/text.hpp"

namespace wapi::cloudsim {
namespace {

void append_unit(std::string& out, unsigned unit) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", unit);
}

// Takes one code point from well-formed UTF-8; `position` moves behind it.
unsigned next_code_point(std::string_view text, std::size_t& position) {
    const auto byte = [&] { return static_cast<unsigned char>(text[position++]); };
    const unsigned first = byte();
    const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    unsigned point = first & (0x3fU >> static_cast<unsigned>(more));
    for (int i = 0; i < more; ++i) {
        point = (point << 6U) | (byte() & 0x3fU);
    }
    return point;
}

void append_ascii(std::string& out, char c) {
    switch (c) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '/': out += "\\/"; return;
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
        append_unit(out, static_cast<unsigned char>(c));
    } else {
        out += c;
    }
}

void append_string(std::string& out, std::string_view text) {
    std::string repaired;
    if (!text::is_valid_utf8(text)) {
        repaired = text::replace_invalid_utf8(text);
        text = repaired;
    }
    out += '"';
    for (std::size_t position = 0; position < text.size();) {
        if (static_cast<unsigned char>(text[position]) < 0x80) {
            append_ascii(out, text[position++]);
            continue;
        }
        const unsigned point = next_code_point(text, position);
        if (point < 0x10000) {
            append_unit(out, point);
        } else {
            append_unit(out, 0xd800 + ((point - 0x10000) >> 10U));
            append_unit(out, 0xdc00 + ((point - 0x10000) & 0x3ffU));
        }
    }
    out += '"';
}

void append_value(std::string& out, const json::value& content) {
    if (content.is_string()) {
        return append_string(out, content.as_string());
    }
    if (content.is_object()) {
        char separator = '{';
        for (const auto& field : content.as_object()) {
            out += separator;
            append_string(out, field.key());
            out += ':';
            append_value(out, field.value());
            separator = ',';
        }
        out += separator == '{' ? "{}" : "}";
    } else if (content.is_array()) {
        char separator = '[';
        for (const json::value& item : content.as_array()) {
            out += separator;
            append_value(out, item);
            separator = ',';
        }
        out += separator == '[' ? "[]" : "]";
    } else if (content.is_double()) {
        fmt::format_to(std::back_inserter(out), "{}", content.as_double());
    } else {
        out += boost::json::serialize(content);
    }
}

}  // namespace

std::string render_ascii(const json::value& content) {
    std::string out;
    out.reserve(512);
    append_value(out, content);
    return out;
}

}  // namespace wapi::cloudsim
