// Routes that send messages.
#pragma once

#include <vector>

#include "features/sending/sending_service.hpp"
#include "net/http.hpp"

namespace wapi::sending {

std::vector<net::Route> sending_routes(Service& service);

}  // namespace wapi::sending
