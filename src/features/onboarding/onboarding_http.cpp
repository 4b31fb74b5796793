// POST /onboarding/connect and GET /onboarding/status. Ids are Meta's: digits, kept as text.
#include "features/onboarding/onboarding_http.hpp"

#include "base/json.hpp"
#include "features/onboarding/onboarding_rules.hpp"

namespace wapi::onboarding {
namespace {

constexpr std::size_t body_max = 16 * 1024;
constexpr json::StringRule id_rule{.bytes_max = 32};

/// An id as Meta writes it, also when the caller sent it as a number.
Result<std::string> read_id(const json::object& body, std::string_view field) {
    const json::value* found = json::find_field(body, field);
    if (found != nullptr && found->is_int64()) {
        return std::to_string(found->as_int64());
    }
    Result<std::string> id = json::require_string(body, field, id_rule);
    if (id && !std::ranges::all_of(*id, [](char c) { return c >= '0' && c <= '9'; })) {
        return fail_field(wapi::errors::invalid_request, std::string(field),
                          "An id has digits only.");
    }
    return id;
}

Result<SecretString> read_pin(const json::object& body) {
    const Result<std::optional<std::string>> pin =
        json::optional_string(body, "pin", {.bytes_max = 16});
    if (!pin) {
        return std::unexpected(pin.error());
    }
    if (*pin && !is_pin(**pin)) {
        return fail_field(wapi::errors::invalid_request, "pin", "The PIN has six digits.");
    }
    return SecretString(std::string_view(pin->value_or("")));
}

Result<ConnectRequest> parse_request(const json::object& body) {
    const Result<std::string> waba_id = read_id(body, "wabaId");
    const Result<std::string> phone_id = read_id(body, "phoneNumberId");
    Result<std::string> token = json::require_string(body, "accessToken");
    const Result<SecretString> pin = read_pin(body);
    for (const Result<std::string>* input :
         {&waba_id, &phone_id, static_cast<const Result<std::string>*>(&token)}) {
        if (!*input) {
            return std::unexpected(input->error());
        }
    }
    if (!pin) {
        return std::unexpected(pin.error());
    }
    return ConnectRequest{WabaId(*waba_id), PhoneNumberId(*phone_id),
                          SecretString(*std::move(token)), *pin};
}

json::object render(const Status& status) {
    const auto text_or_null = [](const std::string& text) {
        return text.empty() ? json::value(nullptr) : json::value(text);
    };
    json::object body{{"status", status.status},
                      {"statusReason", status.status_reason},
                      {"webhooksSubscribed", status.webhooks_subscribed},
                      {"phoneRegistered", status.phone_registered},
                      {"wabaId", text_or_null(status.waba_id)},
                      {"phoneNumberId", text_or_null(status.phone_number_id)},
                      {"displayPhone", text_or_null(status.display_phone)}};
    if (status.templates_synced) {
        body["templatesSynced"] = *status.templates_synced;
    }
    return body;
}

Result<net::Response> respond(const Result<Status>& status) {
    if (!status) {
        return std::unexpected(status.error());
    }
    return net::json_response(
        json::render(json::object{{"success", true}, {"esbFlow", render(*status)}}));
}

async::Task<Result<net::Response>> handle_connect(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    Result<ConnectRequest> request = parse_request(*body);
    if (!request) {
        co_return std::unexpected(request.error());
    }
    co_return respond(co_await service.connect(call.context, *std::move(request)));
}

async::Task<Result<net::Response>> handle_status(Service& service, net::Call& call) {
    co_return respond(co_await service.status(call.context));
}

}  // namespace

std::vector<net::Route> onboarding_routes(Service& service) {
    return {
        {net::Verb::post, "/api/v1/onboarding/connect", net::Auth::api_key, "manageIntegrations",
         net::RateClass::api, body_max, "connectNumber",
         [&service](net::Call& call) { return handle_connect(service, call); }},
        {net::Verb::get, "/api/v1/onboarding/status", net::Auth::api_key, "manageIntegrations",
         net::RateClass::api, 0, "getOnboardingStatus",
         [&service](net::Call& call) { return handle_status(service, call); }},
    };
}

}  // namespace wapi::onboarding
