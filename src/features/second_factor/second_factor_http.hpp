// Routes of a person's own second factor.
#pragma once

#include <vector>

#include "features/second_factor/second_factor.hpp"
#include "net/http.hpp"

namespace wapi::second_factor {

std::vector<net::Route> second_factor_routes(Service& service);

}  // namespace wapi::second_factor
