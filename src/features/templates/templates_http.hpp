// Route of the templates: GET /api/v1/templates.
#pragma once

#include <vector>

#include "features/templates/templates.hpp"
#include "net/http.hpp"

namespace wapi::templates {

std::vector<net::Route> template_routes(Service& service);

}  // namespace wapi::templates
