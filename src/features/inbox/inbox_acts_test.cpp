// Goal: a conversation is resolved, reopened and snoozed once, by who has seen what they change;
// what was put away comes back by its time or the customer's next message, and nothing that the
// customer writes meanwhile is overlooked. Method: the services on both engines, a clock moved by
// hand, and on PostgreSQL two transactions that meet.
#include <gtest/gtest.h>

#include <algorithm>

#include "features/audit/audit.hpp"
#include "features/inbox/inbox_store.hpp"
#include "tests/support/interleaved.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::inbox {
namespace {

using namespace std::chrono_literals;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const PhoneNumberId number("1080000000001");
const ContactId ann("0000-ann");

const db::Sql insert_contact{{
    .name = "inbox_acts_test.insert_contact",
    .text = "INSERT INTO contacts (workspace_id, contact_id, name, name_by_hand, phone, tags,"
            " attributes, opted_out, opt_out_decided_us, opted_out_via, created_us)"
            " VALUES ($1, $2, '', 0, '', '[]', '{}', 0, 0, '', 0)",
}};

class InboxActsTest : public test::EnginesTest {
  protected:
    void SetUp() override {
        write(shop, [&](db::WorkspaceTxn& txn) {
            txn.execute(insert_contact, ann);
            id_ = open(txn, ids_, ann, number, clock_.now()).id;
            return true;
        });
        customer_writes("m1", clock_.now());
        clock_.advance(1min);
    }
    /// Whether the message opened the conversation.
    bool customer_writes(const std::string& message, Timestamp at) {
        return write(shop, [&](db::WorkspaceTxn& txn) { return note(txn, message, at); });
    }
    bool note(db::WorkspaceTxn& txn, const std::string& message, Timestamp at) {
        const Conversation found = open(txn, ids_, ann, number, clock_.now());
        const InboundNote note{.message = MessageId(message), .at = at, .profile_name = {}};
        note_inbound(txn, found, note);
        return opens(found, note);
    }
    Conversation now() {
        return read(shop, [&](db::WorkspaceTxn& txn) { return get(txn, id_).value(); });
    }
    Context olga() {
        Context context;
        context.workspace = shop;
        context.actor = {ActorKind::user, "olga"};
        return context;
    }
    static std::string outcome(const Result<Conversation>& done) {
        return done ? done->status : std::string(done.error().kind->code);
    }
    std::string resolve(const Expected& expected = {}) {
        return outcome(run(service_.resolve(olga(), id_, expected)));
    }
    std::string reopen(const Expected& expected = {}) {
        return outcome(run(service_.reopen(olga(), id_, expected)));
    }
    std::string snooze(std::chrono::seconds time, const Expected& expected = {}) {
        return outcome(run(service_.snooze(olga(), id_, clock_.now() + time, expected)));
    }
    std::vector<std::string> logged() {
        audit::Service log(database());
        std::vector<std::string> entries;
        for (const audit::StoredEntry& entry : run(log.list(olga(), {}))->entries) {
            entries.push_back(entry.action + entry.details);
        }
        std::ranges::reverse(entries);
        return entries;
    }

