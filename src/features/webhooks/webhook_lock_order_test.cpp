// Goal: whoever handles the same customer at the same time waits for the other, not in a circle and
// not to fail. Method: the two halves of a send, as the gate takes its rows, around an event that
// is handled meanwhile; a batch that is held open around another one.
#include <gtest/gtest.h>

#include "features/contacts/contacts.hpp"
#include "features/inbox/inbox.hpp"
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
    json::object change(const std::string& name, const std::string& words) {
        const Author author{.phone = "15550002222", .bsuid = {}, .username = {}, .name = name};
        return text_change(shop_number, author, fmt::format("wamid.{}", ++texts_), now_s(), words);
    }
    std::string text(const std::string& name, const std::string& words) {
        return body_of({change(name, words)});
    }
    /// The event is handled between a send's taking of the contact and of the conversation.
    void meet_a_send(const std::string& body) {
        store_body(body);
        const inbox::Conversation conversation = read(shop, [](db::WorkspaceTxn& txn) {
            return inbox::list(txn, {}).value().conversations.at(0);
        });
        test::Interleaved send(
            database(), shop,
            [&](db::WorkspaceTxn& txn) { contacts::hold_opt_out(txn, conversation.contact); },
            [&](db::WorkspaceTxn& txn) {
                inbox::note_outbound(txn, conversation.id, MessageId("out"), clock_.now());
            });
        drain();
        send.join();
        EXPECT_EQ(database().stats().conflicts, 0U);
    }
    /// What a worker does with all that waits.
    void run_batch_in(db::WorkspaceTxn& txn) {
        static const queue::RetryPolicy retries;
        process_batch(txn.txn(), ids_,
                      {.now = clock_.now(), .retries = &retries, .side_by_side = true});
    }
    contacts::Contact ann() {
        return read(shop, [](db::WorkspaceTxn& txn) {
            const auto id =
                contacts::find_by_identity(txn, {contacts::IdentityKind::phone, "15550002222"});
            return contacts::get(txn, id.value()).value();
        });
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

TEST_P(WebhookLockOrderTest, two_workers_do_not_make_the_same_new_customer) {
    const Author bob{.phone = "15550003333", .bsuid = "US.bob", .username = {}, .name = "Bob"};
    store_body(body_of(text_change(shop_number, bob, "wamid.first", now_s(), "hello")));
    test::Interleaved other(database(), shop, [this](db::WorkspaceTxn& txn) { run_batch_in(txn); });
    store_body(body_of(text_change(shop_number, bob, "wamid.second", now_s(), "again")));
    drain();
    other.join();
    EXPECT_EQ(database().stats().conflicts, 0U);
    const auto contacts = read(shop, [](db::WorkspaceTxn& txn) {
        return inbox::list(txn, {}).value().conversations.size();
    });
    EXPECT_EQ(contacts, 2U) << "Ann's and Bob's";
}

WAPI_ON_POSTGRES(WebhookLockOrderTest);

}  // namespace
}  // namespace wapi::webhooks
