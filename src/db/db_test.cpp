// Transactions on both engines: what is stored, what is rolled back, what a caller gets.
#include "db/db.hpp"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>

#include "tests/support/test_db.hpp"

namespace wapi::db {
namespace {

const ErrorKind refused{"test_refused", 409, RetryClass::never, "Refused."};

const Sql insert_value{
    {.name = "db_test.insert",
     .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us)"
             " VALUES ($1, $2, 'free', '{}', 0)"}};
const Sql select_value{
    {.name = "db_test.select", .text = "SELECT name FROM workspaces WHERE workspace_id = $1"}};
const Sql count_values{{.name = "db_test.count",
                        .text = "SELECT COUNT(*), SUM(created_us) FROM workspaces",
                        .scope = Scope::system}};
const Sql raise_value{{.name = "db_test.raise",
                       .text = "UPDATE workspaces SET created_us = created_us + $2"
                               " WHERE workspace_id = $1"}};
const Sql order_of_parameters{
    {.name = "db_test.order",
     .text = "SELECT CAST($2 AS TEXT), CAST($1 AS TEXT), '$3', $2 || '$1'",
     .scope = Scope::system}};
const Sql all_types{{.name = "db_test.types",
                     .text = "SELECT CAST($1 AS BIGINT), CAST($2 AS DOUBLE PRECISION),"
                             " CAST($3 AS TEXT), CAST($4 AS BYTEA), CAST($5 AS BIGINT)",
                     .scope = Scope::system,
                     .sqlite = "SELECT $1, $2, $3, $4, $5"}};
const Sql limited{{.name = "db_test.limit",
                   .text = "SELECT workspace_id FROM workspaces ORDER BY workspace_id LIMIT $1",
                   .scope = Scope::system}};
const Sql insert_event{{.name = "db_test.event",
                        .text = "INSERT INTO webhook_events"
                                " (event_id, received_us, priority, signature, body)"
                                " VALUES ($1, $2, 0, '', $3)",
                        .scope = Scope::system}};
const Sql select_event{{.name = "db_test.select_event",
                        .text = "SELECT body FROM webhook_events WHERE event_id = $1",
                        .scope = Scope::system}};

std::int64_t stored(Txn& txn) { return txn.query(count_values)[0].integer(0); }

class DbTest : public test::EnginesTest {
  protected:
    std::int64_t stored_count() {
        return read([](Txn& txn) { return stored(txn); });
    }
    /// Starts `count` writers at once, so that SQLite runs them as one group.
    template <class Function>
    void run_many(int count, Function function) {
        run(start_many(this, count, std::move(function)));
    }

  private:
    template <class Function>
    static async::Task<> start_many(DbTest* self, int count, Function function) {
        int running = count;
        for (int index = 0; index < count; ++index) {
            boost::asio::co_spawn(self->io_, function(index),
                                  [&running](const std::exception_ptr& failure) {
                                      EXPECT_FALSE(failure);
                                      --running;
                                  });
        }
        while (running > 0) {
            co_await async::sleep_for(std::chrono::milliseconds(1));
        }
    }
};

TEST_P(DbTest, what_a_function_wrote_is_read_back) {
    const WorkspaceId workspace("w1");
    EXPECT_EQ(write(workspace, [](WorkspaceTxn& txn) { return txn.execute(insert_value, "Ana"); }),
              1);
    const std::string name =
        read(workspace, [](WorkspaceTxn& txn) { return txn.query(select_value)[0].string(0); });
    EXPECT_EQ(name, "Ana");
}

TEST_P(DbTest, coroutines_get_the_value_on_the_network_thread) {
    const auto task = [](Db& database) -> async::Task<std::string> {
        const auto network_thread = std::this_thread::get_id();
        co_await database.write(WorkspaceId("w1"), "test",
                                [](WorkspaceTxn& txn) { return txn.execute(insert_value, "Ana"); });
        const std::string name = co_await database.read(
            WorkspaceId("w1"), "test",
            [](WorkspaceTxn& txn) { return txn.query(select_value)[0].string(0); });
        EXPECT_EQ(std::this_thread::get_id(), network_thread);
        co_return name;
    };
    EXPECT_EQ(run(task(database())), "Ana");
}

TEST_P(DbTest, an_error_as_result_rolls_back_and_reaches_the_caller) {
    const Result<int> result = write([](Txn& txn) -> Result<int> {
        txn.execute(insert_value, "w1", "Ana");
        return fail(refused);
    });
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, &refused);
    EXPECT_EQ(stored_count(), 0);
}

