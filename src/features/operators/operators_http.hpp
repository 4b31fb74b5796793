// Routes of operators, under /api/v1/operator.
#pragma once

#include <vector>

#include "features/operators/operators.hpp"
#include "net/http.hpp"

namespace wapi::operators {

std::vector<net::Route> operator_routes(Service& service);

}  // namespace wapi::operators
