// The route that turns into a connection for live events, and what ties the service to the server.
#pragma once

#include <string>
#include <vector>

#include "features/realtime/realtime.hpp"
#include "net/http.hpp"

namespace wapi::realtime {

/// Asks who a token belongs to as every request's is asked. `authenticator` must outlive it.
Authenticate authenticate_by(net::Authenticator& authenticator);

struct HttpParts {
    Service& service;
    std::string public_url;  ///< whose pages may connect; empty: those of the server itself
};

/// For /metrics.
std::string render_gauges(const Stats& stats);

std::vector<net::Route> realtime_routes(const HttpParts& parts);

}  // namespace wapi::realtime
