// Goal: conversations are counted, ordered, filtered and paged exactly, and two of one person
// become one without losing anything. Method: the store on both engines with times chosen by hand.
#include "features/inbox/inbox.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/test_db.hpp"

namespace wapi::inbox {
namespace {

using namespace std::chrono_literals;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");
const PhoneNumberId number_one("1080000000001");
const PhoneNumberId number_two("1080000000002");
const ContactId ann("0000-ann");
const ContactId bob("0001-bob");

const db::Sql resolve_sql{{
    .name = "inbox_test.resolve",
    .text = "UPDATE conversations SET status = 'resolved', resolved_us = $3"
            " WHERE workspace_id = $1 AND conversation_id = $2",
}};
const db::Sql settle_sql{{
    .name = "inbox_test.settle",
    .text = "UPDATE conversations SET status = $3, snoozed_until_us = $4, resolved_us = $5"
            " WHERE workspace_id = $1 AND conversation_id = $2",
}};
const db::Sql assign_sql{{
    .name = "inbox_test.assign",
    .text = "UPDATE conversations SET assignee_id = $3"
            " WHERE workspace_id = $1 AND conversation_id = $2",
}};

const db::Sql insert_contact_sql{{
    .name = "inbox_test.insert_contact",
    .text = "INSERT INTO contacts (workspace_id, contact_id, name, name_by_hand, phone, tags,"
            " attributes, opted_out, opt_out_decided_us, opted_out_via, created_us)"
            " VALUES ($1, $2, '', 0, '', '[]', '{}', 0, 0, '', 0)",
}};

class InboxTest : public test::EnginesTest {
  protected:
    void SetUp() override {
        for (const WorkspaceId& workspace : {shop, other_shop}) {
            add_contact(ann, workspace);
            add_contact(bob, workspace);
        }
    }
    ContactId add_contact(const ContactId& contact, const WorkspaceId& workspace = shop) {
        write(workspace,
              [&](db::WorkspaceTxn& txn) { return txn.execute(insert_contact_sql, contact); });
        return contact;
    }
    Conversation open_one(const ContactId& contact, const PhoneNumberId& number = number_one,
                          const WorkspaceId& workspace = shop) {
        return write(workspace, [&](db::WorkspaceTxn& txn) {
            return open(txn, ids_, contact, number, clock_.now());
        });
    }
    /// A message of the contact; returns the name that should now be shown, if it may have changed.
    std::optional<std::string> note(const ContactId& contact, std::chrono::seconds at,
                                    const std::string& id, const std::string& name = {},
                                    const PhoneNumberId& number = number_one) {
        return write(shop, [&](db::WorkspaceTxn& txn) {
            const Conversation found = open(txn, ids_, contact, number, clock_.now());
            return note_inbound(
                txn, found, {.message = MessageId(id), .at = start_ + at, .profile_name = name});
        });
    }
    Conversation get_one(const ConversationId& id) {
        return read(shop, [&](db::WorkspaceTxn& txn) { return get(txn, id).value(); });
    }
    Result<Page> page(const Filter& filter, const WorkspaceId& workspace = shop) {
        return read(workspace, [&](db::WorkspaceTxn& txn) { return list(txn, filter); });
    }
    std::size_t found(const Filter& filter) { return page(filter)->conversations.size(); }
    template <class... Args>
    void execute(const db::Sql& sql, const Args&... args) {
        write(shop, [&](db::WorkspaceTxn& txn) { return txn.execute(sql, args...); });
    }

