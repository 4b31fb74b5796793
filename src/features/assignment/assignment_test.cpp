// Goal: a conversation that opens goes to a member who may answer it, by the rule, on record; also
// when many open at once nobody is passed over. Method: the service on both engines, and on
// PostgreSQL threads that open conversations at the same time.
#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "features/assignment/assignment_store.hpp"
#include "features/audit/audit.hpp"
#include "tests/support/interleaved.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::assignment {
namespace {

using namespace std::chrono_literals;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");

const db::Sql insert_workspace{{
    .name = "assignment_test.insert_workspace",
    .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us)"
            " VALUES ($1, 'Shop', 'pro', $2, 0)",
}};
const db::Sql set_rule{{
    .name = "assignment_test.set_rule",
    .text = "UPDATE workspaces SET settings = $2 WHERE workspace_id = $1",
}};
const db::Sql insert_member{{
    .name = "assignment_test.insert_member",
    .text = "INSERT INTO members (workspace_id, user_id, role, created_us) VALUES ($1, $2, $3, 0)",
}};
const db::Sql delete_member{{
    .name = "assignment_test.delete_member",
    .text = "DELETE FROM members WHERE workspace_id = $1 AND user_id = $2",
}};
const db::Sql insert_role{{
    .name = "assignment_test.insert_role",
    .text = "INSERT INTO team_roles (workspace_id, role_id, name, permissions, created_us)"
            " VALUES ($1, 'helper', 'Helper', 'sendMessages', 0)",
}};
const db::Sql set_role{{
    .name = "assignment_test.set_role",
    .text = "UPDATE members SET role = 'helper' WHERE workspace_id = $1 AND user_id = $2",
}};
const db::Sql empty_role{{
    .name = "assignment_test.empty_role",
    .text = "UPDATE team_roles SET permissions = '' WHERE workspace_id = $1",
}};
const db::Sql insert_limit{{
    .name = "assignment_test.insert_limit",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, $2, $3, $4)",
}};
const db::Sql insert_contact{{
    .name = "assignment_test.insert_contact",
    .text = "INSERT INTO contacts (workspace_id, contact_id, name, name_by_hand, phone, tags,"
            " attributes, opted_out, opt_out_decided_us, opted_out_via, created_us)"
            " VALUES ($1, $2, '', 0, '', '[]', '{}', 0, 0, '', 0)",
}};
const db::Sql insert_tag{{
    .name = "assignment_test.insert_tag",
    .text = "INSERT INTO contact_tags (workspace_id, contact_id, tag) VALUES ($1, $2, $3)",
}};

class AssignmentTest : public test::EnginesTest {
  protected:
    void SetUp() override {
        write(shop, [](db::WorkspaceTxn& txn) {
            txn.execute(insert_workspace, rule_text("round_robin"));
            for (const char* member : {"a-adam", "b-eve", "c-zoe"}) {
                txn.execute(insert_member, member, "agent");
            }
            return txn.execute(insert_member, "d-viewer", "viewer");
        });
    }
    static std::string rule_text(const std::string& rule) {
        return R"({"inbox":{"assignment":")" + rule + "\"}}";
    }
    void use(const std::string& rule) {
        write(shop, [&](db::WorkspaceTxn& txn) { return txn.execute(set_rule, rule_text(rule)); });
    }
    void limit(const std::string& member, const std::string& kind, const std::string& value) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            return txn.execute(insert_limit, member, kind, value);
        });
    }
    ContactId add_contact(const std::string& tag = {}) {
        const ContactId contact("p" + std::to_string(++contacts_));
        write(shop, [&](db::WorkspaceTxn& txn) {
            txn.execute(insert_contact, contact);
            return tag.empty() ? 0 : txn.execute(insert_tag, contact, tag);
        });
        return contact;
    }
    /// As a message does. Returns who has the conversation then; empty: nobody.
    std::string open_by_message(db::WorkspaceTxn& txn, const ContactId& contact,
                                const std::string& number) {
        const inbox::Conversation talk =
            inbox::open(txn, ids_, contact, PhoneNumberId(number), clock_.now());
        const inbox::InboundNote note{
            .message = MessageId("m"), .at = clock_.now(), .profile_name = {}};
        if (inbox::opens(talk, note)) {
            assign_opened(txn, talk, clock_.now());
        }
        inbox::note_inbound(txn, talk, note);
        return inbox::get(txn, talk.id)->assignee.value_or(UserId()).value;
    }
    std::string open_one(const ContactId& contact, const std::string& number = "1") {
        return write(shop,
                     [&](db::WorkspaceTxn& txn) { return open_by_message(txn, contact, number); });
    }
    std::string open_new(const std::string& tag = {}) { return open_one(add_contact(tag)); }
    void settle(const ContactId& contact, bool snooze = false) {
        clock_.advance(1min);
        Context context;
        context.workspace = shop;
        const ConversationId id = read(shop, [&](db::WorkspaceTxn& txn) {
            return inbox::find_latest_of_contact(txn, contact)->id;
        });
        if (snooze) {
            ASSERT_TRUE(run(inbox_.snooze(context, id, clock_.now() + 1h, {})));
        } else {
            ASSERT_TRUE(run(inbox_.resolve(context, id, {})));
        }
    }

    int contacts_ = 0;
    inbox::Service inbox_{database(), clock_};
};