TEST_P(DbTest, any_exception_rolls_back_and_reaches_the_caller) {
    EXPECT_THROW(write([](Txn& txn) -> int {
                     txn.execute(insert_value, "w1", "Ana");
                     throw std::out_of_range("not a Fault");
                 }),
                 std::out_of_range);
    EXPECT_EQ(stored_count(), 0);
}

TEST_P(DbTest, functions_that_fail_do_not_hurt_their_neighbours_in_the_group) {
    int failures = 0;
    int refusals = 0;
    const auto writer = [&](int index) -> async::Task<> {
        return [](Db& db, int number, int& failed, int& refused_count) -> async::Task<> {
            const std::string id = "w" + std::to_string(number);
            try {
                const Result<int> result =
                    co_await db.write("test", [id, number](Txn& txn) -> Result<int> {
                        txn.execute(insert_value, id, "one");
                        if (number % 10 == 3) {
                            throw 42;
                        }
                        if (number % 10 == 5) {
                            return fail(refused);
                        }
                        if (number % 10 == 7) {
                            txn.execute(insert_value, id, "the same key again");
                        }
                        return number;
                    });
                refused_count += result.has_value() ? 0 : 1;
            } catch (const int&) {
                ++failed;
            } catch (const Fault& fault) {
                EXPECT_EQ(fault.code(), "db.constraint");
                ++failed;
            }
        }(database(), index, failures, refusals);
    };
    run_many(200, writer);
    EXPECT_EQ(failures, 40);
    EXPECT_EQ(refusals, 20);
    EXPECT_EQ(stored_count(), 140);
}

TEST_P(DbTest, waiting_functions_share_commits_on_sqlite) {
    const auto writer = [&](int index) -> async::Task<> {
        return [](Db& db, int number) -> async::Task<> {
            co_await db.write("test", [number](Txn& txn) {
                return txn.execute(insert_value, "w" + std::to_string(number), "n");
            });
        }(database(), index);
    };
    run_many(500, writer);
    EXPECT_EQ(stored_count(), 500);
    if (GetParam() == Engine::sqlite) {
        EXPECT_LT(database().stats().commits, 100);
    }
}

TEST_P(DbTest, a_constraint_is_named_by_its_code) {
    write([](Txn& txn) { return txn.execute(insert_value, "w1", "Ana"); });
    try {
        write([](Txn& txn) { return txn.execute(insert_value, "w1", "Bea"); });
        FAIL() << "the second insert must fail";
    } catch (const Fault& fault) {
        EXPECT_EQ(fault.code(), "db.constraint");
        EXPECT_EQ(std::string_view(fault.what()).find("Bea"), std::string_view::npos);
    }
}

TEST_P(DbTest, a_savepoint_undoes_only_its_own_part) {
    write([](Txn& txn) {
        txn.execute(insert_value, "w1", "kept");
        EXPECT_THROW(txn.savepoint([&] {
            txn.execute(insert_value, "w2", "undone");
            txn.savepoint([&] { txn.execute(insert_value, "w3", "undone too"); });
            txn.execute(insert_value, "w1", "the same key");
        }),
                     Fault);
        txn.savepoint([&] { txn.execute(insert_value, "w4", "kept"); });
        return 0;
    });
    EXPECT_EQ(stored_count(), 2);
}