    Timestamp start_ = clock_.now();
};

TEST_P(InboxTest, a_contact_has_one_conversation_on_each_number) {
    const ConversationId one = open_one(ann).id;
    EXPECT_EQ(open_one(ann).id, one);
    EXPECT_TRUE(open_one(ann).is_only_one);
    EXPECT_NE(open_one(ann, number_two).id, one);
    EXPECT_FALSE(open_one(ann).is_only_one);
    EXPECT_NE(open_one(bob).id, one);
    EXPECT_NE(open_one(ann, number_one, other_shop).id, one);
}

TEST_P(InboxTest, messages_in_any_order_end_in_the_same_conversation) {
    const std::vector<std::pair<std::chrono::seconds, std::string>> messages{
        {1s, "m1"}, {2s, "m2"}, {2s, "m3"}};
    std::vector<std::size_t> order{0, 1, 2};
    int contact = 0;
    do {
        const ContactId person = add_contact(ContactId("person-" + std::to_string(contact++)));
        const ConversationId id = open_one(person).id;
        for (const std::size_t i : order) {
            note(person, messages[i].first, messages[i].second, i == 2 ? "" : messages[i].second);
        }
        const Conversation conversation = get_one(id);
        EXPECT_EQ(conversation.unread_count, 3);
        EXPECT_EQ(conversation.last_inbound_at, start_ + 2s);
        EXPECT_EQ(conversation.last_message, MessageId("m3"));
        EXPECT_EQ(conversation.profile_name, "m2") << "the newest message that had a name";
    } while (std::ranges::next_permutation(order).found);
}

TEST_P(InboxTest, the_name_heard_last_on_any_number_is_shown) {
    EXPECT_EQ(note(ann, 1s, "m1", "A"), "A");
    EXPECT_EQ(note(ann, 2s, "m2", "A"), std::nullopt) << "nothing new";
    EXPECT_EQ(note(ann, 3s, "m3", "B", number_two), "B");
    EXPECT_EQ(note(ann, 4s, "m4", "A"), "A") << "the same as before on this number, but newer";
    EXPECT_EQ(note(ann, 5s, "m5", ""), std::nullopt);
}

TEST_P(InboxTest, reading_clears_the_count_and_late_messages_do_not_raise_it_again) {
    const ConversationId id = open_one(ann).id;
    note(ann, 10s, "m1");
    note(ann, 11s, "m2");
    write(shop, [&](db::WorkspaceTxn& txn) {
        mark_read(txn, id);
        return true;
    });
    EXPECT_EQ(get_one(id).unread_count, 0);
    note(ann, 5s, "late");
    EXPECT_EQ(get_one(id).unread_count, 0);
    note(ann, 12s, "new");
    EXPECT_EQ(get_one(id).unread_count, 1);
}

TEST_P(InboxTest, a_message_just_before_our_answer_is_unread_also_when_it_comes_after_the_reading) {
    const ConversationId id = open_one(ann).id;
    note(ann, 10s, "m1");
    write(shop, [&](db::WorkspaceTxn& txn) {
        note_outbound(txn, id, MessageId("out"), start_ + 21s);
        mark_read(txn, id);
        return true;
    });
    note(ann, 20s, "m2");
    EXPECT_EQ(get_one(id).unread_count, 1);
}

TEST_P(InboxTest, a_message_of_the_second_that_was_read_last_is_unread) {
    const ConversationId id = open_one(ann).id;
    note(ann, 10s, "m1");
    write(shop, [&](db::WorkspaceTxn& txn) {
        mark_read(txn, id);
        return true;
    });
    note(ann, 10s, "m2");
    EXPECT_EQ(get_one(id).unread_count, 1) << "WhatsApp's times are whole seconds";
}

TEST_P(InboxTest, a_resolved_conversation_opens_again_by_a_newer_message_only) {
    const ConversationId id = open_one(ann).id;
    execute(resolve_sql, id, to_us(start_ + 10s));
    note(ann, 9s, "old");
    EXPECT_EQ(get_one(id).status, "resolved");
    note(ann, 11s, "new");
    EXPECT_EQ(get_one(id).status, "open");
}

TEST_P(InboxTest, the_window_is_open_for_24_hours_after_the_last_message) {
    Conversation conversation;
    EXPECT_FALSE(window_open(conversation, start_));
    conversation.last_inbound_at = start_;
    EXPECT_TRUE(window_open(conversation, start_ + 24h - 1us));
    EXPECT_FALSE(window_open(conversation, start_ + 24h));
}

TEST_P(InboxTest, two_conversations_of_one_person_become_one) {
    const ConversationId kept = open_one(ann).id;
    const ConversationId gone = open_one(bob).id;
    const ConversationId alone = open_one(bob, number_two).id;
    note(ann, 1s, "a1", "Old Name");
    note(bob, 5s, "b1", "New Name");
    note(bob, 6s, "b2");
    execute(assign_sql, gone, UserId("user-1"));
    execute(resolve_sql, kept, to_us(start_ + 2s));
    const auto moved =
        write(shop, [](db::WorkspaceTxn& txn) { return merge_contact(txn, bob, ann); });
    ASSERT_EQ(moved.size(), 2U);
    const Conversation whole = get_one(kept);
    EXPECT_EQ(whole.unread_count, 3);
    EXPECT_EQ(whole.last_inbound_at, start_ + 6s);
    EXPECT_EQ(whole.last_message, MessageId("b2"));
    EXPECT_EQ(whole.profile_name, "New Name");
    EXPECT_EQ(whole.status, "open");
    EXPECT_EQ(whole.assignee, UserId("user-1"));
    EXPECT_EQ(get_one(alone).contact, ann);
    EXPECT_FALSE(read(shop, [&](db::WorkspaceTxn& txn) { return get(txn, gone).has_value(); }));
    EXPECT_EQ(found({.contact = bob.value}), 0U);
}

TEST_P(InboxTest, a_snoozed_conversation_wakes_also_when_it_became_part_of_another) {
    struct Case {
        std::string_view kept;
        std::chrono::seconds kept_until;
        std::string_view gone;
        std::chrono::seconds gone_until;
        std::string_view whole;
        std::chrono::seconds whole_until;
    };
    const Case cases[] = {
        {status::resolved, 0s, status::snoozed, 60s, status::snoozed, 60s},
        {status::snoozed, 60s, status::resolved, 0s, status::snoozed, 60s},
        {status::snoozed, 60s, status::snoozed, 30s, status::snoozed, 30s},
        {status::snoozed, 30s, status::snoozed, 60s, status::snoozed, 30s},
        {status::open, 0s, status::snoozed, 60s, status::open, 0s},
        {status::resolved, 0s, status::resolved, 0s, status::resolved, 0s},
    };
    const auto us_of = [this](std::chrono::seconds time) {
        return time == 0s ? 0 : to_us(start_ + time);
    };
    int people = 0;
    for (const Case& one : cases) {
        SCOPED_TRACE(std::string(one.kept) + " and " + std::string(one.gone));
        const ContactId into = add_contact(ContactId("into-" + std::to_string(people)));
        const ContactId from = add_contact(ContactId("from-" + std::to_string(people++)));
        const ConversationId kept = open_one(into).id;
        execute(settle_sql, kept, one.kept, us_of(one.kept_until), to_us(start_ + 5s));
        execute(settle_sql, open_one(from).id, one.gone, us_of(one.gone_until),
                to_us(start_ + 10s));
        write(shop, [&](db::WorkspaceTxn& txn) { return merge_contact(txn, from, into); });
        const Conversation whole = get_one(kept);
        EXPECT_EQ(whole.status, one.whole);
        EXPECT_EQ(us_of(one.whole_until), whole.snoozed_until ? to_us(*whole.snoozed_until) : 0);
        if (whole.status != status::open) {
            EXPECT_EQ(whole.settled_at, start_ + 10s) << "the later one";
        }
    }
}

TEST_P(InboxTest, filters_restrict_the_list) {
    const ConversationId one = open_one(ann).id;
    open_one(ann, number_two);
    open_one(bob);
    execute(assign_sql, one, UserId("user-1"));
    execute(resolve_sql, one, to_us(start_));
    EXPECT_EQ(found({}), 3U);
    EXPECT_EQ(found({.contact = ann.value}), 2U);
    EXPECT_EQ(found({.status = "resolved"}), 1U);
    EXPECT_EQ(found({.status = "open"}), 2U);
    EXPECT_EQ(found({.assignee = "user-1"}), 1U);
    EXPECT_EQ(found({.assignee = "none"}), 2U);
    EXPECT_EQ(found({.contact = bob.value, .status = "resolved"}), 0U);
    EXPECT_TRUE(page({}, other_shop)->conversations.empty());
}

TEST_P(InboxTest, pages_hold_every_conversation_once_newest_first) {
    std::set<std::string> expected;
    for (int i = 0; i < 23; ++i) {
        const ContactId person = add_contact(ContactId("person-" + std::to_string(i)));
        expected.insert(open_one(person).id.value);
        if (i % 5 != 0) {  // those without a message come last
            note(person, std::chrono::seconds(i / 3), "m" + std::to_string(i));
        }
    }
    std::set<std::string> seen;
    std::vector<std::int64_t> times;
    Filter filter{.limit = 4};
    do {
        const Page next = page(filter).value();
        EXPECT_LE(next.conversations.size(), 4U);
        for (const Conversation& conversation : next.conversations) {
            EXPECT_TRUE(seen.insert(conversation.id.value).second);
            times.push_back(to_us(conversation.last_message_at.value_or(Timestamp{})));
        }
        filter.cursor = next.next_cursor;
    } while (!filter.cursor.empty());
    EXPECT_EQ(seen, expected);
    EXPECT_TRUE(std::ranges::is_sorted(times, std::greater<>()));
}

TEST_P(InboxTest, a_cursor_that_is_none_is_refused) {
    for (const char* cursor : {"x", "_", "12", "12x_abc", "_abc", "99999999999999999999_abc"}) {
        const Result<Page> refused = page({.cursor = cursor});
        ASSERT_FALSE(refused) << cursor;
        EXPECT_EQ(refused.error().field, "cursor");
        EXPECT_EQ(refused.error().kind->status, 422);
    }
}

WAPI_ON_BOTH_ENGINES(InboxTest);

}  // namespace
}  // namespace wapi::inbox
