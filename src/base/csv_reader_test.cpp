// Goal: what people's programs write as CSV comes back as the cells they meant, however the bytes
// are cut, and reading can go on behind any row. Method: examples, and random tables that are
// written in every dialect and cut at random. Source: RFC 4180.
#include "base/csv_reader.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace wapi::csv {
namespace {

using Cells = std::vector<std::vector<std::string>>;

constexpr std::size_t row_max = 1000;

std::vector<Row> rows_of(std::string_view text, char delimiter = ',') {
    Reader reader(delimiter, row_max);
    std::vector<Row> rows;
    EXPECT_EQ(reader.read(text, rows), Problem::none);
    EXPECT_EQ(reader.finish(rows), Problem::none);
    return rows;
}

Cells cells_of(const std::vector<Row>& rows) {
    Cells cells;
    for (const Row& row : rows) {
        cells.push_back(row.cells);
    }
    return cells;
}

TEST(CsvReader, quotes_keep_delimiters_line_ends_and_quotes) {
    EXPECT_EQ(cells_of(rows_of("a,\"b,c\",\"say \"\"no\"\"\"\r\n\"two\nlines\",x,\r\n")),
              (Cells{{"a", "b,c", "say \"no\""}, {"two\nlines", "x", ""}}));
}

TEST(CsvReader, any_line_end_is_one_and_the_last_may_be_missing) {
    for (const std::string end : {"\n", "\r\n", "\r"}) {
        EXPECT_EQ(cells_of(rows_of("a;b" + end + "c;d", ';')), (Cells{{"a", "b"}, {"c", "d"}}));
    }
}

TEST(CsvReader, white_space_around_cells_is_dropped_and_a_tab_may_part_them) {
    EXPECT_EQ(cells_of(rows_of(" a , \"b \" \n")), (Cells{{"a", "b "}}));
    EXPECT_EQ(cells_of(rows_of("a\t\tb\n", '\t')), (Cells{{"a", "", "b"}}));
}

TEST(CsvReader, rows_without_content_are_left_out) {
    EXPECT_EQ(cells_of(rows_of("\n  \na,b\n,,\n\n\"\",\nc,d\n\n")),
              (Cells{{"a", "b"}, {"c", "d"}}));
}

TEST(CsvReader, stray_quotes_are_text) {
    EXPECT_EQ(cells_of(rows_of("5\" nail,b\n")), (Cells{{"5\" nail", "b"}}));
}

TEST(CsvReader, a_row_knows_its_lines_and_bytes) {
    const std::vector<Row> rows = rows_of("a\r\n\r\n\"b\r\nb\"\r\nc");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].begin.line, 1);
    EXPECT_EQ(rows[1].begin.line, 3);
    EXPECT_EQ(rows[2].begin.line, 5);
    EXPECT_EQ(rows[1].begin.byte, 5);
    EXPECT_EQ(rows[1].end.byte, 13);
}

TEST(CsvReader, a_quote_that_nothing_closes_is_found) {
    std::vector<Row> rows;
    Reader shorter(',', row_max);
    EXPECT_EQ(shorter.read("a,b\n\"c,d\n", rows), Problem::none);
    EXPECT_EQ(shorter.finish(rows), Problem::open_quote);
    EXPECT_EQ(shorter.place().line, 2);
    Reader longer(',', row_max);
    EXPECT_EQ(longer.read("a,b\n\"c" + std::string(row_max, '\n'), rows), Problem::row_too_long);
    EXPECT_EQ(longer.place().line, 2);
}

TEST(CsvReader, a_row_may_be_as_long_as_the_limit_and_no_longer) {
    std::vector<Row> rows;
    EXPECT_EQ(Reader(',', 10).read("123456789\n", rows), Problem::none);
    EXPECT_EQ(Reader(',', 10).read("1234567890\n", rows), Problem::row_too_long);
}

TEST(CsvReader, the_delimiter_is_what_parts_the_rows_evenly) {
    EXPECT_EQ(guess_delimiter("name,phone\nA,1\n"), ',');
    EXPECT_EQ(guess_delimiter("name;phone;note\nA;1;a,b\nB;2;c\n"), ';');
    EXPECT_EQ(guess_delimiter("name\tphone\nMiller, Ann\t1\n"), '\t');
    EXPECT_EQ(guess_delimiter("name|phone\nA|1\n"), '|');
    EXPECT_EQ(guess_delimiter("phone\n123\n"), ',');
    EXPECT_EQ(guess_delimiter(""), ',');
    EXPECT_EQ(guess_delimiter("name;phone"), ';');
}

std::string quoted(const std::string& cell) {
    std::string out = "\"";
    for (const char letter : cell) {
        out += letter == '"' ? "\"\"" : std::string(1, letter);
    }
    return out + '"';
}

/// Read in pieces whose sizes repeat.
std::vector<Row> read_in_pieces(std::string_view text, char delimiter,
                                const std::vector<std::size_t>& sizes, Place from) {
    Reader reader(delimiter, row_max, from);
    std::vector<Row> rows;
    for (std::size_t turn = 0; !text.empty(); ++turn) {
        const std::size_t size = std::min(text.size(), 1 + sizes[turn % sizes.size()] % 20);
        RC_ASSERT(reader.read(text.substr(0, size), rows) == Problem::none);
        text.remove_prefix(size);
    }
    RC_ASSERT(reader.finish(rows) == Problem::none);
    return rows;
}

RC_GTEST_PROP(CsvReader, a_table_comes_back_however_it_is_written_and_cut, ()) {
    const char delimiter = *rc::gen::element(',', ';', '\t', '|');
    const std::string end = *rc::gen::element<std::string>("\n", "\r\n", "\r");
    const auto cell =
        rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab ,;\t|\"\r\n\xC3")));
    const auto table = *rc::gen::container<Cells>(
        rc::gen::scale(0.3, rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(cell))));
    const auto sizes = *rc::gen::nonEmpty(
        rc::gen::container<std::vector<std::size_t>>(rc::gen::arbitrary<std::size_t>()));
    std::string text;
    Cells expected;
    for (const std::vector<std::string>& row : table) {
        std::string line;
        bool blank = true;
        for (const std::string& one : row) {
            line += (line.empty() ? "" : std::string(1, delimiter)) + quoted(one);
            blank = blank && one.empty();
        }
        RC_PRE(line.size() + 2 < row_max);
        text += line + end;
        if (!blank) {
            expected.push_back(row);
        }
    }
    const std::vector<Row> rows = read_in_pieces(text, delimiter, sizes, {});
    RC_ASSERT(cells_of(rows) == expected);
    for (std::size_t at = 0; at < rows.size(); ++at) {
        const auto behind = static_cast<std::size_t>(rows[at].end.byte);
        const std::vector<Row> rest =
            read_in_pieces(text.substr(behind), delimiter, sizes, rows[at].end);
        RC_ASSERT(cells_of(rest) ==
                  Cells(expected.begin() + static_cast<std::ptrdiff_t>(at) + 1, expected.end()));
        if (!rest.empty()) {
            RC_ASSERT(rest.front().begin.line == rows[at + 1].begin.line);
        }
    }
}

}  // namespace
}  // namespace wapi::csv
