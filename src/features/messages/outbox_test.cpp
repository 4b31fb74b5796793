// Goal: each way a send can end leaves the right state, and what must not go out twice does not
// (invariants 4 and 5). Method: lease and record by hand on both engines, with the outcomes that
// the Graph client can have and a clock moved by hand.
#include <gtest/gtest.h>

#include "features/messages/messages_test_support.hpp"
#include "tests/support/interleaved.hpp"

namespace wapi::messages {
namespace {

using namespace testing;
using namespace std::chrono_literals;

const queue::RetryPolicy retries{{1min, 5min, 15min, 1h}};
constexpr std::chrono::milliseconds lease_time{90'000};

class OutboxTest : public MessagesTest {
  protected:
    OutboxTest() : ann_(receive("hi").contact) { save_template("sale", "MARKETING"); }
    MessageId queued_text() { return commit(text_to("+15550002222"))->id; }
    MessageId queued_marketing() { return commit(template_to("+15550002222", "sale"))->id; }

    outbox::LeaseResult lease() {
        return write([&](db::Txn& txn) {
            return outbox::lease(
                txn, {outbox_queue(shop_number), clock_.now(), lease_time, 10, retries});
        });
    }
    /// The last step before the call. Nothing: it may be made.
    std::optional<outbox::Dropped> begin(const outbox::Leased& leased) {
        return write(shop, [&](db::WorkspaceTxn& txn) { return outbox::begin(txn, leased); });
    }
    std::optional<Message> record(const outbox::Leased& leased,
                                  std::optional<whatsapp::SendOutcome> outcome) {
        return write(shop, [&](db::WorkspaceTxn& txn) {
            return outbox::record(
                txn,
                {.leased = leased, .outcome = outcome, .retries = retries, .now = clock_.now()});
        });
    }
    /// Leases the only waiting message and begins its call.
    outbox::Leased begin_one() {
        outbox::LeaseResult found = lease();
        EXPECT_EQ(found.leased.size(), 1U);
        EXPECT_FALSE(begin(found.leased.at(0)));
        return found.leased[0];
    }
    /// The same, and records the outcome.
    Message attempt(whatsapp::SendOutcome outcome) {
        return record(begin_one(), std::move(outcome)).value();
    }
    static whatsapp::Accepted accepted(const std::string& wamid) {
        whatsapp::Accepted answer;
        answer.wa_message_id = WaMessageId(wamid);
        return answer;
    }
    static whatsapp::Refused refused(int code, int http_status = 400) {
        whatsapp::Refused answer;
        answer.code = code;
        answer.http_status = http_status;
        return answer;
    }
    std::int64_t waiting() {
        const queue::Counts counts = count_outbox();
        return counts.pending + counts.delayed;
    }

    ContactId ann_;
};

TEST_P(OutboxTest, the_request_carries_recipient_content_and_our_id) {
    const MessageId id = queued_text();
    const outbox::LeaseResult found = lease();
    ASSERT_EQ(found.leased.size(), 1U);
    const outbox::Leased& leased = found.leased[0];
    for (const std::string& part :
         {std::string(R"("messaging_product":"whatsapp")"), std::string(R"("to":"+15550002222")"),
          std::string(R"("type":"text")"), std::string(R"("body":"Hello Ann")"),
          R"("biz_opaque_callback_data":")" + id.value + "\""}) {
        EXPECT_NE(leased.body.find(part), std::string::npos) << part;
    }
    EXPECT_EQ(leased.token_name, "token:209");
    EXPECT_EQ(leased.per_second, 80);
    EXPECT_EQ(get(id).status, status::queued) << "until the call begins";
    EXPECT_FALSE(begin(leased));
    EXPECT_EQ(get(id).status, status::sending);
    EXPECT_TRUE(lease().leased.empty()) << "a leased message is not taken twice";
}

TEST_P(OutboxTest, an_accepted_message_has_its_wamid_and_leaves_the_outbox) {
    queued_text();
    const Message sent = attempt(accepted("wamid.OUT"));
    EXPECT_EQ(sent.status, status::sent);
    EXPECT_EQ(sent.wa_message_id, WaMessageId("wamid.OUT"));
    EXPECT_EQ(waiting(), 0);
}

TEST_P(OutboxTest, a_status_that_was_faster_than_the_answer_is_kept) {
    const MessageId id = queued_text();
    const outbox::Leased leased = begin_one();
    apply("wamid.OUT", whatsapp::DeliveryStatus::read, clock_.now(), id.value);
    EXPECT_EQ(record(leased, accepted("wamid.OUT"))->status, status::read);
}

TEST_P(OutboxTest, a_final_refusal_fails_the_message_with_its_reason_and_an_audit_entry) {
    queued_text();
    const Message failed = attempt(refused(131026));
    EXPECT_EQ(failed.status, status::failed);
    EXPECT_EQ(failed.error_code, 131026);
    EXPECT_FALSE(failed.error_message.empty());
    EXPECT_EQ(waiting(), 0);
    EXPECT_EQ(count_audit("message.failed"), 1);
}

TEST_P(OutboxTest, a_passing_refusal_is_repeated_four_times_and_then_a_dead_letter) {
    const MessageId id = queued_text();
    EXPECT_EQ(attempt(refused(130429)).status, status::retry_queued);
    for (const std::chrono::minutes delay : {1min, 5min, 15min, 60min}) {
        clock_.advance(delay - 1us);
        EXPECT_TRUE(lease().leased.empty()) << delay.count();
        clock_.advance(1us);
        EXPECT_EQ(attempt(refused(130429)).status,
                  delay == 60min ? status::failed : status::retry_queued);
    }
    EXPECT_EQ(waiting(), 0);
    EXPECT_EQ(get(id).error_code, 130429);
    const auto letters =
        read([](db::Txn& txn) { return queue::list_dead(txn, shop, std::nullopt, 10).letters; });
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].job.payload, id.value);
    EXPECT_EQ(letters[0].job.attempts, 5);
}

