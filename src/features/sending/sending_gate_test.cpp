// Goal: nothing passes the send gate that must not, each refusal has its code, and what passes is
// committed whole (invariants 4 and 7). Method: commit_send on both engines with a clock moved by
// hand.
#include <gtest/gtest.h>

#include "base/phone.hpp"
#include "features/sending/sending_test_support.hpp"

namespace wapi::sending {
namespace {

using namespace testing;
using namespace std::chrono_literals;

class SendGateTest : public SendingTest {};

TEST_P(SendGateTest, a_text_inside_the_window_is_committed_with_job_audit_and_conversation) {
    const InboundResult ann = receive("hi");
    clock_.advance(1h);
    const Result<Message> message = commit(text_to("+1 555 000 2222"));
    ASSERT_TRUE(message) << message.error().message;
    EXPECT_EQ(message->status, status::queued);
    EXPECT_EQ(message->contact, ann.contact);
    EXPECT_EQ(message->conversation, ann.conversation);
    EXPECT_EQ(get(message->id).text, "Hello Ann");
    EXPECT_EQ(count_outbox().pending, 1);
    EXPECT_EQ(count_audit("message.sent"), 1);
    const auto conversation = read(
        shop, [&](db::WorkspaceTxn& txn) { return inbox::get(txn, ann.conversation).value(); });
    EXPECT_EQ(conversation.last_message, message->id);
    EXPECT_EQ(conversation.last_message_at, clock_.now());
    EXPECT_EQ(conversation.unread_count, 1) << "our own messages are not unread";
}

TEST_P(SendGateTest, the_window_closes_at_exactly_24_hours) {
    receive("hi");
    clock_.advance(24h - 1us);
    EXPECT_EQ(answer_to(text_to("+15550002222")), "ok");
    clock_.advance(1us);
    EXPECT_EQ(answer_to(text_to("+15550002222")), "window_closed");
    receive("hi again");
    EXPECT_EQ(answer_to(text_to("+15550002222")), "ok");
}

TEST_P(SendGateTest, the_window_of_another_number_does_not_count) {
    receive("hi");
    save_number(shop, second_number);
    Draft draft = text_to("+15550002222");
    draft.phone_number_id = second_number.value;
    EXPECT_EQ(answer_to(draft), "window_closed");
}

TEST_P(SendGateTest, a_template_needs_no_window) {
    save_template("hello_all", "UTILITY");
    const Result<Message> message = commit(template_to("+15550002222", "hello_all"));
    ASSERT_TRUE(message) << message.error().message;
    EXPECT_EQ(message->type, "template");
    EXPECT_EQ(message->text, "Big sale today");
    EXPECT_EQ(message->purpose, Purpose::service);
    save_template("sale", "MARKETING");
    EXPECT_EQ(commit(template_to("+15550002222", "sale"))->purpose, Purpose::marketing);
}

TEST_P(SendGateTest, a_template_that_may_not_be_sent_is_refused) {
    save_template("waits", "UTILITY", "PENDING");
    save_template("paused", "UTILITY", "PAUSED");
    save_template("gone", "UTILITY", "DISABLED");
    EXPECT_EQ(answer_to(template_to("+15550002222", "unknown")), "template_not_found");
    EXPECT_EQ(answer_to(template_to("+15550002222", "waits")), "template_not_approved");
    EXPECT_EQ(answer_to(template_to("+15550002222", "paused")), "template_paused");
    EXPECT_EQ(answer_to(template_to("+15550002222", "gone")), "template_disabled");
    save_template("plain", "UTILITY");
    Draft draft = template_to("+15550002222", "plain");
    std::get<TemplateRequest>(draft.content).components =
        R"([{"type":"body","parameters":[{"type":"text","text":"too many"}]}])";
    EXPECT_EQ(answer_to(draft), "template_parameters_invalid");
}

TEST_P(SendGateTest, a_contact_of_another_workspace_is_not_there) {
    const InboundResult ann = receive("hi");
    save_number(other_shop, second_number);
    Draft draft;
    draft.to.contact_id = ann.contact.value;
    draft.content = std::string("hello");
    EXPECT_EQ(answer_to(draft, other_shop), "contact_not_found");
    EXPECT_EQ(answer_to(draft), "ok");
    draft.to.contact_id = "no-such-id";
    EXPECT_EQ(answer_to(draft), "contact_not_found");
}

TEST_P(SendGateTest, the_number_of_another_workspace_cannot_be_used) {
    receive("hi");
    save_number(other_shop, second_number);
    Draft draft = text_to("+15550002222");
    draft.phone_number_id = second_number.value;
    EXPECT_EQ(answer_to(draft), "number_not_connected");
}

TEST_P(SendGateTest, a_text_that_is_no_phone_number_is_refused_by_field) {
    const Result<Message> message = commit(text_to("call me"));
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error().kind, &wapi::errors::invalid_phone);
    EXPECT_EQ(message.error().field, "phone");
}

TEST_P(SendGateTest, opted_out_is_said_before_anything_else_that_is_wrong) {
    const InboundResult ann = receive("hi");
    set_opt_out(ann.contact, true);
    Draft draft = text_to("+15550002222", "");
    draft.phone_number_id = "no-such-number";
    clock_.advance(48h);
    EXPECT_EQ(answer_to(draft), "contact_opted_out");
    draft.content = TemplateRequest{.name = "unknown", .language = "en", .components = "[]"};
    EXPECT_EQ(answer_to(draft), "contact_opted_out");
    set_opt_out(ann.contact, false);
    EXPECT_EQ(answer_to(draft), "number_not_connected");
}

TEST_P(SendGateTest, a_confirmation_passes_the_opt_out_and_nothing_else_does) {
    const InboundResult ann = receive("stop");
    set_opt_out(ann.contact, true);
    Draft draft = text_to("+15550002222");
    EXPECT_EQ(answer_to(draft), "contact_opted_out");
    draft.purpose = Purpose::marketing;
    EXPECT_EQ(answer_to(draft), "contact_opted_out");
    draft.purpose = Purpose::confirmation;
    EXPECT_EQ(answer_to(draft), "ok");
}

TEST_P(SendGateTest, without_a_number_that_can_send_the_reason_is_told) {
    receive("hi");
    save_number(shop, shop_number, numbers::status::reconnect, "Meta limits this number.");
    Result<Message> message = commit(text_to("+15550002222"));
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error().kind, &errors::number_not_able);
    EXPECT_EQ(message.error().message, "Meta limits this number.");
    EXPECT_EQ(answer_to(text_to("+15550002222"), other_shop), "number_not_connected");
}

