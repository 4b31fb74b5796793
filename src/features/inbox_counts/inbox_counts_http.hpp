// The route of the inbox's counts.
#pragma once

#include <vector>

#include "features/inbox_counts/inbox_counts.hpp"
#include "net/http.hpp"

namespace wapi::inbox_counts {

std::vector<net::Route> inbox_counts_routes(Service& service);

}  // namespace wapi::inbox_counts
