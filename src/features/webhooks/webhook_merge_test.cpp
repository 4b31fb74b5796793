// Goal: a contact that another worker is merging away swallows nothing. Method: the merge and the
// event that meets it in two transactions of PostgreSQL, each in turn held open until the other
// waits for it.
#include <gtest/gtest.h>

#include "features/audit/audit.hpp"
#include "features/contacts/contacts.hpp"
#include "features/messages/messages.hpp"
#include "features/sending/sending.hpp"
#include "features/webhooks/webhooks_test_support.hpp"
#include "tests/support/interleaved.hpp"

namespace wapi::webhooks {
namespace {

using namespace testing;
using namespace std::chrono_literals;

const std::string second_number = "1080000000003";
const Author by_phone{.phone = "15550002222", .bsuid = {}, .username = {}, .name = "Ann"};
const Author by_bsuid{.phone = {}, .bsuid = "US.ANN", .username = {}, .name = "Ann"};
const Author by_both{.phone = "15550002222", .bsuid = "US.ANN", .username = {}, .name = "Ann"};

const db::Sql strays_sql{{
    .name = "webhook_merge_test.strays",
    .text = "SELECT (SELECT COUNT(*) FROM messages AS m WHERE m.workspace_id = $1 AND NOT EXISTS"
            " (SELECT 1 FROM conversations AS c WHERE c.workspace_id = $1"
            " AND c.conversation_id = m.conversation_id AND c.contact_id = m.contact_id))"
            " + (SELECT COUNT(*) FROM conversations AS c WHERE c.workspace_id = $1 AND NOT EXISTS"
            " (SELECT 1 FROM contacts AS p WHERE p.workspace_id = $1"
            " AND p.contact_id = c.contact_id))"
            " + (SELECT COUNT(*) FROM contact_identities AS i WHERE i.workspace_id = $1"
            " AND NOT EXISTS (SELECT 1 FROM contacts AS p WHERE p.workspace_id = $1"
            " AND p.contact_id = i.contact_id))",
}};
const db::Sql count_contacts_sql{{
    .name = "webhook_merge_test.count_contacts",
    .text = "SELECT COUNT(*) FROM contacts WHERE workspace_id = $1",
}};
const db::Sql totals_sql{{
    .name = "webhook_merge_test.totals",
    .text =
        "SELECT (SELECT COUNT(*) FROM messages WHERE workspace_id = $1 AND direction = 'inbound')"
        ", (SELECT CAST(SUM(unread_count) AS BIGINT) FROM conversations WHERE workspace_id = $1)",
}};

/// One person whom two contacts stand for: known by BSUID first, by phone later.
class WebhookMergeTest : public WebhooksTest {
  protected:
    void SetUp() override {
        make_workspace(shop);
        connect(shop, shop_number);
        connect(shop, second_number);
        for (const Author& author : {by_bsuid, by_phone}) {
            store_body(text(author, "hello"));
            drain();
            clock_.advance(1s);
        }
    }
    std::string text(const Author& author, const std::string& words,
                     const std::string& number = shop_number) {
        return body_of(
            text_change(number, author, fmt::format("wamid.{}", ++texts_), now_s(), words));
    }
    /// What the worker does with an event that names both.
    void merge(db::WorkspaceTxn& txn) {
        const contacts::Resolved resolved = contacts::resolve(txn, ids_,
                                                              {.phone = by_both.phone,
                                                               .bsuid = by_both.bsuid,
                                                               .username = {},
                                                               .name = {},
                                                               .seen_at = clock_.now()},
                                                              clock_.now());
        ASSERT_EQ(resolved.merged.size(), 1U);
        messages::merge_contact(txn, resolved.merged[0], resolved.id, clock_.now());
    }
    /// The event is handled while the merge is not committed yet.
    void meet_a_merge(const std::string& body) {
        store_body(body);
        test::Interleaved merging(database(), shop, [this](db::WorkspaceTxn& txn) { merge(txn); });
        drain();
        merging.join();
    }
    contacts::Contact the_one_left() {
        return read(shop, [](db::WorkspaceTxn& txn) {
            EXPECT_EQ(txn.query(count_contacts_sql)[0].integer(0), 1);
            EXPECT_EQ(txn.query(strays_sql)[0].integer(0), 0)
                << "something of a contact that is gone";
            const auto id =
                contacts::find_by_identity(txn, {contacts::IdentityKind::phone, by_phone.phone});
            return contacts::get(txn, id.value()).value();
        });
    }
    void expect_inbound(std::int64_t messages) {
        read(shop, [&](db::WorkspaceTxn& txn) {
            const db::Rows totals = txn.query(totals_sql);
            EXPECT_EQ(totals[0].integer(0), messages);
            EXPECT_EQ(totals[0].integer(1), messages) << "unread";
            return true;
        });
    }
    int texts_ = 0;
};

TEST_P(WebhookMergeTest, a_stop_of_a_contact_that_is_being_merged_holds_for_the_one_left) {
    meet_a_merge(text(by_phone, "STOP"));
    EXPECT_TRUE(the_one_left().opt_out.status);
    expect_inbound(3);
}

TEST_P(WebhookMergeTest, a_preference_of_a_contact_that_is_being_merged_holds_for_the_one_left) {
    meet_a_merge(body_of(preference_change(shop_number, by_phone, now_s(), "stop")));
    EXPECT_TRUE(the_one_left().opt_out.status);
}

TEST_P(WebhookMergeTest, a_message_on_a_new_number_finds_the_one_left) {
    meet_a_merge(text(by_phone, "hello", second_number));
    the_one_left();
    expect_inbound(3);
}

TEST_P(WebhookMergeTest, a_name_that_comes_during_the_merge_belongs_to_the_one_left) {
    Author named = by_phone;
    named.username = "ann";
    meet_a_merge(text(named, "hello"));
    EXPECT_EQ(the_one_left().identities.size(), 3U);
}

TEST_P(WebhookMergeTest, two_merges_of_one_pair_are_one) {
    meet_a_merge(text(by_both, "it is me"));
    the_one_left();
    expect_inbound(3);
}

TEST_P(WebhookMergeTest, a_merge_takes_along_what_is_being_added) {
    store_body(text(by_both, "it is me"));
    test::Interleaved adding(database(), shop, [this](db::WorkspaceTxn& txn) {
        whatsapp::InboundMessage message;
        message.wa_message_id = "wamid.ADDED";
        message.sender.phone = by_phone.phone;
        message.timestamp = clock_.now();
        message.type = whatsapp::MessageType::text;
        message.type_name = "text";
        message.text = "one more";
        messages::store_inbound(txn, ids_,
                                {.number = PhoneNumberId(shop_number), .event = ids_.event_id()},
                                message, clock_.now());
    });
    drain();
    adding.join();
    the_one_left();
    expect_inbound(4);
}

TEST_P(WebhookMergeTest, a_send_to_a_contact_that_is_being_merged_goes_to_the_one_left) {
    test::Interleaved merging(database(), shop, [this](db::WorkspaceTxn& txn) { merge(txn); });
    sending::Draft draft;
    draft.to.phone = "+" + by_phone.phone;
    draft.content = std::string("Hello Ann");
    const auto sent = write(shop, [&](db::WorkspaceTxn& txn) {
        return sending::commit_send(txn, ids_, audit::system_context(shop, ""), draft,
                                    clock_.now());
    });
    merging.join();
    ASSERT_TRUE(sent) << sent.error().message;
    EXPECT_EQ(sent->contact, the_one_left().id);
}

WAPI_ON_POSTGRES(WebhookMergeTest);

}  // namespace
}  // namespace wapi::webhooks
