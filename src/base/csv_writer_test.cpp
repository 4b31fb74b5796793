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
         {"=", "+", "-", "@", "\t", "\r", "\n", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20", "\u2212",
          "  =", "\u200B=", "\uFEFF+", "\u00A0-", "\u200B \u2060@", "\u3000\u2212", "\u00AD\t"}) {
        EXPECT_EQ(row_of({start + "cmd|' /C calc'!A0"}), "\"'" + start + "cmd|' /C calc'!A0\"\r\n");
    }
    for (const std::string_view harmless : {"\u200Ba", "\u00A0", "\u2211x", "\xE2\x88", "\xFF="}) {
        EXPECT_EQ(row_of({harmless}), std::string(harmless) + "\r\n");
    }
    EXPECT_EQ(drop_guards("'\u200B=1;'\u22121"), "\u200B=1;\u22121");
    EXPECT_EQ(row_of({"=\"a\""}), "\"'=\"\"a\"\"\"\r\n");
    for (const std::string_view harmless : {"a=b", "1-2", "a@b.example", "'=1"}) {
        EXPECT_EQ(row_of({harmless}), std::string(harmless) + "\r\n");
    }
}

TEST(CsvWriter, nor_is_one_behind_a_semicolon_or_tab_at_which_a_spreadsheet_splits) {
    EXPECT_EQ(row_of({"a;=cmd|' /C calc'!A0"}), "\"a;'=cmd|' /C calc'!A0\"\r\n");
    EXPECT_EQ(row_of({"a\t@x; +1;\uFF1D1"}), "\"a\t'@x;' +1;'\uFF1D1\"\r\n");
    EXPECT_EQ(row_of({"note\n-1"}), "\"note\n'-1\"\r\n");
    EXPECT_EQ(row_of({"a;b;", "1;2"}), "a;b;,1;2\r\n");
    EXPECT_EQ(drop_guards("a\t'@x;' +1;'b"), "a\t@x; +1;'b");
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
            rc::gen::elementOf(std::string("a=+-@,;\"\r\n\t '\xEF\xBC\x9D\xE2\x88\x92\xC2\xA0")));
    };
    const std::string first = make_cell();
    const std::string second = make_cell();
    const std::string row = row_of({first, second});
    RC_ASSERT(row.ends_with("\r\n"));
    const std::vector<std::string> cells = read_row(row);
    RC_ASSERT(cells.size() == 2U);
    RC_ASSERT(drop_guards(cells[0]) == drop_guards(first));
    RC_ASSERT(drop_guards(cells[1]) == drop_guards(second));
    for (const std::string& cell : cells) {
        RC_ASSERT(!looks_like_formula(cell));
        for (std::size_t at = 1; at < cell.size(); ++at) {
            std::string rest = cell.substr(at);
            rest.erase(0, rest.find_first_not_of(' '));
            const bool may_begin = std::string_view(";\t\r\n").contains(cell[at - 1]);
            RC_ASSERT(!may_begin || rest.find_first_of("=+-@") != 0U);
        }
    }
}

}  // namespace
}  // namespace wapi::csv
