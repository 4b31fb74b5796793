// Goal: every table that only grows loses what is past its time, and nothing sooner (invariant 11).
// Method: its own loop on both engines, its clock moved by hand, one old and one new row
// in each table.
#include <gtest/gtest.h>

#include "features/audit/audit.hpp"
#include "features/housekeeping/housekeeping.hpp"
#include "features/idempotency/idempotency.hpp"
#include "features/webhooks/webhooks_test_support.hpp"

namespace wapi::housekeeping {
namespace {

using namespace webhooks::testing;
using namespace std::chrono_literals;

const db::Sql insert_early{{
    .name = "housekeeping_test.insert_early",
    .text = "INSERT INTO early_statuses (workspace_id, phone_number_id, wa_message_id, status,"
            " timestamp_us, error_message, received_us) VALUES ($1, '1', $2, 'sent', 0, '', $3)",
}};
const db::Sql insert_key{{
    .name = "housekeeping_test.insert_key",
    .text = "INSERT INTO idempotency_keys (workspace_id, idempotency_key, request_hash,"
            " message_id, created_us) VALUES ($1, $2, $3, '', $4)",
}};
/// `events letters statuses keys`, as one text.
const db::Sql count_all{{
    .name = "housekeeping_test.count",
    .text = "SELECT (SELECT count(*) FROM webhook_events) * 1000"
            " + (SELECT count(*) FROM dead_letters) * 100"
            " + (SELECT count(*) FROM early_statuses) * 10"
            " + (SELECT count(*) FROM idempotency_keys)",
    .scope = db::Scope::system,
}};

async::Task<> pause() { co_await async::sleep_for(1ms); }

class HousekeepingTest : public WebhooksTest {
  protected:
    HousekeepingTest() { make_workspace(shop); }