TEST_P(SendGateTest, the_number_of_the_latest_conversation_is_chosen) {
    clock_.advance(1s);
    save_number(shop, second_number);
    receive("hi");
    clock_.advance(1s);
    receive("on the other number", ann_phone, shop, second_number);
    EXPECT_EQ(commit(text_to("+15550002222"))->phone_number_id, second_number);
    save_number(shop, second_number, numbers::status::reconnect);
    EXPECT_EQ(commit(text_to("+15550002222"))->phone_number_id, shop_number);
}

TEST_P(SendGateTest, a_text_has_1_to_4096_characters) {
    receive("hi");
    std::string longest;
    for (std::size_t i = 0; i < text_code_points_max; ++i) {
        longest += "\u00e9";
    }
    EXPECT_EQ(answer_to(text_to("+15550002222", longest)), "ok");
    EXPECT_EQ(answer_to(text_to("+15550002222", longest + "x")), "invalid_request");
    EXPECT_EQ(answer_to(text_to("+15550002222", "")), "invalid_request");
    EXPECT_EQ(answer_to(text_to("+15550002222", " \n\t")), "invalid_request");
}

TEST_P(SendGateTest, a_stranger_becomes_a_contact_and_a_refused_send_leaves_no_trace) {
    EXPECT_EQ(answer_to(text_to("+49 151 23456789")), "window_closed");
    EXPECT_EQ(count_audit("contact.created"), 0);
    save_template("hello_all", "UTILITY");
    EXPECT_EQ(answer_to(template_to("+49 151 23456789", "hello_all")), "ok");
    EXPECT_EQ(count_audit("contact.created"), 1);
    EXPECT_EQ(answer_to(template_to("004915123456789", "hello_all")), "ok");
    EXPECT_EQ(count_audit("contact.created"), 1) << "the same number, written otherwise";
}

