// Group commit, seen from coroutines: many writers of small rows share few syncs.
//
// The rate is recorded, not asserted: it depends on the machine and on sanitizers. Asserted is what
// the rate rests on, the number of functions per commit.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "async/async.hpp"
#include "db/db.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::db {
namespace {

const Sql insert_row{{.name = "db_throughput_test.insert",
                      .text = "INSERT INTO webhook_events"
                              " (event_id, received_us, priority, signature, body)"
                              " VALUES ($1, 0, 0, '', $2)",
                      .scope = Scope::system}};

class DbThroughputTest : public test::EnginesTest {
  protected:
    /// `writers` coroutines write `rounds` times `rows` rows each.
    double rows_per_second(int writers, int rounds, int rows) {
        const auto begin = std::chrono::steady_clock::now();
        run(write_all(this, writers, rounds, rows));
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        return writers * rounds * rows / took.count();
    }

  private:
    static async::Task<> write_some(DbThroughputTest* self, int rounds, int rows) {
        const auto body = std::make_shared<const std::string>(1000, 'b');
        for (int round = 0; round < rounds; ++round) {
            const std::int64_t first = self->next_id_;
            self->next_id_ += rows;
            co_await self->database().write("test", [=](Txn& txn) {
                for (int row = 0; row < rows; ++row) {
                    txn.execute(insert_row, first + row, Bytes(std::as_bytes(std::span(*body))));
                }
                return 0;
            });
        }
    }
    static async::Task<> write_all(DbThroughputTest* self, int writers, int rounds, int rows) {
        async::Tasks tasks(self->io_);
        for (int writer = 0; writer < writers; ++writer) {
            tasks.spawn("test.writer", write_some(self, rounds, rows));
        }
        EXPECT_TRUE(co_await tasks.join(std::chrono::seconds(50)));
    }

    std::int64_t next_id_ = 1;
};

TEST_P(DbThroughputTest, functions_of_many_writers_share_commits) {
    const double one_row_each = rows_per_second(400, 20, 1);
    const Stats stats = database().stats();
    const double batched = rows_per_second(8, 20, 100);
    fmt::print(
        "{}: {:.0f} rows/s with a function per row ({} functions, {} commits), {:.0f} rows/s "
        "with 100 rows per function\n",
        GetParam() == Engine::sqlite ? "sqlite" : "postgres", one_row_each, stats.functions,
        stats.commits, batched);
    EXPECT_EQ(stats.functions, 8000U);
    if (GetParam() == Engine::sqlite) {
        EXPECT_LT(stats.commits * 20, stats.functions);
    } else {
        EXPECT_EQ(stats.commits, stats.functions);
    }
}

WAPI_ON_BOTH_ENGINES(DbThroughputTest);

}  // namespace
}  // namespace wapi::db
