// Routes of conversations that show no messages.
#pragma once

#include <vector>

#include "features/inbox/inbox.hpp"
#include "net/http.hpp"

namespace wapi::inbox {

std::vector<net::Route> inbox_routes(Service& service);

}  // namespace wapi::inbox
