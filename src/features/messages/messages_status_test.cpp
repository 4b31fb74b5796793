// Goal: a status never goes back, whatever the order, and finds its message early or late
// (invariant 2). Method: every order of the statuses of one message, on both engines.
#include <gtest/gtest.h>

#include <algorithm>

#include "features/assignment/assignment.hpp"
#include "features/messages/messages_test_support.hpp"
#include "tests/support/interleaved.hpp"

namespace wapi::messages {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using whatsapp::DeliveryStatus;

class StatusTest : public MessagesTest {
  protected:
    StatusTest() : ann_(receive("hi")) {}
    /// A message of ours that waits.
    MessageId queued() { return reply(ann_, {}); }
    void bind(const MessageId& id, const std::string& wamid) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            return name_message(txn, id, shop_number, WaMessageId(wamid), clock_.now());
        });
    }
    void execute(const std::string& text) {
        write([&](db::Txn& txn) {
            txn.connection().execute_text(text);
            return true;
        });
    }
    /// From now on Adam gets what customers open.
    void assign_in_turn() {
        execute(R"(UPDATE workspaces SET settings = '{"inbox":{"assignment":"round_robin"}}')");
        execute("INSERT INTO members (workspace_id, user_id, role, created_us) VALUES ('" +
                shop.value + "', 'adam', 'agent', 0)");
    }
    inbox::Conversation conversation(const ConversationId& id) {
        return read(shop, [&](db::WorkspaceTxn& txn) { return inbox::get(txn, id).value(); });
    }

    InboundResult ann_;
};

TEST_P(StatusTest, every_order_of_statuses_ends_in_the_highest) {
    std::vector<DeliveryStatus> order{DeliveryStatus::sent, DeliveryStatus::delivered,
                                      DeliveryStatus::read};
    int count = 0;
    do {
        const MessageId id = queued();
        const std::string wamid = "wamid.OUT." + std::to_string(++count);
        bind(id, wamid);
        for (const DeliveryStatus value : order) {
            apply(wamid, value, clock_.now());
        }
        EXPECT_EQ(get(id).status, status::read);
        apply(wamid, DeliveryStatus::failed, clock_.now(), "", 131026);
        apply(wamid, DeliveryStatus::delivered, clock_.now());
        EXPECT_EQ(get(id).status, status::failed) << "failed ends it";
    } while (std::ranges::next_permutation(order).found);
    EXPECT_EQ(count, 6);
    EXPECT_EQ(count_audit("message.failed"), 6);
}

TEST_P(StatusTest, a_played_voice_note_was_read) {
    const MessageId id = queued();
    bind(id, "wamid.OUT");
    apply("wamid.OUT", DeliveryStatus::played, clock_.now());
    EXPECT_EQ(get(id).status, status::read);
    apply("wamid.OUT", DeliveryStatus::deleted, clock_.now());
    EXPECT_EQ(get(id).status, status::read);
}

TEST_P(StatusTest, statuses_that_come_before_the_answer_wait_for_it) {
    const MessageId id = queued();
    apply("wamid.OUT", DeliveryStatus::delivered, clock_.now());
    apply("wamid.OUT", DeliveryStatus::delivered, clock_.now() - 1s);
    EXPECT_EQ(get(id).status, status::queued);
    bind(id, "wamid.OUT");
    EXPECT_EQ(get(id).status, status::delivered);
    bind(id, "wamid.OTHER");
    EXPECT_EQ(get(id).wa_message_id, WaMessageId("wamid.OUT")) << "a name is given once";
}

TEST_P(StatusTest, a_status_with_our_own_id_settles_a_send_whose_answer_was_lost) {
    const MessageId id = queued();
    apply("wamid.OUT", DeliveryStatus::sent, clock_.now());
    apply("wamid.OUT", DeliveryStatus::delivered, clock_.now(), id.value);
    EXPECT_EQ(get(id).status, status::delivered);
    EXPECT_EQ(get(id).wa_message_id, WaMessageId("wamid.OUT"));
    EXPECT_FALSE(write(shop, [&](db::WorkspaceTxn& txn) { return begin_sending(txn, id); }))
        << "it must not be sent again";
}

TEST_P(StatusTest, the_first_answer_to_what_we_began_reopens_nothing) {
    write(shop, [&](db::WorkspaceTxn& txn) {
        return inbox::open(txn, ids_, ann_.contact, second_number, clock_.now());
    });
    receive("yes, please", ann_phone, shop, second_number);
    EXPECT_EQ(count_audit("conversation.reopened"), 0);
}

