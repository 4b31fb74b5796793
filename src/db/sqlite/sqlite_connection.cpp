// Every statement is reset right after use, also on errors: a statement left open would hold its
// snapshot and keep the log from being wrapped.
#include "db/sqlite/sqlite_connection.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "db/safe_text.hpp"
#include "db/sqlite/sqlite_files.hpp"

namespace wapi::db::sqlite {

namespace {

constexpr int busy_timeout_ms = 5000;
constexpr std::int64_t reader_cache_bytes = 8 << 20;

constexpr std::array<std::string_view, control_count> control_texts{
    "BEGIN IMMEDIATE", "BEGIN DEFERRED", "COMMIT",         "ROLLBACK",
    "SAVEPOINT one",   "RELEASE one",    "ROLLBACK TO one"};

std::string_view fault_code(int extended, int system_error) {
    if (extended == SQLITE_BUSY_SNAPSHOT) {
        return "db.conflict";
    }
    switch (extended & 0xFF) {
        case SQLITE_FULL: return "db.full";
        case SQLITE_CONSTRAINT: return "db.constraint";
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return "db.busy";
        case SQLITE_CANTOPEN: return "db.down";
        case SQLITE_IOERR:
            return system_error == ENOSPC || system_error == EDQUOT ? "db.full" : "db.failed";
        default: return "db.failed";
    }
}

/// Which layer of sqlite_files.hpp a connection uses; null is the system's own.
const char* files_for(Mode mode) {
    switch (mode) {
        case Mode::writer: return gathering_files;
        case Mode::checkpointer: return flushing_files;
        case Mode::reader: break;
    }
    return nullptr;
}

/// Resets a statement when the caller leaves, however it leaves.
class Reset {
  public:
    explicit Reset(sqlite3_stmt* statement) : statement_(statement) {}
    ~Reset() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }
    Reset(const Reset&) = delete;
    Reset& operator=(const Reset&) = delete;

  private:
    sqlite3_stmt* statement_;
};

void add_cell(Rows& rows, sqlite3_stmt* statement, int column) {
    const auto size = [&] {
        return static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    };
    switch (sqlite3_column_type(statement, column)) {
        case SQLITE_INTEGER: rows.add_integer(sqlite3_column_int64(statement, column)); break;
        case SQLITE_FLOAT: rows.add_real(sqlite3_column_double(statement, column)); break;
        case SQLITE_TEXT: {
            const auto* text =
                reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
            rows.add_text({text, size()});
            break;
        }
        case SQLITE_BLOB: {
            const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
            rows.add_bytes(bytes == nullptr ? std::string_view{} : std::string_view{bytes, size()});
            break;
        }
        default: rows.add_null();
    }
}

}  // namespace

std::string rewrite_parameters(std::string_view text) {
    std::string rewritten;
    rewritten.reserve(text.size());
    char quote = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        if (quote != 0) {
            quote = letter == quote ? '\0' : quote;
        } else if (letter == '\'' || letter == '"') {
            quote = letter;
        } else if (letter == '$' && at + 1 < text.size() && text[at + 1] >= '0' &&
                   text[at + 1] <= '9') {
            rewritten += '?';
            continue;
        }
        rewritten += letter;
    }
    return rewritten;
}

SqliteConnection::SqliteConnection(const std::string& path, Mode mode, std::int64_t cache_bytes) {
    constexpr int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    register_files();
    const int code = sqlite3_open_v2(path.c_str(), &database_, flags, files_for(mode));
    if (code != SQLITE_OK) {
        const std::string reason = sqlite3_errstr(code);
        sqlite3_close_v2(database_);
        throw Fault("db.down", fmt::format("cannot open {}: {}", path, reason));
    }
    try {
        make_collation();
        apply_pragmas(mode, cache_bytes);
    } catch (...) {
        sqlite3_close_v2(database_);
        throw;
    }
}

SqliteConnection::~SqliteConnection() {
    for (sqlite3_stmt* statement : statements_) {
        sqlite3_finalize(statement);
    }
    for (sqlite3_stmt* statement : controls_) {
        sqlite3_finalize(statement);
    }
    sqlite3_close_v2(database_);
}

void SqliteConnection::make_collation() {
    const auto by_bytes = [](void*, int one_size, const void* one, int other_size,
                             const void* other) {
        const std::string_view left(static_cast<const char*>(one),
                                    static_cast<std::size_t>(one_size));
        const std::string_view right(static_cast<const char*>(other),
                                     static_cast<std::size_t>(other_size));
        return left.compare(right);
    };
    const int code =
        sqlite3_create_collation_v2(database_, "C", SQLITE_UTF8, nullptr, by_bytes, nullptr);
    if (code != SQLITE_OK) {
        fail("collation", code);
    }
}

void SqliteConnection::apply_pragmas(Mode mode, std::int64_t cache_bytes) {
    sqlite3_busy_timeout(database_, busy_timeout_ms);
    if (mode == Mode::writer) {
        // What a row held before a change is overwritten in its page, which costs no other page:
        // an erasure (OverwriteDeleted) then finds no older copies beside what it deletes.
        execute_text(
            "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA secure_delete = FAST");
    }
    const std::int64_t cache = mode == Mode::writer ? cache_bytes : reader_cache_bytes;
    execute_text(
        fmt::format("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
                    "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;"
                    "PRAGMA foreign_keys = ON; PRAGMA cache_size = -{};"
                    "PRAGMA query_only = {}",
                    cache / 1024, mode == Mode::reader ? "ON" : "OFF"));
}

