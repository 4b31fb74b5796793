// Goal: a backup is one snapshot that comes back whole or not at all, and a file that was cut,
// changed, or does not fit is refused before anything is touched. Method: real databases on both
// engines, with PostgreSQL's own programs; damaged files made byte by byte.
#include "db/backup.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "db/backup_file.hpp"
#include "db/migrator.hpp"
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
    back_up();
    const test::TestDatabase empty(GetParam(), false);
    ASSERT_EQ(restore(empty, false, true), "ok");
    EXPECT_EQ(counts_of(empty), (Counts{1, 1, 0}));
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

}  // namespace
}  // namespace wapi::db
