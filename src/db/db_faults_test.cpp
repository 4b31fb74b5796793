// Trouble on both engines: processes killed while writing, full disks, a server that restarts.
//
// A child process writes and reports each acknowledged row through a pipe; it is killed at a random
// moment, and every row it reported must be there. The canary: a row never reported may be missing.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <barrier>
#include <csignal>
#include <future>
#include <random>
#include <thread>

#include "db/db.hpp"
#include "db/sqlite/sqlite_connection.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::db {
namespace {

using namespace std::chrono_literals;

const Sql insert_event{{.name = "db_faults_test.insert",
                        .text = "INSERT INTO webhook_events"
                                " (event_id, received_us, priority, signature, body)"
                                " VALUES ($1, 0, 0, '', $2)",
                        .scope = Scope::system}};
const Sql list_events{{.name = "db_faults_test.list",
                       .text = "SELECT event_id FROM webhook_events ORDER BY event_id",
                       .scope = Scope::system}};
const Sql limit_pages{{.name = "db_faults_test.limit_pages",
                       .text = "SELECT 1",
                       .scope = Scope::system,
                       .sqlite = "PRAGMA max_page_count = 200"}};
const Sql lift_limit{{.name = "db_faults_test.lift_limit",
                      .text = "SELECT 1",
                      .scope = Scope::system,
                      .sqlite = "PRAGMA max_page_count = 1000000"}};
const Sql lock_row{{.name = "db_faults_test.lock",
                    .text = "UPDATE workspaces SET created_us = created_us + 1"
                            " WHERE workspace_id = $1"}};
const Sql insert_workspace{
    {.name = "db_faults_test.workspace",
     .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us)"
             " VALUES ($1, 'n', 'free', '{}', 0)"}};

const Sql echo{
    {.name = "db_faults_test.echo", .text = "SELECT CAST($1 AS TEXT)", .scope = Scope::system}};
const Sql show_sync{{.name = "db_faults_test.show_sync",
                     .text = "SELECT 1",
                     .scope = Scope::system,
                     .postgres = "SELECT current_setting('synchronous_commit')"}};

std::int64_t insert(Txn& txn, std::int64_t id, const std::string& body) {
    return txn.execute(insert_event, id, Bytes(std::as_bytes(std::span(body))));
}

std::vector<std::int64_t> stored_ids(Db& database) {
    return database.blocking_read("test", [](Txn& txn) {
        std::vector<std::int64_t> ids;
        for (const Row row : txn.query(list_events)) {
            ids.push_back(row.integer(0));
        }
        return ids;
    });
}

/// In the child: writes from four threads and reports each acknowledged id.
[[noreturn]] void write_until_killed(const std::string& url, std::int64_t first, int report) {
    boost::asio::io_context io;
    const std::unique_ptr<Db> database = open(io, {.url = url, .connections_max = 4});
    std::atomic<std::int64_t> next = first;
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 4; ++writer) {
        writers.emplace_back([&] {
            const std::string body(700, 'b');
            for (;;) {
                const std::int64_t id = ++next;
                database->blocking_write("test", [&](Txn& txn) { return insert(txn, id, body); });
                if (::write(report, &id, sizeof id) != sizeof id) {
                    ::_exit(1);
                }
            }
        });
    }
    for (std::thread& writer : writers) {
        writer.join();
    }
    ::_exit(0);
}

/// Starts the writer, reads at least `wanted` reports, kills it, returns all that was reported.
std::vector<std::int64_t> run_and_kill(const std::string& url, std::int64_t first,
                                       std::size_t wanted) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        write_until_killed(url, first, ends[1]);
    }
    ::close(ends[1]);
    std::vector<std::int64_t> reported;
    std::int64_t id = 0;
    while (::read(ends[0], &id, sizeof id) == sizeof id) {
        reported.push_back(id);
        if (reported.size() == wanted) {
            ::kill(child, SIGKILL);
        }
    }
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return reported;
}

class DbFaultsTest : public test::EnginesTest {};

TEST_P(DbFaultsTest, what_was_acknowledged_survives_kill_9) {
    database_.reset();
    std::mt19937 random(7);
    std::vector<std::int64_t> reported;
    for (int round = 0; round < 5; ++round) {
        const std::size_t wanted = 20 + random() % 200;
        const auto more = run_and_kill(files_.url(), 1'000'000 * (round + 1), wanted);
        ASSERT_GE(more.size(), wanted);
        reported.insert(reported.end(), more.begin(), more.end());
    }
    reopen();
    const std::vector<std::int64_t> stored = stored_ids(database());
    std::sort(reported.begin(), reported.end());
    EXPECT_TRUE(std::includes(stored.begin(), stored.end(), reported.begin(), reported.end()));
    EXPECT_FALSE(std::binary_search(stored.begin(), stored.end(), 999));
    EXPECT_EQ(write([](Txn& txn) { return insert(txn, 1, "after"); }), 1);
}

WAPI_ON_BOTH_ENGINES(DbFaultsTest);