TEST_P(OutboxTest, what_must_wait_for_an_event_is_a_dead_letter_at_once) {
    const MessageId id = queued_text();
    EXPECT_EQ(attempt(refused(131042)).status, status::failed);
    EXPECT_EQ(waiting(), 0);
    EXPECT_EQ(count_audit("message.failed"), 1);
    const auto letters =
        read([](db::Txn& txn) { return queue::list_dead(txn, shop, std::nullopt, 10).letters; });
    ASSERT_EQ(letters.size(), 1U) << "to be replayed once the payment is settled";
    write(shop, [&](db::WorkspaceTxn& txn) {
        return queue::replay_dead(txn.txn(), shop, letters[0].job.id, clock_.now()).has_value() &&
               requeue(txn, id);
    });
    EXPECT_EQ(attempt(accepted("wamid.OUT")).status, status::sent);
}

TEST_P(OutboxTest, a_failure_is_told_with_metas_own_words) {
    queued_text();
    whatsapp::Refused refusal = refused(131009);
    refusal.details = "Parameter 'body' is too odd.";
    EXPECT_NE(attempt(refusal).error_message.find(refusal.details), std::string::npos);
}

TEST_P(OutboxTest, what_meta_never_said_has_no_code_of_meta) {
    queued_text();
    const Message unreached = attempt(whatsapp::NotSent{"refused connection"});
    EXPECT_EQ(unreached.error_code, std::nullopt);
    EXPECT_NE(unreached.error_message.find("reached"), std::string::npos);
    clock_.advance(1min);
    const Message lost = attempt(whatsapp::Uncertain{"timeout"});
    EXPECT_EQ(lost.error_code, std::nullopt);
    clock_.advance(5min);
    const std::optional<Message> unread = record(lease().leased.at(0), std::nullopt);
    EXPECT_EQ(unread->status, status::retry_queued);
    EXPECT_EQ(unread->error_code, std::nullopt);
    EXPECT_NE(unread->error_message.find("token"), std::string::npos);
}

TEST_P(OutboxTest, success_after_a_retry_forgets_the_error) {
    queued_text();
    attempt(refused(130429));
    clock_.advance(1min);
    const Message sent = attempt(accepted("wamid.OUT"));
    EXPECT_EQ(sent.status, status::sent);
    EXPECT_EQ(sent.error_code, std::nullopt);
    EXPECT_EQ(sent.error_message, "");
}

TEST_P(OutboxTest, what_never_reached_meta_is_repeated_also_when_it_is_marketing) {
    queued_marketing();
    EXPECT_EQ(attempt(whatsapp::NotSent{"refused connection"}).status, status::retry_queued);
    clock_.advance(1min);
    EXPECT_EQ(attempt(accepted("wamid.OUT")).status, status::sent);
}

