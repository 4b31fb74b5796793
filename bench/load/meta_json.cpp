// Meta's JSON escapes: see meta_json.hpp.
#include "bench/load/meta_json.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace wapi::load {
namespace {

void append_unit(std::string& out, std::uint32_t unit) {
    static constexpr std::string_view digits = "0123456789abcdef";
    const std::array<char, 6> escape{'\\',
                                     'u',
                                     digits[(unit >> 12U) & 15U],
                                     digits[(unit >> 8U) & 15U],
                                     digits[(unit >> 4U) & 15U],
                                     digits[unit & 15U]};
    out.append(escape.data(), escape.size());
}

/// Code points above the basic plane become two escapes, a surrogate pair.
void append_code_point(std::string& out, std::uint32_t code_point) {
    if (code_point < 0x10000U) {
        append_unit(out, code_point);
        return;
    }
    const std::uint32_t rest = code_point - 0x10000U;
    append_unit(out, 0xd800U + (rest >> 10U));
    append_unit(out, 0xdc00U + (rest & 0x3ffU));
}

void append_ascii(std::string& out, char character) {
    switch (character) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '/': out += "\\/"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    if (static_cast<unsigned char>(character) < 0x20U) {
        append_unit(out, static_cast<unsigned char>(character));
    } else {
        out += character;
    }
}

/// Number of bytes that follow the first byte of a UTF-8 sequence.
std::size_t continuation_count(unsigned char first) {
    if (first >= 0xf0U) {
        return 3;
    }
    return first >= 0xe0U ? 2 : 1;
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto first = static_cast<unsigned char>(text[at]);
        if (first < 0x80U) {
            append_ascii(out, text[at]);
            ++at;
            continue;
        }
        const std::size_t more = continuation_count(first);
        std::uint32_t code_point = first & (0x3fU >> more);
        for (std::size_t step = 1; step <= more && at + step < text.size(); ++step) {
            const auto byte = static_cast<unsigned char>(text[at + step]);
            code_point = (code_point << 6U) | (byte & 0x3fU);
        }
        append_code_point(out, code_point);
        at += more + 1;
    }
}

void append_string(std::string& out, std::string_view text) {
    out += '"';
    append_escaped(out, text);
    out += '"';
}

void append_name(std::string& out, std::string_view name) {
    if (!out.empty() && out.back() != '{' && out.back() != '[') {
        out += ',';
    }
    out += '"';
    out += name;
    out += "\":";
}

void append_field(std::string& out, std::string_view name, std::string_view text) {
    append_name(out, name);
    append_string(out, text);
}

}  // namespace wapi::load
