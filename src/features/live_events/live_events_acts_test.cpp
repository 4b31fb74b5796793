// Goal: no act on a conversation goes untold: each has its event, about that conversation.
// Method: each act on both engines by the function that the API calls; the events of what it
// announced are read as the hub reads them.
#include <gtest/gtest.h>

#include "async/async.hpp"
#include "base/json.hpp"
#include "features/assignment/assignment.hpp"
#include "features/conversation_notes/conversation_notes.hpp"
#include "features/live_events/live_events_test_support.hpp"

namespace wapi::live_events {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using Told = std::vector<std::string>;

class LiveEventsActsTest : public LiveEventsTest {
  protected:
    LiveEventsActsTest() {
        write(shop, [](db::WorkspaceTxn& txn) {
            txn.execute(insert_member, "adam");
            return txn.execute(insert_member, "eva");
        });
        ann_ = receive("hi");
        take_events();
    }
    /// `type about whom`, in their order; those of the conversation say only the type.
    Told told() {
        Told told;
        events_ = take_events();
        for (const Event& event : events_) {
            const bool ours = event.id == ann_.conversation.value;
            told.push_back(ours ? event.type : event.type + " " + event.id);
        }
        return told;
    }
    /// A field of the conversation that the newest event shows.
    json::value shown(std::string_view field) const {
        return json::parse_object(events_.back().data)
            .value()
            .at("conversation")
            .as_object()
            .at(field);
    }
    bool assign(const std::optional<UserId>& member) {
        return is_done(run(inbox_.assign(context_of(shop), ann_.conversation, member)));
    }
    std::string contact_changed() const { return "contact.changed " + ann_.contact.value; }
    void tag(const std::string& tag) {
        contacts::Draft draft;
        draft.tags = {tag};
        change(draft);
    }
    void change(const contacts::Draft& draft) {
        contacts::Service service(database(), ids_, clock_);
        is_done(run(service.change(context_of(shop), ann_.contact, draft)));
    }

    messages::InboundResult ann_;
    inbox::Service inbox_{database(), clock_};
    std::vector<Event> events_;
};

const Told changed{"conversation.changed"};

TEST_P(LiveEventsActsTest, assigning_and_taking_away) {
    assign(UserId("adam"));
    EXPECT_EQ(told(), changed);
    EXPECT_EQ(shown("assigneeId"), "adam");
    EXPECT_EQ(events_.back().before->assignee, std::nullopt);
    assign(UserId("eva"));
    EXPECT_EQ(told(), changed);
    EXPECT_EQ(events_.back().before->assignee, "adam");
    assign(std::nullopt);
    EXPECT_EQ(told(), changed);
    EXPECT_EQ(shown("assigneeId"), nullptr);
}

TEST_P(LiveEventsActsTest, resolving_reopening_snoozing_and_waking) {
    is_done(run(inbox_.resolve(context_of(shop), ann_.conversation, {})));
    EXPECT_EQ(told(), changed);
    EXPECT_EQ(shown("status"), "resolved");
    is_done(run(inbox_.reopen(context_of(shop), ann_.conversation, {})));
    EXPECT_EQ(told(), changed);
    EXPECT_EQ(shown("status"), "open");
    is_done(run(inbox_.snooze(context_of(shop), ann_.conversation, clock_.now() + 1h, {})));
    EXPECT_EQ(told(), changed);
    EXPECT_EQ(shown("status"), "snoozed");
    clock_.advance(1h);
    async::Tasks tasks(io_);
    EXPECT_EQ(run(inbox::Waker(tasks, database(), clock_).run_due()), 1U);
    EXPECT_EQ(told(), changed);
    EXPECT_EQ(shown("status"), "open");
}

TEST_P(LiveEventsActsTest, a_message_that_opens_and_the_rule_that_assigns) {
    write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(use_round_robin); });
    is_done(run(inbox_.resolve(context_of(shop), ann_.conversation, {})));
    take_events();
    receive("again");
    EXPECT_EQ(told(), (Told{"conversation.changed", "message.created"}));
    EXPECT_EQ(shown("status"), "open");
    EXPECT_EQ(shown("assigneeId"), "adam");
    EXPECT_EQ(shown("unreadCount"), 2);
    EXPECT_EQ(events_.back().before->assignee, std::nullopt);
}

TEST_P(LiveEventsActsTest, a_member_who_leaves_or_sees_less_is_taken_from_all_of_theirs) {
    assign(UserId("adam"));
    take_events();
    write(shop,
          [](db::WorkspaceTxn& txn) { return assignment::unassign_all(txn, UserId("adam")); });
    EXPECT_EQ(told(), changed);
    EXPECT_EQ(events_.back().before->assignee, "adam");
    assign(UserId("eva"));
    take_events();
    write(shop, [](db::WorkspaceTxn& txn) {
        txn.execute(insert_limit, "eva", "tag", "vip");
        return assignment::unassign_unseen(txn, UserId("eva"));
    });
    EXPECT_EQ(told(), changed);
    EXPECT_EQ(shown("assigneeId"), nullptr);
}

TEST_P(LiveEventsActsTest, reading_once) {
    const auto read_it = [&] {
        write(shop, [&](db::WorkspaceTxn& txn) {
            inbox::mark_read(txn, ann_.conversation);
            return true;
        });
    };
    read_it();
    EXPECT_EQ(told(), changed);
    EXPECT_EQ(shown("unreadCount"), 0);
    read_it();
    EXPECT_EQ(told(), Told()) << "who opens it again changes nothing";
}

