// Goal: a backup is one snapshot that comes back whole or not at all, and a file that was cut,
// changed, or does not fit is refused before anything is touched. Method: real databases on both
// engines, with PostgreSQL's own programs, or one in their place that kills who started it; damaged
// files made byte by byte.
#include "db/backup.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "db/backup_file.hpp"
#include "db/migrator.hpp"
#include "db/postgres/postgres_connection.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::db {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t schema_max = 9'999;

const Sql insert_workspace{{
    .name = "backup_test.insert_workspace",
    .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us)"
            " VALUES ($1, $2, 'pro', '{}', 0)",
}};
const Sql insert_user{{
    .name = "backup_test.insert_user",
    .text = "INSERT INTO users (user_id, email, name, password_hash, created_us)"
            " VALUES ($1, $1, '', '', 0)",
    .scope = Scope::system,
}};
const Sql insert_key{{
    .name = "backup_test.insert_key",
    .text = "INSERT INTO vault_keys (workspace_id, master_key_id, wrapped, created_us)"
            " VALUES ($1, $2, $3, 0)",
}};
const Sql insert_factor{{
    .name = "backup_test.insert_factor",
    .text = "INSERT INTO second_factors (user_id, secret_name, created_us, enabled_us, last_step)"
            " VALUES ($1, 'totp:first:1', 0, 1, 0)",
    .scope = Scope::system,
}};
const Sql insert_code{{
    .name = "backup_test.insert_code",
    .text = "INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)",
    .scope = Scope::system,
}};
const Sql count_factors{{
    .name = "backup_test.count_factors",
    .text = "SELECT (SELECT count(*) FROM second_factors) + (SELECT count(*) FROM recovery_codes)",
    .scope = Scope::system,
}};
const Sql counts_sql{{
    .name = "backup_test.counts",
    .text = "SELECT (SELECT count(*) FROM workspaces), (SELECT count(*) FROM users),"
            " (SELECT count(*) FROM vault_keys)",
    .scope = Scope::system,
}};

struct Counts {
    std::int64_t workspaces = 0;
    std::int64_t users = 0;
    std::int64_t keys = 0;
    friend bool operator==(const Counts&, const Counts&) = default;
};

Counts counts_in(Db& db) {
    return db.blocking_read("test", [](Txn& txn) {
        const Rows rows = txn.query(counts_sql);
        return Counts{rows[0].integer(0), rows[0].integer(1), rows[0].integer(2)};
    });
}

