// Goal: quick replies are found by their shortcut by who may use them, written by who may write
// them, and no variable reaches a customer as it stands. Method: rules by hand, the service on both
// engines.
#include <gtest/gtest.h>

#include "features/access/access.hpp"
#include "features/contacts/contacts.hpp"
#include "features/quick_replies/quick_replies_store.hpp"
#include "tests/support/interleaved.hpp"
#include "tests/support/sharers.hpp"

namespace wapi::quick_replies {
namespace {

using test::other_shop;
using test::shop;

TEST(QuickReplyRules, variables_are_filled_in_and_empty_ones_have_another_text) {
    const Values values{.contact_name = "Ann",
                        .contact_phone = "+15550002222",
                        .contact_attributes = {{"city", "Graz"}, {"orders", 3}},
                        .agent_name = "",
                        .workspace_name = "Shop"};
    EXPECT_EQ(fill_in("Hello {{contact.name}} of {{ contact.attributes.city }}!", values),
              "Hello Ann of Graz!");
    EXPECT_EQ(
        fill_in("{{agent.name|we}} at {{workspace.name}}: {{contact.attributes.orders}}", values),
        "we at Shop: 3");
    EXPECT_EQ(fill_in("{{contact.attributes.none}}{{contact.phone}}", values), "+15550002222");
    EXPECT_EQ(fill_in("{ {contact.name} }} {{", values), "{ {contact.name} }} {{");
    EXPECT_TRUE(names_contact("{{agent.name}} {{ contact.attributes.city }}"));
    EXPECT_FALSE(names_contact("{{agent.name}} contact.name {{workspace.name}}"));
}

TEST(QuickReplyRules, what_a_value_holds_is_not_filled_in_again) {
    const Values values{.contact_name = "{{agent.name}}", .agent_name = "secret"};
    EXPECT_EQ(fill_in("{{contact.name}}", values), "{{agent.name}}");
}

TEST(QuickReplyRules, unknown_variables_and_bad_shortcuts_are_refused) {
    EXPECT_TRUE(check_text("{{contact.name|there}} {{contact.attributes.a b}} {x}"));
    for (const char* text : {"{{}}", "{{contact}}", "{{contact.token}}", "{{contact.attributes.}}",
                             "ok {{contact.name}} {{ nope | x }}"}) {
        EXPECT_FALSE(check_text(text)) << text;
    }
    EXPECT_EQ(check_shortcut("Hello_1-a"), "hello_1-a");
    EXPECT_EQ(check_shortcut("नमस्ते"), "नमस्ते");
    for (const char* shortcut :
         {"", "a b", "a/b", "a%", "{", "0123456789012345678901234567890123"}) {
        EXPECT_FALSE(check_shortcut(shortcut)) << shortcut;
    }
}

class QuickRepliesTest : public test::SharersTest {
  protected:
    static Draft draft(const std::string& shortcut, const std::string& text, bool shared = false) {
        return {.shortcut = shortcut, .text = text, .shared = shared};
    }
    std::vector<std::string> found(const Context& who, const std::string& text = {}) {
        std::vector<std::string> shortcuts;
        Filter filter{.text = text, .limit = 2};
        do {
            const Page page = run(service_.list(who, filter)).value();
            EXPECT_LE(page.replies.size(), 2U);
            for (const QuickReply& reply : page.replies) {
                shortcuts.push_back(reply.shortcut);
            }
            filter.cursor = page.next_cursor;
        } while (!filter.cursor.empty());
        return shortcuts;
    }

