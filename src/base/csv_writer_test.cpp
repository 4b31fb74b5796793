// Goal: a reader of RFC 4180 gets back the cells, and a spreadsheet no formula. Method: examples of
// both sources, and a strict reader that takes random rows apart again.
#include "base/csv_writer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace wapi::csv {
namespace {

std::string row_of(std::initializer_list<std::string_view> cells) {
    std::string out;
    append_row(out, cells);
    return out;
}

TEST(CsvWriter, plain_cells_stand_as_they_are) {
    EXPECT_EQ(row_of({"a", "", "2026-01-01T00:00:00Z", "1.5"}), "a,,2026-01-01T00:00:00Z,1.5\r\n");
}

TEST(CsvWriter, commas_quotes_line_ends_and_outer_spaces_are_quoted) {
    EXPECT_EQ(row_of({"a,b", "say \"no\"", "two\r\nlines", " x"}),
              "\"a,b\",\"say \"\"no\"\"\",\"two\r\nlines\",\" x\"\r\n");
}

TEST(CsvWriter, a_cell_that_begins_like_a_formula_is_shown_as_text) {
    for (const std::string start :
         {"=", "+", "-", "@", "\t", "\r", "\n", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20", "  ="}) {
        EXPECT_EQ(row_of({start + "cmd|' /C calc'!A0"}), "\"'" + start + "cmd|' /C calc'!A0\"\r\n");
    }
    EXPECT_EQ(row_of({"=\"a\""}), "\"'=\"\"a\"\"\"\r\n");
    for (const std::string_view harmless : {"a=b", "1-2", "a@b.example", "'=1"}) {
        EXPECT_EQ(row_of({harmless}), std::string(harmless) + "\r\n");
    }
}

/// The cells of one row; strict.
std::vector<std::string> read_row(std::string_view text) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (std::size_t at = 0; at < text.size() - 2 || quoted; ++at) {
        const char letter = text.at(at);
        if (letter == '"' && quoted && text.at(at + 1) == '"') {
            cells.back() += text.at(at++);
        } else if (letter == '"') {
            quoted = !quoted;
        } else if (letter == ',' && !quoted) {
            cells.emplace_back();
        } else {
            cells.back() += letter;
        }
    }
    return cells;
}

RC_GTEST_PROP(CsvWriter, a_reader_gets_back_the_cells_and_no_formula, ()) {
    const auto make_cell = [] {
        return *rc::gen::container<std::string>(
            rc::gen::elementOf(std::string("a=+-@,\"\r\n\t '\xEF\xBC\x9D")));
    };
    const std::string first = make_cell();
    const std::string second = make_cell();
    const std::string row = row_of({first, second});
    RC_ASSERT(row.ends_with("\r\n"));
    const std::vector<std::string> cells = read_row(row);
    RC_ASSERT(cells.size() == 2U);
    const auto as_shown = [](const std::string& cell) {
        return (looks_like_formula(cell) ? "'" : "") + cell;
    };
    RC_ASSERT(cells[0] == as_shown(first));
    RC_ASSERT(cells[1] == as_shown(second));
    RC_ASSERT(!looks_like_formula(cells[0]));
    RC_ASSERT(!looks_like_formula(cells[1]));
}

}  // namespace
}  // namespace wapi::csv
