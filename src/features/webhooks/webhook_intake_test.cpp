// Goal: what is answered is committed, what cannot be committed is refused, and a flood shares
// commits (invariant 1). Method: the intake on both engines, with limits set low and a database
// whose inserts are made to fail.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "features/webhooks/webhook_intake.hpp"
#include "features/webhooks/webhooks_test_support.hpp"

namespace wapi::webhooks {
namespace {

using namespace testing;

const db::Sql count_events{{
    .name = "webhook_intake_test.count_events",
    .text = "SELECT count(*) FROM webhook_events",
    .scope = db::Scope::system,
}};
const db::Sql count_jobs{{
    .name = "webhook_intake_test.count_jobs",
    .text = "SELECT count(*) FROM jobs WHERE queue = 'webhooks'",
    .scope = db::Scope::system,
}};

struct Tally {
    std::size_t stored = 0;
    std::size_t refused = 0;
    std::size_t failed = 0;
    std::size_t ended = 0;
};

async::Task<> store_one(Intake& intake, std::string body, Tally& tally) {
    try {
        const Result<void> stored = co_await intake.store("sha256=00", std::move(body));
        ++(stored ? tally.stored : tally.refused);
    } catch (const Fault&) {
        ++tally.failed;
    }
    ++tally.ended;
}

async::Task<> until_ended(const Tally& tally, std::size_t count) {
    while (tally.ended < count) {
        co_await async::sleep_for(std::chrono::milliseconds(1));
    }
}

/// A transaction that stays open until it goes, and keeps the only writer of a database busy.
class BusyWriter {
  public:
    explicit BusyWriter(db::Db& database, std::function<void(db::Txn&)> first = [](db::Txn&) {}) {
        thread_ = std::thread([this, &database, first] {
            database.blocking_write("test.busy", [this, first](db::Txn& txn) {
                first(txn);
                begun_.set_value();
                released_.get_future().wait();
                return true;
            });
        });
        begun_.get_future().wait();
    }
    ~BusyWriter() {
        released_.set_value();
        thread_.join();
    }
    BusyWriter(const BusyWriter&) = delete;
    BusyWriter& operator=(const BusyWriter&) = delete;

