#include "features/privacy/privacy_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"

namespace wapi::privacy {
namespace {

Result<net::Response> respond(const Result<Erasure>& erasure, int status) {
    if (!erasure) {
        return std::unexpected(erasure.error());
    }
    const std::string_view unfinished = erasure->interrupted ? "interrupted" : "running";
    json::object body{{"id", erasure->id},
                      {"contactId", erasure->contact.value},
                      {"status", erasure->completed_at ? "completed" : unfinished},
                      {"requestedAt", render_time(erasure->requested_at)},
                      {"completedAt", render_time(erasure->completed_at)},
                      {"webhookEventsRedacted", erasure->events_redacted}};
    return net::json_response(json::render(json::object{{"erasure", std::move(body)}}), status);
}

async::Task<Result<net::Response>> handle_export(Service& service, net::Call& call) {
    const Result<json::object> exported =
        co_await service.export_contact(call.context, ContactId(call.request.param("id")),
                                        std::string(call.request.query_param("cursor")));
    if (!exported) {
        co_return std::unexpected(exported.error());
    }
    net::Response response = net::json_response(json::render(*exported));
    response.headers.emplace_back("Cache-Control", "no-store");
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"contact.json\"");
    co_return response;
}

async::Task<Result<net::Response>> handle_erase(Service& service, net::Call& call) {
    const std::string& id = call.request.param("id");
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<std::string> confirmed = json::require_string(*body, "confirm");
    if (!confirmed) {
        co_return std::unexpected(confirmed.error());
    }
    co_return respond(co_await service.erase(call.context, ContactId(id), *confirmed), 202);
}

async::Task<Result<net::Response>> handle_find(Service& service, net::Call& call) {
    co_return respond(co_await service.find(call.context, call.request.param("id")), 200);
}

}  // namespace

std::vector<net::Route> privacy_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const auto bind = [&service](auto handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return handler(service, call); };
    };
    constexpr std::size_t body_max = 1024;
    return {
        {Verb::get, "/api/v1/contacts/{id}/export-data", Auth::session, "exportData",
         RateClass::api, 0, "exportContactData", bind(handle_export)},
        {Verb::post, "/api/v1/contacts/{id}/erase", Auth::session, "deleteContacts", RateClass::api,
         body_max, "eraseContact", bind(handle_erase)},
        {Verb::get, "/api/v1/erasures/{id}", Auth::session, "deleteContacts", RateClass::api, 0,
         "getErasure", bind(handle_find)},
    };
}

}  // namespace wapi::privacy
