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
