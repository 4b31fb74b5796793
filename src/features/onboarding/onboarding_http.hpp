// Routes of onboarding: POST /api/v1/onboarding/connect and GET /api/v1/onboarding/status.
#pragma once

#include <vector>

#include "features/onboarding/onboarding.hpp"
#include "net/http.hpp"

namespace wapi::onboarding {

std::vector<net::Route> onboarding_routes(Service& service);

}  // namespace wapi::onboarding
