// Routes of a person's own sessions: GET and DELETE /api/v1/auth/sessions, POST /auth/logout-all.
#pragma once

#include <vector>

#include "features/sessions/sessions.hpp"
#include "net/http.hpp"

namespace wapi::sessions {

std::vector<net::Route> session_routes(Service& service);

}  // namespace wapi::sessions
