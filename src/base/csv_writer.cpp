#include "base/csv_writer.hpp"

#include <algorithm>
#include <array>

namespace wapi::csv {
namespace {

/// The last four are = + - @ in their full-width forms, which some spreadsheets take alike.
constexpr std::array<std::string_view, 11> formula_starts{
    "=", "+", "-", "@", "\t", "\r", "\n", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};

void append_cell(std::string& out, std::string_view cell) {
    const bool formula = looks_like_formula(cell);
    const bool spaced = !cell.empty() && (cell.front() == ' ' || cell.back() == ' ');
    if (!formula && !spaced && cell.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += cell;
        return;
    }
    out += '"';
    if (formula) {
        out += '\'';
    }
    for (const char letter : cell) {
        if (letter == '"') {
            out += '"';
        }
        out += letter;
    }
    out += '"';
}

}  // namespace

bool looks_like_formula(std::string_view cell) {
    cell.remove_prefix(std::min(cell.find_first_not_of(' '), cell.size()));
    return std::ranges::any_of(formula_starts,
                               [cell](std::string_view start) { return cell.starts_with(start); });
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
