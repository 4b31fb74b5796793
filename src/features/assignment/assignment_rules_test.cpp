// Goal: the same members and conversations lead to the same choice, by the rule that is set.
// Method: choices by hand.
#include "features/assignment/assignment_rules.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

namespace wapi::assignment {
namespace {

const UserId adam("adam");
const UserId eve("eve");
const UserId zoe("zoe");

inbox::Conversation conversation_of(const std::optional<UserId>& last,
                                    std::string_view status = inbox::status::resolved) {
    inbox::Conversation conversation;
    conversation.status = status;
    conversation.assignee = last;
    return conversation;
}

TEST(AssignmentRules, by_hand_and_without_anybody_nobody_is_chosen) {
    EXPECT_FALSE(choose(Rule::by_hand, {{.user = adam}}, conversation_of(adam)));
    EXPECT_FALSE(choose(Rule::round_robin, {}, conversation_of(adam)));
}

TEST(AssignmentRules, round_robin_takes_whose_turn_is_the_longest_ago) {
    const std::vector<Candidate> all{{.user = adam, .open = 0, .turn = 3},
                                     {.user = eve, .open = 9, .turn = 1},
                                     {.user = zoe, .open = 0, .turn = 2}};
    EXPECT_EQ(choose(Rule::round_robin, all, conversation_of({})), eve);
    EXPECT_EQ(choose(Rule::round_robin, all, conversation_of(adam)), eve);
    EXPECT_EQ(choose(Rule::round_robin, {{.user = zoe}, {.user = eve}}, conversation_of({})), eve)
        << "in a tie the lower id";
}

TEST(AssignmentRules, least_busy_takes_who_has_the_fewest_and_among_them_the_longest_ago) {
    const std::vector<Candidate> all{{.user = adam, .open = 2, .turn = 1},
                                     {.user = eve, .open = 1, .turn = 5},
                                     {.user = zoe, .open = 1, .turn = 4}};
    EXPECT_EQ(choose(Rule::least_busy, all, conversation_of(adam)), zoe);
}

TEST(AssignmentRules, it_stays_with_the_last_one_while_they_may_answer) {
    const std::vector<Candidate> all{{.user = adam, .open = 9, .turn = 9}, {.user = eve}};
    EXPECT_EQ(choose(Rule::stay_with_last, all, conversation_of(adam)), adam);
    EXPECT_EQ(choose(Rule::stay_with_last, all, conversation_of(zoe)), eve);
    EXPECT_EQ(choose(Rule::stay_with_last, all, conversation_of({})), eve);
    EXPECT_EQ(choose(Rule::round_robin, all, conversation_of(adam, inbox::status::snoozed)), adam)
        << "who snoozed it waits for it";
}

TEST(AssignmentRules, settings_name_a_rule_or_are_refused) {
    EXPECT_EQ(rule_of("{}"), Rule::by_hand);
    EXPECT_EQ(rule_of("{"), Rule::by_hand);
    EXPECT_EQ(rule_of(R"({"inbox":{"assignment":"least_busy"}})"), Rule::least_busy);
    const auto check = [](const char* text) {
        const auto checked = check_settings(boost::json::parse(text).as_object());
        return checked ? "ok" : checked.error().field;
    };
    for (const char* name : {"by_hand", "round_robin", "least_busy", "stay_with_last"}) {
        EXPECT_EQ(name_of(*parse_rule(name)), name);
    }
    EXPECT_EQ(check("{}"), "ok");
    EXPECT_EQ(check(R"({"inbox":{"assignment":"round_robin"}})"), "ok");
    EXPECT_EQ(check(R"({"inbox":{"assignment":"random"}})"), "settings.inbox.assignment");
    EXPECT_EQ(check(R"({"inbox":{"assignment":7}})"), "settings.inbox.assignment");
}

}  // namespace
}  // namespace wapi::assignment
