#include "app/api_docs_http.hpp"

#include "net/static_files.hpp"

namespace wapi::app {
namespace {

constexpr std::string_view page = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>wApi: API reference</title>
</head>
<body style="margin:0">
<redoc spec-url="/api/v1/openapi.json"></redoc>
<script src="/api/v1/docs/redoc.js"></script>
</body>
</html>
)";

/// Redoc styles its elements in place and searches in a worker made from a blob; all else is ours.
constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; "
    "connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

/// The file, and the policy of a page.
net::Handler serve(net::StaticFile file, std::string_view policy = {}) {
    file.tag = net::tag_of(file.plain);
    return [file = std::move(file), policy](net::Call& call) {
        net::Response response = net::serve(file, call.request);
        if (!policy.empty()) {
            response.headers.emplace_back("Content-Security-Policy", policy);
        }
        return net::respond(std::move(response));
    };
}

}  // namespace

std::vector<net::Route> api_docs_routes() {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    constexpr RateClass rate = RateClass::public_form;
    return {
        {Verb::get, "/api/v1/openapi.json", Auth::none, "", rate, 0, "getApiDescription",
         serve({.content_type = "application/json", .plain = embedded_api_description()})},
        {Verb::get, "/api/v1/docs", Auth::none, "", rate, 0, "getApiDocs",
         serve({.content_type = "text/html; charset=utf-8", .plain = page}, page_policy)},
        {Verb::get, "/api/v1/docs/redoc.js", Auth::none, "", rate, 0, "getApiDocsScript",
         serve({.content_type = "text/javascript", .plain = embedded_redoc()})},
    };
}

}  // namespace wapi::app