class BackupTest : public test::EnginesTest {
  protected:
    BackupTest() { add("first"); }
    /// A workspace and a user in one transaction.
    void add(const std::string& id) {
        write([&](Txn& txn) {
            WorkspaceTxn bound(txn, WorkspaceId(id));
            bound.execute(insert_workspace, "Shop");
            return txn.execute(insert_user, id);
        });
    }
    void add_key(const std::string& id) {
        write(WorkspaceId("first"), [&](WorkspaceTxn& txn) {
            return txn.execute(insert_key, id, Bytes(std::as_bytes(std::span("sealed"))));
        });
    }
    fs::path file(const std::string& name = "backup") { return folder_.path() / name; }
    BackupManifest back_up(const std::string& name = "backup") {
        return blocking_backup({.url = files_.url(),
                                .file = file(name),
                                .program_version = "1.2.3",
                                .now = clock_.now()});
    }
    /// Into another database; `ok` or the fault.
    std::string restore(const test::TestDatabase& into, bool replace = false,
                        bool drop_secrets = false, std::int64_t newest = schema_max) {
        try {
            const BackupManifest manifest = blocking_check_backup(file());
            blocking_restore({.url = into.url(),
                              .file = file(),
                              .replace = replace,
                              .drop_secrets = drop_secrets,
                              .schema_max = newest},
                             manifest);
            return "ok";
        } catch (const Fault& fault) {
            return std::string(fault.code());
        }
    }
    Counts counts_of(const test::TestDatabase& restored) {
        boost::asio::io_context io;
        return counts_in(*restored.open(io));
    }
    std::string content() {
        std::ifstream in(file(), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void replace_content(const std::string& bytes) {
        std::ofstream(file(), std::ios::binary | std::ios::trunc) << bytes;
    }

    test::TempFolder folder_;
};

TEST_P(BackupTest, what_was_committed_before_is_there_after) {
    add_key("0a1b2c3d");
    const BackupManifest made = back_up();
    add("later");
    const BackupManifest manifest = blocking_check_backup(file());
    EXPECT_EQ(manifest.program_version, "1.2.3");
    EXPECT_EQ(manifest.engine, GetParam());
    EXPECT_GE(manifest.schema, 27);
    EXPECT_EQ(manifest.master_key_ids, std::vector<std::string>{"0a1b2c3d"});
    EXPECT_EQ(manifest.created_at, made.created_at);
    EXPECT_EQ(manifest.payload_sha256, made.payload_sha256);
    struct stat state{};
    ASSERT_EQ(::stat(file().c_str(), &state), 0);
    EXPECT_EQ(state.st_mode & 0777U, 0600U);
    const test::TestDatabase empty(GetParam(), false);
    ASSERT_EQ(restore(empty), "ok");
    EXPECT_EQ(counts_of(empty), (Counts{1, 1, 1}));
}

TEST_P(BackupTest, a_database_that_is_there_is_replaced_only_when_told) {
    back_up();
    const test::TestDatabase other(GetParam());
    {
        boost::asio::io_context io;
        other.open(io)->blocking_write("test", [](Txn& txn) {
            txn.execute(insert_user, "somebody");
            return txn.execute(insert_user, "else");
        });
    }
    EXPECT_EQ(restore(other), "backup.not_empty");
    EXPECT_EQ(counts_of(other), (Counts{0, 2, 0}));
    EXPECT_EQ(restore(other, true), "ok");
    EXPECT_EQ(counts_of(other), (Counts{1, 1, 0}));
}

TEST_P(BackupTest, a_file_that_was_cut_or_changed_is_refused) {
    back_up();
    const std::string whole = content();
    const test::TestDatabase empty(GetParam(), false);
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100},
                                   whole.size() / 2, whole.size() - 150, whole.size() - 1}) {
        replace_content(whole.substr(0, size));
        EXPECT_EQ(restore(empty), "backup.damaged") << size;
    }
    for (const std::size_t at :
         {std::size_t{0}, whole.size() / 3, whole.size() / 2, whole.size() - 400,
          whole.size() - 200, whole.size() - 80, whole.size() - 2}) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        replace_content(changed);
        EXPECT_EQ(restore(empty), "backup.damaged") << at << " of " << whole.size();
    }
    replace_content(whole + "x");
    EXPECT_EQ(restore(empty), "backup.damaged");
    replace_content(whole);
    EXPECT_EQ(restore(empty), "ok");
}

TEST_P(BackupTest, a_newer_schema_or_another_engine_is_refused) {
    const std::int64_t schema = back_up().schema;
    const test::TestDatabase empty(GetParam(), false);
    EXPECT_EQ(restore(empty, false, false, schema - 1), "backup.newer");
    const test::TestDatabase other(GetParam() == Engine::sqlite ? Engine::postgres : Engine::sqlite,
                                   false);
    EXPECT_EQ(restore(other), "backup.engine");
    EXPECT_EQ(restore(empty, false, false, schema), "ok");
}

TEST_P(BackupTest, a_name_that_is_taken_or_a_database_that_is_not_leaves_no_file) {
    back_up();
    const std::string before = content();
    EXPECT_THROW(back_up(), Fault);
    EXPECT_EQ(content(), before);
    const test::TestDatabase empty(GetParam(), false);
    EXPECT_THROW(blocking_backup({.url = empty.url(),
                                  .file = file("other"),
                                  .program_version = "1",
                                  .now = clock_.now()}),
                 Fault);
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
        EXPECT_EQ(entry.path(), file());
    }
}