TEST_P(DbTest, a_failed_statement_that_was_ignored_cannot_be_committed_half) {
    const auto careless = [this] {
        return write([](Txn& txn) {
            txn.execute(insert_value, "w1", "Ana");
            EXPECT_THROW(txn.execute(insert_value, "w1", "Bea"), Fault);
            return 0;
        });
    };
    if (GetParam() == Engine::postgres) {
        EXPECT_THROW(careless(), Fault);
        EXPECT_EQ(stored_count(), 0);
    } else {
        careless();
        EXPECT_EQ(stored_count(), 1);
    }
}

TEST_P(DbTest, reads_cannot_write) {
    EXPECT_THROW(read([](Txn& txn) { return txn.execute(insert_value, "w1", "Ana"); }), Fault);
    EXPECT_EQ(stored_count(), 0);
}

TEST_P(DbTest, a_read_sees_one_snapshot) {
    const auto [before, after] = read([this](Txn& txn) {
        const std::int64_t first = stored(txn);
        write([](Txn& other) { return other.execute(insert_value, "w1", "Ana"); });
        return std::pair(first, stored(txn));
    });
    EXPECT_EQ(before, 0);
    EXPECT_EQ(after, 0);
    EXPECT_EQ(stored_count(), 1);
}

TEST_P(DbTest, too_many_waiting_functions_are_refused) {
    reopen({.connections_max = 1, .waiting_max = 2});
    std::promise<void> release;
    std::shared_future<void> released = release.get_future().share();
    std::atomic<int> overloaded = 0;
    std::atomic<int> started = 0;
    std::vector<std::thread> callers;
    const auto call = [&] {
        try {
            write([&](Txn&) {
                ++started;
                released.wait();
                return 0;
            });
        } catch (const Fault& fault) {
            EXPECT_EQ(fault.code(), "db.overloaded");
            ++overloaded;
        }
    };
    callers.emplace_back(call);
    while (started == 0) {
        std::this_thread::yield();
    }
    for (int index = 0; index < 5; ++index) {
        callers.emplace_back(call);
    }
    while (overloaded < 3) {
        std::this_thread::yield();
    }
    EXPECT_FALSE(database().quiet());
    release.set_value();
    for (std::thread& caller : callers) {
        caller.join();
    }
    EXPECT_EQ(overloaded, 3);
    EXPECT_EQ(started, 3);
    EXPECT_TRUE(database().quiet());
}

TEST_P(DbTest, parameters_go_by_number_and_not_by_first_appearance) {
    read([](Txn& txn) {
        const Rows rows = txn.query(order_of_parameters, "first", "second");
        EXPECT_EQ(rows[0].text(0), "second");
        EXPECT_EQ(rows[0].text(1), "first");
        EXPECT_EQ(rows[0].text(2), "$3");
        EXPECT_EQ(rows[0].text(3), "second$1");
        return 0;
    });
}

TEST_P(DbTest, every_type_comes_back_as_it_went_in) {
    const std::string bytes("\0\xFF\x80'\\", 5);
    read([&](Txn& txn) {
        const auto view = std::as_bytes(std::span(bytes));
        const Rows rows = txn.query(all_types, std::int64_t{-9'000'000'000'000'000'001}, 1.5e300,
                                    "Ünïcode '$1' \\ ☃", Bytes(view), std::nullopt);
        const Row row = rows[0];
        EXPECT_EQ(row.integer(0), -9'000'000'000'000'000'001);
        EXPECT_EQ(row.real(1), 1.5e300);
        EXPECT_EQ(row.text(2), "Ünïcode '$1' \\ ☃");
        EXPECT_EQ(row.bytes(3), bytes);
        EXPECT_TRUE(row.is_null(4));
        EXPECT_EQ(row.optional_integer(4), std::nullopt);
        EXPECT_THROW((void)row.integer(2), Fault);
        EXPECT_THROW((void)row.text(0), Fault);
        EXPECT_THROW((void)row.text(5), Fault);
        const Rows empty = txn.query(all_types, 0, 0.0, "", Bytes{}, 7);
        EXPECT_FALSE(empty[0].is_null(2));
        EXPECT_EQ(empty[0].text(2), "");
        EXPECT_FALSE(empty[0].is_null(3));
        EXPECT_EQ(empty[0].bytes(3), "");
        return 0;
    });
}

