// Values between the program and PostgreSQL's wire format: parameters by the type the server wants,
// binary results by the type it sends.
//
// Source: PostgreSQL 15 documentation, "libpq: Command Execution Functions", and the server's send
// and receive functions of int2, int4, int8, float4, float8, bool, numeric, jsonb.
#pragma once

#include <libpq-fe.h>

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "db/sql.hpp"

namespace wapi::db::postgres {

/// Parameters of one call in the form PQexecPrepared takes. Reused between calls.
class Parameters {
  public:
    /// `types` are the types the server inferred, one for each value.
    void assign(std::span<const Value> values, std::span<const Oid> types);
    [[nodiscard]] int size() const { return static_cast<int>(pointers_.size()); }
    [[nodiscard]] const char* const* pointers() const { return pointers_.data(); }
    [[nodiscard]] const int* lengths() const { return lengths_.data(); }
    [[nodiscard]] const int* formats() const { return formats_.data(); }

  private:
    void add(const char* data, std::size_t size, int format);
    void add_integer(std::int64_t value, Oid type);
    void add_real(double value, Oid type);
    void add_text(std::string_view text, Oid type);
    /// Adds a copy, ended by a zero byte, in text format.
    void add_copy(std::string text);

    std::vector<const char*> pointers_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
    std::vector<std::array<char, 8>> words_;
    std::deque<std::string> copies_;
};

/// Rows of a result in binary format. Errors: Fault `db.type` for a type no store uses.
Rows read_rows(const PGresult& result);

}  // namespace wapi::db::postgres