using Names = std::vector<std::string>;

TEST_P(AssignmentTest, round_robin_goes_around_among_who_may_answer) {
    Names order;
    for (int turn = 0; turn < 7; ++turn) {
        order.push_back(open_new());
    }
    EXPECT_EQ(order, (Names{"a-adam", "b-eve", "c-zoe", "a-adam", "b-eve", "c-zoe", "a-adam"}));
    write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(delete_member, "b-eve"); });
    EXPECT_EQ(open_new(), "c-zoe") << "who was removed is passed over";
}

TEST_P(AssignmentTest, only_who_sees_the_number_and_the_tag_is_chosen) {
    limit("a-adam", "phone", "2");
    limit("b-eve", "tag", "vip");
    EXPECT_EQ(open_new(), "c-zoe");
    EXPECT_EQ(open_new(), "c-zoe");
    EXPECT_EQ(open_new("vip"), "b-eve");
    EXPECT_EQ(open_one(add_contact(), "2"), "a-adam");
    limit("c-zoe", "tag", "vip");
    EXPECT_EQ(open_new(), "") << "nobody may: it stays unassigned";
}

TEST_P(AssignmentTest, the_least_busy_has_the_fewest_open_ones) {
    use("least_busy");
    const ContactId first = add_contact();
    EXPECT_EQ(open_one(first), "a-adam");
    EXPECT_EQ(open_new(), "b-eve");
    EXPECT_EQ(open_new(), "c-zoe");
    EXPECT_EQ(open_new(), "a-adam");
    settle(first);
    EXPECT_EQ(open_new(), "b-eve") << "one each: whose turn is the longest ago";
    EXPECT_EQ(open_new(), "c-zoe");
    EXPECT_EQ(open_new(), "a-adam") << "one open, the others have two";
}

TEST_P(AssignmentTest, a_conversation_stays_with_its_last_one_or_finds_another) {
    use("stay_with_last");
    const ContactId contact = add_contact();
    EXPECT_EQ(open_one(contact), "a-adam");
    settle(contact);
    EXPECT_EQ(open_one(contact), "a-adam");
    settle(contact);
    write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(delete_member, "a-adam"); });
    EXPECT_EQ(open_one(contact), "b-eve");
}

TEST_P(AssignmentTest, what_stays_is_no_turn) {
    const ContactId contact = add_contact();
    EXPECT_EQ(open_one(contact), "a-adam");
    EXPECT_EQ(open_new(), "b-eve");
    settle(contact, true);
    EXPECT_EQ(open_one(contact), "a-adam") << "who snoozed it waits for it";
    EXPECT_EQ(open_new(), "c-zoe");
    EXPECT_EQ(open_new(), "a-adam") << "whose turn is the longest ago";
}

TEST_P(AssignmentTest, only_rules_that_look_at_open_conversations_have_them_counted) {
    const ContactId contact = add_contact();
    for (int count = 0; count < 4; ++count) {
        open_new();
    }
    const auto counted = [&](Rule rule) {
        return write(shop, [&](db::WorkspaceTxn& txn) {
            const auto talk = inbox::open(txn, ids_, contact, PhoneNumberId("1"), clock_.now());
            std::vector<std::int64_t> open;
            for (const Candidate& one : store::list_candidates(txn, rule, talk)) {
                open.push_back(one.open);
            }
            return open;
        });
    };
    EXPECT_EQ(counted(Rule::least_busy), (std::vector<std::int64_t>{2, 1, 1}));
    EXPECT_EQ(counted(Rule::stay_with_last), (std::vector<std::int64_t>{2, 1, 1}));
    EXPECT_EQ(counted(Rule::round_robin), (std::vector<std::int64_t>{0, 0, 0}));
}

TEST_P(AssignmentTest, what_is_open_or_was_snoozed_stays_where_it_is) {
    const ContactId contact = add_contact();
    EXPECT_EQ(open_one(contact), "a-adam");
    EXPECT_EQ(open_one(contact), "a-adam") << "a second message opens nothing";
    settle(contact, true);
    EXPECT_EQ(open_one(contact), "a-adam");
    settle(contact);
    EXPECT_EQ(open_one(contact), "b-eve") << "opened anew, its turn goes on";
}

