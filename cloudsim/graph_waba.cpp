// The WABA node, its numbers and the app's subscription to it.
//
// Source: shared/meta/embedded-signup.md sections 4 to 6.
#include <fmt/format.h>

#include "cloudsim/graph.hpp"

namespace wapi::cloudsim {
namespace {

constexpr std::size_t callback_bytes_max = 200;

json::object render_waba(const Waba& waba) {
    return json::object{
        {"id", waba.id},
        {"name", waba.name},
        {"currency", "USD"},
        {"timezone_id", "1"},
        {"country", "US"},
        {"message_template_namespace", waba.template_namespace},
        {"account_review_status", "APPROVED"},
        {"business_verification_status", "verified"},
        {"ownership_type", "CLIENT_OWNED"},
        {"status", "ACTIVE"},
        {"primary_business_location", "US"},
        {"owner_business_info", json::object{{"name", "Demo Portfolio"}, {"id", waba.business_id}}},
        {"is_enabled_for_insights", false},
        {"marketing_messages_onboarding_status", "NOT_ONBOARDED"},
        {"whatsapp_business_manager_messaging_limit", "TIER_2K"},
        {"health_status",
         json::object{{"can_send_message", "AVAILABLE"},
                      {"entities", json::array{json::object{{"entity_type", "WABA"},
                                                            {"id", waba.id},
                                                            {"can_send_message", "AVAILABLE"}}}}}}};
}

}  // namespace

GraphReply get_waba(Simulator&, GraphCall& call) {
    const auto fields = call.parameter("fields").value_or(
        "id,name,currency,timezone_id,message_template_namespace");
    return select_fields(render_waba(*call.waba), fields, "WhatsAppBusinessAccount");
}

GraphReply list_phone_numbers(Simulator& simulator, GraphCall& call) {
    const auto fields = call.parameter("fields").value_or(
        "verified_name,code_verification_status,display_phone_number,quality_rating,platform_type,"
        "throughput,webhook_configuration,id");
    json::array all;
    for (const std::string& id : call.waba->phone_ids) {
        const PhoneNumber* phone = simulator.world().find_phone(id);
        auto selected =
            select_fields(render_phone(simulator, *phone), fields, "WhatsAppBusinessPhoneNumber");
        if (!selected) {
            return selected;
        }
        all.push_back(std::move(*selected));
    }
    return render_page(call, simulator, std::move(all));
}

GraphReply list_subscriptions(Simulator& simulator, GraphCall& call) {
    json::array apps;
    if (call.waba->subscribed) {
        const std::string& app_id = simulator.options().app_id;
        json::object app{{"id", app_id},
                         {"link", "https://www.facebook.com/games/?app_id=" + app_id},
                         {"name", "wApi"}};
        json::object entry{{"whatsapp_business_api_data", std::move(app)}};
        if (!call.waba->callback.url.empty()) {
            entry["override_callback_uri"] = call.waba->callback.url;
        }
        apps.push_back(std::move(entry));
    }
    return json::object{{"data", std::move(apps)}};
}

GraphReply remove_subscription(Simulator&, GraphCall& call) {
    call.waba->subscribed = false;
    call.waba->callback = {};
    return success();
}

async::Task<std::expected<void, GraphError>> check_callback(Simulator& simulator,
                                                            const CallbackOverride& callback) {
    if (callback.url.size() > callback_bytes_max) {
        co_return refuse(100, "The callback URL is too long");
    }
    if (callback.url.empty()) {
        co_return std::expected<void, GraphError>{};
    }
    const bool answered = co_await simulator.webhooks().verify(callback.url, callback.verify_token);
    if (!answered) {
        co_return refuse(100, "The callback URL or verify token couldn't be validated.");
    }
    co_return std::expected<void, GraphError>{};
}

async::Task<GraphReply> add_subscription(Simulator& simulator, GraphCall& call) {
    const CallbackOverride callback{call.parameter("override_callback_uri").value_or(""),
                                    call.parameter("verify_token").value_or("")};
    if (const auto checked = co_await check_callback(simulator, callback); !checked) {
        co_return std::unexpected(checked.error());
    }
    Waba* waba = simulator.world().find_waba(call.node);
    if (waba == nullptr) {
        co_return refuse_unknown_node("post", call.node);
    }
    waba->subscribed = true;
    waba->callback = callback;
    co_return success();
}

}  // namespace wapi::cloudsim
