// A power cut keeps every acknowledged commit: what a commit wrote is synced before it returns.
//
// Method: fsync and fdatasync of this program note, for files in the test's folder, what the file
// holds at that moment: all that a disk is bound to remember. The image of a power cut is made of
// that alone; every write that was not synced afterwards is lost. SQLite calls these two and
// nothing else to sync, so that a commit without a sync, or a sync before the write, loses rows
// here.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <mutex>

#include "db/sqlite/sqlite_connection.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::db::sqlite {
namespace {

/// The disk under one folder, as a power cut would leave it.
class Disk {
  public:
    static Disk& instance() {
        static Disk disk;
        return disk;
    }
    void watch(const std::filesystem::path& folder) {
        const std::lock_guard lock(mutex_);
        folder_ = folder.empty() ? "" : folder.string() + "/";
        synced_.clear();
        log_syncs_ = 0;
        copy_files();
    }
    /// Called when a file was synced. Reads through the same descriptor: closing another one would
    /// drop the locks that SQLite holds on the file.
    void note(int descriptor) {
        const std::lock_guard lock(mutex_);
        if (folder_.empty()) {
            return;
        }
        std::error_code gone;
        const auto path =
            std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), gone);
        struct stat file{};
        if (gone || !path.string().starts_with(folder_) || ::fstat(descriptor, &file) != 0 ||
            !S_ISREG(file.st_mode)) {
            return;
        }
        std::string bytes(static_cast<std::size_t>(file.st_size), '\0');
        const ssize_t size = ::pread(descriptor, bytes.data(), bytes.size(), 0);
        bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        log_syncs_ += path.string().ends_with("-wal") ? 1 : 0;
        synced_[path.filename().string()] = std::move(bytes);
    }
    /// Writes what was synced into another folder.
    void restore(const std::filesystem::path& folder) {
        const std::lock_guard lock(mutex_);
        std::filesystem::create_directories(folder);
        for (const auto& [name, bytes] : synced_) {
            std::ofstream(folder / name, std::ios::binary) << bytes;
        }
    }
    int log_syncs() {
        const std::lock_guard lock(mutex_);
        return log_syncs_;
    }
    std::size_t database_bytes() {
        const std::lock_guard lock(mutex_);
        return synced_["test.db"].size();
    }

  private:
    /// What the folder holds when the watch begins was there long before.
    void copy_files() {
        if (folder_.empty()) {
            return;
        }
        for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
            std::ifstream file(entry.path(), std::ios::binary);
            synced_[entry.path().filename().string()] = {std::istreambuf_iterator<char>(file), {}};
        }
    }
    std::mutex mutex_;
    std::string folder_;
    std::map<std::string, std::string> synced_;
    int log_syncs_ = 0;
};

}  // namespace
}  // namespace wapi::db::sqlite

// The dynamic linker finds these before those of the C library, for libsqlite3 as well.
extern "C" int fdatasync(int descriptor) {
    const int code = static_cast<int>(::syscall(SYS_fdatasync, descriptor));
    wapi::db::sqlite::Disk::instance().note(descriptor);
    return code;
}
extern "C" int fsync(int descriptor) {
    const int code = static_cast<int>(::syscall(SYS_fsync, descriptor));
    wapi::db::sqlite::Disk::instance().note(descriptor);
    return code;
}

namespace wapi::db::sqlite {
namespace {

const Sql insert{{.name = "power_cut.insert",
                  .text = "INSERT INTO webhook_events"
                          " (event_id, received_us, priority, signature, body)"
                          " VALUES ($1, 0, 0, '', $2)",
                  .scope = Scope::system}};
const Sql count{{.name = "power_cut.count",
                 .text = "SELECT count(*) FROM webhook_events",
                 .scope = Scope::system}};

class PowerCut : public testing::Test {
  protected:
    PowerCut() {
        Disk::instance().watch(files_.file().parent_path());
        database_ = files_.open(io_);
    }
    ~PowerCut() override { Disk::instance().watch({}); }

    void commit(std::int64_t bytes) {
        const std::string body(static_cast<std::size_t>(bytes), 'x');
        const std::int64_t id = ++committed_;
        database_->blocking_write("power_cut", [&](Txn& txn) {
            return txn.execute(insert, id, Bytes(std::as_bytes(std::span(body))));
        });
    }
    /// Rows after the power was cut now and the server came back.
    std::int64_t rows_after_cut() {
        const auto folder = images_.path() / std::to_string(committed_);
        Disk::instance().restore(folder);
        SqliteConnection survivor((folder / "test.db").string(), Mode::writer, 1 << 20);
        return survivor.query(count, {})[0].integer(0);
    }

    boost::asio::io_context io_;
    test::TestDatabase files_{Engine::sqlite};
    test::TempFolder images_;
    std::unique_ptr<Db> database_;
    std::int64_t committed_ = 0;
};

TEST_F(PowerCut, every_commit_is_synced_before_it_is_acknowledged) {
    for (int number = 0; number < 20; ++number) {
        const int before = Disk::instance().log_syncs();
        commit(100);
        EXPECT_GT(Disk::instance().log_syncs(), before);
        EXPECT_EQ(rows_after_cut(), committed_);
    }
}

TEST_F(PowerCut, no_commit_is_lost_while_the_log_is_copied_into_the_database) {
    const std::size_t before = Disk::instance().database_bytes();
    for (int number = 0; number < 200; ++number) {
        commit(200'000);
        if (number % 20 == 19) {
            EXPECT_EQ(rows_after_cut(), committed_);
        }
    }
    EXPECT_GT(Disk::instance().database_bytes(), before) << "nothing was copied";
}

TEST_F(PowerCut, what_was_not_synced_is_not_in_the_image) {
    commit(100);
    SqliteConnection careless(files_.file().string(), Mode::writer, 1 << 20);
    careless.execute_text("PRAGMA synchronous = OFF");
    const std::string body = "never synced";
    const std::array<Value, 2> values{std::int64_t{1000}, std::as_bytes(std::span(body))};
    careless.execute(insert, values);
    EXPECT_EQ(rows_after_cut(), 1);
}

}  // namespace
}  // namespace wapi::db::sqlite
