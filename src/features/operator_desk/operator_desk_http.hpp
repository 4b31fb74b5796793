// Routes of operators over all workspaces.
#pragma once

#include <vector>

#include "features/operator_desk/operator_desk.hpp"
#include "net/http.hpp"

namespace wapi::operator_desk {

/// `service` must outlive the server.
std::vector<net::Route> operator_desk_routes(Service& service);

}  // namespace wapi::operator_desk
