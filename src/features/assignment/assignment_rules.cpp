#include "features/assignment/assignment_rules.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <tuple>
#include <utility>

namespace wapi::assignment {
namespace {

constexpr auto names = std::to_array<std::pair<Rule, std::string_view>>({
    {Rule::by_hand, "by_hand"},
    {Rule::round_robin, "round_robin"},
    {Rule::least_busy, "least_busy"},
    {Rule::stay_with_last, "stay_with_last"},
});

/// `inbox.assignment`; nullptr when it is not there.
const boost::json::value* find_setting(const boost::json::object& settings) {
    const boost::json::value* inbox = settings.if_contains("inbox");
    return inbox != nullptr && inbox->is_object() ? inbox->get_object().if_contains("assignment")
                                                  : nullptr;
}

}  // namespace

std::optional<Rule> parse_rule(std::string_view name) {
    const auto found = std::ranges::find(names, name, &std::pair<Rule, std::string_view>::second);
    return found == names.end() ? std::nullopt : std::optional(found->first);
}

std::string_view name_of(Rule rule) {
    return std::ranges::find(names, rule, &std::pair<Rule, std::string_view>::first)->second;
}

Rule rule_of(std::string_view settings) {
    boost::system::error_code failed;
    const boost::json::value parsed = boost::json::parse(settings, failed);
    const boost::json::value* setting =
        !failed && parsed.is_object() ? find_setting(parsed.get_object()) : nullptr;
    return setting != nullptr && setting->is_string()
               ? parse_rule(setting->get_string()).value_or(Rule::by_hand)
               : Rule::by_hand;
}

Result<void> check_settings(const boost::json::object& settings) {
    const boost::json::value* setting = find_setting(settings);
    if (setting != nullptr && !(setting->is_string() && parse_rule(setting->get_string()))) {
        return fail_field(wapi::errors::invalid_request, "settings.inbox.assignment",
                          "by_hand, round_robin, least_busy or stay_with_last.");
    }
    return {};
}

bool prefers_last(Rule rule, const inbox::Conversation& conversation) {
    return rule == Rule::stay_with_last ||
           (rule != Rule::by_hand && conversation.status == inbox::status::snoozed);
}

std::optional<UserId> choose(Rule rule, const std::vector<Candidate>& candidates) {
    if (rule == Rule::by_hand || candidates.empty()) {
        return std::nullopt;
    }
    const auto key = [rule](const Candidate& one) {
        return std::tuple(rule == Rule::round_robin ? 0 : one.open, one.turn, one.user);
    };
    return std::ranges::min_element(candidates, {}, key)->user;
}

}  // namespace wapi::assignment