TEST_P(BackupTest, secrets_that_nobody_can_open_may_be_left_out) {
    add_key("0a1b2c3d");
    write([](Txn& txn) {
        txn.execute(insert_factor, "first");
        return txn.execute(insert_code, "first", Bytes(std::as_bytes(std::span("hash"))));
    });
    back_up();
    const auto factors_of = [](const test::TestDatabase& restored) {
        boost::asio::io_context io;
        return restored.open(io)->blocking_read(
            "test", [](Txn& txn) { return txn.query(count_factors)[0].integer(0); });
    };
    const test::TestDatabase empty(GetParam(), false);
    ASSERT_EQ(restore(empty, false, true), "ok");
    EXPECT_EQ(counts_of(empty), (Counts{1, 1, 0}));
    EXPECT_EQ(factors_of(empty), 0) << "nobody could log in with a factor whose secret is gone";
    const test::TestDatabase whole(GetParam(), false);
    ASSERT_EQ(restore(whole), "ok");
    EXPECT_EQ(factors_of(whole), 2);
}

TEST_P(BackupTest, is_one_snapshot_while_others_write) {
    std::atomic<bool> stop = false;
    std::thread writer([&] {
        for (int index = 0; !stop; ++index) {
            add("w" + std::to_string(index));
        }
    });
    for (int round = 0; round < 3; ++round) {
        const std::int64_t before = counts_in(database()).users;
        back_up("backup-" + std::to_string(round));
        fs::rename(file("backup-" + std::to_string(round)), file());
        const test::TestDatabase empty(GetParam(), false);
        ASSERT_EQ(restore(empty), "ok");
        const Counts found = counts_of(empty);
        EXPECT_EQ(found.workspaces, found.users) << "half of a transaction";
        EXPECT_GE(found.users, before);
        fs::remove(file());
    }
    stop = true;
    writer.join();
}