TEST_P(LiveEventsActsTest, tags_name_and_opt_out_of_the_contact) {
    tag("vip");
    EXPECT_EQ(told(), (Told{contact_changed(), "conversation.changed"}));
    EXPECT_EQ(shown("contact").at("tags"), json::array{"vip"});
    contacts::Draft renamed;
    renamed.name = "Ann Smith";
    change(renamed);
    EXPECT_EQ(told(), Told{contact_changed()});
    set_opt_out(ann_.contact, true);
    EXPECT_EQ(told(), Told{contact_changed()});
}

TEST_P(LiveEventsActsTest, a_tag_by_which_the_assigned_member_sees_it_no_more) {
    tag("vip");
    write(shop,
          [](db::WorkspaceTxn& txn) { return txn.execute(insert_limit, "eva", "tag", "vip"); });
    assign(UserId("eva"));
    take_events();
    tag("old");
    write(shop, [&](db::WorkspaceTxn& txn) {
        inbox::unassign_blind(txn, context_of(shop), ann_.contact, clock_.now());
        return true;
    });
    EXPECT_EQ(told(), (Told{contact_changed(), "conversation.changed"}));
    EXPECT_EQ(events_.back().before->assignee, "eva");
    EXPECT_EQ(events_.back().before->tags, std::vector<std::string>{"vip"})
        << "as it was before both";
}

TEST_P(LiveEventsActsTest, notes_written_and_removed) {
    conversation_notes::Service notes(database(), ids_, clock_);
    const auto note =
        run(notes.add(context_of(shop), ann_.conversation, {.text = "Calls back", .mentions = {}}));
    ASSERT_TRUE(is_done(note));
    EXPECT_EQ(told(), Told{"note.created"});
    const auto data = json::parse_object(events_.back().data).value();
    EXPECT_EQ(data.at("note").at("text"), "Calls back");
    is_done(run(notes.remove(context_of(shop), note->id)));
    EXPECT_EQ(told(), Told{"note.removed"});
    EXPECT_EQ(json::parse_object(events_.back().data).value(),
              (json::object{{"id", note->id}, {"conversationId", ann_.conversation.value}}));
}

TEST_P(LiveEventsActsTest, our_message_and_each_step_of_it) {
    const MessageId id = reply(ann_, {});
    EXPECT_EQ(told(), Told{"message.created"});
    const auto step = [&](auto change) {
        write(shop, [&](db::WorkspaceTxn& txn) { return change(txn); });
        EXPECT_EQ(told(), Told{"message.status"});
        return std::string(
            json::parse_object(events_.back().data).value().at("message").at("status").as_string());
    };
    EXPECT_EQ(step([&](auto& txn) { return messages::begin_sending(txn, id); }), "sending");
    EXPECT_EQ(step([&](auto& txn) { return messages::set_state(txn, id, "failed"); }), "failed");
    EXPECT_EQ(step([&](auto& txn) { return messages::requeue(txn, id); }), "queued");
    EXPECT_EQ(step([&](auto& txn) { return messages::cancel_queued(txn, ann_.contact, "STOP"); }),
              "cancelled");
    const MessageId sent = reply(ann_, {});
    take_events();
    EXPECT_EQ(step([&](auto& txn) {
                  return messages::name_message(txn, sent, shop_number, WaMessageId("wamid.1"),
                                                clock_.now());
              }),
              "sent");
    apply("wamid.1", whatsapp::DeliveryStatus::read, clock_.now());
    EXPECT_EQ(told(), Told{"message.status"});
}

/// Ann is known by phone; somebody known by a BSUID only turns out to be her.
TEST_P(LiveEventsActsTest, two_contacts_who_are_one_bring_their_conversations_together) {
    whatsapp::InboundMessage unknown = text_of("who am I", "");
    unknown.sender.user_id = "US.1";
    const auto other = write(shop, [&](db::WorkspaceTxn& txn) {
        return messages::store_inbound(txn, ids_, {.number = shop_number, .event = ids_.event_id()},
                                       unknown, clock_.now());
    });
    take_events();
    whatsapp::InboundMessage both = text_of("it is me");
    both.sender.user_id = "US.1";
    write(shop, [&](db::WorkspaceTxn& txn) {
        return messages::store_inbound(txn, ids_, {.number = shop_number, .event = ids_.event_id()},
                                       both, clock_.now());
    });
    EXPECT_EQ(told(), (Told{"contact.removed " + other.contact.value, contact_changed(),
                            "conversation.removed " + other.conversation.value,
                            "conversation.changed", "message.created"}));
    const Event& merged = events_.at(3);
    EXPECT_EQ(json::parse_object(merged.data).value().at("merged"), true);
    for (const std::size_t gone : {0U, 2U}) {
        EXPECT_TRUE(events_.at(gone).facts.known) << "who saw it is told";
        EXPECT_EQ(events_.at(gone).facts.numbers, std::vector<std::string>{shop_number.value});
    }
}

WAPI_ON_BOTH_ENGINES(LiveEventsActsTest);

}  // namespace
}  // namespace wapi::live_events