class SqliteFaultsTest : public ::testing::Test {
  protected:
    int write_pages(int count, std::int64_t first) {
        int refused = 0;
        std::vector<std::future<void>> writers;
        for (int index = 0; index < count; ++index) {
            writers.push_back(std::async(std::launch::async, [this, first, index] {
                database_->blocking_write("test", [&](Txn& txn) {
                    return insert(txn, first + index, std::string(20'000, 'x'));
                });
            }));
        }
        for (std::future<void>& writer : writers) {
            try {
                writer.get();
            } catch (const Fault& fault) {
                EXPECT_EQ(fault.code(), "db.full") << fault.what();
                ++refused;
            }
        }
        return refused;
    }

    boost::asio::io_context io_;
    test::TestDatabase files_{Engine::sqlite};
    std::unique_ptr<Db> database_ = files_.open(io_);
};

TEST_F(SqliteFaultsTest, a_full_disk_refuses_what_does_not_fit_and_service_resumes) {
    database_->blocking_write("test", [](Txn& txn) { return txn.query(limit_pages).size(); });
    const int refused = write_pages(64, 1000);
    EXPECT_GT(refused, 0);
    EXPECT_LT(refused, 64);
    EXPECT_EQ(stored_ids(*database_).size(), 64U - static_cast<std::size_t>(refused));
    database_->blocking_write("test", [](Txn& txn) { return txn.query(lift_limit).size(); });
    EXPECT_EQ(write_pages(64, 2000), 0);
}

TEST_F(SqliteFaultsTest, a_function_that_ignores_the_full_disk_stores_nothing_later) {
    database_->blocking_write("test", [](Txn& txn) { return txn.query(limit_pages).size(); });
    EXPECT_THROW(database_->blocking_write(
                     "test",
                     [](Txn& txn) {
                         EXPECT_THROW(insert(txn, 1, std::string(3 << 20, 'x')), Fault);
                         return insert(txn, 2, "small");
                     }),
                 Fault);
    EXPECT_TRUE(stored_ids(*database_).empty());
}

TEST_F(SqliteFaultsTest, a_lock_held_by_another_process_is_busy_and_passes) {
    sqlite::SqliteConnection other(files_.file().string(), sqlite::Mode::writer, 1 << 20);
    other.control(sqlite::Control::begin_write);
    auto waiting = std::async(std::launch::async, [this] {
        return database_->blocking_write("test", [](Txn& txn) { return insert(txn, 1, "x"); });
    });
    EXPECT_EQ(waiting.wait_for(50ms), std::future_status::timeout);
    other.abandon();
    EXPECT_EQ(waiting.get(), 1);
}

TEST_F(SqliteFaultsTest, the_log_is_wrapped_and_does_not_grow_without_end) {
    const std::filesystem::path log = files_.file().string() + "-wal";
    const std::string body(256 << 10, 'x');
    for (std::int64_t id = 1; id <= 500; ++id) {
        database_->blocking_write("test", [&](Txn& txn) { return insert(txn, id, body); });
    }
    EXPECT_LT(std::filesystem::file_size(log), 100U << 20);
    EXPECT_EQ(stored_ids(*database_).size(), 500U);
}

TEST(PostgresFaults, service_resumes_after_the_server_restarts) {
    test::PostgresServer server;
    boost::asio::io_context io;
    const auto database = open(io, {.url = server.url("postgres"), .connections_max = 2});
    const auto add = [&](std::int64_t id) {
        return database->blocking_write("test", [id](Txn& txn) { return insert(txn, id, "x"); });
    };
    EXPECT_EQ(add(1), 1);
    server.stop();
    // Restarted within the deadline: the waiting function is not lost.
    auto waiting = std::async(std::launch::async, [&] { return add(2); });
    EXPECT_EQ(waiting.wait_for(200ms), std::future_status::timeout);
    server.start();
    EXPECT_EQ(waiting.get(), 1);
    // Down for longer: functions fail instead of hanging, those behind them at once.
    server.stop();
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::future<std::int64_t>> lost;
    for (std::int64_t id = 10; id < 30; ++id) {
        lost.push_back(std::async(std::launch::async, add, id));
    }
    for (auto& one : lost) {
        try {
            one.get();
            ADD_FAILURE() << "there was no server";
        } catch (const Fault& fault) {
            EXPECT_EQ(fault.code(), "db.down") << fault.what();
        }
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 9s);
    // Known to be down by now: nobody waits for the whole limit again.
    const auto known = std::chrono::steady_clock::now();
    for (std::int64_t id = 30; id < 34; ++id) {
        EXPECT_THROW(add(id), Fault);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - known, 4s);
    server.start();
    EXPECT_EQ(add(3), 1);
    EXPECT_EQ(stored_ids(*database), (std::vector<std::int64_t>{1, 2, 3}));
}

TEST(PostgresFaults, what_one_connection_knows_of_an_outage_the_whole_pool_knows) {
    test::PostgresServer server;
    boost::asio::io_context io;
    const auto database = open(io, {.url = server.url("postgres"), .connections_max = 8});
    const auto add = [&](std::int64_t id) {
        return database->blocking_write("test", [id](Txn& txn) { return insert(txn, id, "x"); });
    };
    server.stop();
    EXPECT_THROW(add(1), Fault);
    // Whichever threads take these: none waits for the whole limit again.
    for (std::int64_t id = 2; id < 10; ++id) {
        const auto begin = std::chrono::steady_clock::now();
        EXPECT_THROW(add(id), Fault);
        EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
    }
    server.start();
    EXPECT_EQ(add(1), 1);
}

TEST(PostgresFaults, a_frozen_server_fails_its_callers_in_time_and_serves_again_when_it_goes_on) {
    test::PostgresServer server;
    boost::asio::io_context io;
    const auto database =
        open(io, {.url = server.url("postgres"), .connections_max = 2, .answer_max = 500ms});
    const auto add = [&](std::int64_t id) {
        return database->blocking_write("test", [id](Txn& txn) { return insert(txn, id, "x"); });
    };
    EXPECT_EQ(add(1), 1);
    server.freeze();
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::future<std::int64_t>> lost;
    for (std::int64_t id = 10; id < 14; ++id) {
        lost.push_back(std::async(std::launch::async, add, id));
    }
    for (auto& one : lost) {
        try {
            one.get();
            ADD_FAILURE() << "a frozen server answered";
        } catch (const Fault& fault) {
            EXPECT_EQ(fault.code(), "db.down") << fault.what();
        }
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
    server.thaw();
    EXPECT_EQ(add(2), 1);
    EXPECT_EQ(stored_ids(*database), (std::vector<std::int64_t>{1, 2}));
}

TEST(PostgresFaults, a_database_whose_server_is_frozen_can_be_closed) {
    test::PostgresServer server;
    boost::asio::io_context io;
    // The limit for an answer is far away: closing does not wait for it.
    auto database =
        open(io, {.url = server.url("postgres"), .connections_max = 2, .answer_max = 10min});
    std::promise<void> begun;
    auto waiting = std::async(std::launch::async, [&] {
        database->blocking_write("test", [&](Txn& txn) {
            insert(txn, 1, "x");
            server.freeze();
            begun.set_value();
            return insert(txn, 2, "x");
        });
    });
    begun.get_future().wait();
    const auto begin = std::chrono::steady_clock::now();
    database.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 15s);
    EXPECT_THROW(waiting.get(), Fault);
}

TEST(PostgresFaults, commits_are_synced_even_where_the_database_is_set_not_to) {
    test::PostgresServer server;
    boost::asio::io_context io;
    const auto setting = [&] {
        const auto database = open(io, {.url = server.url("postgres"), .connections_max = 1});
        return database->blocking_read("test",
                                       [](Txn& txn) { return txn.query(show_sync)[0].string(0); });
    };
    const auto configure = [&](const std::string& value) {
        const auto database = open(io, {.url = server.url("postgres"), .connections_max = 1});
        database->blocking_write("test", [&](Txn& txn) {
            txn.connection().execute_text("ALTER DATABASE postgres SET synchronous_commit = " +
                                          value);
            return true;
        });
    };
    configure("off");
    EXPECT_EQ(setting(), "on");
    configure("remote_apply");
    EXPECT_EQ(setting(), "remote_apply") << "stronger than ours: stays";
}

TEST(PostgresFaults, answers_of_any_size_arrive_whole_over_tls) {
    test::PostgresServer server(test::PostgresServer::Through::tls);
    boost::asio::io_context io;
    const auto database =
        open(io, {.url = server.url("postgres"), .connections_max = 1, .answer_max = 5s});
    // A TLS record holds 16 KiB, and libpq reads as much of it as it has room for.
    for (std::size_t bytes = 1'000; bytes < 70'000; bytes += 1'000) {
        const std::string body(bytes, 'x');
        const std::int64_t length = database->blocking_write("test", [&](Txn& txn) {
            return static_cast<std::int64_t>(txn.query(echo, body)[0].text(0).size());
        });
        EXPECT_EQ(length, static_cast<std::int64_t>(bytes));
    }
}

TEST(PostgresFaults, functions_that_deadlock_run_again) {
    test::TestDatabase files(Engine::postgres);
    boost::asio::io_context io;
    const auto database = files.open(io, {.connections_max = 4});
    for (const char* id : {"a", "b"}) {
        database->blocking_write("test",
                                 [&](Txn& txn) { return txn.execute(insert_workspace, id); });
    }
    // Both hold their first row before either asks for its second; only one of them has to run
    // again.
    std::barrier both_locked(2);
    const auto raise_both = [&](const std::string& first, const std::string& second) {
        bool first_run = true;
        return database->blocking_write("test", [&](Txn& txn) {
            txn.execute(lock_row, first);
            if (std::exchange(first_run, false)) {
                both_locked.arrive_and_wait();
            }
            return txn.execute(lock_row, second);
        });
    };
    auto one = std::async(std::launch::async, [&] { return raise_both("a", "b"); });
    EXPECT_EQ(raise_both("b", "a"), 1);
    EXPECT_EQ(one.get(), 1);
    EXPECT_EQ(database->stats().conflicts, 1U);
}

}  // namespace
}  // namespace wapi::db
