// Routes for whoever watches the server: /api/v1/health and /metrics.
#pragma once

#include <functional>
#include <vector>

#include "db/db.hpp"
#include "net/server.hpp"

namespace wapi::app {

struct HealthParts {
    db::Db& db;
    const Clock& clock;
    std::function<net::ServerStats()> server_stats;
};

std::vector<net::Route> health_routes(const HealthParts& parts);

}  // namespace wapi::app
