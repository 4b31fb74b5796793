// Goal: a STOP is heard also in a message that cannot be used, or only in part, as far as it shows
// who wants no more messages; the message fails all the same. Method: whole bodies with one thing
// wrong each through queue and worker on both engines.
#include <gtest/gtest.h>

#include <functional>

#include "features/contacts/contacts.hpp"
#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"
#include "features/opt_out/opt_out.hpp"
#include "features/webhooks/webhooks_test_support.hpp"

namespace wapi::webhooks {
namespace {

using namespace testing;
using namespace std::chrono_literals;

const Author ann{.phone = "15550002222", .bsuid = {}, .username = {}, .name = "Ann"};

const db::Sql count_items{{
    .name = "webhook_unreadable_test.count_items",
    .text = "SELECT count(*) FROM jobs WHERE queue = 'webhooks' AND kind = 'webhook.item'",
    .scope = db::Scope::system,
}};

class WebhookUnreadableTest : public WebhooksTest {
  protected:
    void SetUp() override {
        clock_.set(from_us(1'764'000'000'700'000));
        make_workspace(shop);
        connect(shop, shop_number);
    }
    /// A new text of Ann's; `change` may make it one that cannot be used.
    template <class Change>
    EventId deliver(const std::string& text, Change change) {
        const std::string wamid = fmt::format("wamid.{}", ++delivered_);
        json::object whole = text_change(shop_number, ann, wamid, now_s(), text);
        change(whole);
        const EventId event = store_body(body_of(std::move(whole)));
        drain();
        return event;
    }
    static json::object& message_in(json::object& change) {
        json::object& value = change["value"].as_object();
        json::object& list = value.contains("standby") ? value["standby"].as_object() : value;
        return list["messages"].as_array()[0].as_object();
    }
    static void without_id(json::object& change) { message_in(change).erase("id"); }
    std::optional<contacts::OptOut> opt_out() {
        return read(shop, [](db::WorkspaceTxn& txn) {
            const auto id =
                contacts::find_by_identity(txn, {contacts::IdentityKind::phone, ann.phone});
            return id ? std::optional(contacts::get(txn, *id).value().opt_out) : std::nullopt;
        });
    }
    bool is_out() { return opt_out() && opt_out()->status; }
    bool opt_in() {
        const ContactId id = read(shop, [](db::WorkspaceTxn& txn) {
            return contacts::find_by_identity(txn, {contacts::IdentityKind::phone, ann.phone})
                .value();
        });
        return run(service_.opt_in(context_of(shop), id)).value().opt_out.status;
    }
    /// Of the only conversation.
    std::vector<std::string> thread() {
        return read(shop, [](db::WorkspaceTxn& txn) {
            std::vector<std::string> texts;
            const inbox::Page page = inbox::list(txn, {}).value();
            for (const messages::Message& message :
                 messages::list(txn, page.conversations.at(0).id, {}, 10)->messages) {
                texts.push_back(message.text);
            }
            return texts;
        });
    }
    opt_out::Service service_{database(), ids_, clock_};
    int delivered_ = 0;
};

TEST_P(WebhookUnreadableTest, a_stop_is_heard_and_the_message_goes_to_the_retries) {
    const auto set = [](std::string_view key, json::value value) {
        return [key, value](json::object& change) { message_in(change)[key] = value; };
    };
    const std::vector<std::function<void(json::object&)>> damages{
        without_id,
        [](json::object& change) { message_in(change).erase("timestamp"); },
        set("timestamp", "soon"),
        set("type", 5),
        set("text", "STOP"),
        [](json::object& change) { message_in(change)["from"] = json::object(); },
        [](json::object& change) {
            without_id(change);
            change["value"].as_object()["contacts"] =
                json::array{json::object{{"profile", json::object{{"name", "Ann"}}}}};
        },
        [](json::object& change) {
            without_id(change);
            message_in(change).erase("text");
            message_in(change)["type"] = "interactive";
            message_in(change)["interactive"] =
                json::object{{"button_reply", json::object{{"title", "Stop"}}}};
        }};
    std::int64_t failed = 0;
    for (std::size_t i = 0; i < damages.size(); ++i) {
        SCOPED_TRACE(i);
        EXPECT_FALSE(is_out());
        deliver("STOP", [&](json::object& change) {
            damages[i](change);
            if (i == 5) {  // the sole contact is the sender
                without_id(change);
            }
        });
        EXPECT_TRUE(is_out());
        EXPECT_EQ(opt_out()->opted_out_via, "message");
        EXPECT_EQ(count(count_items), ++failed);
        EXPECT_EQ(count_audit("contact.opted_out"), failed);
        clock_.advance(100ms);
        ASSERT_FALSE(opt_in());
        clock_.advance(1s);
    }
    EXPECT_EQ(count_audit("contact.created"), 1);
}

TEST_P(WebhookUnreadableTest, a_stop_of_an_unknown_type_is_heard_and_the_message_is_shown) {
    deliver("STOP", [](json::object& change) { message_in(change)["type"] = "hologram"; });
    EXPECT_TRUE(is_out());
    EXPECT_EQ(count(count_items), 0);
    const std::vector<std::string> texts = thread();
    EXPECT_EQ(texts.size(), 2U) << "and its confirmation";
    EXPECT_EQ(texts.back(), "Message type is currently not supported.");
}

TEST_P(WebhookUnreadableTest, a_stop_is_heard_however_much_stands_around_it_that_says_nothing) {
    std::string stop = "STOP";
    for (int i = 0; i < 4'092; ++i) {
        stop += "🛑";
    }
    const std::vector<std::function<void(json::object&)>> forms{
        [](json::object&) {}, without_id,
        [](json::object& change) { message_in(change)["type"] = "hologram"; }};
    for (std::size_t i = 0; i < forms.size(); ++i) {
        deliver(stop, [&](json::object& change) {
            message_in(change)["id"] = fmt::format("wamid.{}", i);
            forms[i](change);
        });
        EXPECT_TRUE(is_out()) << i;
        clock_.advance(10s);
        ASSERT_FALSE(opt_in());
        clock_.advance(10s);
    }
}

TEST_P(WebhookUnreadableTest, only_a_stop_by_the_person_alone_is_heard) {
    deliver("hello", without_id);
    EXPECT_FALSE(opt_out()) << "nobody is made a contact of for that";
    deliver("STOP", [](json::object& change) {
        without_id(change);
        message_in(change)["group_id"] = "G1";
    });
    EXPECT_FALSE(opt_out());
    deliver("STOP", [](json::object&) {});
    EXPECT_TRUE(is_out());
    clock_.advance(10s);
    for (const char* text : {"START", "yes"}) {
        const std::size_t before = thread().size();
        deliver(text, without_id);
        deliver(text, [](json::object& change) { message_in(change)["type"] = "hologram"; });
        EXPECT_TRUE(is_out()) << text;
        EXPECT_EQ(thread().size(), before + 1) << "the one of an unknown type is a new message";
    }
}

TEST_P(WebhookUnreadableTest, a_stop_is_confirmed_once_and_not_in_standby) {
    deliver("hello", [](json::object&) {});
    const auto in_standby = [](json::object& change) {
        json::object& value = change["value"].as_object();
        value["standby"] = {{"contacts", value["contacts"]}, {"messages", value["messages"]}};
        value.erase("contacts");
        value.erase("messages");
        change["field"] = "standby";
        without_id(change);
    };
    deliver("STOP", in_standby);
    EXPECT_TRUE(is_out());
    EXPECT_EQ(thread().size(), 1U);
    clock_.advance(10s);
    ASSERT_FALSE(opt_in());
    const std::size_t before = thread().size();
    clock_.advance(10s);
    deliver("STOP", without_id);
    EXPECT_TRUE(is_out());
    for (const auto delay : {1s, 5s, 30s}) {
        clock_.advance(delay);
        drain();
    }
    EXPECT_EQ(thread().size(), before + 1);
}

TEST_P(WebhookUnreadableTest, a_retry_or_replay_does_not_undo_an_opt_in_that_came_after) {
    for (const bool has_time : {true, false}) {
        SCOPED_TRACE(has_time);
        const EventId event = deliver("STOP", [&](json::object& change) {
            without_id(change);
            if (!has_time) {
                message_in(change).erase("timestamp");
            }
        });
        ASSERT_TRUE(is_out());
        clock_.advance(200ms);
        ASSERT_FALSE(opt_in());
        for (const auto delay : {1s, 5s, 30s, 120s, 600s}) {
            clock_.advance(delay);
            drain();
            EXPECT_FALSE(is_out());
        }
        write([&](db::Txn& txn) {
            webhook_events::enqueue_replay(txn, std::nullopt, ids_.event_id(),
                                           {.ids = {event}, .from = {}, .to = {}}, clock_.now());
            return true;
        });
        drain();
        EXPECT_FALSE(is_out());
    }
}

TEST_P(WebhookUnreadableTest, a_stop_is_heard_once_its_number_is_connected) {
    json::object change = text_change(other_number, ann, "wamid.1", now_s(), "STOP");
    without_id(change);
    store_body(body_of(std::move(change)));
    drain();
    EXPECT_FALSE(opt_out());
    connect(shop, other_number);
    clock_.advance(2s);
    drain();
    EXPECT_TRUE(is_out());
}

WAPI_ON_BOTH_ENGINES(WebhookUnreadableTest);

}  // namespace
}  // namespace wapi::webhooks
