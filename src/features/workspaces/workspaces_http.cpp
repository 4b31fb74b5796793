// GET and PATCH /api/v1/workspace. Shows how the connection stands (`esbFlow`); never a token.
#include "features/workspaces/workspaces_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"

namespace wapi::workspaces {
namespace {

constexpr std::size_t body_max = 32 * 1024;

json::value render(const numbers::Number& number) {
    return {{"phoneNumberId", number.phone_number_id.value},
            {"wabaId", number.waba_id.value},
            {"displayPhone", number.display_phone},
            {"verifiedName", number.verified_name},
            {"qualityRating", number.quality_rating},
            {"status", number.status},
            {"statusReason", number.status_reason},
            {"webhooksSubscribed", number.webhooks_subscribed},
            {"phoneRegistered", number.registered},
            {"messagesPerSecond", number.messages_per_second},
            {"connectedAt", render_time(number.connected_at)}};
}

/// The first number that can send, else the oldest: what the console's setup page shows.
json::value render_flow(const std::vector<numbers::Number>& all) {
    if (all.empty()) {
        return {{"status", "not_connected"}, {"webhooksSubscribed", false},
                {"phoneRegistered", false},  {"wabaId", nullptr},
                {"phoneNumberId", nullptr},  {"displayPhone", nullptr},
                {"statusReason", ""}};
    }
    const auto able = std::ranges::find_if(all, &numbers::Number::able_to_send);
    const numbers::Number& number = able == all.end() ? all.front() : *able;
    return {{"status", number.status},
            {"webhooksSubscribed", number.webhooks_subscribed},
            {"phoneRegistered", number.registered},
            {"wabaId", number.waba_id.value},
            {"phoneNumberId", number.phone_number_id.value},
            {"displayPhone", number.display_phone},
            {"statusReason", number.status_reason}};
}

Result<net::Response> respond(const Result<Overview>& overview) {
    if (!overview) {
        return std::unexpected(overview.error());
    }
    const Workspace& workspace = overview->workspace;
    const Result<json::value> settings = json::parse_value(workspace.settings);
    json::array phone_numbers;
    for (const numbers::Number& number : overview->numbers) {
        phone_numbers.emplace_back(render(number));
    }
    return net::json_response(
        json::render(json::object{{"id", workspace.id.value},
                                  {"name", workspace.name},
                                  {"plan", workspace.plan},
                                  {"suspended", workspace.suspended},
                                  {"suspendedReason", workspace.suspended_reason},
                                  {"settings", settings ? *settings : json::value(json::object())},
                                  {"esbFlow", render_flow(overview->numbers)},
                                  {"phoneNumbers", std::move(phone_numbers)},
                                  {"createdAt", render_time(workspace.created_at)}}));
}

async::Task<Result<net::Response>> handle_get(Service& service, net::Call& call) {
    co_return respond(co_await service.get(call.context));
}

async::Task<Result<net::Response>> handle_change(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const auto name = json::optional_string(*body, "name", {.bytes_max = name_bytes_max});
    const auto settings = json::optional_object(*body, "settings");
    if (!name) {
        co_return std::unexpected(name.error());
    }
    if (!settings) {
        co_return std::unexpected(settings.error());
    }
    Change change{.name = *name, .settings = std::nullopt};
    if (*settings != nullptr) {
        change.settings = **settings;
    }
    co_return respond(co_await service.change(call.context, std::move(change)));
}

}  // namespace

std::vector<net::Route> workspace_routes(Service& service) {
    return {
        {net::Verb::get, "/api/v1/workspace", net::Auth::api_key, "", net::RateClass::api, 0,
         "getWorkspace", [&service](net::Call& call) { return handle_get(service, call); }},
        {net::Verb::patch, "/api/v1/workspace", net::Auth::session, "manageIntegrations",
         net::RateClass::api, body_max, "changeWorkspace",
         [&service](net::Call& call) { return handle_change(service, call); }},
    };
}

}  // namespace wapi::workspaces
