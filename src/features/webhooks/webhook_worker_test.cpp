// Goal: one bad item never costs its neighbours, goes through the retries and becomes a dead letter
// that its workspace sees and can replay once the cause is gone (invariant 3). Method: the worker
// by hand on both engines with a clock moved by hand; a trigger makes the database refuse one
// message.
#include <gtest/gtest.h>

#include "base/metrics.hpp"
#include "features/contacts/contacts.hpp"
#include "features/webhooks/webhooks_test_support.hpp"

namespace wapi::webhooks {
namespace {

using namespace testing;

const db::Sql count_messages{{
    .name = "webhook_worker_test.count_messages",
    .text = "SELECT count(*) FROM messages WHERE direction = 'inbound'",
    .scope = db::Scope::system,
}};
const db::Sql count_jobs{{
    .name = "webhook_worker_test.count_jobs",
    .text = "SELECT count(*) FROM jobs WHERE queue = 'webhooks'",
    .scope = db::Scope::system,
}};
const db::Sql count_entries{{
    .name = "webhook_worker_test.count_entries",
    .text = "SELECT count(*) FROM audit_logs WHERE action = 'webhook.failed'",
    .scope = db::Scope::system,
}};

const std::vector<std::chrono::seconds> retry_delays{
    std::chrono::seconds(1), std::chrono::seconds(5), std::chrono::seconds(30),
    std::chrono::minutes(2), std::chrono::minutes(10)};

class WebhookWorkerTest : public WebhooksTest {
  protected:
    WebhookWorkerTest() {
        make_workspace(shop);
        connect(shop, shop_number);
    }
    json::object text(int index, const std::string& number = shop_number) {
        return text_change(number, {.phone = fmt::format("1555001{:04}", index)},
                           fmt::format("wamid.{}", index), now_s(), "hello");
    }
    /// One body of `count` messages in which the one with `bad_index` comes on `bad_number`.
    std::string body_with(int count, int bad_index, const std::string& bad_number) {
        json::array changes;
        for (int i = 0; i < count; ++i) {
            changes.push_back(text(i, i == bad_index ? bad_number : shop_number));
        }
        return body_of(std::move(changes));
    }
    /// Makes the database refuse every message with that wamid, as a fault nobody foresaw.
    void refuse(const std::string& wamid) {
        if (database().engine() == db::Engine::sqlite) {
            execute("CREATE TRIGGER poison BEFORE INSERT ON messages WHEN NEW.wa_message_id = '" +
                    wamid + "' BEGIN SELECT RAISE(ABORT, 'poisoned'); END");
            return;
        }
        execute(
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF NEW.wa_message_id = '" +
            wamid + "' THEN RAISE EXCEPTION 'poisoned'; END IF; RETURN NEW; END $$");
        execute(
            "CREATE TRIGGER poison BEFORE INSERT ON messages FOR EACH ROW"
            " EXECUTE FUNCTION poison()");
    }
    void allow_again() {
        execute(database().engine() == db::Engine::sqlite ? "DROP TRIGGER poison"
                                                          : "DROP TRIGGER poison ON messages");
    }
    static std::uint64_t counted(std::string_view outcome) {
        std::uint64_t value = 0;
        Counter::for_each([&](const Counter& counter) {
            if (counter.name() == "wapi_webhook_items_total" &&
                counter.labels() == fmt::format(R"(outcome="{}")", outcome)) {
                value = counter.value();
            }
        });
        return value;
    }
    queue::DeadLetterPage dead(const std::optional<WorkspaceId>& workspace) {
        return read(
            [&](db::Txn& txn) { return queue::list_dead(txn, workspace, std::nullopt, 50); });
    }
    /// Goes through every retry: at each a moment too early nothing is taken, then one job is.
    void pass_retries() {
        for (const std::chrono::seconds delay : retry_delays) {
            clock_.advance(delay - std::chrono::milliseconds(1));
            EXPECT_EQ(drain(), 0U) << delay.count();
            EXPECT_TRUE(dead(std::nullopt).letters.empty());
            clock_.advance(std::chrono::milliseconds(1));
            EXPECT_EQ(drain(), 1U) << delay.count();
        }
    }
};

TEST_P(WebhookWorkerTest, of_a_thousand_items_one_on_a_strange_number_dies_alone) {
    store_body(body_with(1'000, 500, other_number));
    EXPECT_EQ(drain(), 1U);
    EXPECT_EQ(count(count_messages), 999);
    pass_retries();
    const queue::DeadLetterPage letters = dead(std::nullopt);
    ASSERT_EQ(letters.letters.size(), 1U);
    EXPECT_EQ(letters.letters[0].job.kind, webhook_events::kind_item);
    EXPECT_EQ(letters.letters[0].job.attempts, 6);
    EXPECT_EQ(letters.letters[0].job.subject, other_number);
    EXPECT_EQ(letters.letters[0].last_error,
              "No workspace has connected the number 1080000000002.");
    EXPECT_TRUE(dead(shop).letters.empty());
    EXPECT_EQ(count(count_jobs), 0);
}

TEST_P(WebhookWorkerTest, of_a_thousand_items_one_that_the_database_refuses_dies_alone) {
    refuse("wamid.500");
    store_body(body_with(1'000, -1, ""));
    EXPECT_EQ(drain(), 1U);
    EXPECT_EQ(count(count_messages), 999);
    pass_retries();
    const queue::DeadLetterPage letters = dead(shop);
    ASSERT_EQ(letters.letters.size(), 1U);
    EXPECT_NE(letters.letters[0].last_error.find("poisoned"), std::string::npos)
        << letters.letters[0].last_error;
    EXPECT_TRUE(dead(other_shop).letters.empty());
    EXPECT_EQ(count(count_entries), 1);
}

TEST_P(WebhookWorkerTest, what_was_rolled_back_is_not_counted) {
    refuse("wamid.500");
    store_body(body_with(1'000, -1, ""));
    const std::uint64_t applied = counted("applied");
    const std::uint64_t failed = counted("failed");
    drain();
    EXPECT_EQ(counted("applied") - applied, 999U);
    EXPECT_EQ(counted("failed") - failed, 1U);
}

TEST_P(WebhookWorkerTest, a_dead_letter_is_stored_once_after_its_cause_is_gone) {
    refuse("wamid.1");
    store_body(body_with(3, -1, ""));
    drain();
    pass_retries();
    const EventId id = dead(shop).letters.at(0).job.id;
    const auto replay = [&](const WorkspaceId& workspace) {
        return write(
            [&](db::Txn& txn) { return queue::replay_dead(txn, workspace, id, clock_.now()); });
    };
    EXPECT_FALSE(replay(other_shop)) << "another workspace's";
    allow_again();
    ASSERT_TRUE(replay(shop));
    EXPECT_EQ(drain(), 1U);
    EXPECT_EQ(count(count_messages), 3);
    EXPECT_FALSE(replay(shop)) << "it is no dead letter any more";
    EXPECT_TRUE(dead(shop).letters.empty());
}

TEST_P(WebhookWorkerTest, a_bad_body_does_not_undo_the_bodies_of_its_batch) {
    refuse("wamid.2");
    for (int i = 0; i < 5; ++i) {
        store_body(body_of(text(i)));
    }
    drain();
    EXPECT_EQ(count(count_messages), 4);
    EXPECT_EQ(count(count_jobs), 1);
}

TEST_P(WebhookWorkerTest, broken_json_is_a_dead_letter_at_once) {
    store_body(R"({"object":"whatsapp_business_account","entry":[)");
    store_body(body_of(text(1)));
    EXPECT_EQ(drain(), 2U);
    EXPECT_EQ(count(count_messages), 1);
    const queue::DeadLetterPage letters = dead(std::nullopt);
    ASSERT_EQ(letters.letters.size(), 1U);
    EXPECT_EQ(letters.letters[0].job.kind, webhook_events::kind_event);
    EXPECT_EQ(letters.letters[0].job.attempts, 1);
}

TEST_P(WebhookWorkerTest, an_item_that_cannot_be_understood_costs_only_itself) {
    json::object broken = text(1);
    broken["value"].as_object()["messages"].as_array()[0].as_object().erase("id");
    store_body(body_of({text(0), broken, text(2)}));
    drain();
    EXPECT_EQ(count(count_messages), 2);
    pass_retries();
    const queue::DeadLetterPage letters = dead(shop);
    ASSERT_EQ(letters.letters.size(), 1U);
    EXPECT_NE(letters.letters[0].last_error.find("id is missing"), std::string::npos);
}

TEST_P(WebhookWorkerTest, dead_letters_of_a_number_belong_to_the_workspace_that_connects_it) {
    store_body(body_of(text(1, other_number)));
    drain();
    pass_retries();
    EXPECT_TRUE(dead(other_shop).letters.empty());
    connect(other_shop, other_number);
    const auto adopted =
        write([&](db::Txn& txn) { return queue::adopt_dead(txn, other_number, other_shop); });
    EXPECT_EQ(adopted, 1);
    const queue::DeadLetterPage letters = dead(other_shop);
    ASSERT_EQ(letters.letters.size(), 1U);
    EXPECT_TRUE(dead(shop).letters.empty());
    ASSERT_TRUE(write([&](db::Txn& txn) {
        return queue::replay_dead(txn, other_shop, letters.letters[0].job.id, clock_.now());
    }));
    EXPECT_EQ(drain(), 1U);
    EXPECT_EQ(count(count_messages), 1);
}

TEST_P(WebhookWorkerTest, a_failure_that_says_marketing_was_stopped_is_an_opt_out_by_meta) {
    store_body(
        body_of(text_change(shop_number, {.phone = "15550002222"}, "wamid.1", now_s(), "hi")));
    store_body(body_of(status_change(
        shop_number,
        {.wamid = "wamid.2", .status = "failed", .at_s = now_s() + 1, .error_code = 131050})));
    drain();
    const contacts::OptOut opt_out = read(shop, [](db::WorkspaceTxn& txn) {
        const auto id =
            contacts::find_by_identity(txn, {contacts::IdentityKind::phone, "15550002222"});
        return contacts::get(txn, id.value()).value().opt_out;
    });
    EXPECT_TRUE(opt_out.status);
    EXPECT_EQ(opt_out.opted_out_via, "meta");
}

TEST_P(WebhookWorkerTest, the_letter_belongs_to_who_has_the_number_when_the_last_attempt_fails) {
    json::object broken = text(1, other_number);
    broken["value"].as_object()["messages"].as_array()[0].as_object().erase("id");
    store_body(body_of(broken));
    drain();
    make_workspace(other_shop);
    connect(other_shop, other_number);  // after the first attempt, before the last
    pass_retries();
    EXPECT_EQ(dead(other_shop).letters.size(), 1U);
    EXPECT_EQ(count(count_entries), 1);
}

TEST_P(WebhookWorkerTest, fields_nobody_handles_yet_end_quietly) {
    store_body(body_of(change_of(other_number, "flows", {{"event", "FLOW_STATUS_CHANGE"}})));
    store_body(body_of(change_of(shop_number, "a_field_of_tomorrow", {{"x", 1}})));
    EXPECT_EQ(drain(), 2U);
    EXPECT_EQ(count(count_jobs), 0);
    EXPECT_TRUE(dead(std::nullopt).letters.empty());
}

TEST_P(WebhookWorkerTest, messages_are_taken_before_statuses_and_statuses_before_the_rest) {
    const EventId low = store_body(body_of(change_of(shop_number, "flows", {{"event", "X"}})));
    const EventId normal = store_body(body_of(
        status_change(shop_number, {.wamid = "wamid.S", .status = "sent", .at_s = now_s()})));
    const EventId high = store_body(body_of(text(1)));
    std::vector<EventId> order;
    while (order.size() < 3) {
        write([&](db::Txn& txn) {
            for (const queue::Job& job :
                 queue::take(txn, webhook_events::queue_name, clock_.now(), 1)) {
                order.push_back(job.id);
            }
            return true;
        });
    }
    EXPECT_EQ(order, (std::vector{high, normal, low}));
}

TEST_P(WebhookWorkerTest, an_event_that_retention_has_removed_is_a_dead_letter_with_that_reason) {
    refuse("wamid.1");
    store_body(body_of(text(1)));
    drain();
    write([&](db::Txn& txn) {
        return webhook_events::prune_events(txn, clock_.now() + std::chrono::hours(1), 10);
    });
    clock_.advance(std::chrono::seconds(1));
    EXPECT_EQ(drain(), 1U);
    ASSERT_EQ(dead(shop).letters.size(), 1U);
    EXPECT_EQ(dead(shop).letters[0].last_error, "The stored event is gone.");
}

TEST_P(WebhookWorkerTest, bodies_stored_together_share_a_job_and_still_fail_alone) {
    refuse("wamid.70");
    std::vector<std::string> bodies{R"({"object":"whatsapp_business_account","entry":[)"};
    for (int i = 0; i < 100; ++i) {
        bodies.push_back(body_of(text(i)));
    }
    bodies.push_back(body_of(change_of(shop_number, "flows", {{"event", "X"}})));
    const std::vector<EventId> ids = store_together(bodies);
    EXPECT_LE(count(count_jobs), 4) << "one job for at most 64 events of a priority";
    const auto waiting = read([&](db::Txn& txn) {
        return queue::count(txn, webhook_events::queue_name, std::nullopt, clock_.now());
    });
    EXPECT_EQ(waiting.pending, 102) << "counts are counts of events";
    EXPECT_EQ(drain(), 102U);
    EXPECT_EQ(count(count_messages), 99);
    EXPECT_EQ(count(count_jobs), 1) << "the refused message waits for its retry";
    const queue::DeadLetterPage letters = dead(std::nullopt);
    ASSERT_EQ(letters.letters.size(), 1U);
    EXPECT_EQ(letters.letters[0].job.id, ids[0]);
    EXPECT_EQ(letters.letters[0].job.kind, webhook_events::kind_event);
}

TEST_P(WebhookWorkerTest, a_job_whose_list_of_events_is_damaged_is_a_dead_letter) {
    write([&](db::Txn& txn) {
        queue::enqueue(txn,
                       {.id = ids_.event_id(),
                        .queue = std::string(webhook_events::queue_name),
                        .kind = std::string(webhook_events::kind_events),
                        .run_at = clock_.now(),
                        .workspace = std::nullopt,
                        .subject = {},
                        .payload = "[1,",
                        .items = 2},
                       clock_.now());
        return true;
    });
    drain();
    ASSERT_EQ(dead(std::nullopt).letters.size(), 1U);
    EXPECT_EQ(dead(std::nullopt).letters[0].last_error, "The list of events is damaged.");
}

WAPI_ON_BOTH_ENGINES(WebhookWorkerTest);

}  // namespace
}  // namespace wapi::webhooks
