// GET /api/v1/contacts.
#pragma once

#include <vector>

#include "features/contact_lists/contact_lists.hpp"
#include "net/http.hpp"

namespace wapi::contact_lists {

std::vector<net::Route> contact_lists_routes(Service& service);

}  // namespace wapi::contact_lists
