// See csv_reader.hpp. libcsv tells that a row is complete, not where: it is fed line by line.
#include "base/csv_reader.hpp"

#include <csv.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

namespace wapi::csv {
namespace {

constexpr std::size_t buffer_step_bytes = 4096;
constexpr std::size_t guess_rows_max = 50;
constexpr std::size_t guess_row_bytes_max = 64 * 1024;
constexpr std::string_view line_ends = "\r\n";

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

struct Reader::State {
    csv_parser parser;
    std::size_t row_bytes_max;
    Place begin;  ///< of the present row
    Place at;     ///< behind what was read
    std::vector<std::string> cells;
    bool row_done = false;
    bool in_row = false;
    bool held_cr = false;  ///< the last byte was CR, and LF may follow

    State(char delimiter, std::size_t limit, Place from)
        : row_bytes_max(limit), begin(from), at(from) {
        csv_init(&parser, 0);
        csv_set_delim(&parser, static_cast<unsigned char>(delimiter));
        csv_set_blk_size(&parser, buffer_step_bytes);
    }
    ~State() { csv_free(&parser); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    static void on_cell(void* bytes, std::size_t size, void* state) {
        static_cast<State*>(state)->cells.emplace_back(static_cast<const char*>(bytes), size);
    }
    static void on_row(int /*ended_by*/, void* state) {
        static_cast<State*>(state)->row_done = true;
    }

    /// Takes a row's cells out when it is complete.
    void take_row(std::vector<Row>& rows) {
        in_row = in_row && !row_done;
        if (!in_row) {
            const bool blank =
                std::ranges::all_of(cells, [](const std::string& cell) { return cell.empty(); });
            if (!blank) {
                rows.push_back({.cells = std::move(cells), .begin = begin, .end = at});
            }
            cells.clear();
            row_done = false;
            begin = at;
        }
    }
    /// At most one line, with its end when `ends`.
    Problem feed(std::string_view line, bool ends, std::vector<Row>& rows) {
        if (csv_parse(&parser, line.data(), line.size(), on_cell, on_row, this) != line.size()) {
            throw std::bad_alloc();
        }
        in_row = in_row || !is_blank(line) || row_done;
        at.byte += static_cast<std::int64_t>(line.size());
        at.line += ends ? 1 : 0;
        if (at.byte - begin.byte > static_cast<std::int64_t>(row_bytes_max)) {
            return Problem::row_too_long;
        }
        if (ends) {
            take_row(rows);
        }
        return Problem::none;
    }
};

Reader::Reader(char delimiter, std::size_t row_bytes_max, Place from)
    : state_(std::make_unique<State>(delimiter, row_bytes_max, from)) {}
Reader::~Reader() = default;

Problem Reader::read(std::string_view bytes, std::vector<Row>& rows) {
    Problem problem = Problem::none;
    while (!bytes.empty() && problem == Problem::none) {
        if (std::exchange(state_->held_cr, false)) {
            const bool pair = bytes.front() == '\n';
            bytes.remove_prefix(pair ? 1 : 0);
            problem = state_->feed(pair ? "\r\n" : "\r", true, rows);
            continue;
        }
        const std::size_t found = bytes.find_first_of(line_ends);
        const bool ends = found != std::string_view::npos;
        if (ends && bytes[found] == '\r' && found + 1 == bytes.size()) {
            state_->held_cr = true;
            return state_->feed(bytes.substr(0, found), false, rows);
        }
        const bool pair = ends && bytes[found] == '\r' && bytes[found + 1] == '\n';
        const std::size_t size = ends ? found + (pair ? 2 : 1) : bytes.size();
        problem = state_->feed(bytes.substr(0, size), ends, rows);
        bytes.remove_prefix(size);
    }
    return problem;
}

Problem Reader::finish(std::vector<Row>& rows) {
    if (std::exchange(state_->held_cr, false)) {
        const Problem problem = state_->feed("\r", true, rows);
        if (problem != Problem::none) {
            return problem;
        }
    }
    csv_set_opts(&state_->parser, CSV_STRICT | CSV_STRICT_FINI);
    if (csv_fini(&state_->parser, State::on_cell, State::on_row, state_.get()) != 0) {
        return Problem::open_quote;
    }
    if (state_->in_row || state_->row_done) {
        state_->row_done = true;
        state_->take_row(rows);
    }
    return Problem::none;
}

Place Reader::place() const { return state_->begin; }

char guess_delimiter(std::string_view start) {
    char best = ',';
    std::size_t best_score = 0;
    for (const char delimiter : std::to_array({',', ';', '\t', '|'})) {
        Reader reader(delimiter, guess_row_bytes_max);
        std::vector<Row> rows;
        if (reader.read(start, rows) == Problem::none && rows.empty()) {
            reader.finish(rows);  // one line without an end
        }
        rows.resize(std::min(rows.size(), guess_rows_max));
        const std::size_t width = rows.empty() ? 0 : rows.front().cells.size();
        const auto alike = static_cast<std::size_t>(std::ranges::count_if(
            rows, [width](const Row& row) { return row.cells.size() == width; }));
        const std::size_t score = width < 2 ? 0 : alike * 1000 / rows.size() * 1000 + width;
        if (score > best_score) {
            best = delimiter;
            best_score = score;
        }
    }
    return best;
}

}  // namespace wapi::csv
