// Routes of quick replies.
#pragma once

#include <vector>

#include "features/quick_replies/quick_replies.hpp"
#include "net/http.hpp"

namespace wapi::quick_replies {

/// `service` must outlive the routes.
std::vector<net::Route> quick_replies_routes(Service& service);

}  // namespace wapi::quick_replies
