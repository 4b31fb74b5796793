// Route of timelines.
#pragma once

#include <vector>

#include "features/timeline/timeline.hpp"
#include "net/http.hpp"

namespace wapi::timeline {

/// `service` must outlive the routes.
std::vector<net::Route> timeline_routes(Service& service);

}  // namespace wapi::timeline
