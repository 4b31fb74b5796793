// GET /api/v1/contacts/export.
#pragma once

#include <vector>

#include "features/contact_exports/contact_exports.hpp"
#include "net/http.hpp"

namespace wapi::contact_exports {

std::vector<net::Route> contact_exports_routes(Exporter& exporter);

}  // namespace wapi::contact_exports
