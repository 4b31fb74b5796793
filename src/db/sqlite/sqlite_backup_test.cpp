// Goal: a file that is damaged so that it cannot be read does not stop the restore, and is kept.
// Method: a backup restored over text, and over databases that were cut.
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.hpp"
#include "db/backup.hpp"
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

}  // namespace
}  // namespace wapi::db::sqlite
