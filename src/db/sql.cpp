// Result rows: cells of fixed size, with text and bytes in one shared buffer, so that a page of
// rows costs two allocations and not one a cell. Reading a cell as another type is a programming
// error of the store and throws, so that it shows on the first test and never turns into wrong
// data.
#include "db/sql.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace wapi::db {

namespace {

using Kind = Rows::Cell::Kind;

std::string_view kind_name(Kind kind) {
    switch (kind) {
        case Kind::null: return "null";
        case Kind::integer: return "integer";
        case Kind::real: return "real";
        case Kind::text: return "text";
        case Kind::bytes: return "bytes";
    }
    return "unknown";
}

[[noreturn]] void refuse(std::size_t column, std::string_view wanted, Kind found) {
    throw Fault("db.type",
                fmt::format("column {} is {}, not {}", column, kind_name(found), wanted));
}

}  // namespace

void Rows::add_integer(std::int64_t value) {
    Cell& cell = cells_.emplace_back();
    cell.kind = Kind::integer;
    cell.integer = value;
}

void Rows::add_real(double value) {
    Cell& cell = cells_.emplace_back();
    cell.kind = Kind::real;
    cell.real = value;
}

void Rows::add_data(Cell::Kind kind, std::string_view data) {
    Cell& cell = cells_.emplace_back();
    cell.kind = kind;
    cell.size = static_cast<std::uint32_t>(data.size());
    cell.offset = data_.size();
    data_.append(data);
}

const Rows::Cell& Row::cell(std::size_t column) const {
    if (column >= rows_->columns_ || index_ >= rows_->size()) {
        throw Fault("db.type", fmt::format("row {} has no column {}", index_, column));
    }
    return rows_->cells_[index_ * rows_->columns_ + column];
}

bool Row::is_null(std::size_t column) const { return cell(column).kind == Kind::null; }

std::int64_t Row::integer(std::size_t column) const {
    const Rows::Cell& found = cell(column);
    if (found.kind != Kind::integer) {
        refuse(column, "integer", found.kind);
    }
    return found.integer;
}

double Row::real(std::size_t column) const {
    const Rows::Cell& found = cell(column);
    if (found.kind == Kind::integer) {
        return static_cast<double>(found.integer);
    }
    if (found.kind != Kind::real) {
        refuse(column, "real", found.kind);
    }
    return found.real;
}

std::string_view Row::text(std::size_t column) const {
    const Rows::Cell& found = cell(column);
    if (found.kind == Kind::null) {
        return {};
    }
    if (found.kind != Kind::text) {
        refuse(column, "text", found.kind);
    }
    return std::string_view(rows_->data_).substr(found.offset, found.size);
}

std::optional<std::int64_t> Row::optional_integer(std::size_t column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
}

std::optional<std::string> Row::optional_string(std::size_t column) const {
    return is_null(column) ? std::nullopt : std::optional(string(column));
}

std::string_view Row::bytes(std::size_t column) const {
    const Rows::Cell& found = cell(column);
    if (found.kind == Kind::null) {
        return {};
    }
    if (found.kind != Kind::bytes) {
        refuse(column, "bytes", found.kind);
    }
    return std::string_view(rows_->data_).substr(found.offset, found.size);
}

std::string contains_pattern(std::string_view part) {
    if (part.empty()) {
        return {};
    }
    std::string pattern = "%";
    for (const char letter : text::to_lower_ascii(part)) {
        if (letter == '%' || letter == '_' || letter == '!') {
            pattern.push_back('!');
        }
        pattern.push_back(letter);
    }
    return pattern + "%";
}

}  // namespace wapi::db
