// One SQLite connection: prepared statements by number, values in, rows out, faults by cause.
//
// Used by one thread at a time. The pragmas follow the use: the writer syncs each commit
// (synchronous=FULL) and never checkpoints by itself, readers cannot write.
#pragma once

#include <sqlite3.h>

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "db/txn.hpp"

namespace wapi::db::sqlite {

enum class Mode { writer, reader, checkpointer };

/// Statements that frame transactions, prepared once.
enum class Control {
    begin_write,
    begin_read,
    commit,
    rollback,
    savepoint,
    release,
    rollback_to,
};
inline constexpr std::size_t control_count = 7;

/// SQLite numbers `$N` by first appearance; `?N` means what it says. Leaves quoted text alone.
std::string rewrite_parameters(std::string_view text);

class SqliteConnection final : public Connection {
  public:
    /// Errors: Fault `db.down` when the file cannot be opened.
    SqliteConnection(const std::string& path, Mode mode, std::int64_t cache_bytes);
    ~SqliteConnection() override;
    SqliteConnection(const SqliteConnection&) = delete;
    SqliteConnection& operator=(const SqliteConnection&) = delete;

    [[nodiscard]] Engine engine() const override { return Engine::sqlite; }
    Rows query(const Sql& sql, std::span<const Value> values) override;
    std::int64_t execute(const Sql& sql, std::span<const Value> values) override;
    void execute_text(const std::string& text) override;
    void prepare(const Sql& sql) override { statement(sql); }

    void control(Control what);
    /// Ends the transaction if SQLite has not done so by itself. Never throws.
    void abandon() noexcept;
    /// False also when SQLite rolled everything back by itself, as it does when the disk is full.
    [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle()) == 0; }
    [[nodiscard]] sqlite3* handle() const { return database_; }

  private:
    sqlite3_stmt* prepare_text(std::string_view name, const std::string& text);
    sqlite3_stmt* statement(const Sql& sql);
    void bind(const Sql& sql, sqlite3_stmt* statement, std::span<const Value> values);
    void bind_one(sqlite3_stmt* statement, int index, const Value& value);
    /// A function that outlives its lost transaction must not go on writing outside of it.
    void check_transaction() const;
    [[noreturn]] void fail(std::string_view name, int code);
    /// "C" compares bytes, as on PostgreSQL.
    void make_collation();
    void apply_pragmas(Mode mode, std::int64_t cache_bytes);

    sqlite3* database_ = nullptr;
    std::vector<sqlite3_stmt*> statements_;
    std::array<sqlite3_stmt*, control_count> controls_{};
    std::deque<std::string> repaired_;
    bool framed_ = false;  ///< between a begin and its end, as the caller sees it
};

}  // namespace wapi::db::sqlite
