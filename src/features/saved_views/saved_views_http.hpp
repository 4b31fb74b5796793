// Routes of saved views.
#pragma once

#include <vector>

#include "features/saved_views/saved_views.hpp"
#include "net/http.hpp"

namespace wapi::saved_views {

/// `service` must outlive the routes.
std::vector<net::Route> saved_views_routes(Service& service);

}  // namespace wapi::saved_views
