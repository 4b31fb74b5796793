// Text and bytes go as binary without a copy; an integer goes as binary to BIGINT and as text to
// any other type, since `LIMIT $2` or `$3 + 1` may be inferred as another width.
#include "db/postgres/postgres_values.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "base/error.hpp"
#include "db/safe_text.hpp"

namespace wapi::db::postgres {

namespace {

// Type numbers, fixed for ever: src/include/catalog/pg_type.dat of PostgreSQL.
constexpr Oid type_bool = 16;
constexpr Oid type_bytea = 17;
constexpr Oid type_char = 18;
constexpr Oid type_name = 19;
constexpr Oid type_int8 = 20;
constexpr Oid type_int2 = 21;
constexpr Oid type_int4 = 23;
constexpr Oid type_text = 25;
constexpr Oid type_json = 114;
constexpr Oid type_float4 = 700;
constexpr Oid type_float8 = 701;
constexpr Oid type_bpchar = 1042;
constexpr Oid type_varchar = 1043;
constexpr Oid type_numeric = 1700;
constexpr Oid type_void = 2278;
constexpr Oid type_jsonb = 3802;

constexpr int format_text = 0;
constexpr int format_binary = 1;

template <class Word>
Word from_network(std::string_view data) {
    Word word{};
    if (data.size() != sizeof word) {
        throw Fault("db.type", "the server sent a number of another width");
    }
    std::memcpy(&word, data.data(), sizeof word);
    return std::byteswap(word);
}

/// Sums and averages of BIGINT are NUMERIC: whole numbers become integers, others reals.
void add_numeric(Rows& rows, std::string_view data) {
    constexpr std::size_t header_bytes = 8;
    if (data.size() < header_bytes) {
        throw Fault("db.type", "the server sent a short numeric");
    }
    const auto word = [&](std::size_t index) {
        return from_network<std::int16_t>(data.substr(index * 2, 2));
    };
    const int digits = word(0);
    const int weight = word(1);
    const bool negative = static_cast<std::uint16_t>(word(2)) == 0x4000;
    const int decimals = word(3);
    std::int64_t whole = 0;
    bool fits = decimals == 0;
    for (int index = 0; fits && index <= weight; ++index) {
        const int digit = index < digits ? word(static_cast<std::size_t>(index) + 4) : 0;
        fits = !__builtin_mul_overflow(whole, 10'000, &whole) &&
               !__builtin_add_overflow(whole, negative ? -digit : digit, &whole);
    }
    if (fits) {
        rows.add_integer(whole);
        return;
    }
    double real = 0;
    for (int index = 0; index < digits; ++index) {
        real += word(static_cast<std::size_t>(index) + 4) * std::pow(10'000.0, weight - index);
    }
    rows.add_real(negative ? -real : real);
}

void add_cell(Rows& rows, Oid type, std::string_view data) {
    switch (type) {
        case type_int8: rows.add_integer(from_network<std::int64_t>(data)); break;
        case type_int4: rows.add_integer(from_network<std::int32_t>(data)); break;
        case type_int2: rows.add_integer(from_network<std::int16_t>(data)); break;
        case type_bool: rows.add_integer(data == std::string_view("\1", 1) ? 1 : 0); break;
        case type_float8:
            rows.add_real(std::bit_cast<double>(from_network<std::int64_t>(data)));
            break;
        case type_float4:
            rows.add_real(std::bit_cast<float>(from_network<std::int32_t>(data)));
            break;
        case type_numeric: add_numeric(rows, data); break;
        case type_bytea: rows.add_bytes(data); break;
        case type_jsonb: rows.add_text(data.substr(1)); break;  // after a version byte
        case type_text:
        case type_varchar:
        case type_bpchar:
        case type_char:
        case type_name:
        case type_json: rows.add_text(data); break;
        case type_void: rows.add_null(); break;
        default: throw Fault("db.type", fmt::format("the server sent type {}; cast it", type));
    }
}

}  // namespace

void Parameters::assign(std::span<const Value> values, std::span<const Oid> types) {
    pointers_.clear();
    lengths_.clear();
    formats_.clear();
    copies_.clear();
    words_.clear();
    words_.reserve(values.size());  // pointers into it must stay valid
    for (std::size_t index = 0; index < values.size(); ++index) {
        const Value& value = values[index];
        const Oid type = types[index];
        if (const auto* integer = std::get_if<std::int64_t>(&value)) {
            add_integer(*integer, type);
        } else if (const auto* real = std::get_if<double>(&value)) {
            add_real(*real, type);
        } else if (const auto* text = std::get_if<std::string_view>(&value)) {
            add_text(*text, type);
        } else if (const auto* bytes = std::get_if<Bytes>(&value)) {
            add(reinterpret_cast<const char*>(bytes->data()), bytes->size(), format_binary);
        } else {
            pointers_.push_back(nullptr);
            lengths_.push_back(0);
            formats_.push_back(format_binary);
        }
    }
}

void Parameters::add(const char* data, std::size_t size, int format) {
    // A null pointer would mean NULL.
    pointers_.push_back(data == nullptr ? "" : data);
    lengths_.push_back(static_cast<int>(size));
    formats_.push_back(format);
}

void Parameters::add_copy(std::string text) {
    const std::string& copy = copies_.emplace_back(std::move(text));
    add(copy.c_str(), copy.size(), format_text);
}

void Parameters::add_integer(std::int64_t value, Oid type) {
    if (type != type_int8) {
        add_copy(fmt::to_string(value));
        return;
    }
    const std::int64_t swapped = std::byteswap(value);
    std::array<char, 8>& word = words_.emplace_back();
    std::memcpy(word.data(), &swapped, sizeof swapped);
    add(word.data(), word.size(), format_binary);
}

void Parameters::add_real(double value, Oid type) {
    if (type != type_float8) {
        add_copy(fmt::to_string(value));
        return;
    }
    const std::int64_t swapped = std::byteswap(std::bit_cast<std::int64_t>(value));
    std::array<char, 8>& word = words_.emplace_back();
    std::memcpy(word.data(), &swapped, sizeof swapped);
    add(word.data(), word.size(), format_binary);
}

void Parameters::add_text(std::string_view text, Oid type) {
    const std::string_view safe = safe_text(text, copies_);
    if (type == type_text || type == type_varchar || type == type_json) {
        add(safe.data(), safe.size(), format_binary);
    } else {
        add_copy(std::string(safe));
    }
}

Rows read_rows(const PGresult& result) {
    const int row_count = PQntuples(&result);
    const int column_count = PQnfields(&result);
    Rows rows;
    rows.set_columns(static_cast<std::size_t>(column_count));
    for (int row = 0; row < row_count; ++row) {
        for (int column = 0; column < column_count; ++column) {
            if (PQgetisnull(&result, row, column) != 0) {
                rows.add_null();
                continue;
            }
            const auto size = static_cast<std::size_t>(PQgetlength(&result, row, column));
            add_cell(rows, PQftype(&result, column), {PQgetvalue(&result, row, column), size});
        }
    }
    return rows;
}

}  // namespace wapi::db::postgres
