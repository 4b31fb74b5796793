// Goal: a file that is damaged so that it cannot be read does not stop the restore, and is kept; a
// database that somebody has open is not replaced; a killed restore leaves nothing for good.
// Method: a backup restored over text, over databases that were cut, and beside an open one.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "base/error.hpp"
#include "db/backup.hpp"
#include "db/sqlite/sqlite_lock.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::db::sqlite {
namespace {

namespace fs = std::filesystem;

class DamagedDatabaseTest : public ::testing::Test {
  protected:
    DamagedDatabaseTest() {
        manifest_ = blocking_backup({.url = test::TestDatabase(Engine::sqlite).url(),
                                     .file = folder_.path() / "backup",
                                     .program_version = "1",
                                     .now = {}});
    }
    void restore(const test::TestDatabase& damaged, bool replace) {
        blocking_restore({.url = damaged.url(),
                          .file = folder_.path() / "backup",
                          .replace = replace,
                          .schema_max = manifest_.schema},
                         manifest_);
    }
    /// Refused without --force, served after it.
    void expect_replaced(const test::TestDatabase& damaged) {
        EXPECT_THROW(restore(damaged, false), Fault);
        restore(damaged, true);
        boost::asio::io_context io;
        EXPECT_TRUE(damaged.open(io)->blocking_write("test", [](Txn& /*txn*/) { return true; }));
    }

    test::TempFolder folder_;
    BackupManifest manifest_;
};

TEST_F(DamagedDatabaseTest, a_file_that_is_no_database_is_replaced_and_kept) {
    const test::TestDatabase damaged(Engine::sqlite, false);
    for (const char* aside : {".damaged", ".damaged-2"}) {
        const std::string text = "no database at all " + std::string(10'000, 'x') + aside;
        std::ofstream(damaged.file(), std::ios::binary | std::ios::trunc) << text;
        std::ofstream(damaged.file().string() + "-wal") << "of another file";
        expect_replaced(damaged);
        std::ifstream kept(damaged.file().string() + aside, std::ios::binary);
        EXPECT_EQ(std::string(std::istreambuf_iterator<char>(kept), {}), text);
    }
}

TEST_F(DamagedDatabaseTest, a_file_that_was_cut_is_replaced) {
    for (const std::uintmax_t left : {600U, 5'000U, 40'000U}) {
        const test::TestDatabase damaged(Engine::sqlite);
        fs::resize_file(damaged.file(), left);
        expect_replaced(damaged);
    }
}

/// `ok`, or the fault.
std::string outcome_of(const std::function<void()>& act) {
    try {
        act();
        return "ok";
    } catch (const Fault& fault) {
        return std::string(fault.code());
    }
}

TEST_F(DamagedDatabaseTest, a_database_that_is_open_is_not_replaced) {
    const test::TestDatabase served(Engine::sqlite);
    boost::asio::io_context io;
    fs::create_symlink(served.file(), folder_.path() / "link.db");
    const auto by_link = [&] {
        blocking_restore({.url = "sqlite://" + (folder_.path() / "link.db").string(),
                          .file = folder_.path() / "backup",
                          .replace = true,
                          .schema_max = manifest_.schema},
                         manifest_);
    };
    std::unique_ptr<Db> server = served.open(io);
    EXPECT_EQ(outcome_of([&] { restore(served, true); }), "backup.in_use");
    EXPECT_EQ(outcome_of(by_link), "backup.in_use");
    EXPECT_EQ(outcome_of([&] { (void)served.open(io); }), "ok") << "commands beside the server";
    server.reset();
    EXPECT_EQ(outcome_of(by_link), "ok");
    const DatabaseLock restoring(served.file(), DatabaseLock::Kind::alone);
    EXPECT_EQ(outcome_of([&] { (void)served.open(io); }), "backup.in_use");
}

TEST_F(DamagedDatabaseTest, what_a_killed_restore_has_left_goes_with_the_next) {
    const test::TestDatabase target(Engine::sqlite);
    for (const char* left : {".restored.partial-7", ".restored.partial-7-journal"}) {
        std::ofstream(target.file().string() + left) << "customers";
    }
    restore(target, true);
    for (const fs::directory_entry& entry : fs::directory_iterator(target.file().parent_path())) {
        EXPECT_EQ(entry.path().string().find(".restored"), std::string::npos) << entry.path();
    }
}

}  // namespace
}  // namespace wapi::db::sqlite
