// Routes of the workspace: GET and PATCH /api/v1/workspace.
#pragma once

#include <vector>

#include "features/workspaces/workspaces.hpp"
#include "net/http.hpp"

namespace wapi::workspaces {

std::vector<net::Route> workspace_routes(Service& service);

}  // namespace wapi::workspaces