TEST_P(BackupTest, a_restore_that_fails_leaves_what_was_there) {
    BackupManifest manifest = back_up();
    replace_content("This is neither a database nor an archive. " + std::string(10'000, 'x'));
    append_manifest(file(), manifest);
    const test::TestDatabase other(GetParam());
    {
        boost::asio::io_context io;
        other.open(io)->blocking_write("test",
                                       [](Txn& txn) { return txn.execute(insert_user, "kept"); });
    }
    EXPECT_EQ(restore(other, true), "backup.failed");
    EXPECT_EQ(counts_of(other), (Counts{0, 1, 0}));
}

WAPI_ON_BOTH_ENGINES(BackupTest);

const Sql aside_sql{{
    .name = "backup_test.aside",
    .text = {},
    .scope = Scope::system,
    .sqlite = "SELECT 0, 0",
    .postgres = "SELECT (SELECT count(*) FROM wapi_before_restore.users),"
                " (SELECT count(*) FROM pg_tables WHERE tablename = 'looked_at')",
}};

/// On PostgreSQL what was there is moved aside while the backup is loaded.
class InterruptedRestoreTest : public BackupTest {
  protected:
    InterruptedRestoreTest() {
        back_up();
        in_other([](Txn& txn) { return txn.execute(insert_user, "kept"); });
        ::testing::GTEST_FLAG(death_test_style) = "fast";
    }
    ~InterruptedRestoreTest() override { ::setenv("PATH", path_.c_str(), 1); }
    /// Runs it in the database that is restored into, where nobody else is connected then.
    template <class Function>
    void in_other(Function function) {
        boost::asio::io_context io;
        other_.open(io)->blocking_write("test", std::move(function));
    }
    /// As a restore leaves it that was killed before the load was committed.
    void leave_aside(const std::string& then = {}) {
        in_other([&](Txn& txn) {
            txn.connection().execute_text(
                "ALTER SCHEMA public RENAME TO wapi_before_restore; CREATE SCHEMA public; " + then);
            return true;
        });
    }
    /// What is run instead of pg_restore from now on.
    void replace_tool(const std::string& script) {
        const fs::path tool = folder_.path() / "pg_restore";
        std::ofstream(tool) << script;
        fs::permissions(tool, fs::perms::owner_all);
        ::setenv("PATH", (folder_.path().string() + ":" + path_).c_str(), 1);
    }
    std::string open_other() {
        try {
            boost::asio::io_context io;
            (void)other_.open(io);
            return "ok";
        } catch (const Fault& fault) {
            return std::string(fault.code());
        }
    }

    static constexpr Counts kept{0, 1, 0};
    static constexpr Counts restored{1, 1, 0};
    std::string path_ = std::getenv("PATH");
    test::TestDatabase other_{GetParam()};
};

TEST_P(InterruptedRestoreTest, what_was_aside_is_back_before_anything_else) {
    leave_aside();
    EXPECT_EQ(restore(other_), "backup.not_empty");
    EXPECT_EQ(counts_of(other_), kept);
    leave_aside();
    EXPECT_EQ(restore(other_, true), "ok");
    EXPECT_EQ(counts_of(other_), restored);
    EXPECT_EQ(restore(other_, true), "ok") << "nothing is aside any more";
}

TEST_P(InterruptedRestoreTest, what_was_there_survives_a_kill) {
    replace_tool("#!/bin/sh\nkill -9 $PPID\n");
    for (int round = 0; round < 2; ++round) {
        EXPECT_EXIT(restore(other_, true), ::testing::KilledBySignal(SIGKILL), "");
        EXPECT_EQ(open_other(), "backup.unfinished");
    }
    ::setenv("PATH", path_.c_str(), 1);
    EXPECT_EQ(restore(other_), "backup.not_empty");
    EXPECT_EQ(counts_of(other_), kept);
    EXPECT_EQ(restore(other_, true), "ok");
    EXPECT_EQ(counts_of(other_), restored);
}

TEST_P(InterruptedRestoreTest, what_was_there_survives_a_lost_connection) {
    leave_aside();
    replace_tool(
        "#!/bin/sh\n"
        "psql -Atc 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <>"
        " pg_backend_pid() AND datname = current_database()'\n"
        "exit 1\n");
    EXPECT_EQ(restore(other_, true), "backup.failed");
    EXPECT_EQ(counts_of(other_), kept);
}

TEST_P(InterruptedRestoreTest, what_was_there_survives_a_failure_of_another_kind) {
    replace_tool("neither a script nor a program");
    EXPECT_THROW(
        blocking_restore(
            {.url = other_.url(), .file = file(), .replace = true, .schema_max = schema_max},
            blocking_check_backup(file())),
        std::exception);
    EXPECT_EQ(counts_of(other_), kept);
}

TEST_P(InterruptedRestoreTest, where_both_have_tables_nothing_is_dropped) {
    leave_aside("CREATE TABLE public.looked_at (id BIGINT)");
    EXPECT_EQ(restore(other_), "backup.unfinished");
    EXPECT_EQ(restore(other_, true), "backup.unfinished");
    EXPECT_EQ(open_other(), "backup.unfinished") << "what was loaded may lack the last changes";
    postgres::PostgresConnection connection(other_.url(), {.answer_max = std::chrono::seconds(10)});
    connection.connect();
    const Rows rows = connection.query(aside_sql, {});
    EXPECT_EQ(std::pair(rows[0].integer(0), rows[0].integer(1)), std::pair(1L, 1L));
}

TEST_P(InterruptedRestoreTest, no_server_takes_an_empty_schema_for_a_new_database) {
    leave_aside();
    EXPECT_EQ(open_other(), "backup.unfinished");
    EXPECT_THROW(blocking_backup({.url = other_.url(),
                                  .file = file("other"),
                                  .program_version = "1",
                                  .now = clock_.now()}),
                 Fault);
    EXPECT_EQ(restore(other_), "backup.not_empty");
    EXPECT_EQ(counts_of(other_), kept);
}

WAPI_ON_POSTGRES(InterruptedRestoreTest);

}  // namespace
}  // namespace wapi::db
