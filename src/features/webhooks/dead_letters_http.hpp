// Routes of what went wrong: queue figures, dead letters, replay. Part of webhooks_routes.
#pragma once

#include <memory>
#include <vector>

#include "features/webhooks/webhooks_http.hpp"

namespace wapi::webhooks {

std::vector<net::Route> dead_letters_routes(std::shared_ptr<const HttpParts> parts);

}  // namespace wapi::webhooks
