// The file layers under SQLite: what was gathered is there for everyone who may look, in the right
// order, and a write that fails takes the commit with it.
//
// Method: real connections on a file, with transactions larger than the page cache (pages spill to
// the log and are read back), rollbacks after a spill, and a file size limit of the process as the
// disk that fails in the middle of a gathered write.
#include "db/sqlite/sqlite_files.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>

#include "db/sqlite/sqlite_connection.hpp"
#include "tests/support/temp_folder.hpp"

namespace wapi::db::sqlite {
namespace {

const Sql insert{{.name = "files_test.insert",
                  .text = "INSERT INTO t (id, body) VALUES ($1, randomblob($2))",
                  .scope = Scope::system}};
const Sql total{{.name = "files_test.total",
                 .text = "SELECT count(*), coalesce(sum(length(body)), 0) FROM t",
                 .scope = Scope::system}};
const Sql check{{.name = "files_test.check",
                 .text = "SELECT 1",
                 .scope = Scope::system,
                 .sqlite = "PRAGMA integrity_check"}};

class SqliteFiles : public testing::Test {
  protected:
    SqliteFiles() { writer.execute_text("CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB)"); }

    void begin() { writer.control(Control::begin_write); }
    void commit() { writer.control(Control::commit); }
    void add(std::int64_t from, std::int64_t count, std::int64_t bytes) {
        for (std::int64_t id = from; id < from + count; ++id) {
            const std::array<Value, 2> values{id, bytes};
            writer.execute(insert, values);
        }
    }
    static std::int64_t rows(SqliteConnection& connection) {
        return connection.query(total, {})[0].integer(0);
    }
    static std::string integrity(SqliteConnection& connection) {
        return connection.query(check, {})[0].string(0);
    }

    test::TempFolder folder;
    std::string path = (folder.path() / "files.db").string();
    SqliteConnection writer{path, Mode::writer, 64 << 10};  // 16 pages: transactions spill
    SqliteConnection reader{path, Mode::reader, 0};
};

TEST_F(SqliteFiles, a_committed_transaction_larger_than_the_cache_is_there_for_other_connections) {
    begin();
    add(0, 500, 3000);
    EXPECT_EQ(rows(writer), 500);  // reads spilled pages back
    EXPECT_EQ(rows(reader), 0);
    commit();
    EXPECT_EQ(rows(reader), 500);
    EXPECT_EQ(integrity(reader), "ok");
}

TEST_F(SqliteFiles, what_was_rolled_back_after_it_spilled_never_comes_back) {
    begin();
    add(0, 500, 3000);
    writer.control(Control::rollback);
    begin();
    add(1000, 3, 10);
    commit();
    EXPECT_EQ(rows(reader), 3);
    EXPECT_EQ(integrity(reader), "ok");
    SqliteConnection late{path, Mode::reader, 0};
    EXPECT_EQ(rows(late), 3);
}

TEST_F(SqliteFiles, checkpoints_copy_the_log_whole_and_it_can_be_wrapped_many_times) {
    SqliteConnection checkpointer{path, Mode::checkpointer, 1 << 20};
    for (int round = 0; round < 20; ++round) {
        begin();
        add(round * 100, 100, 2000);
        commit();
        EXPECT_EQ(sqlite3_wal_checkpoint_v2(checkpointer.handle(), nullptr,
                                            SQLITE_CHECKPOINT_RESTART, nullptr, nullptr),
                  SQLITE_OK);
    }
    EXPECT_EQ(rows(reader), 2000);
    EXPECT_EQ(integrity(writer), "ok");
}

/// The longest file this process may write, while it lives.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    rlimit before_{};
};

TEST_F(SqliteFiles, a_gathered_write_that_fails_fails_the_commit_and_leaves_nothing_behind) {
    begin();
    add(0, 10, 1000);
    commit();
    const auto log_bytes = std::filesystem::file_size(path + "-wal");
    {
        const FileSizeLimit limit(log_bytes + 6000);  // room for one page and a piece
        begin();
        add(100, 10, 3000);
        EXPECT_THROW(commit(), Fault);
        writer.abandon();
    }
    EXPECT_EQ(rows(writer), 10);
    begin();
    add(200, 5, 3000);
    commit();
    EXPECT_EQ(rows(reader), 15);
    EXPECT_EQ(integrity(reader), "ok");
}

TEST_F(SqliteFiles, a_commit_is_in_the_file_before_it_returns) {
    begin();
    add(0, 50, 3000);
    commit();
    // Another process would see the log as it is on disk now: a copy of the files must be whole.
    const std::string copy = (folder.path() / "copy.db").string();
    std::filesystem::copy_file(path, copy);
    std::filesystem::copy_file(path + "-wal", copy + "-wal");
    SqliteConnection other{copy, Mode::writer, 1 << 20};
    EXPECT_EQ(rows(other), 50);
}

}  // namespace
}  // namespace wapi::db::sqlite
