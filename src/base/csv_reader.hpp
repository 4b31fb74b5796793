// Reads CSV as spreadsheets write it, from pieces of any size, row by row.
//
// The grammar is libcsv's (RFC 4180, and what people do to it: CRLF, LF or CR, stray quotes, white
// space around cells). Added here: where each row begins and ends, so that reading can go on from
// the end of any row later; a limit of a row; and guessing the delimiter.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wapi::csv {

/// Where a row begins.
struct Place {
    std::int64_t byte = 0;  ///< from the start of the file
    std::int64_t line = 1;  ///< the first is 1; line ends within quotes count
};

struct Row {
    std::vector<std::string> cells;
    Place begin;
    Place end;  ///< where the next one begins
};

enum class Problem {
    none,
    row_too_long,  ///< often a quote that nothing closes
    open_quote,    ///< the file ends within quotes
};

/// Rows whose cells are all empty are left out.
class Reader {
  public:
    /// `from`: where the first byte stands that will be read.
    Reader(char delimiter, std::size_t row_bytes_max, Place from = {});
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    /// Appends the rows that these bytes complete. After a problem nothing more is read.
    Problem read(std::string_view bytes, std::vector<Row>& rows);
    /// The file ends here.
    Problem finish(std::vector<Row>& rows);
    /// Where the row stands that is not complete, or next.
    [[nodiscard]] Place place() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Comma, semicolon, tab or bar: what parts the first rows of a file most evenly. Comma when
/// nothing does.
char guess_delimiter(std::string_view start);

}  // namespace wapi::csv
