// Lines of CSV that every reader takes apart in the same way and no spreadsheet executes.
//
// Sources: RFC 4180 (quotes, CRLF); OWASP "CSV Injection": a cell that begins like a formula is put
// behind an apostrophe, which a spreadsheet shows as text. So is what begins like a formula behind
// a semicolon, a tab or a line end within a cell: Excel splits there where the comma is the decimal
// point.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace wapi::csv {

/// Appends the cells and a line end.
void append_row(std::string& out, std::span<const std::string_view> cells);
inline void append_row(std::string& out, std::initializer_list<std::string_view> cells) {
    append_row(out, std::span(cells.begin(), cells.size()));
}

/// True when a spreadsheet may take the cell for a formula or a command: it begins with = + - @,
/// their full-width forms, a minus sign, a tab or a line end, also behind spaces of any kind and
/// what shows nothing.
bool looks_like_formula(std::string_view cell);

/// The cell without the apostrophes that append_row puts into it.
std::string drop_guards(std::string_view cell);

}  // namespace wapi::csv
