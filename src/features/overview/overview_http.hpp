// Route of the overview.
#pragma once

#include <vector>

#include "features/overview/overview.hpp"
#include "net/http.hpp"

namespace wapi::overview {

/// `service` must outlive the routes.
std::vector<net::Route> overview_routes(Service& service);

}  // namespace wapi::overview
