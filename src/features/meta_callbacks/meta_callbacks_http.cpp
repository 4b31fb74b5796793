#include "features/meta_callbacks/meta_callbacks_http.hpp"

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/time_text.hpp"
#include "features/meta_callbacks/meta_callbacks_request.hpp"
#include "net/target.hpp"

namespace wapi::meta_callbacks {
namespace {

/// `signed_request` and its escapes.
constexpr std::size_t body_max = 3 * signed_request_bytes_max + 256;

struct Desk {
    Service& service;
    std::string public_url;
};

/// The form's one field. Errors: invalid_request.
Result<std::string> signed_request_of(const net::Request& request) {
    const Result<net::Params> form = net::parse_form(request.body);
    for (const auto& [name, value] : form ? *form : net::Params()) {
        if (name == "signed_request") {
            return value;
        }
    }
    return fail_field(wapi::errors::invalid_request, "signed_request",
                      "A form with this field is needed.");
}

std::unexpected<Error> refuse(const net::Request& request, const Error& error) {
    log::warn("meta.callback_refused", {{"path", request.path},
                                        {"ip", request.remote_ip},
                                        {"request_id", request.request_id},
                                        {"error", error.kind->code}});
    return std::unexpected(error);
}

async::Task<Result<net::Response>> handle_deauthorize(const Desk& desk, net::Call& call) {
    const Result<std::string> text = signed_request_of(call.request);
    if (!text) {
        co_return refuse(call.request, text.error());
    }
    const Result<std::size_t> done = co_await desk.service.deauthorize(*text);
    if (!done) {
        co_return refuse(call.request, done.error());
    }
    co_return net::json_response(R"({"success":true})");
}

std::string status_url(const Desk& desk, const net::Request& request, const std::string& code) {
    const std::string base =
        desk.public_url.empty() ? "http://" + std::string(request.header("host")) : desk.public_url;
    return base + "/api/v1/meta/data-deletion/" + code;
}

async::Task<Result<net::Response>> handle_delete_data(const Desk& desk, net::Call& call) {
    const Result<std::string> text = signed_request_of(call.request);
    if (!text) {
        co_return refuse(call.request, text.error());
    }
    const Result<DeletionRequest> done = co_await desk.service.delete_data(*text);
    if (!done) {
        co_return refuse(call.request, done.error());
    }
    co_return net::json_response(json::render(json::object{
        {"url", status_url(desk, call.request, done->code)}, {"confirmation_code", done->code}}));
}

/// For a person's browser. Nothing in it comes from outside: the code is hex.
async::Task<Result<net::Response>> handle_status(const Desk& desk, net::Call& call) {
    const Result<DeletionRequest> found = co_await desk.service.find(call.request.param("code"));
    if (!found) {
        co_return std::unexpected(found.error());
    }
    net::Response page;
    page.content_type = "text/html; charset=utf-8";
    page.body = fmt::format(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Deletion request"
        "</title></head><body><h1>Deletion request {}</h1><p>Received {}.</p><p>{}</p></body>"
        "</html>\n",
        found->code, render_time(found->received_at),
        found->completed_at ? "Completed: what was held about you has been deleted."
                            : "In progress.");
    page.headers = {{"Cache-Control", "no-store"}, {"X-Robots-Tag", "noindex"}};
    co_return page;
}

}  // namespace

std::vector<net::Route> meta_callback_routes(Service& service, const std::string& public_url) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const auto bind = [desk = Desk{service, public_url}](auto handler) -> net::Handler {
        return [desk, handler](net::Call& call) { return handler(desk, call); };
    };
    return {
        {Verb::post, "/api/v1/meta/deauthorize", Auth::meta_signature, "", RateClass::webhook,
         body_max, "receiveDeauthorize", bind(handle_deauthorize)},
        {Verb::post, "/api/v1/meta/data-deletion", Auth::meta_signature, "", RateClass::webhook,
         body_max, "receiveDataDeletion", bind(handle_delete_data)},
        {Verb::get, "/api/v1/meta/data-deletion/{code}", Auth::none, "", RateClass::public_form, 0,
         "getDataDeletion", bind(handle_status)},
    };
}

}  // namespace wapi::meta_callbacks
