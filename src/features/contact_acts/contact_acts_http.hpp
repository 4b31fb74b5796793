// Routes that merge and remove contacts.
#pragma once

#include <vector>

#include "features/contact_acts/contact_acts.hpp"
#include "net/http.hpp"

namespace wapi::contact_acts {

std::vector<net::Route> contact_acts_routes(Service& service);

}  // namespace wapi::contact_acts