class StatusRaceTest : public StatusTest {};

TEST_P(StatusRaceTest, a_status_that_meets_the_recording_of_the_answer_is_not_lost) {
    const MessageId id = queued();
    test::Interleaved answer(database(), shop, [&](db::WorkspaceTxn& txn) {
        name_message(txn, id, shop_number, WaMessageId("wamid.OUT"), clock_.now());
    });
    apply("wamid.OUT", DeliveryStatus::delivered, clock_.now(), id.value);
    answer.join();
    EXPECT_EQ(get(id).status, status::delivered);
}

TEST_P(StatusRaceTest, of_two_messages_that_open_a_conversation_one_does) {
    const ConversationId id = receive("first").conversation;
    Context context;
    context.workspace = shop;
    ASSERT_TRUE(run(inbox::Service(database(), clock_).resolve(context, id, {})));
    clock_.advance(1min);
    const whatsapp::InboundMessage second = text_of("second");
    test::Interleaved other(database(), shop, [&](db::WorkspaceTxn& txn) {
        store_inbound(txn, ids_, {.number = shop_number, .event = ids_.event_id()}, second,
                      clock_.now());
    });
    receive("third");
    other.join();
    EXPECT_EQ(count_audit("conversation.reopened"), 1);
}

TEST_P(StatusRaceTest, a_message_that_waits_for_a_resolving_opens_and_is_assigned_once) {
    const ConversationId id = receive("first").conversation;
    assign_in_turn();
    test::Interleaved resolving(database(), shop, [&](db::WorkspaceTxn& txn) {
        txn.txn().connection().execute_text(
            "UPDATE conversations SET status = 'resolved', resolved_us = last_inbound_us");
    });
    receive("second");
    resolving.join();
    EXPECT_EQ(count_audit("conversation.reopened"), 1);
    EXPECT_EQ(conversation(id).status, "open");
    EXPECT_EQ(conversation(id).assignee, UserId("adam"));
}

TEST_P(StatusRaceTest, a_message_waits_for_a_leaving_member_before_it_takes_the_conversation) {
    const ConversationId id = receive("first").conversation;
    assign_in_turn();
    write(shop, [&](db::WorkspaceTxn& txn) {
        inbox::set_assignee(txn, {.conversation = id, .to = UserId("adam")});
        return true;
    });
    execute("UPDATE conversations SET status = 'snoozed', resolved_us = last_inbound_us");
    test::Interleaved leaving(
        database(), shop,
        [](db::WorkspaceTxn& txn) {
            txn.txn().connection().execute_text("DELETE FROM members WHERE user_id = 'adam'");
        },
        [](db::WorkspaceTxn& txn) { assignment::unassign_all(txn, UserId("adam")); });
    receive("second");
    leaving.join();
    EXPECT_EQ(database().stats().conflicts, 0U);
    EXPECT_EQ(conversation(id).status, "open");
    EXPECT_FALSE(conversation(id).assignee);
}

TEST_P(StatusTest, a_failure_leaves_one_audit_entry_however_it_finds_its_message) {
    const MessageId by_our_id = queued();
    for (int repetition = 0; repetition < 2; ++repetition) {
        apply("wamid.1", DeliveryStatus::failed, clock_.now(), by_our_id.value, 131026);
    }
    EXPECT_EQ(get(by_our_id).status, status::failed);
    EXPECT_EQ(count_audit("message.failed"), 1);
    const MessageId early = queued();
    apply("wamid.2", DeliveryStatus::failed, clock_.now(), "", 131026);
    EXPECT_EQ(count_audit("message.failed"), 1);
    bind(early, "wamid.2");
    EXPECT_EQ(get(early).status, status::failed);
    EXPECT_EQ(count_audit("message.failed"), 2);
}

TEST_P(StatusTest, a_failure_is_told_with_metas_own_words) {
    const MessageId id = queued();
    bind(id, "wamid.OUT");
    whatsapp::StatusUpdate update;
    update.wa_message_id = "wamid.OUT";
    update.status = DeliveryStatus::failed;
    update.timestamp = clock_.now();
    update.errors.push_back({.code = 131053, .title = "", .details = "Unknown codec."});
    write(shop, [&](db::WorkspaceTxn& txn) {
        apply_status(txn, shop_number, update, clock_.now());
        return true;
    });
    EXPECT_NE(get(id).error_message.find("Unknown codec."), std::string::npos);
}

