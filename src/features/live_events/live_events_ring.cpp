// The recent events of a workspace. See live_events.hpp.
#include "features/live_events/live_events.hpp"

#include <fmt/format.h>

namespace wapi::live_events {
namespace {

constexpr std::size_t entry_overhead_bytes = 512;

std::string subject_key(const Event& event) {
    return fmt::format("{}:{}", static_cast<int>(event.facts.subject), event.id);
}

std::size_t bytes_of(const Facts& facts) {
    std::size_t bytes = sizeof facts;
    for (const auto* texts : {&facts.tags, &facts.numbers}) {
        for (const std::string& text : *texts) {
            bytes += sizeof text + text.size();
        }
    }
    return bytes;
}

}  // namespace

void Ring::add(Event event, std::size_t bytes_max) {
    const std::string id = render_event_id({epoch_, next_++});
    Entry entry{.subject = subject_key(event),
                .facts = nullptr,
                .before = {},
                .frame = std::make_shared<const std::string>(fmt::format(
                    R"({{"type":"{}","id":"{}","data":{}}})", event.type, id, event.data)),
                .removal = nullptr,
                .bytes = 0};
    if (event.before) {
        entry.before.push_back(*std::move(event.before));
    }
    // Two acts at once: each knows of its own change only, here is what was told last.
    std::shared_ptr<Facts>& facts = facts_[entry.subject];
    if (facts == nullptr) {
        facts = std::make_shared<Facts>(std::move(event.facts));
    } else if (event.facts.known && event.facts != *facts) {
        entry.before.push_back(std::exchange(*facts, std::move(event.facts)));
    }  // else it is gone, and who saw it last is told
    entry.facts = facts;
    if (!entry.before.empty() && !event.removed.empty()) {
        entry.removal = std::make_shared<const std::string>(fmt::format(
            R"({{"type":"{}","id":"{}","data":{{"id":"{}"}}}})", event.removed, id, event.id));
    }
    entry.bytes = entry.frame->size() + (entry.removal ? entry.removal->size() : 0) +
                  entry_overhead_bytes + bytes_of(*facts);
    for (const Facts& before : entry.before) {
        entry.bytes += bytes_of(before);
    }
    bytes_ += entry.bytes;
    entries_.push_back(std::move(entry));
    while (entries_.size() > 1 && (entries_.size() > events_max_ || bytes_ > bytes_max)) {
        drop_oldest();
    }
}

void Ring::drop_oldest() {
    Entry& oldest = entries_.front();
    bytes_ -= oldest.bytes;
    const std::string subject = std::move(oldest.subject);
    entries_.pop_front();
    const auto facts = facts_.find(subject);
    if (facts != facts_.end() && facts->second.use_count() == 1) {
        facts_.erase(facts);
    }
}

Frame Ring::frame_for(std::uint64_t number, const Rights& rights) const {
    const Entry& entry = entries_[static_cast<std::size_t>(number - first())];
    switch (decide_verdict(rights, *entry.facts, entry.before)) {
        case Verdict::event: return entry.frame;
        case Verdict::removal: return entry.removal;
        case Verdict::nothing: break;
    }
    return nullptr;
}

std::optional<std::uint64_t> Ring::after(std::string_view last_event_id) const {
    const std::optional<EventId> last = parse_event_id(last_event_id);
    const bool ours = last && last->epoch == epoch_ && last->number < next_;
    if (!ours || last->number + 1 < first()) {
        return std::nullopt;
    }
    return last->number + 1;
}

}  // namespace wapi::live_events
