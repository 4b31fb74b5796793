#include "features/opt_out/opt_out_http.hpp"

#include "base/json.hpp"

namespace wapi::opt_out {
namespace {

Result<net::Response> respond(const Result<contacts::Contact>& contact) {
    if (!contact) {
        return std::unexpected(contact.error());
    }
    return net::json_response(json::render(contacts::render(*contact)));
}

async::Task<Result<net::Response>> handle_opt_out(Service& service, net::Call& call) {
    co_return respond(co_await service.opt_out(call.context, ContactId(call.request.param("id"))));
}

async::Task<Result<net::Response>> handle_opt_in(Service& service, net::Call& call) {
    co_return respond(co_await service.opt_in(call.context, ContactId(call.request.param("id"))));
}

}  // namespace

std::vector<net::Route> opt_out_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const auto bind = [&service](auto handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return handler(service, call); };
    };
    constexpr std::size_t body_max = 1024;
    return {
        {Verb::post, "/api/v1/contacts/{id}/opt-out", Auth::api_key, "editContacts", RateClass::api,
         body_max, "optOutContact", bind(handle_opt_out)},
        {Verb::post, "/api/v1/contacts/{id}/opt-in", Auth::api_key, "editContacts", RateClass::api,
         body_max, "optInContact", bind(handle_opt_in)},
    };
}

}  // namespace wapi::opt_out
