// Goal: each event reaches exactly those whose rights let them see it, in order, and what a client
// missed comes when it returns.
// Method: the service on both engines with clients in memory; what must not come is waited for by
// something that comes after it.
#include <gtest/gtest.h>

#include "features/realtime/realtime_test_support.hpp"

namespace wapi::realtime {
namespace {

using namespace testing;

class RealtimeEventsTest : public RealtimeTest {
  protected:
    RealtimeEventsTest() {
        person("olga");
        person("stranger", other_shop);
        agent("adam");
    }
};

TEST_P(RealtimeEventsTest, a_message_and_its_status_reach_who_may_see_them_and_nobody_else) {
    const Client olga = enter("olga");
    const Client adam = enter("adam");
    const Client stranger = enter("stranger");
    const messages::InboundResult ann = receive("hi");
    wait_for(olga, "message.created");
    const json::object& data = olga->last("message.created").at("data").as_object();
    EXPECT_EQ(data.at("message").as_object().at("body"), "hi");
    EXPECT_EQ(data.at("conversation").as_object().at("unreadCount"), 1);
    EXPECT_EQ(olga->count("contact.changed"), 1U) << "the contact is new";

    const MessageId id = reply(ann, {});
    write(shop, [&](db::WorkspaceTxn& txn) {
        return messages::name_message(txn, id, shop_number, WaMessageId("wamid.1"), clock_.now());
    });
    apply("wamid.1", whatsapp::DeliveryStatus::delivered, clock_.now());
    wait_for(olga, "message.status", 2);
    const auto status = olga->last("message.status").at("data").as_object();
    EXPECT_EQ(status.at("message").as_object().at("status"), "delivered");
    settle_ring(olga);
    settle(adam);
    settle(stranger);
    EXPECT_EQ(adam->count("message.created") + adam->count("message.status"), 0U);
    EXPECT_EQ(stranger->heard().size(), 2U) << "ready and pong";
}

TEST_P(RealtimeEventsTest, an_assignment_shows_the_conversation_to_one_and_takes_it_from_another) {
    agent("eva");
    const messages::InboundResult ann = receive("hi");
    assign(ann.conversation, "adam");
    const Client adam = enter("adam");
    const Client eva = enter("eva");
    const Client olga = enter("olga");
    assign(ann.conversation, "eva");
    wait_for(eva, "conversation.changed");
    wait_for(adam, "conversation.removed");
    EXPECT_EQ(adam->last("conversation.removed").at("data"),
              (json::object{{"id", ann.conversation.value}}));
    receive("more");
    wait_for(eva, "message.created");
    settle_ring(olga);
    settle(adam);
    EXPECT_EQ(adam->count("message.created") + adam->count("conversation.changed"), 0U);
    EXPECT_EQ(eva->count("conversation.removed"), 0U);
}

TEST_P(RealtimeEventsTest, a_tag_decides_for_the_conversations_of_its_contact) {
    restrict_to("vera", "tag", "vip");
    const messages::InboundResult ann = receive("hi");
    const Client vera = enter("vera");
    const Client olga = enter("olga");
    contacts::Service service(database(), ids_, clock_);
    const auto tag = [&](const std::string& tag) {
        contacts::Draft draft;
        draft.tags = {tag};
        EXPECT_TRUE(run(service.change(context_of(shop), ann.contact, draft)));
    };
    tag("vip");
    wait_for(vera, "conversation.changed");
    EXPECT_EQ(vera->count("contact.changed"), 1U);
    tag("old");
    wait_for(vera, "conversation.removed");
    wait_for(vera, "contact.removed");
    receive("more");
    settle_ring(olga);
    settle(vera);
    EXPECT_EQ(vera->count("message.created"), 0U);
    EXPECT_EQ(olga->count("conversation.removed"), 0U);
}

TEST_P(RealtimeEventsTest, a_number_decides_too) {
    save_number(shop, second_number);
    restrict_to("nora", "phone", second_number.value);
    const Client nora = enter("nora");
    const Client olga = enter("olga");
    receive("first number");
    receive("second number", "15550003333", shop, second_number);
    settle_ring(olga);
    settle(nora);
    ASSERT_EQ(nora->count("message.created"), 1U);
    EXPECT_EQ(
        nora->last("message.created").at("data").as_object().at("message").as_object().at("body"),
        "second number");
}

TEST_P(RealtimeEventsTest, reading_and_opting_out_are_told) {
    const messages::InboundResult ann = receive("hi");
    const Client olga = enter("olga");
    write(shop, [&](db::WorkspaceTxn& txn) {
        inbox::mark_read(txn, ann.conversation);
        return true;
    });
    wait_for(olga, "conversation.changed");
    const auto read = olga->last("conversation.changed").at("data").as_object();
    EXPECT_EQ(read.at("conversation").as_object().at("unreadCount"), 0);
    set_opt_out(ann.contact, true);
    wait_for(olga, "contact.changed");
    const auto changed = olga->last("contact.changed").at("data").as_object();
    EXPECT_EQ(changed.at("contact").as_object().at("optOut").as_object().at("status"), true);
}

TEST_P(RealtimeEventsTest, who_returns_is_sent_what_was_missed_in_order) {
    const Client first = enter("olga");
    receive("one");
    wait_for(first, "message.created");
    const std::string last = last_id(first);
    first->hang_up();
    receive("two");
    receive("three");
    const Client again = enter("olga", last);
    wait_for(again, "message.created", 2);
    EXPECT_EQ(again->heard()[0].at("resumed"), true);
    EXPECT_EQ(again->heard()[0].at("lastEventId"), json::value(last));
    std::vector<std::string> bodies;
    for (const json::object& event : again->heard()) {
        if (event.at("type") == "message.created") {
            bodies.emplace_back(event.at("data").at("message").at("body").as_string());
        }
    }
    EXPECT_EQ(bodies, (std::vector<std::string>{"two", "three"}));
    EXPECT_EQ(again->count("resync"), 0U);
}

TEST_P(RealtimeEventsTest, a_replay_follows_todays_rights) {
    const messages::InboundResult ann = receive("hi");
    assign(ann.conversation, "adam");
    const Client olga = enter("olga");
    const Client adam = enter("adam");
    const std::string last(adam->last("ready").at("lastEventId").as_string());
    adam->hang_up();
    receive("while adam was away");
    assign(ann.conversation, "eva");
    wait_for(olga, "conversation.changed");
    const Client again = enter("adam", last);
    settle(again);
    EXPECT_EQ(again->heard()[0].at("resumed"), true);
    EXPECT_EQ(again->count("message.created"), 0U) << "it is eva's by now";
    EXPECT_EQ(again->count("conversation.removed"), 1U);
}

TEST_P(RealtimeEventsTest, who_returns_with_other_rights_is_told_to_fetch_anew) {
    person("paul");
    const Client olga = enter("olga");
    const Client paul = enter("paul");
    const std::string last(paul->last("ready").at("lastEventId").as_string());
    paul->hang_up();
    people_["paul"].restrictions = {.member = "paul", .assigned_only = true};
    write(shop, [&](db::WorkspaceTxn& txn) {
        txn.announce(audit::access_changed, "");
        return true;
    });
    settle_ring(olga);
    const Client again = enter("paul", last);
    EXPECT_EQ(again->last("ready").at("resumed"), false);
    wait_for(again, "resync");
    again->hang_up();

    const Client later =
        enter("paul", std::string(again->last("resync").at("lastEventId").as_string()));
    EXPECT_EQ(later->last("ready").at("resumed"), true) << "since then they are the same";
}

TEST_P(RealtimeEventsTest, who_was_away_too_long_is_told_to_fetch_anew) {
    restart({.ring_events_max = 3});
    const Client first = enter("olga");
    const std::string last(first->last("ready").at("lastEventId").as_string());
    for (std::size_t count = 1; count <= 3; ++count) {
        receive("message");
        wait_for(first, "message.created", count);
    }
    for (const std::string& id : {last, std::string("other-1"), std::string("nonsense")}) {
        const Client again = enter("olga", id);
        wait_for(again, "resync");
        EXPECT_EQ(again->heard()[0].at("resumed"), false);
        settle(again);
        EXPECT_EQ(again->count("message.created"), 0U);
        EXPECT_EQ(again->last("resync").at("lastEventId"), first->last("message.created").at("id"));
        again->hang_up();
    }
}

TEST_P(RealtimeEventsTest, what_cannot_be_read_has_clients_fetch_anew_and_ends_nothing) {
    const messages::InboundResult ann = receive("hi");
    const Client olga = enter("olga");
    write(shop, [&](db::WorkspaceTxn& txn) {
        txn.announce(inbox::conversation_changed, ann.conversation.value, R"({"assigneeId":5})");
        return true;
    });
    wait_for(olga, "resync");
    receive("and on");
    wait_for(olga, "message.created");
}

TEST_P(RealtimeEventsTest, a_stalled_reader_costs_nobody_else_and_is_told_when_it_goes_on) {
    restart({.ring_events_max = 4});
    const Client olga = enter("olga");
    const Client slow = enter("olga");
    slow->stall(true);
    for (int index = 0; index < 12; ++index) {
        receive("message " + std::to_string(index));
        wait_for(olga, "message.created", static_cast<std::size_t>(index) + 1);
    }
    slow->stall(false);
    wait_for(slow, "resync");
    EXPECT_EQ(slow->last("resync").at("reason"), "too_slow");
    receive("and on");
    wait_for(slow, "message.created");
    wait([&] {
        return slow->last("message.created").at("data").at("message").at("body") == "and on";
    });
}

TEST_P(RealtimeEventsTest, an_erasure_takes_what_was_kept_for_a_replay) {
    const Client olga = enter("olga");
    const messages::InboundResult ann = receive("a secret");
    wait_for(olga, "message.created");
    const std::string last(olga->last("ready").at("lastEventId").as_string());
    write(shop, [&](db::WorkspaceTxn& txn) {
        txn.announce(contacts::contact_erased, ann.contact.value);
        return true;
    });
    wait_for(olga, "resync");
    const Client again = enter("olga", last);
    wait_for(again, "resync");
    settle(again);
    EXPECT_EQ(again->count("message.created"), 0U);
}

TEST_P(RealtimeEventsTest, an_import_of_contacts_is_a_refetch) {
    const Client olga = enter("olga");
    write(shop, [](db::WorkspaceTxn& txn) {
        txn.announce(contacts::contacts_changed, "1");
        return true;
    });
    wait_for(olga, "resync");
}

TEST_P(RealtimeEventsTest, many_erasures_at_once_are_one_refetch_or_two_and_end_nothing) {
    const Client olga = enter("olga");
    write(shop, [](db::WorkspaceTxn& txn) {
        for (int index = 0; index < 40; ++index) {
            txn.announce(contacts::contact_erased, std::to_string(index));
        }
        return true;
    });
    wait_for(olga, "resync");
    settle_ring(olga);
    settle(olga);
    EXPECT_LE(olga->count("resync"), 2U) << "the first is on its way when the others come";
    EXPECT_FALSE(olga->closed());
}

TEST_P(RealtimeEventsTest, nothing_is_kept_or_read_for_a_workspace_nobody_listens_to) {
    restart({.ring_kept = std::chrono::milliseconds(0)});
    const Client olga = enter("olga");
    EXPECT_EQ(service_->stats().workspaces, 1U);
    olga->hang_up();
    wait([&] { return service_->stats().workspaces == 0; });
    receive("nobody listens");
    EXPECT_EQ(service_->stats().ring_bytes, 0U);
    const Client again =
        enter("olga", std::string(olga->last("ready").at("lastEventId").as_string()));
    wait_for(again, "resync");
}

TEST_P(RealtimeEventsTest, too_many_announcements_at_once_are_a_refetch_and_no_backlog) {
    restart({.announcements_waiting_max = 3});
    const Client olga = enter("olga");
    write(shop, [&](db::WorkspaceTxn& txn) {
        for (int index = 0; index < 10; ++index) {
            txn.announce(numbers::number_changed, shop_number.value);
        }
        return true;
    });
    wait_for(olga, "resync");
    settle_ring(olga);
}

WAPI_ON_BOTH_ENGINES(RealtimeEventsTest);

}  // namespace
}  // namespace wapi::realtime