    ConversationId id_;
    async::Tasks tasks_{io_};
    Service service_{database(), clock_};
    Waker waker_{tasks_, database(), clock_};
};

TEST_P(InboxActsTest, resolving_and_reopening_happen_once_and_are_on_record_once) {
    EXPECT_EQ(resolve(), "resolved");
    EXPECT_EQ(resolve(), "resolved");
    EXPECT_EQ(reopen(), "open");
    EXPECT_EQ(reopen(), "open");
    EXPECT_EQ(logged(), (std::vector<std::string>{R"(conversation.resolved{"from":"open"})",
                                                  R"(conversation.reopened{"from":"resolved"})"}));
}

TEST_P(InboxActsTest, who_has_not_seen_the_newest_state_changes_nothing) {
    const Expected seen{
        .status = "open", .assignee = std::optional<UserId>(), .last_message = MessageId("m1")};
    EXPECT_EQ(resolve({.status = "resolved"}), "conversation_changed");
    EXPECT_EQ(resolve({.assignee = UserId("adam")}), "conversation_changed");
    customer_writes("m2", clock_.now());
    EXPECT_EQ(resolve(seen), "conversation_changed");
    EXPECT_EQ(snooze(1h, seen), "conversation_changed");
    EXPECT_EQ(now().status, "open");
    EXPECT_EQ(resolve({.status = "open", .last_message = MessageId("m2")}), "resolved");
    EXPECT_EQ(logged().size(), 1U);
}

TEST_P(InboxActsTest, what_may_not_be_seen_is_not_there_to_be_changed) {
    Context agent = olga();
    agent.restrictions = {.member = "olga", .assigned_only = true};
    EXPECT_EQ(outcome(run(service_.resolve(agent, id_, {}))), "conversation_not_found");
    EXPECT_EQ(outcome(run(service_.reopen(agent, id_, {}))), "conversation_not_found");
    EXPECT_EQ(outcome(run(service_.snooze(agent, id_, clock_.now() + 1h, {}))),
              "conversation_not_found");
    EXPECT_TRUE(logged().empty());
}

TEST_P(InboxActsTest, the_next_message_opens_also_when_clocks_differ_and_an_old_one_does_not) {
    const Timestamp heard = now().last_inbound_at.value();
    for (const bool snoozes : {false, true}) {
        EXPECT_EQ(snoozes ? snooze(1h) : resolve(), snoozes ? "snoozed" : "resolved");
        EXPECT_FALSE(customer_writes("old", heard - 1s));
        EXPECT_NE(now().status, "open");
        EXPECT_TRUE(customer_writes("same second", heard)) << "long before the resolving, by ours";
        EXPECT_EQ(now().status, "open");
        EXPECT_FALSE(now().snoozed_until);
        EXPECT_FALSE(customer_writes("one more", heard)) << "it is open already";
    }
}

TEST_P(InboxActsTest, a_snoozed_conversation_wakes_when_its_time_has_come) {
    EXPECT_EQ(snooze(1h), "snoozed");
    EXPECT_EQ(now().snoozed_until, clock_.now() + 1h);
    EXPECT_EQ(run(waker_.run_due()), 0U);
    clock_.advance(1h - 1us);
    EXPECT_EQ(run(waker_.run_due()), 0U);
    EXPECT_EQ(now().status, "snoozed");
    clock_.advance(1us);
    EXPECT_EQ(run(waker_.run_due()), 1U);
    EXPECT_EQ(run(waker_.run_due()), 0U);
    EXPECT_EQ(now().status, "open");
    EXPECT_EQ(logged().back(), R"(conversation.reopened{"from":"snoozed","by":"time"})");
}

TEST_P(InboxActsTest, snoozing_again_moves_the_time_and_resolving_ends_it) {
    snooze(1h);
    snooze(3h);
    clock_.advance(2h);
    EXPECT_EQ(run(waker_.run_due()), 0U);
    EXPECT_EQ(resolve(), "resolved");
    clock_.advance(2h);
    EXPECT_EQ(run(waker_.run_due()), 0U);
    EXPECT_EQ(now().status, "resolved");
    EXPECT_EQ(logged().size(), 3U);
}

TEST_P(InboxActsTest, more_than_one_step_of_due_conversations_all_wake) {
    constexpr int count = 205;
    for (int index = 0; index < count; ++index) {
        const ContactId contact("person-" + std::to_string(index));
        id_ = write(shop, [&](db::WorkspaceTxn& txn) {
            txn.execute(insert_contact, contact);
            return open(txn, ids_, contact, number, clock_.now()).id;
        });
        ASSERT_EQ(snooze(1h), "snoozed");
    }
    clock_.advance(1h);
    EXPECT_EQ(run(waker_.run_due()), static_cast<std::size_t>(count));
}

TEST_P(InboxActsTest, one_that_cannot_wake_does_not_keep_the_others_asleep) {
    const auto snooze_of = [this](const ContactId& contact, std::chrono::seconds time) {
        id_ = write(shop, [&](db::WorkspaceTxn& txn) {
            txn.execute(insert_contact, contact);
            return open(txn, ids_, contact, number, clock_.now()).id;
        });
        return snooze(time);
    };
    ASSERT_EQ(snooze_of(ContactId("bad"), 1h), "snoozed");
    const ConversationId bad = id_;
    ASSERT_EQ(snooze_of(ContactId("good"), 2h), "snoozed");
    // Ann's is open, and only one of these two may be.
    write([](db::Txn& txn) {
        txn.connection().execute_text(
            "CREATE UNIQUE INDEX one_is_open ON conversations (status) WHERE status = 'open'"
            " AND contact_id IN ('bad', '0000-ann')");
        return true;
    });
    clock_.advance(2h);
    EXPECT_EQ(run(waker_.run_due()), 1U);
    EXPECT_EQ(now().status, "open") << "the good one";
    id_ = bad;
    EXPECT_EQ(now().status, "snoozed");
    write([](db::Txn& txn) {
        txn.connection().execute_text("DROP INDEX one_is_open");
        return true;
    });
    EXPECT_EQ(run(waker_.run_due()), 1U) << "it is tried again";
}

WAPI_ON_BOTH_ENGINES(InboxActsTest);

class InboxRaceTest : public InboxActsTest {};

TEST_P(InboxRaceTest, a_message_that_comes_while_it_is_resolved_opens_it) {
    test::Interleaved customer(database(), shop,
                               [&](db::WorkspaceTxn& txn) { note(txn, "m2", clock_.now()); });
    EXPECT_EQ(resolve({.last_message = MessageId("m1")}), "conversation_changed")
        << "the act waits for the message and sees it";
    customer.join();
    EXPECT_EQ(now().status, "open");
}

TEST_P(InboxRaceTest, a_message_that_waits_for_a_resolving_or_opening_knows_what_it_opened) {
    for (const bool resolves : {true, false}) {
        test::Interleaved act(database(), shop, [&](db::WorkspaceTxn& txn) {
            store::set_status(txn, id_, resolves ? status::resolved : status::open, std::nullopt);
        });
        EXPECT_EQ(customer_writes(resolves ? "m2" : "m3", clock_.now()), resolves);
        act.join();
        EXPECT_EQ(now().status, "open");
        EXPECT_EQ(now().unread_count, resolves ? 2 : 3) << "and is counted once";
        ASSERT_EQ(resolve(), "resolved");
    }
}

WAPI_ON_POSTGRES(InboxRaceTest);

}  // namespace
}  // namespace wapi::inbox