TEST_P(DbTest, text_that_postgres_cannot_hold_is_replaced_on_both) {
    const std::string dirty("a\0b\xFF\xC3(\xE2\x98\x83", 9);
    write([&](Txn& txn) { return txn.execute(insert_value, "w1", dirty); });
    const std::string clean =
        read([](Txn& txn) { return txn.query(select_value, "w1")[0].string(0); });
    EXPECT_EQ(clean, "a\uFFFDb\uFFFD\uFFFD(\u2603");
}

TEST_P(DbTest, sums_are_integers_and_null_without_rows) {
    EXPECT_TRUE(read([](Txn& txn) { return txn.query(count_values)[0].is_null(1); }));
    write([](Txn& txn) {
        txn.execute(insert_value, "w1", "Ana");
        txn.execute(insert_value, "w2", "Bea");
        txn.execute(raise_value, "w1", std::int64_t{4'000'000'000'000'000'000});
        return txn.execute(raise_value, "w2", -7);
    });
    EXPECT_EQ(read([](Txn& txn) { return txn.query(count_values)[0].integer(1); }),
              3'999'999'999'999'999'993);
}

TEST_P(DbTest, execute_counts_rows_and_limits_are_parameters) {
    write([](Txn& txn) {
        txn.execute(insert_value, "w1", "Ana");
        txn.execute(insert_value, "w2", "Bea");
        EXPECT_EQ(txn.execute(raise_value, "nobody", 1), 0);
        EXPECT_EQ(txn.execute(raise_value, "w1", 1), 1);
        EXPECT_EQ(txn.query(limited, 1).size(), 1U);
        EXPECT_EQ(txn.query(limited, 10).size(), 2U);
        return 0;
    });
}

TEST_P(DbTest, bodies_of_three_megabytes_are_kept_whole) {
    std::string body(3 << 20, '\0');
    rng_.fill(std::as_writable_bytes(std::span(body)));
    write([&](Txn& txn) {
        return txn.execute(insert_event, std::int64_t{1}, clock_.now(),
                           Bytes(std::as_bytes(std::span(body))));
    });
    const std::string found =
        read([](Txn& txn) { return std::string(txn.query(select_event, 1)[0].bytes(0)); });
    EXPECT_TRUE(found == body);
}

TEST_P(DbTest, a_workspace_transaction_refuses_system_statements_and_no_workspace) {
    EXPECT_THROW(
        read(WorkspaceId("w1"), [](WorkspaceTxn& txn) { return txn.query(count_values).size(); }),
        Fault);
    EXPECT_THROW(read(WorkspaceId(), [](WorkspaceTxn&) { return 0; }), Fault);
}

TEST_P(DbTest, a_wrong_number_of_parameters_is_refused) {
    EXPECT_THROW(read([](Txn& txn) { return txn.query(select_value, "w1", "w2").size(); }), Fault);
}

TEST_P(DbTest, closing_finishes_what_is_queued) {
    std::vector<std::thread> callers;
    std::atomic<int> acknowledged = 0;
    for (int index = 0; index < 8; ++index) {
        callers.emplace_back([&, index] {
            write([&](Txn& txn) {
                return txn.execute(insert_value, "w" + std::to_string(index), "n");
            });
            ++acknowledged;
        });
    }
    for (std::thread& caller : callers) {
        caller.join();
    }
    reopen();
    EXPECT_EQ(stored_count(), acknowledged);
}

WAPI_ON_BOTH_ENGINES(DbTest);

TEST(DbUrl, an_unknown_scheme_is_refused) {
    boost::asio::io_context io;
    EXPECT_THROW(open(io, {.url = "mysql://host/name"}), Fault);
    EXPECT_THROW(open(io, {.url = "sqlite://"}), Fault);
    EXPECT_THROW(open(io, {.url = "sqlite:///no/such/folder/file.db"}), Fault);
}

}  // namespace
}  // namespace wapi::db
