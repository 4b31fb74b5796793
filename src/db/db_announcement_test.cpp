// Goal: what a transaction announces is heard once it is committed, once, in order, before its
// caller goes on; and never when it, or the savepoint around it, was rolled back.
// Method: both engines, a listener that notes what it hears.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <future>

#include "tests/support/test_db.hpp"

namespace wapi::db {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");

const Sql insert_workspace{{
    .name = "announcement_test.insert_workspace",
    .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us)"
            " VALUES ($1, 'Demo Shop', 'enterprise', '{}', 0)",
}};

class AnnouncementTest : public test::EnginesTest {
  protected:
    AnnouncementTest() {
        database().on_announced([this](std::vector<Announcement> announcements) {
            for (const Announcement& announcement : announcements) {
                heard_.push_back(announcement.id);
            }
        });
    }
    template <class Function>
    auto write_awaited(Function function) {
        return run(database().write(shop, "test", std::move(function)));
    }
    std::vector<std::string> heard_;
};

TEST_P(AnnouncementTest, a_commit_is_heard_in_order_before_its_caller_goes_on) {
    write_awaited([](WorkspaceTxn& txn) {
        txn.announce("test.done", "first", "{}");
        txn.announce("test.done", "second");
        return true;
    });
    EXPECT_EQ(heard_, (std::vector<std::string>{"first", "second"}));
}

TEST_P(AnnouncementTest, a_refused_or_failed_function_is_not_heard) {
    const Result<void> refused = write_awaited([](WorkspaceTxn& txn) -> Result<void> {
        txn.announce("test.done", "refused");
        return fail(errors::not_found);
    });
    EXPECT_FALSE(refused);
    EXPECT_THROW(write_awaited([](WorkspaceTxn& txn) -> bool {
                     txn.announce("test.done", "failed");
                     throw Fault("test.failed", "on purpose");
                 }),
                 Fault);
    EXPECT_THROW(write_awaited([](WorkspaceTxn& txn) {
                     txn.announce("test.done", "twice");
                     txn.execute(insert_workspace);
                     return txn.execute(insert_workspace);
                 }),
                 Fault);
    EXPECT_TRUE(heard_.empty());
}

TEST_P(AnnouncementTest, what_a_savepoint_undoes_is_not_heard_and_its_neighbours_are) {
    write_awaited([](WorkspaceTxn& txn) {
        txn.announce("test.done", "before");
        try {
            txn.txn().savepoint([&txn] {
                txn.announce("test.done", "undone");
                throw Fault("test.failed", "on purpose");
            });
        } catch (const Fault&) {
            txn.announce("test.done", "after");
        }
        txn.txn().savepoint([&txn] { txn.announce("test.done", "kept"); });
        return true;
    });
    EXPECT_EQ(heard_, (std::vector<std::string>{"before", "after", "kept"}));
}

TEST_P(AnnouncementTest, of_functions_that_are_committed_together_each_is_heard_that_stays) {
    // The first holds the thread until all others wait, so that SQLite commits these as one group.
    std::promise<void> queued;
    std::shared_future<void> ready = queued.get_future().share();
    int ended = 0;
    const auto start = [&](std::string id, bool stays) {
        boost::asio::co_spawn(
            io_,
            database().write(shop, "test",
                             [ready, id, stays](WorkspaceTxn& txn) -> Result<void> {
                                 ready.wait();
                                 txn.announce("test.done", id);
                                 return stays ? Result<void>() : fail(errors::not_found);
                             }),
            [&ended](const std::exception_ptr&, const Result<void>&) { ++ended; });
    };
    for (int index = 0; index < 9; ++index) {
        start(std::to_string(index), index % 3 != 1);
    }
    io_.poll();
    queued.set_value();
    while (ended < 9) {
        io_.run_one();
        io_.restart();
    }
    std::ranges::sort(heard_);  // PostgreSQL runs them side by side
    EXPECT_EQ(heard_, (std::vector<std::string>{"0", "2", "3", "5", "6", "8"}));
}

TEST_P(AnnouncementTest, a_function_that_runs_again_after_a_conflict_is_heard_once) {
    int runs = 0;
    write_awaited([&runs](WorkspaceTxn& txn) {
        txn.announce("test.done", std::to_string(++runs));
        if (runs == 1 && txn.txn().engine() == Engine::postgres) {
            throw Fault("db.conflict", "on purpose");
        }
        return true;
    });
    EXPECT_EQ(heard_, std::vector<std::string>{std::to_string(runs)});
}

WAPI_ON_BOTH_ENGINES(AnnouncementTest);

}  // namespace
}  // namespace wapi::db