TEST_P(OutboxTest, an_uncertain_text_is_repeated_unless_its_status_came_first) {
    const MessageId repeated = queued_text();
    EXPECT_EQ(attempt(whatsapp::Uncertain{"timeout"}).status, status::retry_queued);
    clock_.advance(1min);
    EXPECT_EQ(attempt(accepted("wamid.1")).id, repeated);
    const MessageId settled = queued_text();
    attempt(whatsapp::Uncertain{"timeout"});
    apply("wamid.2", whatsapp::DeliveryStatus::sent, clock_.now(), settled.value);
    clock_.advance(1min);
    EXPECT_TRUE(lease().leased.empty()) << "the status proved that it went out";
    EXPECT_EQ(get(settled).status, status::sent);
    EXPECT_EQ(waiting(), 0);
}

TEST_P(OutboxTest, an_uncertain_marketing_message_is_never_repeated) {
    const MessageId id = queued_marketing();
    EXPECT_EQ(attempt(whatsapp::Uncertain{"timeout"}).status, status::uncertain);
    clock_.advance(24h);
    EXPECT_TRUE(lease().leased.empty());
    EXPECT_EQ(waiting(), 0);
    apply("wamid.OUT", whatsapp::DeliveryStatus::delivered, clock_.now(), id.value);
    EXPECT_EQ(get(id).status, status::delivered) << "the status settles it";
}

TEST_P(OutboxTest, an_error_of_meta_itself_does_not_prove_that_marketing_stayed_behind) {
    queued_marketing();
    EXPECT_EQ(attempt(refused(131000, 500)).status, status::uncertain);
    clock_.advance(24h);
    EXPECT_TRUE(lease().leased.empty());
    EXPECT_EQ(waiting(), 0);
    const MessageId text = commit(template_to("+15550002222", "sale"))->id;
    EXPECT_EQ(attempt(refused(130429)).status, status::retry_queued)
        << "this one says that nothing was done";
    EXPECT_EQ(get(text).purpose, Purpose::marketing);
}

