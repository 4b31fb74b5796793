// Routes of the audit log: GET /api/v1/audit-logs, its export and its verification.
#pragma once

#include <vector>

#include "features/audit_logs/audit_logs.hpp"
#include "net/http.hpp"

namespace wapi::audit_logs {

/// What the handlers work with; all of it outlives them.
struct HttpParts {
    audit::Service& audit;
    Exporter& exporter;
};

std::vector<net::Route> audit_logs_routes(HttpParts parts);

}  // namespace wapi::audit_logs
