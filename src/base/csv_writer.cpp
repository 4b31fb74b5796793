#include "base/csv_writer.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace wapi::csv {
namespace {

/// Behind = + - @ their full-width forms and the minus sign, which some spreadsheets take alike.
constexpr std::array<std::string_view, 9> formula_letters{
    "=", "+", "-", "@", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20", "\u2212"};
/// Behind these a spreadsheet may begin another cell: where the comma is the decimal point it
/// splits at semicolons, and finds no quotes then, since none stands at the begin of such a cell.
constexpr std::string_view inner_breaks = ";\t\r\n";

/// Shows nothing, or a space: a spreadsheet may leave it out before a formula.
bool is_blank(UChar32 point) {
    const bool begins_cell = point == '\t' || point == '\r' || point == '\n';
    return !begins_cell && (u_isUWhiteSpace(point) || u_charType(point) == U_FORMAT_CHAR ||
                            u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT));
}

std::string_view without_blanks(std::string_view cell) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(cell.data());
    std::size_t next = 0;
    std::size_t start = 0;
    while (next < cell.size()) {
        UChar32 point = 0;
        U8_NEXT_OR_FFFD(bytes, next, cell.size(), point);
        if (!is_blank(point)) {
            break;
        }
        start = next;
    }
    return cell.substr(start);
}

bool begins_formula(std::string_view cell) {
    return std::ranges::any_of(formula_letters,
                               [start = without_blanks(cell)](std::string_view letter) {
                                   return start.starts_with(letter);
                               });
}

/// Whether what stands at `at` in a cell would be a formula if a cell began there, as it may.
bool is_in_danger(std::string_view cell, std::size_t at, char before) {
    const std::string_view rest = cell.substr(at);
    return before == '\0' ? looks_like_formula(rest)
                          : inner_breaks.contains(before) && begins_formula(rest);
}

/// With an apostrophe before each formula.
std::string guard(std::string_view cell) {
    std::string guarded;
    char before = '\0';
    for (std::size_t at = 0; at < cell.size(); before = cell[at++]) {
        if (is_in_danger(cell, at, before)) {
            guarded += '\'';
        }
        guarded += cell[at];
    }
    return guarded;
}

void append_cell(std::string& out, std::string_view cell) {
    const std::string guarded = guard(cell);
    const bool spaced = !cell.empty() && (cell.front() == ' ' || cell.back() == ' ');
    if (guarded == cell && !spaced && cell.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += cell;
        return;
    }
    out += '"';
    for (const char letter : guarded) {
        if (letter == '"') {
            out += '"';
        }
        out += letter;
    }
    out += '"';
}

}  // namespace

bool looks_like_formula(std::string_view cell) {
    const std::string_view start = without_blanks(cell);
    return begins_formula(start) || start.find_first_of("\t\r\n") == 0;
}

std::string drop_guards(std::string_view cell) {
    std::string bare;
    char before = '\0';
    for (std::size_t at = 0; at < cell.size(); before = cell[at++]) {
        const bool guards = cell[at] == '\'' && is_in_danger(cell, at + 1, before);
        if (!guards) {
            bare += cell[at];
        }
    }
    return bare;
}

void append_row(std::string& out, std::span<const std::string_view> cells) {
    bool first = true;
    for (const std::string_view cell : cells) {
        if (!first) {
            out += ',';
        }
        first = false;
        append_cell(out, cell);
    }
    out += "\r\n";
}

}  // namespace wapi::csv
