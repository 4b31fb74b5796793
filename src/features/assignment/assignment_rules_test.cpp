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

TEST(AssignmentRules, by_hand_and_without_anybody_nobody_is_chosen) {
    EXPECT_FALSE(choose(Rule::by_hand, {{.user = adam}}));
    EXPECT_FALSE(choose(Rule::round_robin, {}));
}

TEST(AssignmentRules, round_robin_takes_whose_turn_is_the_longest_ago) {
    const std::vector<Candidate> all{{.user = adam, .open = 0, .turn = 3},
                                     {.user = eve, .open = 9, .turn = 1},
                                     {.user = zoe, .open = 0, .turn = 2}};
    EXPECT_EQ(choose(Rule::round_robin, all), eve);
    EXPECT_EQ(choose(Rule::round_robin, {{.user = zoe}, {.user = eve}}), eve)
        << "in a tie the lower id";
}

TEST(AssignmentRules, least_busy_takes_who_has_the_fewest_and_among_them_the_longest_ago) {
    const std::vector<Candidate> all{{.user = adam, .open = 2, .turn = 1},
                                     {.user = eve, .open = 1, .turn = 5},
                                     {.user = zoe, .open = 1, .turn = 4}};
    EXPECT_EQ(choose(Rule::least_busy, all), zoe);
    EXPECT_EQ(choose(Rule::stay_with_last, all), zoe) << "with whom it cannot stay";
}

TEST(AssignmentRules, it_goes_back_to_the_last_one_by_the_rule_or_when_it_was_snoozed) {
    const auto prefers = [](Rule rule, std::string_view status) {
        inbox::Conversation conversation;
        conversation.status = status;
        return prefers_last(rule, conversation);
    };
    EXPECT_TRUE(prefers(Rule::stay_with_last, inbox::status::resolved));
    EXPECT_FALSE(prefers(Rule::least_busy, inbox::status::resolved));
    EXPECT_TRUE(prefers(Rule::round_robin, inbox::status::snoozed));
    EXPECT_FALSE(prefers(Rule::by_hand, inbox::status::snoozed));
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
