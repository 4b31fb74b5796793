// Route of the search.
#pragma once

#include <vector>

#include "features/search/search.hpp"
#include "net/http.hpp"

namespace wapi::search {

/// `service` must outlive the routes.
std::vector<net::Route> search_routes(Service& service);

}  // namespace wapi::search
