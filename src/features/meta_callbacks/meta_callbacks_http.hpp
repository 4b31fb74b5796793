// Routes of Meta's deauthorize and data-deletion callbacks, and the page that shows a person how
// far their deletion is.
#pragma once

#include <string>
#include <vector>

#include "features/meta_callbacks/meta_callbacks.hpp"
#include "net/http.hpp"

namespace wapi::meta_callbacks {

/// `public_url`: where people reach this server; empty: where the request came to.
std::vector<net::Route> meta_callback_routes(Service& service, const std::string& public_url);

}  // namespace wapi::meta_callbacks
