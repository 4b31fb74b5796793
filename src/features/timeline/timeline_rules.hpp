// Inside the slice: the order of a timeline and its cursors. Pure.
#pragma once

#include "features/timeline/timeline.hpp"

namespace wapi::timeline {

/// The kinds of entries, in the order that they have when they are of one moment.
enum class Kind { event = 0, note = 1, message = 2 };

/// A place in the order: by time, then kind, then id (of an event its number, as 20 digits). By
/// default behind everything.
struct Place {
    std::int64_t time_us = INT64_MAX;
    Kind kind = Kind::event;
    std::string id;
    friend auto operator<=>(const Place&, const Place&) = default;
};

Place place_of(const Entry& entry);

/// "<time µs>_<kind>_<id>". Errors: invalid_request.
Result<Place> parse_cursor(const std::string& cursor);
std::string render_cursor(const Place& place);

/// Where a place stands among the entries of one kind: of entries of its moment all, some or none
/// are before it. An empty id is below every id, in whatever order the database has for texts.
struct Bound {
    std::int64_t time_us = 0;
    std::string id;
};
Bound bound_of(const Place& place, Kind kind);

/// The first `limit` of several lists, in their order.
Page merge(std::vector<Entry> entries, std::size_t limit);

}  // namespace wapi::timeline
