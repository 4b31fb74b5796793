// Goal: what each kind of update does to the workspace it belongs to, as its members see it.
// Method: whole bodies in Meta's form through queue and worker on both engines, then the services'
// answers.
#include <gtest/gtest.h>

#include <set>

#include "features/audit/audit.hpp"
#include "features/contacts/contacts.hpp"
#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"
#include "features/sending/sending.hpp"
#include "features/templates/templates.hpp"
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
        deliver(
            text_change(shop_number, ann, fmt::format("wamid.{}", ++delivered_), now_s(), text));
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
    ContactId contact_of_phone(const std::string& phone) {
        return read(shop, [&](db::WorkspaceTxn& txn) {
            return contacts::find_by_identity(txn, {contacts::IdentityKind::phone, phone}).value();
        });
    }
    std::multiset<std::string> types_received(const ContactId& contact) {
        return read(shop, [&](db::WorkspaceTxn& txn) {
            const auto page = inbox::list(txn, {.contact = contact.value}).value();
            std::multiset<std::string> types;
            for (const messages::Message& message :
                 messages::list(txn, page.conversations.at(0).id, {}, 10)->messages) {
                if (message.direction == "inbound") {
                    types.insert(message.type);
                }
            }
            return types;
        });
    }
    contacts::OptOut opt_out() { return opt_out(only_conversation().contact); }
    contacts::OptOut opt_out(const ContactId& id) {
        return read(shop,
                    [&](db::WorkspaceTxn& txn) { return contacts::get(txn, id).value().opt_out; });
    }
    void save_template(const WorkspaceId& workspace, const std::string& status) {
        const templates::Template stored{.waba_id = WabaId("209"),
                                         .name = "promo",
                                         .language = "en_US",
                                         .meta_id = "99",
                                         .category = "UTILITY",
                                         .status = status,
                                         .parameter_format = "POSITIONAL",
                                         .components = R"([{"type":"BODY","text":"Big sale"}])",
                                         .updated_at = clock_.now()};
        write(workspace, [&](db::WorkspaceTxn& txn) {
            templates::save_template(txn, stored);
            return true;
        });
    }
    std::string template_status(const WorkspaceId& workspace) {
        return read(workspace, [](db::WorkspaceTxn& txn) {
            return templates::find_template(txn, WabaId("209"), "promo", "en_US").value().status;
        });
    }
    std::string answer_to_text() { return answer_to(std::string("Hello Ann")); }
    std::string answer_to_template() {
        return answer_to(
            sending::TemplateRequest{.name = "promo", .language = "en_US", .components = "[]"});
    }
    /// Of the send gate: "ok" or the code of the refusal.
    std::string answer_to(std::variant<std::string, sending::TemplateRequest> content) {
        sending::Draft draft;
        draft.to.phone = "+" + ann.phone;
        draft.content = std::move(content);
        const auto sent = write(shop, [&](db::WorkspaceTxn& txn) {
            return sending::commit_send(txn, ids_, audit::system_context(shop, ""), draft,
                                        clock_.now());
        });
        return sent ? "ok" : std::string(sent.error().kind->code);
    }
    static json::object in_group(json::object change) {
        json::array& list = change["value"].as_object()["messages"].as_array();
        list[0].as_object()["group_id"] = "G1";
        return change;
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

TEST_P(WebhookApplyTest, an_edit_or_revoke_with_the_id_of_a_stop_does_not_take_its_place) {
    const std::string bob = "15550003333";
    const auto act_of = [&](const std::string& phone, std::string_view type) {
        json::object content{{"original_message_id", "wamid." + phone},
                             {"message", {{"type", "text"}, {"text", {{"body", "new"}}}}}};
        return type == "text"
                   ? text_change(shop_number, {.phone = phone}, "wamid." + phone, now_s(), "STOP")
                   : message_change(shop_number, {.phone = phone}, "wamid." + phone, now_s(), type,
                                    std::move(content));
    };
    for (const char* type : {"text", "edit", "revoke", "text", "revoke"}) {
        deliver(act_of(ann.phone, type));
    }
    for (const char* type : {"revoke", "edit", "revoke", "text"}) {
        deliver(act_of(bob, type));
    }
    for (const std::string& phone : {ann.phone, bob}) {
        const ContactId contact = contact_of_phone(phone);
        EXPECT_TRUE(opt_out(contact).status) << phone;
        EXPECT_EQ(types_received(contact), (std::multiset<std::string>{"edit", "revoke", "text"}));
    }
}

TEST_P(WebhookApplyTest, a_notice_of_whatsapp_opens_no_window_and_is_not_unread) {
    deliver(message_change(shop_number, ann, "wamid.S", now_s(), "system",
                           {{"body", "Ann changed"}, {"type", "customer_identity_changed"}}));
    EXPECT_EQ(answer_to_text(), "window_closed");
    EXPECT_EQ(only_conversation().unread_count, 0);
    EXPECT_EQ(only_conversation().last_message, thread().at(0).id);
    deliver_text("hello");
    EXPECT_EQ(answer_to_text(), "ok");
    EXPECT_EQ(only_conversation().unread_count, 1);
}

TEST_P(WebhookApplyTest, what_is_written_in_a_group_is_no_opt_out_and_opens_no_window) {
    for (const std::string text : {"STOP", "yes"}) {
        deliver(in_group(text_change(shop_number, ann, "wamid.G." + text, now_s(), text)));
    }
    EXPECT_FALSE(opt_out().opted_out_at);
    EXPECT_EQ(answer_to_text(), "window_closed");
    EXPECT_EQ(only_conversation().unread_count, 0);
    deliver(text_change(shop_number, ann, "wamid.1", now_s() - 10, "STOP"));
    EXPECT_TRUE(opt_out().status) << "the yes to the group is no START";
}

TEST_P(WebhookApplyTest, a_stop_heard_in_standby_counts_and_is_not_answered) {
    json::object change = text_change(shop_number, ann, "wamid.1", now_s(), "STOP");
    json::object& value = change["value"].as_object();
    value["standby"] = {{"contacts", value["contacts"]}, {"messages", value["messages"]}};
    value.erase("contacts");
    value.erase("messages");
    change["field"] = "standby";
    deliver(std::move(change));
    EXPECT_TRUE(opt_out().status);
    EXPECT_EQ(thread().size(), 1U);
}

TEST_P(WebhookApplyTest, a_template_that_meta_approves_can_be_sent) {
    save_template(shop, "PENDING");
    EXPECT_EQ(answer_to_template(), "template_not_approved");
    deliver({{"field", "message_template_status_update"},
             {"value",
              {{"event", "APPROVED"},
               {"message_template_id", 99},
               {"message_template_name", "promo"},
               {"message_template_language", "en-US"},
               {"reason", nullptr}}}});
    EXPECT_EQ(answer_to_template(), "ok");
}

TEST_P(WebhookApplyTest, a_template_status_goes_to_every_workspace_of_the_account_and_no_other) {
    make_workspace(other_shop);
    connect(other_shop, other_number);
    const WorkspaceId stranger("33333333-3333-7333-8333-333333333333");
    for (const WorkspaceId& workspace : {shop, other_shop, stranger}) {
        save_template(workspace, "APPROVED");
    }
    deliver({{"field", "message_template_status_update"},
             {"value",
              {{"event", "PAUSED"},
               {"message_template_name", "promo"},
               {"message_template_language", "en_US"}}}});
    EXPECT_EQ(template_status(shop), "PAUSED");
    EXPECT_EQ(template_status(other_shop), "PAUSED");
    EXPECT_EQ(template_status(stranger), "APPROVED");
}

WAPI_ON_BOTH_ENGINES(WebhookApplyTest);

}  // namespace
}  // namespace wapi::webhooks
