// Routes of invites.
#pragma once

#include <string>
#include <vector>

#include "features/invites/invites.hpp"
#include "net/http.hpp"

namespace wapi::invites {

/// `public_url`: where the console is; links to accept an invite begin with it.
std::vector<net::Route> invites_routes(Service& service, std::string public_url);

}  // namespace wapi::invites