    /// A row of each kind, as of now; the event's body is broken and so becomes a dead letter.
    void add_rows(const std::string& name) {
        store_body("no JSON");
        drain();
        write(shop, [&](db::WorkspaceTxn& txn) {
            txn.execute(insert_early, name, clock_.now());
            txn.execute(insert_key, name, db::Bytes(), clock_.now());
            return true;
        });
    }
    /// Runs the worker's loops until this is so, or for ten seconds.
    template <class Reached>
    void run_loops_until(Reached reached) {
        async::Tasks tasks(io_);
        Housekeeper keeper(tasks, database(), clock_, {});
        keeper.start();
        const auto deadline = std::chrono::steady_clock::now() + 10s;
        while (!reached() && std::chrono::steady_clock::now() < deadline) {
            run(pause());
        }
        tasks.stop();
        EXPECT_TRUE(run(tasks.join(5s)));
    }
    std::int64_t counts_after_loops(std::int64_t wanted) {
        run_loops_until([&] { return count(count_all) == wanted; });
        return count(count_all);
    }
    /// A letter about each of these numbers, which belongs to nobody.
    void add_letters(const std::vector<std::string>& subjects) {
        write([&](db::Txn& txn) {
            for (const std::string& subject : subjects) {
                const queue::Job died{.id = ids_.event_id(),
                                      .queue = "webhooks",
                                      .kind = "webhook.item",
                                      .run_at = clock_.now(),
                                      .workspace = std::nullopt,
                                      .subject = subject,
                                      .payload = subject,
                                      .created_at = clock_.now()};
                queue::fail(txn, died, "broken", {}, clock_.now(), true);
            }
            return true;
        });
    }
    std::size_t letters_of_the_shop() {
        return read([](db::Txn& txn) { return queue::list_dead(txn, shop, std::nullopt, 10); })
            .letters.size();
    }
};

TEST_P(HousekeepingTest, what_is_past_its_time_is_removed_and_the_rest_stays) {
    add_rows("old");
    clock_.advance(31 * 24h);
    add_rows("new");
    ASSERT_EQ(count(count_all), 2'222);
    EXPECT_EQ(counts_after_loops(1'211), 1'211) << "letters are kept for 90 days";
    clock_.advance(60 * 24h);
    EXPECT_EQ(counts_after_loops(100), 100) << "the first letter is 91 days old, the second 60";
}

TEST_P(HousekeepingTest, one_step_removes_a_bounded_number_and_says_that_there_is_more) {
    write(shop, [&](db::WorkspaceTxn& txn) {
        for (std::int64_t i = 0; i <= prune_rows_max; ++i) {
            txn.execute(insert_early, std::to_string(i), clock_.now());
        }
        return true;
    });
    clock_.advance(31 * 24h);
    const auto step = [&] {
        return write([&](db::Txn& txn) { return prune_step(txn, {}, clock_.now()); });
    };
    EXPECT_TRUE(step());
    EXPECT_EQ(count(count_all), 10);
    EXPECT_FALSE(step());
    EXPECT_EQ(count(count_all), 0);
}

TEST_P(HousekeepingTest, a_key_is_there_as_long_as_it_counts) {
    const idempotency::Request request{.key = "once", .hash = std::string(32, 'x')};
    const Timestamp used = clock_.now();
    write(shop, [&](db::WorkspaceTxn& txn) {
        idempotency::save(txn, request, "made", used);
        return true;
    });
    const auto is_found_after_a_step = [&] {
        write([&](db::Txn& txn) { return prune_step(txn, {}, clock_.now()); });
        return read(shop, [&](db::WorkspaceTxn& txn) {
            return idempotency::find(txn, request, used).value().has_value();
        });
    };
    clock_.advance(idempotency::key_time);
    EXPECT_TRUE(is_found_after_a_step());
    clock_.advance(1us);
    EXPECT_FALSE(is_found_after_a_step());
}

TEST_P(HousekeepingTest, a_letter_that_missed_its_adoption_goes_to_who_has_its_number) {
    add_letters({shop_number, other_number});
    connect(shop, shop_number);  // at that moment: the letter was not yet there to be adopted
    EXPECT_EQ(letters_of_the_shop(), 0U);
    run_loops_until([this] { return letters_of_the_shop() > 0; });
    EXPECT_EQ(letters_of_the_shop(), 1U);
}

TEST_P(HousekeepingTest, numbers_that_nobody_has_do_not_hide_one_that_somebody_has) {
    std::vector<std::string> subjects{shop_number};
    for (int i = 0; i < 2'000; ++i) {
        subjects.push_back(fmt::format("10700000{:05}", i));
    }
    add_letters(subjects);
    connect(shop, shop_number);
    run_loops_until([this] { return letters_of_the_shop() > 0; });
    EXPECT_EQ(letters_of_the_shop(), 1U);
}

TEST_P(HousekeepingTest, old_audit_entries_leave_and_the_log_stays_whole) {
    write(shop, [&](db::WorkspaceTxn& txn) {
        for (std::size_t i = 0; i <= audit::pruned_in_step_max; ++i) {
            audit::record(txn, {},
                          {.action = audit::actions::contact_created,
                           .resource_type = "contact",
                           .resource_id = "c"},
                          clock_.now());
        }
        return true;
    });
    clock_.advance(91 * 24h);
    async::Tasks tasks(io_);
    Housekeeper keeper(tasks, database(), clock_, {});
    keeper.start();
    const auto verified = [&] {
        return read(shop, [](db::WorkspaceTxn& txn) { return audit::verify_chain(txn); });
    };
    const auto all = static_cast<std::int64_t>(audit::pruned_in_step_max) + 1;
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (verified().pruned_through != all && std::chrono::steady_clock::now() < deadline) {
        run(pause());
    }
    tasks.stop();
    EXPECT_TRUE(run(tasks.join(5s)));
    EXPECT_EQ(verified().pruned_through, all) << "in two steps, one after the other";
    EXPECT_EQ(verified().first_bad, std::nullopt);
    EXPECT_EQ(verified().entries, 2);
}

WAPI_ON_BOTH_ENGINES(HousekeepingTest);

}  // namespace
}  // namespace wapi::housekeeping
