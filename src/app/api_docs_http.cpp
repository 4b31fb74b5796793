#include "app/api_docs_http.hpp"

#include "base/crypto.hpp"

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

struct Document {
    std::string_view content_type;
    std::string_view text;
    std::string tag;  ///< the ETag
};

Document make_document(std::string_view content_type, std::string_view text) {
    constexpr std::size_t tag_bytes = 16;
    const std::string sum = crypto::hex_encode(crypto::sha256(text));
    return {content_type, text, '"' + sum.substr(0, tag_bytes) + '"'};
}

/// 304 without a body when the caller has it already.
async::Task<Result<net::Response>> serve(const Document& document, net::Call& call) {
    const bool known = call.request.header("if-none-match") == document.tag;
    net::Response response{.status = known ? 304 : 200,
                           .content_type = std::string(document.content_type),
                           .body = known ? std::string() : std::string(document.text),
                           .headers = {}};
    response.headers.emplace_back("ETag", document.tag);
    response.headers.emplace_back("Cache-Control", "public, max-age=0, must-revalidate");
    if (document.text == page) {
        response.headers.emplace_back("Content-Security-Policy", page_policy);
    }
    co_return response;
}

}  // namespace

std::vector<net::Route> api_docs_routes() {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    static const Document description =
        make_document("application/json", embedded_api_description());
    static const Document docs = make_document("text/html; charset=utf-8", page);
    static const Document script = make_document("text/javascript", embedded_redoc());
    const auto bind = [](const Document& document) -> net::Handler {
        return [&document](net::Call& call) { return serve(document, call); };
    };
    constexpr RateClass rate = RateClass::public_form;
    return {
        {Verb::get, "/api/v1/openapi.json", Auth::none, "", rate, 0, "getApiDescription",
         bind(description)},
        {Verb::get, "/api/v1/docs", Auth::none, "", rate, 0, "getApiDocs", bind(docs)},
        {Verb::get, "/api/v1/docs/redoc.js", Auth::none, "", rate, 0, "getApiDocsScript",
         bind(script)},
    };
}

}  // namespace wapi::app
