// Goal: a STOP is not lost to a clock behind ours, and what the person said last holds around an
// opt-in by hand. Method: decisions by hand, and all orders of some histories.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "features/opt_out/opt_out_rules_test_support.hpp"

namespace wapi::opt_out {
namespace {

using namespace testing;

/// Out at 10, and in again at 20 by a member's hand.
OptOutState in_by_hand() {
    return after({stop_at(10), {Keyword::start, second(20), OptOutVia::manual}});
}

/// What the event makes of the state when it comes in.
OptOutState heard(const OptOutState& state, const OptOutEvent& event, bool is_first = true) {
    return decide_opt_out(allow_for_skew(state, event, is_first), event);
}

TEST(AllowForSkew, a_stop_that_is_a_little_older_than_an_opt_in_by_hand_takes_it_back) {
    for (const OptOutVia via : {OptOutVia::message, OptOutVia::meta}) {
        for (const int at : {15, 19, 20, 21}) {
            const OptOutState state = heard(in_by_hand(), stop_at(at, via));
            EXPECT_EQ(state, after({stop_at(10), stop_at(at, via)})) << at;
            EXPECT_TRUE(state.opted_out) << at;
        }
    }
}

TEST(AllowForSkew, a_stop_from_long_before_an_opt_in_by_hand_stays_older) {
    for (const int at : {1, 10, 14}) {
        EXPECT_EQ(allow_for_skew(in_by_hand(), stop_at(at), true), in_by_hand()) << at;
        EXPECT_FALSE(heard(in_by_hand(), stop_at(at)).opted_out) << at;
    }
    OptOutEvent nearly = stop_at(15);
    nearly.at -= std::chrono::microseconds(1);
    EXPECT_FALSE(heard(in_by_hand(), nearly).opted_out);
}

TEST(AllowForSkew, nothing_but_a_stop_that_came_in_wins_by_it) {
    const OptOutState out = after({{Keyword::stop, second(20), OptOutVia::manual}});
    for (const OptOutEvent& event : {start_at(18), start_at(20), yes_at(18)}) {
        EXPECT_EQ(allow_for_skew(out, event, true), out);
        EXPECT_TRUE(heard(out, event).opted_out);
        EXPECT_EQ(allow_for_skew(in_by_hand(), event, true), in_by_hand());
    }
    EXPECT_FALSE(heard(in_by_hand(), stop_at(18, OptOutVia::manual)).opted_out);
}

TEST(AllowForSkew, the_persons_own_start_is_told_apart_by_their_own_clock) {
    for (const OptOutState& state :
         {after({stop_at(10), start_at(20)}), after({stop_at(10), yes_at(20)}),
          after({stop_at(10), {Keyword::start, second(18), OptOutVia::manual}, start_at(20)})}) {
        EXPECT_EQ(allow_for_skew(state, stop_at(18), true), state);
    }
    EXPECT_EQ(allow_for_skew({}, stop_at(18), true), OptOutState{});
}

TEST(AllowForSkew, a_stop_that_may_have_been_decided_on_before_counts_only_if_it_is_news) {
    const OptOutState state = after({stop_at(18), {Keyword::start, second(20), OptOutVia::manual}});
    EXPECT_FALSE(heard(state, stop_at(18), false).opted_out);
    EXPECT_FALSE(heard(state, stop_at(17), false).opted_out);
    EXPECT_TRUE(heard(state, stop_at(19), false).opted_out) << "not on record";
    EXPECT_TRUE(heard(state, stop_at(18), true).opted_out);
}

/// What becomes of who is out when these come in in this order; the place behind the last one is
/// an opt-in by hand at 20.
struct Ending {
    OptOutState state;
    bool is_answered = false;  ///< what they said last, by that opt-in
};
Ending end_of(const std::vector<OptOutEvent>& said, const std::vector<std::size_t>& order) {
    Ending ending{.state = after({stop_at(10)})};
    bool opted_in = false;
    for (const std::size_t place : order) {
        if (place < said.size()) {
            ending.state = heard(ending.state, said[place]);
            ending.is_answered |= place + 1 == said.size() && !opted_in;
        } else if (ending.state.opted_out) {  // else there is nothing to do
            ending.state =
                decide_opt_out(ending.state, {Keyword::start, second(20), OptOutVia::manual});
            opted_in = true;
        }
    }
    return ending;
}

TEST(AllowForSkew, what_the_person_said_last_holds_in_any_order_around_an_opt_in_by_hand) {
    const std::vector<std::vector<OptOutEvent>> each_said{
        {stop_at(16), start_at(18)},
        {start_at(16), stop_at(18)},
        {start_at(17), stop_at(17)},
        {stop_at(16), start_at(17), stop_at(18)},
        {stop_at(16), stop_at(17), start_at(18)},
        {start_at(16), stop_at(18), start_at(22)},
        {stop_at(16), start_at(21), stop_at(22)},
        {start_at(15), stop_at(16), start_at(17), stop_at(18), start_at(19)}};
    for (const std::vector<OptOutEvent>& said : each_said) {
        const OptOutEvent& last = said.back();
        std::vector<std::size_t> order(said.size() + 1);
        std::iota(order.begin(), order.end(), 0);
        do {
            const Ending ending = end_of(said, order);
            if (last.keyword == Keyword::start || !ending.is_answered || last.at > second(20)) {
                ASSERT_EQ(ending.state.opted_out, last.keyword == Keyword::stop)
                    << ::testing::PrintToString(order);
            }
        } while (std::ranges::next_permutation(order).found);
    }
}

}  // namespace
}  // namespace wapi::opt_out
