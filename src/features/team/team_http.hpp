// Routes of the team: permissions, roles, members.
#pragma once

#include <vector>

#include "features/team/team.hpp"
#include "net/http.hpp"

namespace wapi::team {

std::vector<net::Route> team_routes(Service& service);

}  // namespace wapi::team
