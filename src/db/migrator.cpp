// The list of applied migrations is read inside the transaction that applies one, under a lock that
// other nodes wait for: BEGIN IMMEDIATE on SQLite, an advisory lock on PostgreSQL.
#include "db/migrator.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>

#include "base/clock.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/log.hpp"

namespace wapi::db {

namespace {

const Sql list_applied{
    {.name = "schema_migrations.list",
     .text = "SELECT number, name, sha256 FROM schema_migrations ORDER BY number",
     .scope = Scope::system}};
const Sql insert_applied{{.name = "schema_migrations.insert",
                          .text = "INSERT INTO schema_migrations (number, name, sha256, applied_us)"
                                  " VALUES ($1, $2, $3, $4)",
                          .scope = Scope::system}};

constexpr std::string_view create_table =
    "CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT NOT NULL PRIMARY KEY,"
    " name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_us BIGINT NOT NULL)";

/// Any number that no other program on the same database uses.
constexpr std::string_view lock_key = "8243096612";

struct Parsed {
    std::int64_t number = 0;
    std::string name;
};

[[noreturn]] void refuse(std::string_view file, std::string_view reason) {
    throw Fault("db.migration", fmt::format("{}: {}", file, reason));
}

/// `0002_name.sqlite.sql` is of one engine, `0002_name.sql` of both.
bool serves(std::string_view file, Engine engine) {
    if (file.ends_with(".sqlite.sql")) {
        return engine == Engine::sqlite;
    }
    return !file.ends_with(".postgres.sql") || engine == Engine::postgres;
}

Parsed parse_file_name(std::string_view file) {
    Parsed parsed;
    const auto [end, code] = std::from_chars(file.data(), file.data() + file.size(), parsed.number);
    const auto digits = static_cast<std::size_t>(end - file.data());
    if (code != std::errc{} || digits != 4 || file.size() < 6 || file[4] != '_' ||
        !file.ends_with(".sql")) {
        refuse(file, "a migration is named NNNN_name.sql");
    }
    parsed.name = file.substr(5, file.find('.') - 5);
    return parsed;
}

/// Holds the lock that keeps other nodes from migrating at the same time.
class MigrationLock {
  public:
    explicit MigrationLock(Connection& connection) : connection_(connection) {
        if (connection_.engine() == Engine::postgres) {
            connection_.execute_text(fmt::format("SELECT pg_advisory_lock({})", lock_key));
        }
    }
    ~MigrationLock() {
        if (connection_.engine() == Engine::postgres) {
            try {
                connection_.execute_text(fmt::format("SELECT pg_advisory_unlock({})", lock_key));
            } catch (const Fault& fault) {
                // The lock ends with the connection in any case.
                log::warn("database.unlock_failed", {{"reason", fault.what()}});
            }
        }
    }
    MigrationLock(const MigrationLock&) = delete;
    MigrationLock& operator=(const MigrationLock&) = delete;

  private:
    Connection& connection_;
};

/// Runs `function` in a transaction.
template <class Function>
auto in_transaction(Connection& connection, Function function) {
    connection.execute_text(connection.engine() == Engine::sqlite ? "BEGIN IMMEDIATE" : "BEGIN");
    try {
        auto value = function();
        connection.execute_text("COMMIT");
        return value;
    } catch (...) {
        const std::exception_ptr cause = std::current_exception();
        try {
            connection.execute_text("ROLLBACK");
        } catch (const Fault&) {
            // The first cause tells more.
            std::rethrow_exception(cause);
        }
        throw;
    }
}

using Applied = std::map<std::int64_t, std::string>;

Applied read_applied(Txn& txn) {
    Applied applied;
    for (const Row row : txn.query(list_applied)) {
        applied.emplace(row.integer(0), row.string(2));
    }
    return applied;
}

/// True when it was applied now.
bool apply_one(Connection& connection, const Migration& migration) {
    const Parsed parsed = parse_file_name(migration.file);
    const std::string checksum = crypto::hex_encode(crypto::sha256(migration.text));
    Txn txn(connection);
    const Applied applied = read_applied(txn);
    if (const auto found = applied.find(parsed.number); found != applied.end()) {
        if (found->second != checksum) {
            refuse(migration.file, "was applied with another content; add a new migration instead");
        }
        return false;
    }
    if (!applied.empty() && applied.rbegin()->first > parsed.number) {
        refuse(migration.file, "comes before one that is applied already");
    }
    try {
        connection.execute_text(expand_macros(migration.text, connection.engine()));
    } catch (const Fault& fault) {
        refuse(migration.file, fault.what());
    }
    txn.execute(insert_applied, parsed.number, parsed.name, checksum, SystemClock{}.now());
    log::info("database.migrated", {{"file", migration.file}});
    return true;
}

void warn_about_newer(Connection& connection, std::int64_t newest_known) {
    Txn txn(connection);
    const Applied applied = read_applied(txn);
    if (!applied.empty() && applied.rbegin()->first > newest_known) {
        log::warn("database.schema_is_newer",
                  {{"schema", applied.rbegin()->first}, {"known", newest_known}});
    }
}

}  // namespace

std::string expand_macros(std::string_view text, Engine engine) {
    const bool sqlite = engine == Engine::sqlite;
    const std::array<std::pair<std::string_view, std::string_view>, 3> macros{{
        {"@int64_key@", sqlite ? "INTEGER" : "BIGINT"},
        {"@without_rowid@", sqlite ? "WITHOUT ROWID" : ""},
        {"@each_tag_of_contacts@",
         sqlite ? "json_each(contacts.tags) AS tag"
                : "jsonb_array_elements_text(CAST(contacts.tags AS JSONB)) AS tag(value)"},
    }};
    std::string expanded(text);
    for (const auto& [macro, replacement] : macros) {
        for (std::size_t at = expanded.find(macro); at != std::string::npos;
             at = expanded.find(macro, at + replacement.size())) {
            expanded.replace(at, macro.size(), replacement);
        }
    }
    return expanded;
}

std::size_t migrate(Connection& connection, std::span<const Migration> migrations) {
    const MigrationLock lock(connection);
    in_transaction(connection, [&] {
        connection.execute_text(std::string(create_table));
        return true;
    });
    std::size_t applied = 0;
    std::int64_t previous = 0;
    for (const Migration& migration : migrations) {
        if (!serves(migration.file, connection.engine())) {
            continue;
        }
        const std::int64_t number = parse_file_name(migration.file).number;
        if (number <= previous) {
            refuse(migration.file, "numbers must rise");
        }
        previous = number;
        applied += in_transaction(connection, [&] { return apply_one(connection, migration); });
    }
    warn_about_newer(connection, previous);
    return applied;
}

}  // namespace wapi::db
