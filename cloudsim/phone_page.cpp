// The phone page: its three parts and the headers they are served with.
//
// Everything comes from the binary and nothing from elsewhere; the policy forbids inline code, so
// that text of customers can never run as a script.
#include "base/error.hpp"
#include "cloudsim/phone_assets.hpp"
#include "cloudsim/routes.hpp"

namespace wapi::cloudsim {
namespace {

constexpr std::string_view content_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct Asset {
    std::string_view path;
    std::string_view content_type;
    std::string_view content;
};

constexpr Asset assets[] = {
    {"/", "text/html; charset=utf-8", phone_html},
    {"/phone.css", "text/css; charset=utf-8", phone_css},
    {"/phone.js", "text/javascript; charset=utf-8", phone_script},
    {"/favicon.svg", "image/svg+xml", phone_icon},
};

}  // namespace

Result<net::Response> serve_phone_page(std::string_view path) {
    if (path.empty()) {
        path = "/";
    }
    for (const Asset& asset : assets) {
        if (asset.path != path) {
            continue;
        }
        net::Response response;
        response.content_type = asset.content_type;
        response.body = asset.content;
        response.headers = {{"Content-Security-Policy", std::string(content_policy)},
                            {"Cache-Control", "no-cache"}};
        return response;
    }
    return fail(errors::not_found);
}

}  // namespace wapi::cloudsim
