// Goal: whoever handles the same customer at the same time waits for the other, not in a circle and
// not to fail. Method: the two halves of a send, as the gate takes its rows, around an event that
// is handled meanwhile; a batch that is held open around another one.
#include <gtest/gtest.h>

#include "features/audit/audit.hpp"
#include "features/contacts/contacts.hpp"
#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"
#include "features/sending/sending.hpp"
#include "features/webhooks/webhooks_test_support.hpp"
#include "tests/support/interleaved.hpp"

namespace wapi::webhooks {
namespace {

using namespace testing;
using namespace std::chrono_literals;

class WebhookLockOrderTest : public WebhooksTest {
  protected:
    void SetUp() override {
        make_workspace(shop);
        connect(shop, shop_number);
        store_body(text("Ann", "hello"));
        drain();
        clock_.advance(1s);
    }
    json::object change(const std::string& name, const std::string& words,
                        const std::string& phone = ann_phone) {
        const Author author{.phone = phone, .bsuid = {}, .username = {}, .name = name};
        return text_change(shop_number, author, fmt::format("wamid.{}", ++texts_), now_s(), words);
    }
    std::string text(const std::string& name, const std::string& words) {
        return body_of({change(name, words)});
    }
    /// The event is handled while a transaction of others stands between its halves.
    template <class First, class Second>
    void meet(const std::string& body, First first, Second second) {
        store_body(body);
        test::Interleaved other(database(), shop, first, second);
        drain();
        other.join();
        EXPECT_EQ(database().stats().conflicts, 0U);
    }
    /// The same with a send, between its taking of the contact and of the conversation.
    void meet_a_send(const std::string& body) {
        const inbox::Conversation conversation = conversation_with(ann_phone);
        meet(
            body, [&](db::WorkspaceTxn& txn) { contacts::hold_opt_out(txn, conversation.contact); },
            [&](db::WorkspaceTxn& txn) {
                inbox::note_outbound(txn, conversation.id, MessageId("out"), clock_.now());
            });
    }
    inbox::Conversation conversation_with(const std::string& phone) {
        return read(shop, [&](db::WorkspaceTxn& txn) {
            const auto contact =
                contacts::find_by_identity(txn, {contacts::IdentityKind::phone, phone});
            return inbox::find_of_contact(txn, contact.value(), PhoneNumberId(shop_number)).value();
        });
    }
    /// A message to Ann that Meta has taken. Returns its wamid.
    std::string send_to_ann() {
        const std::string wamid = "wamid.out";
        write(shop, [&](db::WorkspaceTxn& txn) {
            sending::Draft draft;
            draft.to.contact_id = ann_of(txn).value;
            draft.content = std::string("Offers of the week");
            const auto sent = sending::commit_send(txn, ids_, {}, draft, clock_.now());
            return messages::name_message(txn, sent.value().id, PhoneNumberId(shop_number),
                                          WaMessageId(wamid), clock_.now());
        });
        return wamid;
    }
    static ContactId ann_of(db::WorkspaceTxn& txn) {
        return contacts::find_by_identity(txn, {contacts::IdentityKind::phone, ann_phone}).value();
    }
    /// What a worker does with all that waits.
    void run_batch_in(db::WorkspaceTxn& txn) {
        static const queue::RetryPolicy retries;
        process_batch(txn.txn(), ids_,
                      {.now = clock_.now(), .retries = &retries, .side_by_side = true});
    }
    contacts::Contact ann() {
        return read(shop,
                    [](db::WorkspaceTxn& txn) { return contacts::get(txn, ann_of(txn)).value(); });
    }
    static inline const std::string ann_phone = "15550002222";
    static inline const std::string bob_phone = "15550003333";
    static inline const std::string cid_phone = "15550004444";
    static inline const std::string dan_phone = "15550005555";
    static inline const std::string eve_phone = "15550006666";
    /// From now on whatever a customer opens is assigned, in both workspaces.
    void assign_in_turn() {
        make_workspace(other_shop);
        connect(other_shop, other_number);
        execute(R"(UPDATE workspaces SET settings = '{"inbox":{"assignment":"round_robin"}}')");
        for (const WorkspaceId& workspace : {shop, other_shop}) {
            execute("INSERT INTO members (workspace_id, user_id, role, created_us) VALUES ('" +
                    workspace.value + "', 'adam', 'agent', 0)");
        }
    }
    json::object hello(const std::string& number, const std::string& phone) {
        const Author author{.phone = phone, .bsuid = {}, .username = {}, .name = phone};
        return text_change(number, author, fmt::format("wamid.{}", ++texts_), now_s(), "hello");
    }
    /// What a message of somebody new does, without the batch around it.
    void open_in(const WorkspaceId& workspace, const std::string& number, const std::string& phone,
                 db::WorkspaceTxn& txn) {
        db::WorkspaceTxn bound(txn.txn(), workspace);
        const auto body = whatsapp::parse_webhook(body_of(hello(number, phone)));
        const auto& message = std::get<whatsapp::InboundMessage>(body.value().items.at(0).content);
        messages::store_inbound(bound, ids_,
                                {.number = PhoneNumberId(number), .event = ids_.event_id()},
                                message, clock_.now());
    }
    /// A worker's batch with `first`, held open until another one with `second` waits for it; then
    /// it does `rest`.
    template <class Rest>
    void meet_a_batch(const std::string& first, const std::string& second, Rest rest) {
        store_body(first);
        test::Interleaved other(
            database(), shop, [this](db::WorkspaceTxn& txn) { run_batch_in(txn); }, rest);
        store_body(second);
        drain();
        other.join();
        EXPECT_EQ(database().stats().conflicts, 0U);
    }
    int texts_ = 0;
};

TEST_P(WebhookLockOrderTest, a_stop_waits_for_the_send_before_it_takes_the_conversation) {
    meet_a_send(text("Ann", "STOP"));
    EXPECT_TRUE(ann().opt_out.status);
}

TEST_P(WebhookLockOrderTest, a_stop_after_a_usual_message_of_the_same_batch_waits_as_well) {
    meet_a_send(body_of({change("Ann", "hello"), change("Ann", "STOP")}));
    EXPECT_TRUE(ann().opt_out.status);
}

TEST_P(WebhookLockOrderTest, a_new_name_waits_for_the_send_before_it_takes_the_conversation) {
    meet_a_send(text("Anna", "hello"));
    EXPECT_EQ(ann().name, "Anna");
}

TEST_P(WebhookLockOrderTest, a_stop_does_not_hold_the_audit_chain_while_it_waits_for_others) {
    store_body(body_of({change("Bob", "hello", bob_phone)}));
    drain();
    const inbox::Conversation bobs = conversation_with(bob_phone);
    meet(
        body_of({change("Ann", "STOP"), change("Bob", "again", bob_phone)}),
        [&](db::WorkspaceTxn& txn) {
            inbox::note_outbound(txn, bobs.id, MessageId("out"), clock_.now());
        },
        [&](db::WorkspaceTxn& txn) {
            audit::record(txn, audit::system_context(shop, ""),
                          {.action = audit::actions::message_sent,
                           .resource_type = "message",
                           .resource_id = "out"},
                          clock_.now());
        });
    EXPECT_TRUE(ann().opt_out.status);
}

TEST_P(WebhookLockOrderTest, a_failure_that_means_a_stop_takes_the_contact_before_the_message) {
    const std::string wamid = send_to_ann();
    constexpr int marketing_stopped = 131050;
    json::object failed = status_change(
        shop_number,
        {.wamid = wamid, .status = "failed", .at_s = now_s(), .error_code = marketing_stopped});
    failed["value"].as_object()["statuses"].as_array()[0].as_object()["recipient_id"] = ann_phone;
    meet(
        body_of({std::move(failed)}),
        [](db::WorkspaceTxn& txn) { contacts::hold_opt_out(txn, ann_of(txn)); },
        [&](db::WorkspaceTxn& txn) {
            whatsapp::StatusUpdate sent;
            sent.wa_message_id = wamid;
            sent.status = whatsapp::DeliveryStatus::sent;
            sent.timestamp = clock_.now();
            messages::apply_status(txn, PhoneNumberId(shop_number), sent, clock_.now());
        });
    EXPECT_TRUE(ann().opt_out.status);
}

TEST_P(WebhookLockOrderTest, two_workers_do_not_make_the_same_new_customer) {
    const Author bob{.phone = bob_phone, .bsuid = "US.bob", .username = {}, .name = "Bob"};
    store_body(body_of(text_change(shop_number, bob, "wamid.first", now_s(), "hello")));
    test::Interleaved other(database(), shop, [this](db::WorkspaceTxn& txn) { run_batch_in(txn); });
    const Author same{.phone = {}, .bsuid = "US.bob", .username = {}, .name = "Bob"};
    store_body(body_of(text_change(shop_number, same, "wamid.second", now_s(), "again")));
    drain();
    other.join();
    EXPECT_EQ(database().stats().conflicts, 0U);
    const auto contacts = read(shop, [](db::WorkspaceTxn& txn) {
        return inbox::list(txn, {}).value().conversations.size();
    });
    EXPECT_EQ(contacts, 2U) << "Ann's and Bob's";
}

TEST_P(WebhookLockOrderTest, batches_of_two_workspaces_wait_for_each_others_turns_in_one_order) {
    assign_in_turn();
    meet_a_batch(
        body_of(hello(shop_number, bob_phone)),
        body_of({hello(other_number, cid_phone), hello(shop_number, dan_phone)}),
        [this](db::WorkspaceTxn& txn) { open_in(other_shop, other_number, eve_phone, txn); });
    for (const std::string& phone : {bob_phone, dan_phone}) {
        EXPECT_EQ(conversation_with(phone).assignee, UserId("adam"));
    }
}

TEST_P(WebhookLockOrderTest, a_batch_waits_for_the_turn_before_it_takes_messages_for_statuses) {
    assign_in_turn();
    const std::string wamid = send_to_ann();
    const json::object sent =
        status_change(shop_number, {.wamid = wamid, .status = "sent", .at_s = now_s()});
    meet_a_batch(body_of(hello(shop_number, bob_phone)),
                 body_of({sent, hello(shop_number, dan_phone)}), [&](db::WorkspaceTxn& txn) {
                     whatsapp::StatusUpdate delivered;
                     delivered.wa_message_id = wamid;
                     delivered.status = whatsapp::DeliveryStatus::delivered;
                     delivered.timestamp = clock_.now();
                     messages::apply_status(txn, PhoneNumberId(shop_number), delivered,
                                            clock_.now());
                 });
    EXPECT_EQ(conversation_with(dan_phone).assignee, UserId("adam"));
}

TEST_P(WebhookLockOrderTest, two_people_erased_from_one_body_at_once_are_both_gone) {
    const EventId event =
        store_body(body_of({change("Ann", "I am Ann"), change("Bob", "I am Bob", bob_phone)}));
    const auto erase = [event](db::Txn& txn, const std::string& phone) {
        return webhook_events::redact(txn, event,
                                      {.numbers = {PhoneNumberId(shop_number)}, .phones = {phone}});
    };
    test::Interleaved other(database(), shop,
                            [&](db::WorkspaceTxn& txn) { erase(txn.txn(), ann_phone); });
    EXPECT_TRUE(write([&](db::Txn& txn) { return erase(txn, bob_phone); }));
    other.join();
    const std::string body =
        read([&](db::Txn& txn) { return webhook_events::find_body(txn, event).value(); });
    EXPECT_EQ(body.find("I am Bob"), std::string::npos);
    EXPECT_EQ(body.find("I am Ann"), std::string::npos);
}

WAPI_ON_POSTGRES(WebhookLockOrderTest);

}  // namespace
}  // namespace wapi::webhooks
