#include "features/timeline/timeline_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace wapi::timeline {
namespace {

struct PlaceOf {
    Place operator()(const messages::Message& message) const {
        return {to_us(message.timestamp), Kind::message, message.id.value};
    }
    Place operator()(const conversation_notes::Note& note) const {
        return {to_us(note.created_at), Kind::note, note.id};
    }
    Place operator()(const Event& event) const {
        return {to_us(event.at), Kind::event, fmt::format("{:020}", event.seq)};
    }
};

}  // namespace

Place place_of(const Entry& entry) { return std::visit(PlaceOf(), entry); }

Result<Place> parse_cursor(const std::string& cursor) {
    Place place;
    if (cursor.empty()) {
        return place;
    }
    const char* end = cursor.data() + cursor.size();
    const auto time = std::from_chars(cursor.data(), end, place.time_us);
    const bool has_kind = time.ec == std::errc{} && end - time.ptr > 3 && time.ptr[0] == '_' &&
                          time.ptr[1] >= '0' && time.ptr[1] <= '2' && time.ptr[2] == '_';
    if (!has_kind || place.time_us == INT64_MAX) {
        return fail_field(wapi::errors::invalid_request, "cursor", "Not a cursor of this list.");
    }
    place.kind = static_cast<Kind>(time.ptr[1] - '0');
    place.id.assign(time.ptr + 3, end);
    return place;
}

std::string render_cursor(const Place& place) {
    return fmt::format("{}_{}_{}", place.time_us, static_cast<int>(place.kind), place.id);
}

Bound bound_of(const Place& place, Kind kind) {
    if (kind == place.kind) {
        return {.time_us = place.time_us, .id = place.id};
    }
    return {.time_us = place.time_us + (kind < place.kind ? 1 : 0), .id = {}};
}

Page merge(std::vector<Entry> entries, std::size_t limit) {
    std::ranges::sort(entries, std::greater<>(), place_of);
    Page page;
    if (entries.size() > limit) {
        entries.resize(limit);
        page.next_cursor = render_cursor(place_of(entries.back()));
    }
    page.entries = std::move(entries);
    return page;
}

}  // namespace wapi::timeline
