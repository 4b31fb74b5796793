// Who sees an event, and the texts of event ids. No I/O. See live_events.hpp.
#include "features/live_events/live_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace wapi::live_events {
namespace {

constexpr std::size_t epoch_bytes_max = 32;

bool have_one_in_common(const std::vector<std::string>& sorted,
                        const std::vector<std::string>& others) {
    return std::ranges::any_of(others, [&sorted](const std::string& other) {
        return std::ranges::binary_search(sorted, other);
    });
}

bool sees_number(const Rights& rights, const Facts& facts) {
    // A contact whom nobody has talked with yet is on no number.
    const bool on_none = facts.subject == Subject::contact && facts.numbers.empty();
    return !rights.restrictions.by_number || on_none ||
           have_one_in_common(rights.numbers, facts.numbers);
}

bool sees_assignment(const Restrictions& restrictions, const Facts& facts) {
    if (!restrictions.assigned_only || facts.subject != Subject::conversation) {
        return true;
    }
    return facts.assignee ? *facts.assignee == restrictions.member : restrictions.unassigned_too;
}

}  // namespace

bool decide_visible(const Rights& rights, const Facts& facts) {
    if (facts.subject == Subject::workspace) {
        return true;
    }
    if (facts.subject == Subject::number) {
        return sees_number(rights, facts);
    }
    if (!rights.views_contacts) {
        return false;
    }
    const Restrictions& restrictions = rights.restrictions;
    if (!facts.known) {
        return restrictions.bits() == 0;
    }
    return (!restrictions.by_tag || have_one_in_common(rights.tags, facts.tags)) &&
           sees_number(rights, facts) && sees_assignment(restrictions, facts);
}

Verdict decide_verdict(const Rights& rights, const Facts& now, std::span<const Facts> before) {
    if (decide_visible(rights, now)) {
        return Verdict::event;
    }
    const bool saw = std::ranges::any_of(
        before, [&](const Facts& facts) { return decide_visible(rights, facts); });
    return saw ? Verdict::removal : Verdict::nothing;
}

std::string render_event_id(const EventId& id) { return fmt::format("{}-{}", id.epoch, id.number); }

std::optional<EventId> parse_event_id(std::string_view text) {
    const std::size_t split = text.find('-');
    if (split == 0 || split == std::string_view::npos || split > epoch_bytes_max) {
        return std::nullopt;
    }
    EventId id{.epoch = std::string(text.substr(0, split)), .number = 0};
    const std::string_view number = text.substr(split + 1);
    const char* end = number.data() + number.size();
    const auto parsed = std::from_chars(number.data(), end, id.number);
    const bool whole = !number.empty() && parsed.ec == std::errc{} && parsed.ptr == end;
    return whole ? std::optional(std::move(id)) : std::nullopt;
}

}  // namespace wapi::live_events
