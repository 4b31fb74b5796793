// Goal: each way a send can end leaves the right state, and what must not go out twice does not
// (invariant 5). Method: lease, begin and record by hand on both engines, with the outcomes that
// the Graph client can have and a clock moved by hand.
#include <gtest/gtest.h>

#include "features/outbox/outbox_test_support.hpp"

namespace wapi::outbox {
namespace {

using namespace testing;
using namespace std::chrono_literals;

const db::Sql erase_messages{{
    .name = "outbox_outcome_test.erase_messages",
    .text = "DELETE FROM messages WHERE workspace_id = $1",
}};
const db::Sql erase_contacts{{
    .name = "outbox_outcome_test.erase_contacts",
    .text = "DELETE FROM contacts WHERE workspace_id = $1",
}};

const db::Sql erase_identities{{
    .name = "outbox_outcome_test.erase_identities",
    .text = "DELETE FROM contact_identities WHERE workspace_id = $1",
}};

class OutboxOutcomeTest : public OutboxTest {};

TEST_P(OutboxOutcomeTest, the_request_carries_recipient_content_and_our_id) {
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

TEST_P(OutboxOutcomeTest, an_accepted_message_has_its_wamid_and_leaves_the_outbox) {
    queued_text();
    const Message sent = attempt(accepted("wamid.OUT"));
    EXPECT_EQ(sent.status, status::sent);
    EXPECT_EQ(sent.wa_message_id, WaMessageId("wamid.OUT"));
    EXPECT_EQ(waiting(), 0);
}

TEST_P(OutboxOutcomeTest, a_status_that_was_faster_than_the_answer_is_kept) {
    const MessageId id = queued_text();
    const outbox::Leased leased = begin_one();
    apply("wamid.OUT", whatsapp::DeliveryStatus::read, clock_.now(), id.value);
    EXPECT_EQ(record(leased, accepted("wamid.OUT"))->status, status::read);
}

TEST_P(OutboxOutcomeTest, a_final_refusal_fails_the_message_with_its_reason_and_an_audit_entry) {
    queued_text();
    const Message failed = attempt(refused(131026));
    EXPECT_EQ(failed.status, status::failed);
    EXPECT_EQ(failed.error_code, 131026);
    EXPECT_FALSE(failed.error_message.empty());
    EXPECT_EQ(waiting(), 0);
    EXPECT_EQ(count_audit("message.failed"), 1);
}

TEST_P(OutboxOutcomeTest, a_passing_refusal_is_repeated_four_times_and_then_a_dead_letter) {
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

TEST_P(OutboxOutcomeTest, what_must_wait_for_an_event_is_a_dead_letter_at_once) {
    const MessageId id = queued_text();
    EXPECT_EQ(attempt(refused(131042)).status, status::failed);
    EXPECT_EQ(waiting(), 0);
    EXPECT_EQ(count_audit("message.failed"), 1);
    const auto letters =
        read([](db::Txn& txn) { return queue::list_dead(txn, shop, std::nullopt, 10).letters; });
    ASSERT_EQ(letters.size(), 1U) << "to be replayed once the payment is settled";
    write(shop, [&](db::WorkspaceTxn& txn) {
        return queue::replay_dead(txn.txn(), shop, letters[0].job.id, clock_.now()).has_value() &&
               messages::requeue(txn, id);
    });
    EXPECT_EQ(attempt(accepted("wamid.OUT")).status, status::sent);
}

TEST_P(OutboxOutcomeTest, what_fails_after_its_person_was_erased_leaves_nothing) {
    for (const int code : {131042, 131026, 130429}) {
        queued_text();
        const outbox::Leased leased = begin_one();
        write(shop, [](db::WorkspaceTxn& txn) {
            txn.execute(erase_messages);
            txn.execute(erase_identities);
            return txn.execute(erase_contacts);
        });
        EXPECT_FALSE(record(leased, refused(code)));
        EXPECT_EQ(waiting(), 0) << code;
        EXPECT_EQ(count_outbox().dead, 0) << code;
        thread_ = receive("hi again");
    }
    EXPECT_EQ(count_audit("message.failed"), 0);
}

TEST_P(OutboxOutcomeTest, a_failure_is_told_with_metas_own_words) {
    queued_text();
    whatsapp::Refused refusal = refused(131009);
    refusal.details = "Parameter 'body' is too odd.";
    EXPECT_NE(attempt(refusal).error_message.find(refusal.details), std::string::npos);
}

TEST_P(OutboxOutcomeTest, what_meta_never_said_has_no_code_of_meta) {
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

TEST_P(OutboxOutcomeTest, success_after_a_retry_forgets_the_error) {
    queued_text();
    attempt(refused(130429));
    clock_.advance(1min);
    const Message sent = attempt(accepted("wamid.OUT"));
    EXPECT_EQ(sent.status, status::sent);
    EXPECT_EQ(sent.error_code, std::nullopt);
    EXPECT_EQ(sent.error_message, "");
}

TEST_P(OutboxOutcomeTest, what_never_reached_meta_is_repeated_also_when_it_is_marketing) {
    queued_marketing();
    EXPECT_EQ(attempt(whatsapp::NotSent{"refused connection"}).status, status::retry_queued);
    clock_.advance(1min);
    EXPECT_EQ(attempt(accepted("wamid.OUT")).status, status::sent);
}

TEST_P(OutboxOutcomeTest, an_uncertain_text_is_repeated_unless_its_status_came_first) {
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

TEST_P(OutboxOutcomeTest, an_uncertain_marketing_message_is_never_repeated) {
    const MessageId id = queued_marketing();
    EXPECT_EQ(attempt(whatsapp::Uncertain{"timeout"}).status, status::uncertain);
    clock_.advance(24h);
    EXPECT_TRUE(lease().leased.empty());
    EXPECT_EQ(waiting(), 0);
    apply("wamid.OUT", whatsapp::DeliveryStatus::delivered, clock_.now(), id.value);
    EXPECT_EQ(get(id).status, status::delivered) << "the status settles it";
}

TEST_P(OutboxOutcomeTest, an_error_of_meta_itself_does_not_prove_that_marketing_stayed_behind) {
    queued_marketing();
    EXPECT_EQ(attempt(refused(131000, 500)).status, status::uncertain);
    clock_.advance(24h);
    EXPECT_TRUE(lease().leased.empty());
    EXPECT_EQ(waiting(), 0);
    const MessageId text = queued_marketing();
    EXPECT_EQ(attempt(refused(130429)).status, status::retry_queued)
        << "this one says that nothing was done";
    EXPECT_EQ(get(text).purpose, Purpose::marketing);
}

TEST_P(OutboxOutcomeTest, a_number_that_cannot_send_keeps_its_messages) {
    const MessageId id = queued_text();
    save_number(shop, shop_number, numbers::status::reconnect);
    EXPECT_TRUE(lease().leased.empty());
    EXPECT_EQ(get(id).status, status::queued);
    EXPECT_EQ(waiting(), 1);
    save_number(shop, shop_number);
    clock_.advance(1min);
    EXPECT_EQ(attempt(accepted("wamid.OUT")).status, status::sent);
}

TEST_P(OutboxOutcomeTest, a_refused_token_makes_the_number_ask_for_a_new_connection) {
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
    const auto entries = [&] {
        audit::Service log(database());
        Context owner;
        owner.workspace = shop;
        return run(log.list(owner, {.action = "token.expired"}))->entries;
    };
    ASSERT_EQ(entries().size(), 1U);
    EXPECT_EQ(entries()[0].resource_id, shop_number.value);
    EXPECT_EQ(entries()[0].details, R"({"code":190})");
    record(refusal.leased, refusal.outcome);
    EXPECT_EQ(entries().size(), 1U) << "the next message that finds it so tells nothing new";
    EXPECT_FALSE(number->able_to_send());
}

TEST_P(OutboxOutcomeTest, the_pace_is_the_lower_of_plan_and_number) {
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
    write(shop, [](db::WorkspaceTxn& txn) {
        auto number = numbers::find_number(txn, shop_number).value();
        number.messages_per_second = numbers::messages_per_second_coexistence;
        return numbers::save_number(txn, number);
    });
    EXPECT_EQ(pace_of("enterprise"), 20);
}

WAPI_ON_BOTH_ENGINES(OutboxOutcomeTest);

}  // namespace
}  // namespace wapi::outbox