  private:
    std::promise<void> begun_;
    std::promise<void> released_;
    std::thread thread_;
};

/// Keeps every insert of an event waiting until it is released. PostgreSQL.
const db::Sql lock_events{{
    .name = "webhook_intake_test.lock_events",
    .text = "LOCK TABLE webhook_events IN SHARE MODE",
    .scope = db::Scope::system,
    .sqlite = "SELECT 1",
}};
const db::Sql count_waiting{{
    .name = "webhook_intake_test.count_waiting",
    .text = "SELECT count(*) FROM pg_locks WHERE NOT granted",
    .scope = db::Scope::system,
    .sqlite = "SELECT 0",
}};

class WebhookIntakeTest : public WebhooksTest {
  protected:
    /// Offers so many bodies at once and waits for all answers.
    Tally offer(Intake& intake, std::size_t count, std::size_t bytes = 100) {
        Tally tally;
        for (std::size_t i = 0; i < count; ++i) {
            tasks_.spawn("test.store", store_one(intake, std::string(bytes, 'x'), tally));
        }
        run(until_ended(tally, count));
        return tally;
    }
    Intake make(IntakeOptions options) {
        return Intake(tasks_, database(), ids_, clock_, std::move(options));
    }
    void refuse_inserts() {
        if (database().engine() == db::Engine::sqlite) {
            execute(
                "CREATE TRIGGER refuse BEFORE INSERT ON webhook_events"
                " BEGIN SELECT RAISE(ABORT, 'no'); END");
            return;
        }
        execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'no'; END $$");
        execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON webhook_events FOR EACH ROW"
            " EXECUTE FUNCTION refuse()");
    }
};

TEST_P(WebhookIntakeTest, a_stored_body_is_committed_with_its_job) {
    Intake intake = make({});
    const Tally tally = offer(intake, 1);
    EXPECT_EQ(tally.stored, 1U);
    reopen();
    EXPECT_EQ(count(count_events), 1);
    EXPECT_EQ(count(count_jobs), 1);
}

TEST_P(WebhookIntakeTest, bodies_that_come_together_share_commits) {
    Intake intake = make({});
    std::size_t woken = 0;
    intake.on_stored([&woken] { ++woken; });
    EXPECT_EQ(offer(intake, 200).stored, 200U);
    EXPECT_EQ(count(count_events), 200);
    EXPECT_LE(woken, 3U) << "one commit for the first, one for all that came meanwhile";
}

TEST_P(WebhookIntakeTest, a_group_is_closed_when_it_is_full) {
    Intake intake = make({.group_bytes_max = 1'000});
    std::size_t woken = 0;
    intake.on_stored([&woken] { ++woken; });
    EXPECT_EQ(offer(intake, 100).stored, 100U);
    EXPECT_EQ(count(count_events), 100);
    EXPECT_GE(woken, 9U);
}

TEST_P(WebhookIntakeTest, bodies_that_come_while_a_group_waits_for_the_writer_go_with_it) {
    reopen({.connections_max = 1});
    Intake intake = make({});
    std::size_t woken = 0;
    intake.on_stored([&woken] { ++woken; });
    Tally tally;
    {
        const BusyWriter busy(database());
        for (std::size_t i = 0; i < 3; ++i) {
            tasks_.spawn("test.store", store_one(intake, "x", tally));
            run(async::sleep_for(std::chrono::milliseconds(5)));
        }
        EXPECT_EQ(tally.ended, 0U);
    }
    run(until_ended(tally, 3));
    EXPECT_EQ(tally.stored, 3U);
    EXPECT_EQ(woken, 1U);
    EXPECT_EQ(count(count_events), 3);
}

TEST_P(WebhookIntakeTest, a_group_the_database_had_no_room_for_takes_no_more_bodies) {
    reopen({.connections_max = 1, .waiting_max = 1});
    Intake intake = make({});
    std::thread waiting;
    {
        const BusyWriter busy(database());
        waiting = std::thread(
            [this] { database().blocking_write("test.waiting", [](db::Txn&) { return true; }); });
        while (database().stats().waiting == 0) {
            std::this_thread::yield();
        }
        EXPECT_EQ(offer(intake, 2).failed, 2U);
    }
    waiting.join();
    EXPECT_EQ(offer(intake, 2).stored, 2U);
    EXPECT_EQ(count(count_events), 2);
}

TEST_P(WebhookIntakeTest, a_failed_commit_acknowledges_nothing) {
    refuse_inserts();
    Intake intake = make({});
    const Tally tally = offer(intake, 20);
    EXPECT_EQ(tally.failed, 20U);
    EXPECT_EQ(tally.stored, 0U);
    EXPECT_EQ(count(count_events), 0);
    EXPECT_EQ(count(count_jobs), 0);
}

TEST_P(WebhookIntakeTest, above_the_backlog_bodies_are_refused) {
    Intake intake = make({.backlog_max = 5});
    EXPECT_EQ(offer(intake, 5).stored, 5U);
    const Tally more = offer(intake, 3);
    EXPECT_EQ(more.refused, 3U);
    EXPECT_EQ(count(count_events), 5);
    EXPECT_EQ(run(intake.store("", "x")).error().kind, &errors::backlog_full);
}

TEST_P(WebhookIntakeTest, bodies_beyond_the_memory_limit_are_refused) {
    Intake intake = make({.waiting_bytes_max = 1'000});
    const Tally tally = offer(intake, 20, 100);
    EXPECT_EQ(tally.stored, 10U);
    EXPECT_EQ(tally.refused, 10U);
    EXPECT_EQ(offer(intake, 1).stored, 1U) << "the memory is free again";
}

TEST_P(WebhookIntakeTest, a_backlog_from_before_the_start_counts) {
    for (int i = 0; i < 3; ++i) {
        store_body("{}");
    }
    Intake intake = make({.backlog_max = 3});
    intake.start();
    Tally tally;
    while (tally.refused == 0 && tally.ended < 1'000) {
        tally.refused += offer(intake, 1).refused;
        ++tally.ended;
    }
    EXPECT_EQ(tally.refused, 1U);
    tasks_.stop();
    EXPECT_TRUE(run(tasks_.join(std::chrono::seconds(5))));
}

TEST_P(WebhookIntakeTest, on_a_full_disk_bodies_are_refused) {
    const test::TempFolder folder;
    Intake intake = make({.disk_folder = folder.path(), .disk_free_bytes_min = UINT64_MAX});
    intake.start();
    // Until the watch has looked for the first time, bodies are still taken.
    std::size_t taken = 0;
    while (taken < 1'000 && run(intake.store("", "x"))) {
        ++taken;
    }
    EXPECT_EQ(run(intake.store("", "x")).error().kind, &errors::disk_full);
    tasks_.stop();
    EXPECT_TRUE(run(tasks_.join(std::chrono::seconds(5))));
}

TEST_P(WebhookIntakeTest, ids_that_another_node_has_used_are_made_again) {
    SeededRng same_noise(1);
    IdGenerator other_node(clock_, same_noise);
    Intake intake = make({});
    Intake other(tasks_, database(), other_node, clock_, {});
    EXPECT_EQ(offer(intake, 1).stored, 1U);
    EXPECT_EQ(offer(other, 1).stored, 1U) << "same microsecond, same noise";
    EXPECT_EQ(count(count_events), 2);
    EXPECT_EQ(count(count_jobs), 2);
}

TEST_P(WebhookIntakeTest, what_makes_webhooks_fail_is_told_until_it_is_over) {
    Intake intake = make({.backlog_max = 2});
    EXPECT_EQ(intake.failing(), "");
    EXPECT_EQ(offer(intake, 2).stored, 2U);
    EXPECT_EQ(intake.failing(), "backlog_full");
    EXPECT_TRUE(intake.check().error().retry_after);
    refuse_inserts();
    Intake broken = make({});
    offer(broken, 1);
    EXPECT_EQ(broken.failing().substr(0, 3), "db.");
    clock_.advance(std::chrono::seconds(10));
    EXPECT_EQ(broken.failing(), "") << "nobody has tried since";
}

TEST_P(WebhookIntakeTest, a_folder_that_cannot_be_looked_at_keeps_what_was_known) {
    const test::TempFolder folder;
    Intake intake = make({.disk_folder = folder.path() / "gone"});
    intake.start();
    EXPECT_EQ(offer(intake, 5).stored, 5U);
    tasks_.stop();
    EXPECT_TRUE(run(tasks_.join(std::chrono::seconds(5))));
}

WAPI_ON_BOTH_ENGINES(WebhookIntakeTest);

/// Where a transaction can begin and wait.
class WebhookIntakeWaitTest : public WebhookIntakeTest {};

TEST_P(WebhookIntakeWaitTest, a_body_that_comes_after_the_transaction_began_goes_with_the_next) {
    Intake intake = make({});
    std::size_t woken = 0;
    intake.on_stored([&woken] { ++woken; });
    Tally tally;
    {
        const BusyWriter busy(database(), [](db::Txn& txn) { txn.execute(lock_events); });
        tasks_.spawn("test.store", store_one(intake, "first", tally));
        while (count(count_waiting) == 0) {
            run(async::sleep_for(std::chrono::milliseconds(1)));
        }
        tasks_.spawn("test.store", store_one(intake, "second", tally));
        run(async::sleep_for(std::chrono::milliseconds(1)));
    }
    run(until_ended(tally, 2));
    EXPECT_EQ(tally.stored, 2U);
    EXPECT_EQ(woken, 2U);
    EXPECT_EQ(count(count_events), 2);
}

WAPI_ON_POSTGRES(WebhookIntakeWaitTest);

}  // namespace
}  // namespace wapi::webhooks