TEST_P(StatusTest, a_mark_that_is_not_ours_binds_nothing) {
    const MessageId id = queued();
    for (const std::string& mark : {std::string("m=42"), std::string(36, 'a'),
                                    std::string("99999999-9999-7999-8999-999999999999")}) {
        apply("wamid.OUT", DeliveryStatus::sent, clock_.now(), mark);
    }
    EXPECT_EQ(get(id).status, status::queued);
}

TEST_P(StatusTest, of_several_failures_the_first_is_shown) {
    const std::vector<std::pair<int, Timestamp>> failures{
        {131047, clock_.now() + 2s}, {131026, clock_.now() + 1s}, {131053, clock_.now() + 1s}};
    for (std::size_t first = 0; first < failures.size(); ++first) {
        const MessageId id = queued();
        const std::string wamid = "wamid.FAIL." + std::to_string(first);
        const bool early = first == 1;
        if (!early) {
            bind(id, wamid);
        }
        for (std::size_t i = 0; i < failures.size(); ++i) {
            const auto& [code, at] = failures[(first + i) % failures.size()];
            apply(wamid, DeliveryStatus::failed, at, "", code);
        }
        if (early) {
            bind(id, wamid);
        }
        EXPECT_EQ(get(id).error_code, 131026);
        EXPECT_FALSE(get(id).error_message.empty());
    }
}

TEST_P(StatusTest, a_customers_message_has_no_delivery_status) {
    const InboundResult ann = receive("again");
    apply("wamid.IN." + std::to_string(received_), DeliveryStatus::failed, clock_.now(), "",
          131026);
    const Page page = read(
        shop, [&](db::WorkspaceTxn& txn) { return list(txn, ann.conversation, "", 10).value(); });
    for (const Message& message : page.messages) {
        EXPECT_EQ(message.status, status::received);
    }
}

TEST_P(StatusTest, a_repeated_message_is_stored_once) {
    whatsapp::InboundMessage message;
    message.wa_message_id = "wamid.TWICE";
    message.sender.phone = ann_phone;
    message.timestamp = clock_.now();
    message.type = whatsapp::MessageType::text;
    message.text = "hi";
    message.json = "{}";
    const auto store_it = [&] {
        return write(shop, [&](db::WorkspaceTxn& txn) {
            return store_inbound(txn, ids_, {.number = shop_number, .event = ids_.event_id()},
                                 message, clock_.now());
        });
    };
    const InboundResult first = store_it();
    EXPECT_TRUE(first.fresh);
    const InboundResult second = store_it();
    EXPECT_FALSE(second.fresh);
    EXPECT_EQ(second.conversation, first.conversation);
    const auto conversation = read(
        shop, [&](db::WorkspaceTxn& txn) { return inbox::get(txn, first.conversation).value(); });
    EXPECT_EQ(conversation.unread_count, 2);
}

TEST_P(StatusTest, messages_are_paged_newest_first_and_a_foreign_cursor_is_refused) {
    const InboundResult ann = receive("first");
    for (int i = 0; i < 7; ++i) {
        clock_.advance(1s);
        receive("more");
    }
    std::vector<Message> all;
    std::string cursor;
    do {
        const Page page = read(shop, [&](db::WorkspaceTxn& txn) {
            return list(txn, ann.conversation, cursor, 4).value();
        });
        EXPECT_LE(page.messages.size(), 4U);
        all.insert(all.end(), page.messages.begin(), page.messages.end());
        cursor = page.next_cursor;
    } while (!cursor.empty());
    ASSERT_EQ(all.size(), 9U);
    EXPECT_TRUE(std::ranges::is_sorted(all, std::greater<>(), &Message::timestamp));
    const InboundResult bob = receive("hi", "15550003333");
    for (const std::string& wrong : {std::string("garbage"), all[0].id.value}) {
        const auto page = read(
            shop, [&](db::WorkspaceTxn& txn) { return list(txn, bob.conversation, wrong, 4); });
        ASSERT_FALSE(page);
        EXPECT_EQ(page.error().field, "cursor");
    }
}

WAPI_ON_BOTH_ENGINES(StatusTest);
WAPI_ON_POSTGRES(StatusRaceTest);

}  // namespace
}  // namespace wapi::messages
