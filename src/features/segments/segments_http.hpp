// Routes of segments: list, read, create, replace, remove.
#pragma once

#include <vector>

#include "features/segments/segments.hpp"
#include "net/http.hpp"

namespace wapi::segments {

std::vector<net::Route> segments_routes(Service& service);

}  // namespace wapi::segments
