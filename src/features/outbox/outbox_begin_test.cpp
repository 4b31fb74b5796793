// Goal: what must not leave does not: opted out, cancelled, settled, or perhaps sent before a crash
// (invariants 4 and 5). Method: lease, begin and record by hand on both engines; on PostgreSQL a
// STOP in a second transaction.
#include <gtest/gtest.h>

#include "features/outbox/outbox_test_support.hpp"
#include "features/webhook_events/webhook_events.hpp"
#include "tests/support/interleaved.hpp"
#include "whatsapp/webhook_parser.hpp"

namespace wapi::outbox {
namespace {

using namespace testing;
using namespace std::chrono_literals;

class OutboxBeginTest : public OutboxTest {
  protected:
    /// Received and answered, and not processed.
    void store_webhook(const std::string& from) {
        const std::string body =
            R"({"value":{"messages":[{"from":")" + from + R"(","text":{"body":"STOP"}}]}})";
        write([&](db::Txn& txn) {
            const webhook_events::StoredEvent event{.id = ids_.event_id(),
                                                    .received_at = clock_.now(),
                                                    .priority = whatsapp::classify_priority(body),
                                                    .signature = {},
                                                    .body = body};
            webhook_events::insert(txn, std::span(&event, 1));
            return true;
        });
    }
    void process_webhooks() {
        write([&](db::Txn& txn) {
            return queue::take(txn, webhook_events::queue_name, clock_.now(), 1'000).size();
        });
    }
    std::string ann_phone() {
        return read(shop,
                    [&](db::WorkspaceTxn& txn) { return contacts::get(txn, ann_).value().phone; });
    }
};

TEST_P(OutboxBeginTest, after_a_crash_during_the_call_a_text_waits_and_marketing_is_not_repeated) {
    const MessageId text = queued_text();
    const MessageId marketing = queued_marketing();
    for (const outbox::Leased& leased : lease().leased) {
        EXPECT_FALSE(begin(leased));
    }
    clock_.advance(lease_time - 1us);
    EXPECT_TRUE(lease().dropped.empty());
    clock_.advance(1us);
    EXPECT_TRUE(lease().leased.empty()) << "a status may still be on its way";
    EXPECT_EQ(get(text).status, status::retry_queued);
    EXPECT_EQ(get(marketing).status, status::uncertain);
    clock_.advance(1min - 1us);
    EXPECT_TRUE(lease().leased.empty());
    clock_.advance(1us);
    EXPECT_EQ(attempt(accepted("wamid.OUT")).id, text);
    EXPECT_EQ(waiting(), 0);
}

TEST_P(OutboxBeginTest, a_status_after_the_crash_settles_the_text_before_it_is_repeated) {
    const MessageId text = queued_text();
    begin_one();
    clock_.advance(lease_time);
    EXPECT_TRUE(lease().leased.empty());
    apply("wamid.OUT", whatsapp::DeliveryStatus::sent, clock_.now(), text.value);
    clock_.advance(24h);
    EXPECT_TRUE(lease().leased.empty()) << "it must not be sent again";
    EXPECT_EQ(get(text).status, status::sent);
    EXPECT_EQ(waiting(), 0);
}

TEST_P(OutboxBeginTest, a_text_whose_every_call_dies_ends_as_a_dead_letter) {
    const MessageId text = queued_text();
    for (std::size_t crashes = 1; crashes <= retries.delays.size() + 1; ++crashes) {
        begin_one();
        clock_.advance(lease_time);
        EXPECT_TRUE(lease().leased.empty());
        clock_.advance(1h);
    }
    EXPECT_EQ(get(text).status, status::failed);
    EXPECT_EQ(waiting(), 0);
    EXPECT_EQ(count_outbox().dead, 1);
    EXPECT_EQ(count_audit("message.failed"), 1);
}

TEST_P(OutboxBeginTest, after_a_crash_before_the_call_even_marketing_is_taken_again) {
    queued_marketing();
    EXPECT_EQ(lease().leased.size(), 1U);
    clock_.advance(lease_time);
    EXPECT_EQ(attempt(accepted("wamid.OUT")).status, status::sent);
}

TEST_P(OutboxBeginTest, who_opts_out_between_lease_and_call_gets_nothing) {
    const MessageId id = queued_text();
    const outbox::LeaseResult found = lease();
    set_opt_out(ann_, true);
    const auto dropped = begin(found.leased.at(0));
    ASSERT_TRUE(dropped);
    EXPECT_EQ(dropped->status, status::cancelled);
    EXPECT_EQ(dropped->reason, "opted_out");
    EXPECT_EQ(get(id).status, status::cancelled);
    EXPECT_EQ(waiting(), 0);
}

TEST_P(OutboxBeginTest, a_cancelled_or_settled_message_is_never_called_nor_changed) {
    const MessageId cancelled = queued_text();
    const outbox::LeaseResult found = lease();
    write(shop,
          [&](db::WorkspaceTxn& txn) { return messages::cancel_queued(txn, ann_, "opted_out"); });
    EXPECT_TRUE(begin(found.leased.at(0)));
    record(found.leased[0], refused(130429));
    EXPECT_EQ(get(cancelled).status, status::cancelled);
    const MessageId settled = queued_text();
    const outbox::LeaseResult next = lease();
    apply("wamid.OUT", whatsapp::DeliveryStatus::sent, clock_.now(), settled.value);
    EXPECT_EQ(begin(next.leased.at(0))->status, status::sent);
    EXPECT_EQ(waiting(), 0);
}

TEST_P(OutboxBeginTest, a_call_begins_once) {
    queued_text();
    const outbox::LeaseResult found = lease();
    EXPECT_FALSE(begin(found.leased.at(0)));
    EXPECT_TRUE(begin(found.leased[0]));
}

TEST_P(OutboxBeginTest, who_has_written_what_is_not_processed_yet_is_not_called) {
    const MessageId id = queued_text();
    const outbox::LeaseResult found = lease();
    store_webhook(ann_phone());
    EXPECT_EQ(turn(found.leased.at(0)).turn, Turn::later);
    EXPECT_EQ(get(id).status, status::queued);
    EXPECT_TRUE(lease().leased.empty());
    process_webhooks();
    set_opt_out(ann_, true);  // it was a STOP
    clock_.advance(unread_pause);
    EXPECT_EQ(lease().dropped.at(0).status, status::cancelled);
    EXPECT_EQ(waiting(), 0);
}

TEST_P(OutboxBeginTest, what_a_node_whose_clock_is_ahead_has_received_counts) {
    queued_text();
    const outbox::LeaseResult found = lease();
    clock_.advance(10s);
    store_webhook(ann_phone());
    clock_.advance(-10s);
    EXPECT_EQ(turn(found.leased.at(0)).turn, Turn::later);
}

TEST_P(OutboxBeginTest, what_others_have_written_holds_nobody_up) {
    queued_text();
    const outbox::LeaseResult found = lease();
    store_webhook("999000111");
    EXPECT_EQ(turn(found.leased.at(0)).turn, Turn::call);
}

TEST_P(OutboxBeginTest, a_confirmation_waits_for_nothing_unread) {
    queue_reply(thread_, {.purpose = Purpose::confirmation});
    store_webhook(ann_phone());
    EXPECT_EQ(turn(lease().leased.at(0)).turn, Turn::call);
}

TEST_P(OutboxBeginTest, a_message_from_the_other_form_of_the_number_counts) {
    const messages::InboundResult maria = receive("oi", "5511987654321");
    queue_reply(maria, {});
    const outbox::LeaseResult found = lease();
    store_webhook("551187654321");
    EXPECT_EQ(turn(found.leased.at(0)).turn, Turn::later);
}

TEST_P(OutboxBeginTest, what_is_replayed_or_has_failed_holds_nobody_up) {
    queued_text();
    const outbox::LeaseResult found = lease();
    store_webhook(ann_phone());
    write([&](db::Txn& txn) {
        for (const queue::Job& job :
             queue::take(txn, webhook_events::queue_name, clock_.now(), 10)) {
            queue::fail(txn, job, "poison", retries, clock_.now(), true);
            queue::replay_dead(txn, std::nullopt, job.id, clock_.now() + 1s).value();
        }
        return true;
    });
    clock_.advance(2s);
    EXPECT_EQ(turn(found.leased.at(0)).turn, Turn::call);
}

TEST_P(OutboxBeginTest, nothing_is_taken_while_webhooks_are_far_behind) {
    queued_text();
    const outbox::LeaseResult found = lease();
    queued_text();
    for (int message = 0; message < 1'000; ++message) {
        EXPECT_FALSE(message % 100 == 99 && lease().waits);
        store_webhook("999000111");
    }
    EXPECT_EQ(turn(found.leased.at(0)).turn, Turn::later) << "whoever it was";
    EXPECT_TRUE(lease().waits);
    EXPECT_TRUE(lease().leased.empty());
    process_webhooks();
    EXPECT_FALSE(lease().waits);
    EXPECT_EQ(waiting(), 2);
}

class OutboxBeginRaceTest : public OutboxBeginTest {
  protected:
    /// The state alone, without what a STOP does to messages.
    void save_stop(db::WorkspaceTxn& txn) const {
        contacts::OptOut opt_out = contacts::lock_opt_out(txn, ann_).value();
        opt_out.status = true;
        contacts::save_opt_out(txn, ann_, opt_out);
    }
};

TEST_P(OutboxBeginRaceTest, a_call_waits_for_a_stop_that_is_being_stored) {
    const MessageId id = queued_text();
    const outbox::LeaseResult found = lease();
    // The message's row is free: only the contact's can hold the call up.
    test::Interleaved stop(database(), shop, [&](db::WorkspaceTxn& txn) { save_stop(txn); });
    EXPECT_TRUE(begin(found.leased.at(0)));
    stop.join();
    EXPECT_EQ(get(id).status, status::cancelled);
}

TEST_P(OutboxBeginRaceTest, a_call_waits_for_a_stop_that_also_cancels_it) {
    const MessageId id = queued_text();
    const outbox::LeaseResult found = lease();
    test::Interleaved stop(database(), shop, [&](db::WorkspaceTxn& txn) {
        save_stop(txn);
        messages::cancel_queued(txn, ann_, "opted_out");
    });
    EXPECT_TRUE(begin(found.leased.at(0)));
    stop.join();
    EXPECT_EQ(get(id).status, status::cancelled);
}

TEST_P(OutboxBeginTest, who_opts_out_between_commit_and_lease_gets_nothing) {
    const MessageId id = queued_text();
    set_opt_out(ann_, true);
    const outbox::LeaseResult found = lease();
    EXPECT_TRUE(found.leased.empty());
    ASSERT_EQ(found.dropped.size(), 1U);
    EXPECT_EQ(get(id).status, status::cancelled);
    EXPECT_EQ(get(id).error_message, "opted_out");
    EXPECT_EQ(waiting(), 0);
}

TEST_P(OutboxBeginTest, who_opts_out_before_a_retry_gets_nothing) {
    const MessageId id = queued_text();
    attempt(refused(130429));
    set_opt_out(ann_, true);
    clock_.advance(1min);
    EXPECT_TRUE(lease().leased.empty());
    EXPECT_EQ(get(id).status, status::cancelled);
}

TEST_P(OutboxBeginTest, the_confirmation_leaves_although_the_contact_has_opted_out) {
    queue_reply(thread_, {.purpose = Purpose::confirmation});
    set_opt_out(ann_, true);
    EXPECT_EQ(attempt(accepted("wamid.OUT")).status, status::sent);
}

TEST_P(OutboxBeginTest, nothing_of_a_suspended_workspace_leaves_until_it_is_resumed) {
    const MessageId id = queued_text();
    const auto set = [&](const std::string& since) {
        write([&](db::Txn& txn) {
            txn.connection().execute_text("UPDATE workspaces SET suspended_us = " + since);
            return true;
        });
    };
    set("1");
    EXPECT_TRUE(lease().leased.empty());
    EXPECT_EQ(get(id).status, status::queued);
    EXPECT_EQ(waiting(), 1);
    clock_.advance(1h);
    EXPECT_TRUE(lease().leased.empty()) << "however long it is";
    set("NULL");
    clock_.advance(1min);
    EXPECT_EQ(attempt(accepted("wamid.OUT")).id, id);
    EXPECT_EQ(waiting(), 0);
}

TEST_P(OutboxBeginTest, a_cancelled_message_does_not_leave) {
    queued_text();
    write(shop,
          [&](db::WorkspaceTxn& txn) { return messages::cancel_queued(txn, ann_, "opted_out"); });
    const outbox::LeaseResult found = lease();
    EXPECT_TRUE(found.leased.empty());
    EXPECT_EQ(waiting(), 0);
}

WAPI_ON_BOTH_ENGINES(OutboxBeginTest);
WAPI_ON_POSTGRES(OutboxBeginRaceTest);

}  // namespace
}  // namespace wapi::outbox
