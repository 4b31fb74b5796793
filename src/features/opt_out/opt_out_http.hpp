// Routes of opt-out by a member's hand.
#pragma once

#include <vector>

#include "features/opt_out/opt_out.hpp"
#include "net/http.hpp"

namespace wapi::opt_out {

std::vector<net::Route> opt_out_routes(Service& service);

}  // namespace wapi::opt_out
