// The source is read inside one read transaction, so that writers of other processes do not make
// the copy begin anew; their log grows meanwhile.
#include "db/sqlite/sqlite_backup.hpp"

#include <fmt/format.h>

#include <memory>

#include "base/error.hpp"
#include "base/log.hpp"
#include "db/backup_file.hpp"
#include "db/sqlite/sqlite_connection.hpp"
#include "db/sqlite/sqlite_lock.hpp"

namespace wapi::db::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view scheme = "sqlite://";
constexpr int pages_per_step = 4'096;
constexpr int busy_timeout_ms = 10'000;

const Sql schema_sql{{.name = "backup.schema",
                      .text = "SELECT coalesce(max(number), 0) FROM schema_migrations",
                      .scope = Scope::system}};
const Sql key_ids_sql{{.name = "backup.key_ids",
                       .text = "SELECT DISTINCT master_key_id FROM vault_keys ORDER BY 1",
                       .scope = Scope::system}};

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

/// A plain connection, without the layers that serve the server.
Database open_plain(const fs::path& path) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &opened,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, nullptr);
    Database database(opened);
    if (code != SQLITE_OK) {
        throw Fault("db.down",
                    fmt::format("cannot open {}: {}", path.string(), sqlite3_errstr(code)));
    }
    sqlite3_busy_timeout(database.get(), busy_timeout_ms);
    return database;
}

void run(sqlite3* database, const std::string& text) {
    if (sqlite3_exec(database, text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        throw Fault("backup.failed", sqlite3_errmsg(database));
    }
}

void copy_pages(sqlite3* from, sqlite3* to) {
    sqlite3_backup* backup = sqlite3_backup_init(to, "main", from, "main");
    if (backup == nullptr) {
        throw Fault("backup.failed", sqlite3_errmsg(to));
    }
    int code = SQLITE_OK;
    while (code == SQLITE_OK) {
        code = sqlite3_backup_step(backup, pages_per_step);
    }
    const int ended = sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE || ended != SQLITE_OK) {
        throw Fault("backup.failed", sqlite3_errstr(code == SQLITE_DONE ? ended : code));
    }
}

fs::path path_of(const std::string& url) { return url.substr(scheme.size()); }

/// Whether the file is no database, or one that cannot be read: no transaction could replace it.
bool is_damaged(sqlite3* database) {
    const int code = sqlite3_exec(database, "SELECT count(*) FROM sqlite_schema", nullptr, nullptr,
                                  nullptr) &
                     0xFF;  // without what extended codes add
    return code == SQLITE_NOTADB || code == SQLITE_CORRUPT;
}

/// Gives it another name, which is free, so that nothing of it meets what is restored.
void move_aside(const fs::path& target) {
    std::string aside = target.string() + ".damaged";
    for (int number = 2; fs::exists(aside); ++number) {
        aside = fmt::format("{}.damaged-{}", target.string(), number);
    }
    for (const char* part : {"-wal", "-shm", ""}) {
        if (fs::exists(target.string() + part)) {
            fs::rename(target.string() + part, aside + part);
        }
    }
    log::warn("backup.damaged_set_aside", {{"file", aside}});
}

/// A file that goes when this does; what restores that were killed have left goes first.
struct Scratch {
    explicit Scratch(const fs::path& target)
        : partial(remove_left(target.string() + ".restored")), path(partial.path()) {}
    PartialFile partial;
    fs::path path;

  private:
    static fs::path remove_left(fs::path name) {
        const std::string start = name.filename().string() + ".partial-";
        for (const fs::directory_entry& entry :
             fs::directory_iterator(fs::absolute(name).parent_path())) {
            if (entry.path().filename().string().starts_with(start)) {
                fs::remove(entry.path());
            }
        }
        return name;
    }
};

}  // namespace

void copy_snapshot(const std::string& url, const fs::path& to, BackupManifest& manifest) {
    const fs::path path = path_of(url);
    if (!fs::exists(path)) {
        throw Fault("backup.no_database", fmt::format("there is no database {}", path.string()));
    }
    SqliteConnection source(path, Mode::reader, 0);
    source.control(Control::begin_read);
    manifest.schema = source.query(schema_sql, {})[0].integer(0);
    for (const Row row : source.query(key_ids_sql, {})) {
        manifest.master_key_ids.push_back(row.string(0));
    }
    const Database copy = open_plain(to);
    // Nobody looks at the copy before it is whole and synced.
    run(copy.get(), "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
    copy_pages(source.handle(), copy.get());
    source.abandon();
}

void restore(const RestoreRequest& request, const BackupManifest& manifest) {
    const fs::path target = path_of(request.url);
    const bool there = fs::exists(target);
    if (there && !request.replace) {
        throw Fault("backup.not_empty",
                    fmt::format("there is a database already: {}", target.string()));
    }
    fs::create_directories(fs::absolute(target).parent_path());
    const DatabaseLock lock(target, DatabaseLock::Kind::alone);
    Scratch scratch(target);
    copy_payload(request.file, manifest, scratch.path);
    Database restored = open_plain(scratch.path);
    run(restored.get(), "PRAGMA journal_mode = DELETE");
    run(restored.get(), "BEGIN;" + restore_sql(request) + "; COMMIT");
    if (request.drop_secrets) {
        run(restored.get(), "VACUUM");
    }
    Database database = there ? open_plain(target) : Database();
    if (database && is_damaged(database.get())) {
        database.reset();
        move_aside(target);
    }
    if (database) {
        run(database.get(), "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
        copy_pages(restored.get(), database.get());
        return;
    }
    for (const char* rest : {"-wal", "-shm"}) {  // of a database that is gone
        fs::remove(target.string() + rest);
    }
    restored.reset();
    PartialFile named(target);
    fs::rename(scratch.path, named.path());
    named.commit();
}

}  // namespace wapi::db::sqlite
