// Routes of links sent by mail: password reset and email verification.
#pragma once

#include <vector>

#include "features/account_links/account_links.hpp"
#include "net/http.hpp"

namespace wapi::account_links {

std::vector<net::Route> account_links_routes(Service& service);

}  // namespace wapi::account_links
