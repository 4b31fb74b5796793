// Inside the slice: the rules, and the choice among members. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "features/assignment/assignment.hpp"

namespace wapi::assignment {

enum class Rule {
    by_hand,         ///< nobody is chosen
    round_robin,     ///< whose newest turn is the longest ago
    least_busy,      ///< who has the fewest open conversations
    stay_with_last,  ///< who had it last; when they may no more, or nobody had: as least_busy
};

/// Nothing for a name that is none.
std::optional<Rule> parse_rule(std::string_view name);
std::string_view name_of(Rule rule);
/// `inbox.assignment` of settings text; by_hand when it is not there.
Rule rule_of(std::string_view settings);

/// A member who may answer the conversation.
struct Candidate {
    UserId user;
    std::int64_t open = 0;  ///< conversations
    std::int64_t turn = 0;  ///< the newest; 0: none yet
};

/// Whether it goes back to who had it last, while they may: what was snoozed waits for who has it,
/// whatever the rule.
bool prefers_last(Rule rule, const inbox::Conversation& conversation);
/// Who gets it else. In a tie: whose turn is the longest ago, then the lower id. Nothing: nobody.
std::optional<UserId> choose(Rule rule, const std::vector<Candidate>& candidates);

}  // namespace wapi::assignment
