// The description of the API, and a page that shows it: /api/v1/openapi.json and /api/v1/docs.
//
// Both are open to anybody, since they hold nothing of this server but its version. The page is
// Redoc; its script is embedded, so that nothing is fetched from elsewhere. api/openapi.json is
// written by tools/openapi.py and embedded as it is (cmake/WapiApiDocs.cmake).
#pragma once

#include <string_view>
#include <vector>

#include "net/http.hpp"

namespace wapi::app {

/// OpenAPI 3.1, JSON.
std::string_view embedded_api_description();
/// Redoc's script, as its package brings it.
std::string_view embedded_redoc();

std::vector<net::Route> api_docs_routes();

}  // namespace wapi::app
