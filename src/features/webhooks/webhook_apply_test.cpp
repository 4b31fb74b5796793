// Goal: what each kind of update does to the workspace it belongs to, as its members see it. Method:
// whole bodies in Meta's form through queue and worker on both engines, then the services' answers.
#include <gtest/gtest.h>

#include "features/audit/audit.hpp"
#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"
#include "features/webhooks/webhooks_test_support.hpp"

namespace wapi::webhooks {
namespace {

using namespace testing;

const Author ann{.phone = "15550002222", .bsuid = {}, .username = {}, .name = "Ann"};

class WebhookApplyTest : public WebhooksTest {
  protected:
    WebhookApplyTest() {
        make_workspace(shop);
        connect(shop, shop_number);
    }
    void deliver(json::object change) {
        store_body(body_of(std::move(change)));
        drain();
    }
    void deliver_text(const std::string& text) {
        deliver(text_change(shop_number, ann, fmt::format("wamid.{}", ++delivered_), now_s(), text));
    }
    inbox::Conversation only_conversation() {
        const inbox::Page page =
            read(shop, [](db::WorkspaceTxn& txn) { return inbox::list(txn, {}).value(); });
        EXPECT_EQ(page.conversations.size(), 1U);
        return page.conversations.at(0);
    }
    std::vector<messages::Message> thread() {
        const ConversationId id = only_conversation().id;
        return read(shop, [&](db::WorkspaceTxn& txn) {
            return messages::list(txn, id, {}, 10).value().messages;
        });
    }

    int delivered_ = 0;
};

TEST_P(WebhookApplyTest, a_type_nobody_knows_is_shown_as_unsupported) {
    deliver(message_change(shop_number, ann, "wamid.1", now_s(), "hologram", {{"depth", 3}}));
    const messages::Message shown = thread().at(0);
    EXPECT_EQ(shown.type, "unsupported");
    EXPECT_EQ(shown.text, "Message type is currently not supported.");
    EXPECT_NE(shown.content.find(R"("hologram":{"depth":3})"), std::string::npos);
}

WAPI_ON_BOTH_ENGINES(WebhookApplyTest);

}  // namespace
}  // namespace wapi::webhooks
