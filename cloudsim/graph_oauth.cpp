// Code exchange and token inspection.
//
// Source: shared/meta/embedded-signup.md section 3, steps 1 and 2.
#include <fmt/format.h>

#include "cloudsim/graph.hpp"

namespace wapi::cloudsim {
namespace {

std::int64_t seconds_of(Timestamp at) {
    return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
}

json::array granular_scopes(const AccessToken& token) {
    json::array scopes;
    for (const char* scope : {"whatsapp_business_management", "whatsapp_business_messaging"}) {
        json::array targets;
        for (const std::string& id : token.waba_ids) {
            targets.emplace_back(id);
        }
        scopes.push_back(json::object{{"scope", scope}, {"target_ids", std::move(targets)}});
    }
    return scopes;
}

}  // namespace

GraphReply exchange_code(Simulator& simulator, GraphCall& call) {
    const auto code = call.parameter("code");
    if (!code) {
        return refuse(100, "The parameter code is required.");
    }
    const auto token = simulator.tokens().exchange(
        simulator.world(), call.parameter("client_id").value_or(""),
        call.parameter("client_secret").value_or(""), *code, simulator.now());
    if (!token) {
        return std::unexpected(token.error());
    }
    const auto lifetime = (*token)->expires_at - simulator.now();
    return json::object{
        {"access_token", (*token)->value},
        {"token_type", "bearer"},
        {"expires_in", std::chrono::duration_cast<std::chrono::seconds>(lifetime).count()}};
}

GraphReply debug_token(Simulator& simulator, GraphCall& call) {
    const auto input = call.parameter("input_token");
    if (!input) {
        return refuse(100, "The parameter input_token is required.");
    }
    const AccessToken* token = simulator.tokens().find(*input);
    if (token == nullptr || token->is_app) {
        const json::object error{{"code", 190}, {"message", "Invalid OAuth access token."}};
        return json::object{
            {"data",
             json::object{{"is_valid", false}, {"error", error}, {"scopes", json::array{}}}}};
    }
    const bool valid = !simulator.faults().token_expired && token->expires_at > simulator.now();
    json::object data{{"app_id", simulator.options().app_id},
                      {"type", "SYSTEM_USER"},
                      {"application", "wApi"},
                      {"data_access_expires_at", seconds_of(token->expires_at)},
                      {"expires_at", seconds_of(token->expires_at)},
                      {"is_valid", valid},
                      {"issued_at", seconds_of(token->issued_at)},
                      {"granular_scopes", granular_scopes(*token)},
                      {"user_id", token->user_id}};
    data["scopes"] = {"whatsapp_business_management", "whatsapp_business_messaging"};
    return json::object{{"data", std::move(data)}};
}

}  // namespace wapi::cloudsim