TEST_P(SendGateTest, a_typed_form_of_a_number_does_not_replace_the_one_that_whatsapp_uses) {
    const InboundResult ana = receive("oi", "551187654321");
    EXPECT_EQ(commit(text_to("+55 11 98765-4321"))->contact, ana.contact);
    const auto contact =
        read(shop, [&](db::WorkspaceTxn& txn) { return contacts::get(txn, ana.contact).value(); });
    EXPECT_EQ(contact.phone, "551187654321");
}

TEST_P(SendGateTest, a_person_without_a_phone_is_reached_by_bsuid) {
    save_template("hello_all", "UTILITY");
    Draft draft = template_to("", "hello_all");
    draft.to = {.contact_id = {}, .phone = {}, .bsuid = "US.1349"};
    const Result<Message> message = commit(draft);
    ASSERT_TRUE(message) << message.error().message;
    const auto leased = write([&](db::Txn& txn) {
        return outbox::lease(txn, {outbox::queue_of(shop_number), clock_.now(), 90s, 5, {}});
    });
    ASSERT_EQ(leased.leased.size(), 1U);
    EXPECT_NE(leased.leased[0].body.find(R"("recipient":"US.1349")"), std::string::npos);
    EXPECT_EQ(leased.leased[0].body.find(R"("to":)"), std::string::npos);
}

TEST_P(SendGateTest, after_a_change_of_user_id_the_new_one_is_addressed) {
    save_template("hello_all", "UTILITY");
    for (const auto& [before, after] : {std::pair("US.9", "US.1"), std::pair("US.3", "US.4")}) {
        const contacts::Resolved person = write(shop, [&](db::WorkspaceTxn& txn) {
            const contacts::Claim old_id{.phone = {},
                                         .bsuid = before,
                                         .username = {},
                                         .name = {},
                                         .seen_at = clock_.now() - 1us};
            contacts::Claim new_id = old_id;
            new_id.bsuid = after;
            new_id.seen_at = clock_.now();
            return contacts::change_identity(txn, ids_, old_id, new_id, clock_.now());
        });
        Draft draft = template_to("", "hello_all");
        draft.to = {.contact_id = person.id.value, .phone = {}, .bsuid = {}};
        ASSERT_TRUE(commit(draft));
        const auto leased = write([&](db::Txn& txn) {
            return outbox::lease(txn, {outbox::queue_of(shop_number), clock_.now(), 90s, 5, {}});
        });
        ASSERT_EQ(leased.leased.size(), 1U);
        EXPECT_NE(leased.leased[0].body.find(fmt::format(R"("recipient":"{}")", after)),
                  std::string::npos)
            << leased.leased[0].body;
    }
}

TEST_P(SendGateTest, an_opt_out_cancels_what_is_queued_and_an_earlier_confirmation) {
    const InboundResult ann = receive("hi");
    const InboundResult bob = receive("hi", "15550003333");
    const MessageId one = commit(text_to("+15550002222"))->id;
    Draft confirmation = text_to("+15550002222");
    confirmation.purpose = Purpose::confirmation;
    const MessageId two = commit(confirmation)->id;
    const MessageId other = commit(text_to("+15550003333"))->id;
    EXPECT_NE(ann.contact, bob.contact);
    const auto cancelled = write(shop, [&](db::WorkspaceTxn& txn) {
        return messages::cancel_queued(txn, ann.contact, "opted_out");
    });
    EXPECT_EQ(cancelled, 2);
    EXPECT_EQ(get(one).status, status::cancelled);
    EXPECT_EQ(get(one).error_message, "opted_out");
    EXPECT_EQ(get(two).status, status::cancelled);
    EXPECT_EQ(get(other).status, status::queued);
}

TEST_P(SendGateTest, an_answer_has_our_time_when_the_stored_one_is_nobodys_clock) {
    for (const auto ahead : {30s, 24h + 0s}) {
        whatsapp::InboundMessage message = text_of("hi", "15550002222");
        message.timestamp += ahead;
        write(shop, [&](db::WorkspaceTxn& txn) {
            return messages::store_inbound(txn, ids_,
                                           {.number = shop_number, .event = ids_.event_id()},
                                           message, clock_.now());
        });
        const Timestamp at = commit(text_to("+15550002222"))->timestamp;
        EXPECT_EQ(at, ahead == 30s ? message.timestamp + 1ms : clock_.now());
    }
}

WAPI_ON_BOTH_ENGINES(SendGateTest);

}  // namespace
}  // namespace wapi::sending
