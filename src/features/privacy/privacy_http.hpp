// Routes of privacy: export and erasure of one contact.
#pragma once

#include <vector>

#include "features/privacy/privacy.hpp"
#include "net/http.hpp"

namespace wapi::privacy {

std::vector<net::Route> privacy_routes(Service& service);

}  // namespace wapi::privacy
