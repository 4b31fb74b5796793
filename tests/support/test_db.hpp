// A fresh, migrated database for each test, on SQLite and on PostgreSQL by default.
//
//   class ContactStoreTest : public test::EnginesTest {};
//   TEST_P(ContactStoreTest, a_contact_is_found_by_its_phone) { ... write([&](db::Txn& txn) {...})
//   ... } WAPI_ON_BOTH_ENGINES(ContactStoreTest);
//
// Databases are copies of one that was migrated once for the test program. PostgreSQL is a private
// server started on first use, or the one that WAPI_TEST_POSTGRES_URL names.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "base/ids.hpp"
#include "base/rng.hpp"
#include "db/db.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temp_folder.hpp"

namespace wapi::test {

/// One database, removed at the end. Must outlive every db::Db opened on it.
class TestDatabase {
  public:
    /// `migrated` false: an empty database.
    explicit TestDatabase(db::Engine engine, bool migrated = true);
    /// A PostgreSQL database, migrated when it is opened, with the letters and order of a locale of
    /// ICU, such as en-US. The others know only those of C.
    static TestDatabase in_locale(const std::string& locale);
    ~TestDatabase();
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    [[nodiscard]] const std::string& url() const { return url_; }
    /// Opens it with the given options; their URL is replaced.
    [[nodiscard]] std::unique_ptr<db::Db> open(boost::asio::io_context& io,
                                               db::Options options = {}) const;
    /// The file of a SQLite database.
    [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "test.db"; }

  private:
    /// A PostgreSQL database made with these words of CREATE DATABASE.
    explicit TestDatabase(const std::string& terms);
    void make(const std::string& terms);
    TempFolder folder_;
    std::string name_;  ///< of the PostgreSQL database, else empty
    std::string url_;
};

/// Base of test suites that run on both engines.
class EnginesTest : public ::testing::TestWithParam<db::Engine> {
  protected:
    EnginesTest();

    [[nodiscard]] db::Db& database() { return *database_; }
    /// Closes and opens the database again, as a restart would.
    void reopen(db::Options options = {});
    /// Runs a coroutine to its end.
    template <class T>
    T run(async::Task<T> task) {
        return run_task(io_, std::move(task));
    }
    /// Runs `function(db::Txn&)` in a transaction that stays.
    template <class Function>
    auto write(Function function) {
        return database_->blocking_write("test", std::move(function));
    }
    template <class Function>
    auto read(Function function) {
        return database_->blocking_read("test", std::move(function));
    }
    /// The same, bound to a workspace.
    template <class Function>
    auto write(const WorkspaceId& workspace, Function function) {
        return write([&](db::Txn& txn) {
            db::WorkspaceTxn bound(txn, workspace);
            return function(bound);
        });
    }
    template <class Function>
    auto read(const WorkspaceId& workspace, Function function) {
        return read([&](db::Txn& txn) {
            db::WorkspaceTxn bound(txn, workspace);
            return function(bound);
        });
    }

    ManualClock clock_;
    SeededRng rng_{1};
    IdGenerator ids_{clock_, rng_};
    boost::asio::io_context io_;
    TestDatabase files_;
    std::unique_ptr<db::Db> database_;
};

/// `sqlite` or `postgres`, for test names.
std::string engine_name(const ::testing::TestParamInfo<db::Engine>& info);

}  // namespace wapi::test

/// For what only several writers at once can show: SQLite has one.
#define WAPI_ON_POSTGRES(Suite)                                                               \
    INSTANTIATE_TEST_SUITE_P(Engines, Suite, ::testing::Values(::wapi::db::Engine::postgres), \
                             ::wapi::test::engine_name)

#define WAPI_ON_SQLITE(Suite)                                                               \
    INSTANTIATE_TEST_SUITE_P(Engines, Suite, ::testing::Values(::wapi::db::Engine::sqlite), \
                             ::wapi::test::engine_name)

#define WAPI_ON_BOTH_ENGINES(Suite)                                                  \
    INSTANTIATE_TEST_SUITE_P(                                                        \
        Engines, Suite,                                                              \
        ::testing::Values(::wapi::db::Engine::sqlite, ::wapi::db::Engine::postgres), \
        ::wapi::test::engine_name)
