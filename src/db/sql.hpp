// SQL statements as named constants, and the values that go in and out of them.
//
// One common text serves SQLite and PostgreSQL, with `$1` placeholders; a per-engine text is given
// only where one cannot serve. A statement of workspace scope takes the workspace id as `$1`,
// always: WorkspaceTxn binds it, so that a store cannot forget it. Tests prepare every statement on
// both engines and refuse a statement on a workspace table that is neither bound to `$1` nor
// declared system.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "base/registered.hpp"

namespace wapi::db {

enum class Engine { sqlite, postgres };

/// workspace: `$1` is the workspace id and every table access is restricted by it.
/// system: runs across workspaces (routing, queues, accounts); only on Txn, never on WorkspaceTxn.
enum class Scope { workspace, system };

struct SqlText {
    std::string_view name;  ///< `contacts.find_by_identity`: feature.verb, unique
    std::string_view text;  ///< common text
    Scope scope = Scope::workspace;
    std::string_view sqlite = {};    ///< used instead of text on SQLite when not empty
    std::string_view postgres = {};  ///< used instead of text on PostgreSQL when not empty
};

/// A registered statement. Define as `const db::Sql find_contact{{.name = ..., .text = ...}};` at
/// namespace scope of the store's .cpp.
class Sql : public Registered<Sql> {
  public:
    explicit Sql(SqlText text) : text_(text), index_(count_++) {}
    [[nodiscard]] std::string_view name() const { return text_.name; }
    [[nodiscard]] Scope scope() const { return text_.scope; }
    [[nodiscard]] std::string_view text(Engine engine) const {
        const std::string_view own = engine == Engine::sqlite ? text_.sqlite : text_.postgres;
        return own.empty() ? text_.text : own;
    }
    /// Dense number, for per-connection caches of prepared statements.
    [[nodiscard]] std::size_t index() const { return index_; }
    static std::size_t count() { return count_; }

  private:
    static inline std::size_t count_ = 0;
    SqlText text_;
    std::size_t index_;
};

using Bytes = std::span<const std::byte>;

/// A bound parameter. Views must outlive the call.
using Value = std::variant<std::monostate, std::int64_t, double, std::string_view, Bytes>;

namespace detail {
inline Value to_value(std::monostate) { return {}; }
inline Value to_value(std::nullopt_t) { return {}; }
inline Value to_value(bool value) { return std::int64_t{value ? 1 : 0}; }
inline Value to_value(int value) { return std::int64_t{value}; }
inline Value to_value(std::int64_t value) { return value; }
inline Value to_value(double value) { return value; }
inline Value to_value(std::string_view value) { return value; }
inline Value to_value(const std::string& value) { return std::string_view(value); }
inline Value to_value(const char* value) { return std::string_view(value); }
inline Value to_value(Bytes value) { return value; }
inline Value to_value(Timestamp value) { return to_us(value); }
inline Value to_value(EventId id) { return id.value; }
template <class T>
    requires requires(const T& id) {
        { id.value } -> std::convertible_to<const std::string&>;
    }
Value to_value(const T& id) {
    return std::string_view(id.value);
}
template <class T>
Value to_value(const std::optional<T>& value) {
    return value ? to_value(*value) : Value{};
}
}  // namespace detail

/// Result rows, copied out of the database: column-major access by index, valid as long as Rows
/// lives. Booleans are BIGINT 0 or 1. Reading a column as another type than stored throws Fault
/// `db.type`.
class Row;
class Rows {
  public:
    struct Cell {
        enum class Kind : std::uint8_t { null, integer, real, text, bytes } kind = Kind::null;
        std::uint32_t size = 0;
        union {
            std::int64_t integer = 0;
            double real;
            std::uint64_t offset;  ///< into data, for text and bytes
        };
    };

    [[nodiscard]] std::size_t size() const { return columns_ == 0 ? 0 : cells_.size() / columns_; }
    [[nodiscard]] bool empty() const { return cells_.empty(); }
    [[nodiscard]] Row operator[](std::size_t index) const;

    class Iterator;
    [[nodiscard]] Iterator begin() const;
    [[nodiscard]] Iterator end() const;

    // For the engines.
    void set_columns(std::size_t columns) { columns_ = columns; }
    void add_null() { cells_.emplace_back(); }
    void add_integer(std::int64_t value);
    void add_real(double value);
    void add_text(std::string_view text) { add_data(Cell::Kind::text, text); }
    void add_bytes(std::string_view bytes) { add_data(Cell::Kind::bytes, bytes); }

  private:
    friend class Row;
    void add_data(Cell::Kind kind, std::string_view data);
    std::size_t columns_ = 0;
    std::vector<Cell> cells_;
    std::string data_;
};

class Row {
  public:
    Row(const Rows& rows, std::size_t index) : rows_(&rows), index_(index) {}
    [[nodiscard]] bool is_null(std::size_t column) const;
    [[nodiscard]] std::int64_t integer(std::size_t column) const;
    [[nodiscard]] double real(std::size_t column) const;
    [[nodiscard]] bool boolean(std::size_t column) const { return integer(column) != 0; }
    /// Empty when null.
    [[nodiscard]] std::string_view text(std::size_t column) const;
    [[nodiscard]] std::string string(std::size_t column) const { return std::string(text(column)); }
    [[nodiscard]] std::optional<std::int64_t> optional_integer(std::size_t column) const;
    [[nodiscard]] std::optional<std::string> optional_string(std::size_t column) const;
    [[nodiscard]] std::string_view bytes(std::size_t column) const;
    template <class IdType>
    [[nodiscard]] IdType id(std::size_t column) const {
        return IdType(text(column));
    }

  private:
    [[nodiscard]] const Rows::Cell& cell(std::size_t column) const;
    const Rows* rows_;
    std::size_t index_;
};

class Rows::Iterator {
  public:
    Iterator(const Rows& rows, std::size_t index) : rows_(&rows), index_(index) {}
    Row operator*() const { return {*rows_, index_}; }
    Iterator& operator++() {
        ++index_;
        return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

  private:
    const Rows* rows_;
    std::size_t index_;
};

inline Row Rows::operator[](std::size_t index) const { return {*this, index}; }
inline Rows::Iterator Rows::begin() const { return {*this, 0}; }
inline Rows::Iterator Rows::end() const { return {*this, size()}; }

/// SQL: a text with A to Z in lower case and everything else as it is, whatever the database's
/// locale says. SQLite has no collation of that name but the one that connections make.
#define WAPI_LOWER(text) "lower(" text " COLLATE \"C\")"
/// For `WAPI_LOWER(text) LIKE ... ESCAPE '!'`: finds `part` anywhere, A to Z in either case. Empty
/// for an empty part.
std::string contains_pattern(std::string_view part);

}  // namespace wapi::db
