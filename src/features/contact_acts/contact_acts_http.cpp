#include "features/contact_acts/contact_acts_http.hpp"

#include "base/json.hpp"

namespace wapi::contact_acts {
namespace {

constexpr std::size_t body_max = 1024;

Result<net::Response> respond(const Result<contacts::Contact>& contact) {
    if (!contact) {
        return std::unexpected(contact.error());
    }
    return net::json_response(json::render(contacts::render(*contact)));
}

async::Task<Result<net::Response>> handle_merge(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<std::string> from = json::require_string(*body, "from", {.bytes_max = 64});
    if (!from) {
        co_return std::unexpected(from.error());
    }
    co_return respond(co_await service.merge(call.context, ContactId(call.request.param("id")),
                                             ContactId(*from)));
}

async::Task<Result<net::Response>> handle_remove(Service& service, net::Call& call) {
    co_return respond(co_await service.remove(call.context, ContactId(call.request.param("id"))));
}

}  // namespace

std::vector<net::Route> contact_acts_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    return {
        {Verb::post, "/api/v1/contacts/{id}/merge", Auth::api_key, "deleteContacts", RateClass::api,
         body_max, "mergeContacts",
         [&service](net::Call& call) { return handle_merge(service, call); }},
        {Verb::delete_, "/api/v1/contacts/{id}", Auth::api_key, "deleteContacts", RateClass::api,
         body_max, "removeContact",
         [&service](net::Call& call) { return handle_remove(service, call); }},
    };
}

}  // namespace wapi::contact_acts