    Service service_{database(), ids_, clock_};
};

using Names = std::vector<std::string>;

TEST_P(QuickRepliesTest, ones_own_and_shared_ones_are_found_by_shortcut_or_text) {
    const Context olga = as("olga", true);
    ASSERT_TRUE(run(service_.create(olga, draft("hello", "Hello there", true))));
    ASSERT_TRUE(run(service_.create(olga, draft("hours", "We open at 9", true))));
    ASSERT_TRUE(run(service_.create(olga, draft("mine", "Olga's 100% own"))));
    ASSERT_TRUE(run(service_.create(as("adam"), draft("hello", "Adam says hello"))));
    EXPECT_EQ(found(olga), (Names{"hello", "hours", "mine"}));
    EXPECT_EQ(found(as("adam")), (Names{"hello", "hello", "hours"}));
    EXPECT_EQ(found(olga, "hel"), Names{"hello"});
    EXPECT_EQ(found(olga, "OPEN AT"), Names{"hours"});
    EXPECT_EQ(found(olga, "100%"), Names{"mine"});
    EXPECT_TRUE(found(olga, "1%0").empty()) << "no pattern";
    EXPECT_TRUE(found(as("olga", true, other_shop)).empty());
}

TEST_P(QuickRepliesTest, a_search_folds_letters_of_every_script_alike_on_both_sides) {
    const Context adam = as("adam");
    for (int index = 0; index < 5; ++index) {
        const std::string nth = std::to_string(index);
        ASSERT_TRUE(run(service_.create(adam, draft("a" + nth, "nothing of it"))));
        ASSERT_TRUE(run(service_.create(adam, draft("b" + nth, "Größe: MASZE, Straße"))));
    }
    const Names those{"b0", "b1", "b2", "b3", "b4"};
    EXPECT_EQ(found(adam, "GRÖSSE"), those);
    EXPECT_EQ(found(adam, "größe"), those);
    EXPECT_EQ(found(adam, "masze, STRASSE"), those);
    EXPECT_TRUE(found(adam, "grosse").empty());
}

TEST_P(QuickRepliesTest, shared_ones_are_written_by_who_may_and_others_own_are_not_there) {
    const Context olga = as("olga", true);
    EXPECT_EQ(outcome(run(service_.create(as("adam"), draft("x", "y", true)))),
              "quick_reply_shared");
    const QuickReply shared = run(service_.create(olga, draft("x", "y", true))).value();
    const QuickReply own = run(service_.create(olga, draft("z", "y"))).value();
    EXPECT_EQ(outcome(run(service_.change(as("adam"), shared.id, draft("x", "new")))),
              "quick_reply_shared");
    EXPECT_EQ(outcome(run(service_.remove(as("adam"), shared.id))), "quick_reply_shared");
    EXPECT_EQ(outcome(run(service_.change(as("adam", true), own.id, draft("x", "new")))),
              "quick_reply_not_found");
    EXPECT_EQ(outcome(run(service_.remove(as("olga", true, other_shop), shared.id))),
              "quick_reply_not_found");
    const auto changed = run(service_.change(olga, shared.id, {.text = "new"}));
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->shortcut, "x");
    EXPECT_EQ(changed->text, "new");
    EXPECT_EQ(outcome(run(service_.remove(olga, shared.id))), "ok");
    EXPECT_EQ(found(olga), Names{"z"});
}

TEST_P(QuickRepliesTest, a_shortcut_is_taken_once_by_each_and_limits_hold) {
    const Context adam = as("adam");
    ASSERT_TRUE(run(service_.create(adam, draft("a", "1"))));
    const QuickReply other = run(service_.create(adam, draft("b", "1"))).value();
    EXPECT_EQ(outcome(run(service_.create(adam, draft("A", "1")))), "quick_reply_exists");
    EXPECT_EQ(outcome(run(service_.change(adam, other.id, {.shortcut = "a"}))),
              "quick_reply_exists");
    EXPECT_EQ(outcome(run(service_.change(adam, other.id, {.shortcut = "b"}))), "ok");
    EXPECT_EQ(outcome(run(service_.create(adam, draft("c", "{{nope}}")))), "invalid_request");
    for (int index = 2; index < own_max; ++index) {
        ASSERT_TRUE(run(service_.create(adam, draft("n" + std::to_string(index), "1"))));
    }
    EXPECT_EQ(outcome(run(service_.create(adam, draft("more", "1")))), "quick_replies_full");
    EXPECT_EQ(outcome(run(service_.create(as("eve"), draft("more", "1")))), "ok");
}

TEST_P(QuickRepliesTest, a_text_is_filled_in_for_a_contact_that_may_be_seen) {
    const ContactId ann = write(shop, [&](db::WorkspaceTxn& txn) {
        return contacts::resolve(txn, ids_,
                                 {.phone = "15550002222",
                                  .bsuid = {},
                                  .username = {},
                                  .name = "Ann",
                                  .seen_at = clock_.now()},
                                 clock_.now())
            .id;
    });
    Context adam = as("adam");
    const QuickReply plain = run(service_.create(adam, draft("b", "{{agent.name|We}}"))).value();
    const QuickReply reply =
        run(service_.create(adam, draft("a", "{{contact.name}} {{contact.phone}}"))).value();
    EXPECT_EQ(outcome(run(service_.render(adam, reply.id, ann))), "forbidden")
        << "it would tell of a contact what adam may not view";
    EXPECT_EQ(run(service_.render(adam, plain.id, ann)), "We");
    adam.permissions = access::bit(access::Permission::view_contacts);
    EXPECT_EQ(run(service_.render(adam, reply.id, ann)), "Ann +15550002222");
    adam.restrictions = {.member = "adam", .by_tag = true};
    EXPECT_EQ(outcome(run(service_.render(adam, reply.id, ann))), "contact_not_found");
    EXPECT_EQ(outcome(run(service_.render(as("eve"), reply.id, ann))), "quick_reply_not_found");
}

WAPI_ON_BOTH_ENGINES(QuickRepliesTest);

class QuickRepliesRaceTest : public QuickRepliesTest {
  protected:
    void SetUp() override { make_workspace(shop); }
    /// What another program is adding.
    test::Interleaved adding(const std::string& shortcut) {
        QuickReply reply;
        reply.id = ids_.uuid();
        reply.owner = UserId("adam");
        reply.shortcut = shortcut;
        return test::Interleaved(database(), shop, [reply](db::WorkspaceTxn& txn) {
            store::lock(txn);
            store::insert(txn, reply);
        });
    }
};

TEST_P(QuickRepliesRaceTest, of_two_that_take_a_shortcut_the_second_is_told) {
    const Context adam = as("adam");
    const QuickReply reply = run(service_.create(adam, draft("a", "1"))).value();
    test::Interleaved other = adding("b");
    EXPECT_EQ(outcome(run(service_.change(adam, reply.id, {.shortcut = "b"}))),
              "quick_reply_exists");
    other.join();
}

TEST_P(QuickRepliesRaceTest, two_at_once_do_not_go_beyond_the_limit) {
    const Context adam = as("adam");
    for (int index = 1; index < own_max; ++index) {
        ASSERT_TRUE(run(service_.create(adam, draft("n" + std::to_string(index), "1"))));
    }
    test::Interleaved other = adding("last");
    EXPECT_EQ(outcome(run(service_.create(adam, draft("more", "1")))), "quick_replies_full");
    other.join();
}

TEST_P(QuickRepliesRaceTest, one_that_two_remove_at_once_is_removed_once) {
    const Context adam = as("adam");
    const QuickReply reply = run(service_.create(adam, draft("a", "1"))).value();
    test::Interleaved other(database(), shop,
                            [&](db::WorkspaceTxn& txn) { store::remove(txn, reply.id); });
    EXPECT_EQ(outcome(run(service_.remove(adam, reply.id))), "quick_reply_not_found");
    other.join();
    EXPECT_EQ(count_audit("quick_reply.deleted"), 0);
}

WAPI_ON_POSTGRES(QuickRepliesRaceTest);

}  // namespace
}  // namespace wapi::quick_replies
