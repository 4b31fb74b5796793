// Route of the audit log: GET /api/v1/audit-logs.
#pragma once

#include <vector>

#include "features/audit/audit.hpp"
#include "net/http.hpp"

namespace wapi::audit {

std::vector<net::Route> audit_routes(Service& service);

}  // namespace wapi::audit
