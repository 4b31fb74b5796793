#include "features/opt_out/opt_out_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"

namespace wapi::opt_out {
namespace {

/// What the caller has seen; nothing: they do not say, as in an empty body. Errors: malformed_json,
/// invalid_request.
Result<std::optional<Expected>> parse_expected(const net::Request& request) {
    const Result<json::object> body =
        request.body.empty() ? json::object{} : json::parse_object(request.body);
    if (!body) {
        return std::unexpected(body.error());
    }
    for (const auto& field : *body) {
        if (field.key() != "expected") {  // misspelt, it would guard nothing
            return fail_field(wapi::errors::invalid_request, std::string(field.key()),
                              "The body has no field but `expected`.");
        }
    }
    const auto given = json::optional_object(*body, "expected");
    if (!given) {
        return std::unexpected(given.error());
    }
    if (*given == nullptr) {
        return std::nullopt;
    }
    const json::value* field = (*given)->if_contains("optedOutAt");
    if (field != nullptr && field->is_null()) {
        return Expected{};
    }
    const auto text = json::require_string(*body, "expected.optedOutAt", {.bytes_max = 40});
    if (!text) {
        return std::unexpected(text.error());
    }
    const std::optional<Timestamp> opted_out_at = parse_time(*text);
    if (!opted_out_at) {
        return fail_field(wapi::errors::invalid_request, "expected.optedOutAt",
                          "A time such as 2026-11-22T21:30:00.000Z, or null.");
    }
    return Expected{.opted_out_at = opted_out_at};
}

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
    const Result<std::optional<Expected>> expected = parse_expected(call.request);
    if (!expected) {
        co_return std::unexpected(expected.error());
    }
    co_return respond(
        co_await service.opt_in(call.context, ContactId(call.request.param("id")), *expected));
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
