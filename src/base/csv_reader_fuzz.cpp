// Fuzz target: any bytes as a CSV file.
//
// Cut anywhere, the same rows and problems come out; places never go back; and reading again from
// the end of a row gives the rows behind it.
#include <cstdint>
#include <cstdlib>

#include "base/csv_reader.hpp"

namespace {

namespace csv = wapi::csv;

constexpr std::size_t row_bytes_max = 300;

struct Outcome {
    std::vector<csv::Row> rows;
    csv::Problem problem = csv::Problem::none;
};

Outcome read(std::string_view text, char delimiter, std::size_t piece_bytes, csv::Place from) {
    Outcome outcome;
    csv::Reader reader(delimiter, row_bytes_max, from);
    while (!text.empty() && outcome.problem == csv::Problem::none) {
        const std::string_view piece = text.substr(0, piece_bytes);
        text.remove_prefix(piece.size());
        outcome.problem = reader.read(piece, outcome.rows);
    }
    if (outcome.problem == csv::Problem::none) {
        outcome.problem = reader.finish(outcome.rows);
    }
    return outcome;
}

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void require_same(const Outcome& one, const Outcome& other, std::size_t skipped = 0) {
    require(one.problem == other.problem && one.rows.size() == other.rows.size() + skipped);
    for (std::size_t at = 0; at < other.rows.size(); ++at) {
        const csv::Row& row = one.rows[at + skipped];
        require(row.cells == other.rows[at].cells && row.begin.line == other.rows[at].begin.line &&
                row.end.byte == other.rows[at].end.byte);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    constexpr std::string_view delimiters = ",;\t|";
    const char delimiter = delimiters[data[0] % delimiters.size()];
    const std::size_t piece_bytes = 1 + data[1] % 16;
    const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
    static_cast<void>(csv::guess_delimiter(text));
    const Outcome whole = read(text, delimiter, text.size() + 1, {});
    require_same(whole, read(text, delimiter, piece_bytes, {}));
    std::int64_t at = 0;
    for (std::size_t index = 0; index < whole.rows.size(); ++index) {
        const csv::Row& row = whole.rows[index];
        require(row.begin.byte >= at && row.end.byte > row.begin.byte);
        at = row.end.byte;
        if (index % 8 == 0) {
            const auto behind = static_cast<std::size_t>(row.end.byte);
            require_same(whole, read(text.substr(behind), delimiter, piece_bytes, row.end),
                         index + 1);
        }
    }
    return 0;
}
