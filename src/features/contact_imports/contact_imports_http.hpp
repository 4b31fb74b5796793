// Routes of imports: send a file, look at it, start, cancel, follow, and read what was refused.
#pragma once

#include <vector>

#include "features/contact_imports/contact_imports.hpp"
#include "net/http.hpp"

namespace wapi::contact_imports {

std::vector<net::Route> contact_imports_routes(Service& service);

}  // namespace wapi::contact_imports