TEST_P(AssignmentTest, the_first_answer_to_what_we_began_is_assigned_unless_somebody_has_it) {
    const ContactId contact = add_contact();
    const ContactId taken = add_contact();
    write(shop, [&](db::WorkspaceTxn& txn) {
        for (const ContactId& one : {contact, taken}) {
            const inbox::Conversation talk =
                inbox::open(txn, ids_, one, PhoneNumberId("1"), clock_.now());
            inbox::note_outbound(txn, talk.id, MessageId("offer"), clock_.now());
            if (one == taken) {
                inbox::set_assignee(txn, {.conversation = talk.id, .to = UserId("c-zoe")});
            }
        }
        return true;
    });
    EXPECT_EQ(open_one(taken), "c-zoe");
    EXPECT_EQ(open_one(contact), "a-adam");
    write(shop, [&](db::WorkspaceTxn& txn) {
        const auto talk = inbox::find_latest_of_contact(txn, contact).value();
        inbox::set_assignee(txn, {.conversation = talk.id});
        return true;
    });
    EXPECT_EQ(open_one(contact), "") << "whom it was taken from by hand: nobody gets it";
}

TEST_P(AssignmentTest, each_choice_is_on_record_and_none_by_hand) {
    const std::string first = open_new();
    use("by_hand");
    EXPECT_EQ(open_new(), "");
    audit::Service log(database());
    Context context;
    context.workspace = shop;
    const auto page = run(log.list(context, {.action = "conversation.assigned"}));
    ASSERT_EQ(page->entries.size(), 1U);
    EXPECT_EQ(page->entries[0].actor_kind, "system");
    EXPECT_EQ(page->entries[0].details, R"({"from":null,"to":"a-adam","rule":"round_robin"})");
}

WAPI_ON_BOTH_ENGINES(AssignmentTest);

class AssignmentRaceTest : public AssignmentTest {};

TEST_P(AssignmentRaceTest, many_that_open_at_once_are_shared_out_evenly) {
    constexpr int threads = 6;
    constexpr int each = 10;
    std::vector<ContactId> people;
    for (int index = 0; index < threads * each; ++index) {
        people.push_back(add_contact());
    }
    std::vector<std::thread> openers;
    for (int thread = 0; thread < threads; ++thread) {
        openers.emplace_back([&, thread] {
            for (int index = 0; index < each; ++index) {
                const ContactId& contact = people[static_cast<std::size_t>(thread * each + index)];
                open_one(contact);
            }
        });
    }
    for (std::thread& opener : openers) {
        opener.join();
    }
    std::map<std::string, int> shares;
    for (const ContactId& contact : people) {
        ++shares[read(shop, [&](db::WorkspaceTxn& txn) {
            return inbox::find_latest_of_contact(txn, contact)->assignee.value().value;
        })];
    }
    EXPECT_EQ(shares, (std::map<std::string, int>{{"a-adam", 20}, {"b-eve", 20}, {"c-zoe", 20}}));
}

TEST_P(AssignmentRaceTest, who_is_leaving_is_not_chosen) {
    const ContactId contact = add_contact();
    test::Interleaved leaving(database(), shop,
                              [](db::WorkspaceTxn& txn) { txn.execute(delete_member, "a-adam"); });
    EXPECT_EQ(open_one(contact), "b-eve");
    leaving.join();
}

TEST_P(AssignmentRaceTest, whose_role_is_losing_the_right_to_answer_is_not_chosen) {
    const ContactId contact = add_contact();
    write(shop, [](db::WorkspaceTxn& txn) {
        txn.execute(insert_role);
        return txn.execute(set_role, "a-adam");
    });
    test::Interleaved change(database(), shop, [](db::WorkspaceTxn& txn) {
        txn.execute(empty_role);
        txn.execute(set_role, "a-adam");  // where the assignment waits
    });
    EXPECT_EQ(open_one(contact), "b-eve");
    change.join();
}

TEST_P(AssignmentRaceTest, what_stays_waits_for_nobodys_turn) {
    const ContactId contact = add_contact();
    EXPECT_EQ(open_one(contact), "a-adam");
    settle(contact, true);
    const ContactId other = add_contact();
    write(shop, [&](db::WorkspaceTxn& txn) {
        EXPECT_EQ(open_by_message(txn, other, "1"), "b-eve") << "and holds the turn";
        EXPECT_EQ(open_one(contact), "a-adam") << "by another connection";
        return true;
    });
}

WAPI_ON_POSTGRES(AssignmentRaceTest);

}  // namespace
}  // namespace wapi::assignment
