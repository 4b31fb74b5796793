#include "db/postgres/postgres_backup.hpp"

#include <fmt/format.h>

#include <thread>

#include "base/error.hpp"
#include "base/log.hpp"
#include "db/backup_file.hpp"
#include "db/postgres/postgres_connection.hpp"
#include "db/postgres/postgres_tool.hpp"

namespace wapi::db::postgres {
namespace {

constexpr std::chrono::minutes answer_max{10};  ///< to drop or analyze a large schema
constexpr std::string_view set_aside = "wapi_before_restore";

const Sql tables_sql{{.name = "backup.count_tables",
                      .text = {},
                      .scope = Scope::system,
                      .sqlite = "SELECT 0",
                      .postgres = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"}};
const Sql set_aside_sql{{.name = "backup.count_set_aside",
                         .text = {},
                         .scope = Scope::system,
                         .sqlite = "SELECT 0",
                         .postgres = "SELECT count(*) FROM pg_namespace"
                                     " WHERE nspname = 'wapi_before_restore'"}};
const Sql others_sql{{.name = "backup.count_connections",
                      .text = {},
                      .scope = Scope::system,
                      .sqlite = "SELECT 0",
                      .postgres =
                          "SELECT count(*) FROM pg_stat_activity WHERE datname ="
                          " current_database() AND pid <> pg_backend_pid()"
                          " AND coalesce(backend_type, 'client backend') = 'client backend'"}};
const Sql snapshot_sql{{.name = "backup.snapshot",
                        .text = {},
                        .scope = Scope::system,
                        .sqlite = "SELECT ''",
                        .postgres = "SELECT pg_export_snapshot()"}};
const Sql schema_sql{{.name = "backup.schema_of_postgres",
                      .text = "SELECT coalesce(max(number), 0) FROM schema_migrations",
                      .scope = Scope::system}};
const Sql key_ids_sql{{.name = "backup.key_ids_of_postgres",
                       .text = "SELECT DISTINCT master_key_id FROM vault_keys ORDER BY 1",
                       .scope = Scope::system}};

std::unique_ptr<PostgresConnection> connect(const std::string& url) {
    auto connection =
        std::make_unique<PostgresConnection>(url, AnswerLimits{.answer_max = answer_max});
    connection->connect();
    connection->execute_text(
        "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0");
    return connection;
}

/// A server that has just been stopped takes a moment to be gone.
bool wait_until_alone(PostgresConnection& connection) {
    constexpr int looks_max = 30;
    for (int look = 0; look < looks_max; ++look) {
        if (connection.query(others_sql, {})[0].integer(0) == 0) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
}

bool has_tables(PostgresConnection& connection) {
    return connection.query(tables_sql, {})[0].integer(0) > 0;
}

bool has_set_aside(PostgresConnection& connection) {
    return connection.query(set_aside_sql, {})[0].integer(0) > 0;
}

void move_aside(PostgresConnection& connection) {
    connection.execute_text(fmt::format(
        "BEGIN; ALTER SCHEMA public RENAME TO {}; CREATE SCHEMA public; COMMIT", set_aside));
}

/// What was there is back as if nothing had been tried. `how` says what becomes of things that are
/// in `public` now: CASCADE drops them, RESTRICT fails.
void move_back(PostgresConnection& connection, std::string_view how) {
    connection.execute_text(
        fmt::format("ROLLBACK; BEGIN; DROP SCHEMA IF EXISTS public {};"
                    " ALTER SCHEMA {} RENAME TO public; COMMIT",
                    how, set_aside));
}

/// The same after a load that failed, also when the connection was lost meanwhile.
void undo(std::unique_ptr<PostgresConnection>& connection, const std::string& url) {
    try {
        try {
            move_back(*connection, "CASCADE");
        } catch (const Fault&) {
            if (connection->alive()) {
                throw;
            }
            connection = connect(url);
            if (has_set_aside(*connection)) {  // it may have been done before the answer was lost
                move_back(*connection, "CASCADE");
            }
        }
    } catch (const Fault& fault) {
        throw Fault("backup.unfinished",
                    fmt::format("the restore failed, and what was in the database could not be put"
                                " back ({}): it is in the schema {}; run the command again, which"
                                " begins by putting it back",
                                fault.what(), set_aside));
    }
    log::error("backup.restore_undone");
}

/// A kill after the load and before its end: what was loaded may lack the last changes.
[[noreturn]] void refuse_both() {
    throw Fault(
        "backup.unfinished",
        fmt::format("an earlier restore did not come to its end: the database has tables, and"
                    " what was there before is still in the schema {0}. Nothing was changed."
                    " Look at both, then go back (DROP SCHEMA public CASCADE; ALTER SCHEMA {0}"
                    " RENAME TO public) and restore again. To keep what is there now (DROP"
                    " SCHEMA {0} CASCADE) may send again what was sent since the backup",
                    set_aside));
}

/// What a restore that was killed has left. True when what was there before it is back.
bool recover(PostgresConnection& connection) {
    if (!has_set_aside(connection)) {
        return false;
    }
    if (has_tables(connection)) {
        refuse_both();
    }
    move_back(connection, "RESTRICT");
    log::warn("backup.restore_recovered");
    return true;
}

[[noreturn]] void refuse_in_use() {
    throw Fault("backup.in_use",
                "other programs are connected to the database: stop all"
                " servers before restoring");
}

void load(PostgresConnection& connection, const RestoreRequest& request) {
    blocking_run_tool(request.url, "pg_restore",
                      {"--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
                       "--dbname=" + database_of(request.url), request.file.string()});
    connection.execute_text("BEGIN; " + restore_sql(request) + "; COMMIT");
}

}  // namespace

void copy_snapshot(const std::string& url, const std::filesystem::path& to,
                   BackupManifest& manifest) {
    const auto connection = connect(url);
    connection->begin("REPEATABLE READ");
    if (!has_tables(*connection)) {
        refuse_unfinished(*connection);
        throw Fault("backup.no_database", "the database has no tables");
    }
    manifest.schema = connection->query(schema_sql, {})[0].integer(0);
    for (const Row row : connection->query(key_ids_sql, {})) {
        manifest.master_key_ids.push_back(row.string(0));
    }
    const std::string snapshot = connection->query(snapshot_sql, {})[0].string(0);
    blocking_run_tool(url, "pg_dump",
                      {"--format=custom", "--no-owner", "--no-privileges", "--no-comments",
                       fmt::format("--exclude-schema={}", set_aside), "--snapshot=" + snapshot,
                       "--file=" + to.string()});
    connection->abandon();
}

void restore(const RestoreRequest& request, const BackupManifest& /*manifest*/) {
    auto connection = connect(request.url);
    // Another restore that is at work looks like one that was killed, but is connected.
    if (has_set_aside(*connection) && !wait_until_alone(*connection)) {
        refuse_in_use();
    }
    const bool recovered = recover(*connection);
    if (has_tables(*connection) && !request.replace) {
        throw Fault("backup.not_empty",
                    recovered ? "an earlier restore was interrupted: what was in the database"
                                " before it is back, and is replaced only with --force"
                              : "the database has tables already");
    }
    if (!wait_until_alone(*connection)) {
        refuse_in_use();
    }
    move_aside(*connection);
    try {
        load(*connection, request);
    } catch (...) {
        undo(connection, request.url);
        throw;
    }
    connection->execute_text(fmt::format("DROP SCHEMA {} CASCADE", set_aside));
    connection->execute_text("ANALYZE");
}

void refuse_unfinished(PostgresConnection& connection) {
    if (!has_set_aside(connection)) {
        return;
    }
    if (has_tables(connection)) {
        refuse_both();
    }
    throw Fault(
        "backup.unfinished",
        fmt::format("a restore was interrupted, or is at work: the database is empty, and what"
                    " was there before is in the schema {0}. `wapi restore FILE` puts it back"
                    " before it does anything else; by hand: DROP SCHEMA public; ALTER SCHEMA"
                    " {0} RENAME TO public",
                    set_aside));
}

}  // namespace wapi::db::postgres