TEST_P(OutboxTest, after_a_crash_during_the_call_a_text_waits_and_marketing_is_not_repeated) {
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

TEST_P(OutboxTest, a_status_after_the_crash_settles_the_text_before_it_is_repeated) {
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

TEST_P(OutboxTest, a_text_whose_every_call_dies_ends_as_a_dead_letter) {
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

TEST_P(OutboxTest, after_a_crash_before_the_call_even_marketing_is_taken_again) {
    queued_marketing();
    EXPECT_EQ(lease().leased.size(), 1U);
    clock_.advance(lease_time);
    EXPECT_EQ(attempt(accepted("wamid.OUT")).status, status::sent);
}

TEST_P(OutboxTest, who_opts_out_between_lease_and_call_gets_nothing) {
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

TEST_P(OutboxTest, a_cancelled_or_settled_message_is_never_called_nor_changed) {
    const MessageId cancelled = queued_text();
    const outbox::LeaseResult found = lease();
    write(shop, [&](db::WorkspaceTxn& txn) { return cancel_queued(txn, ann_, "opted_out"); });
    EXPECT_TRUE(begin(found.leased.at(0)));
    record(found.leased[0], refused(130429));
    EXPECT_EQ(get(cancelled).status, status::cancelled);
    const MessageId settled = queued_text();
    const outbox::LeaseResult next = lease();
    apply("wamid.OUT", whatsapp::DeliveryStatus::sent, clock_.now(), settled.value);
    EXPECT_EQ(begin(next.leased.at(0))->status, status::sent);
    EXPECT_EQ(waiting(), 0);
}

TEST_P(OutboxTest, a_call_begins_once) {
    queued_text();
    const outbox::LeaseResult found = lease();
    EXPECT_FALSE(begin(found.leased.at(0)));
    EXPECT_TRUE(begin(found.leased[0]));
}

TEST_P(OutboxTest, a_call_waits_for_a_stop_that_is_being_stored) {
    if (GetParam() == db::Engine::sqlite) {
        GTEST_SKIP() << "one writer";
    }
    const MessageId id = queued_text();
    const outbox::LeaseResult found = lease();
    test::Interleaved stop(database(), shop, [&](db::WorkspaceTxn& txn) {
        contacts::OptOut opt_out = contacts::lock_opt_out(txn, ann_).value();
        opt_out.status = true;
        contacts::save_opt_out(txn, ann_, opt_out);
        cancel_queued(txn, ann_, "opted_out");
    });
    EXPECT_TRUE(begin(found.leased.at(0)));
    stop.join();
    EXPECT_EQ(get(id).status, status::cancelled);
}

TEST_P(OutboxTest, who_opts_out_between_commit_and_lease_gets_nothing) {
    const MessageId id = queued_text();
    set_opt_out(ann_, true);
    const outbox::LeaseResult found = lease();
    EXPECT_TRUE(found.leased.empty());
    ASSERT_EQ(found.dropped.size(), 1U);
    EXPECT_EQ(get(id).status, status::cancelled);
    EXPECT_EQ(get(id).error_message, "opted_out");
    EXPECT_EQ(waiting(), 0);
}

TEST_P(OutboxTest, who_opts_out_before_a_retry_gets_nothing) {
    const MessageId id = queued_text();
    attempt(refused(130429));
    set_opt_out(ann_, true);
    clock_.advance(1min);
    EXPECT_TRUE(lease().leased.empty());
    EXPECT_EQ(get(id).status, status::cancelled);
}

TEST_P(OutboxTest, the_confirmation_leaves_although_the_contact_has_opted_out) {
    Draft draft = text_to("+15550002222", "You are unsubscribed.");
    draft.purpose = Purpose::confirmation;
    ASSERT_TRUE(commit(draft));
    set_opt_out(ann_, true);
    EXPECT_EQ(attempt(accepted("wamid.OUT")).status, status::sent);
}

TEST_P(OutboxTest, a_cancelled_message_does_not_leave) {
    queued_text();
    write(shop, [&](db::WorkspaceTxn& txn) { return cancel_queued(txn, ann_, "opted_out"); });
    const outbox::LeaseResult found = lease();
    EXPECT_TRUE(found.leased.empty());
    EXPECT_EQ(waiting(), 0);
}

TEST_P(OutboxTest, a_number_that_cannot_send_keeps_its_messages) {
    const MessageId id = queued_text();
    save_number(shop, shop_number, numbers::status::paused);
    EXPECT_TRUE(lease().leased.empty());
    EXPECT_EQ(get(id).status, status::queued);
    EXPECT_EQ(waiting(), 1);
    save_number(shop, shop_number);
    clock_.advance(1min);
    EXPECT_EQ(attempt(accepted("wamid.OUT")).status, status::sent);
}

TEST_P(OutboxTest, a_refused_token_makes_the_number_ask_for_a_new_connection) {
    queued_text();
    const outbox::Attempt refusal{.leased = begin_one(),
                                  .outcome = refused(190, 401),
                                  .retries = retries,
                                  .now = clock_.now()};
    EXPECT_TRUE(refusal.token_refused());
    EXPECT_EQ(record(refusal.leased, refusal.outcome)->status, status::failed);
    const auto number =
        read(shop, [](db::WorkspaceTxn& txn) { return numbers::find_number(txn, shop_number); });
    EXPECT_EQ(number->status, numbers::status::reconnect);
    EXPECT_EQ(answer_to(text_to("+15550002222")), "number_not_able");
}

TEST_P(OutboxTest, the_pace_is_the_lower_of_plan_and_number) {
    const auto pace_of = [&](const std::string& plan) {
        write([&](db::Txn& txn) {
            txn.connection().execute_text("UPDATE workspaces SET plan = '" + plan + "'");
            return true;
        });
        queued_text();
        const outbox::Leased leased = begin_one();
        record(leased, accepted("wamid." + leased.message.id.value));
        return leased.per_second;
    };
    EXPECT_EQ(pace_of("free"), 1);
    EXPECT_EQ(pace_of("starter"), 10);
    EXPECT_EQ(pace_of("pro"), 30);
    EXPECT_EQ(pace_of("enterprise"), 80);
    write(shop, [&](db::WorkspaceTxn& txn) {
        return numbers::set_quality(txn, shop_number, "GREEN", 20);
    });
    EXPECT_EQ(pace_of("enterprise"), 20);
}

WAPI_ON_BOTH_ENGINES(OutboxTest);

}  // namespace
}  // namespace wapi::messages