void SqliteConnection::fail(std::string_view name, int code) {
    const int system_error = sqlite3_system_errno(database_);
    throw Fault(std::string(fault_code(code, system_error)),
                fmt::format("{}: {}", name, sqlite3_errmsg(database_)));
}

void SqliteConnection::check_transaction() const {
    if (framed_ && !in_transaction()) {
        throw Fault("db.failed", "the transaction was already rolled back");
    }
}

sqlite3_stmt* SqliteConnection::prepare_text(std::string_view name, const std::string& text) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(database_, text.c_str(), static_cast<int>(text.size()) + 1,
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) {
        fail(name, code);
    }
    return statement;
}

sqlite3_stmt* SqliteConnection::statement(const Sql& sql) {
    if (sql.index() >= statements_.size()) {
        statements_.resize(std::max(Sql::count(), sql.index() + 1), nullptr);
    }
    sqlite3_stmt*& statement = statements_[sql.index()];
    if (statement == nullptr) {
        statement = prepare_text(sql.name(), rewrite_parameters(sql.text(Engine::sqlite)));
    }
    return statement;
}

void SqliteConnection::bind_one(sqlite3_stmt* statement, int index, const Value& value) {
    // The values outlive the step, so SQLite need not copy them.
    int code = SQLITE_OK;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        code = sqlite3_bind_int64(statement, index, *integer);
    } else if (const auto* real = std::get_if<double>(&value)) {
        code = sqlite3_bind_double(statement, index, *real);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
        const std::string_view safe = safe_text(*text, repaired_);
        code = sqlite3_bind_text64(statement, index, safe.empty() ? "" : safe.data(), safe.size(),
                                   SQLITE_STATIC, SQLITE_UTF8);
    } else if (const auto* bytes = std::get_if<Bytes>(&value)) {
        code = bytes->empty() ? sqlite3_bind_zeroblob(statement, index, 0)
                              : sqlite3_bind_blob64(statement, index, bytes->data(), bytes->size(),
                                                    SQLITE_STATIC);
    } else {
        code = sqlite3_bind_null(statement, index);
    }
    if (code != SQLITE_OK) {
        fail("bind", code);
    }
}

void SqliteConnection::bind(const Sql& sql, sqlite3_stmt* statement,
                            std::span<const Value> values) {
    check_transaction();
    const auto wanted = static_cast<std::size_t>(sqlite3_bind_parameter_count(statement));
    if (wanted != values.size()) {
        throw Fault("db.failed", fmt::format("{} takes {} parameters, not {}", sql.name(), wanted,
                                             values.size()));
    }
    repaired_.clear();
    for (std::size_t index = 0; index < values.size(); ++index) {
        bind_one(statement, static_cast<int>(index) + 1, values[index]);
    }
}

Rows SqliteConnection::query(const Sql& sql, std::span<const Value> values) {
    sqlite3_stmt* prepared = statement(sql);
    const Reset reset(prepared);
    bind(sql, prepared, values);
    Rows rows;
    const int columns = sqlite3_column_count(prepared);
    rows.set_columns(static_cast<std::size_t>(columns));
    int code = sqlite3_step(prepared);
    while (code == SQLITE_ROW) {
        for (int column = 0; column < columns; ++column) {
            add_cell(rows, prepared, column);
        }
        code = sqlite3_step(prepared);
    }
    if (code != SQLITE_DONE) {
        fail(sql.name(), code);
    }
    return rows;
}

std::int64_t SqliteConnection::execute(const Sql& sql, std::span<const Value> values) {
    sqlite3_stmt* prepared = statement(sql);
    const Reset reset(prepared);
    bind(sql, prepared, values);
    int code = sqlite3_step(prepared);
    while (code == SQLITE_ROW) {
        code = sqlite3_step(prepared);
    }
    if (code != SQLITE_DONE) {
        fail(sql.name(), code);
    }
    return sqlite3_stmt_readonly(prepared) != 0 ? 0 : sqlite3_changes64(database_);
}

void SqliteConnection::execute_text(const std::string& text) {
    check_transaction();
    const int code = sqlite3_exec(database_, text.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        fail(std::string_view(text).substr(0, 40), code);
    }
}

void SqliteConnection::control(Control what) {
    const auto index = static_cast<std::size_t>(what);
    if (controls_[index] == nullptr) {
        controls_[index] = prepare_text("control", std::string(control_texts[index]));
    }
    if (what != Control::begin_write && what != Control::begin_read) {
        check_transaction();
    }
    sqlite3_stmt* prepared = controls_[index];
    const int code = sqlite3_step(prepared);
    sqlite3_reset(prepared);
    if (code != SQLITE_DONE) {
        fail(control_texts[index], code);
    }
    if (what == Control::begin_write || what == Control::begin_read) {
        framed_ = true;
    } else if (what == Control::commit || what == Control::rollback) {
        framed_ = false;
    }
}

void SqliteConnection::abandon() noexcept {
    framed_ = false;
    if (in_transaction()) {
        sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

}  // namespace wapi::db::sqlite
