// The number node: fields, registration with its PIN, settings.
//
// Source: shared/meta/embedded-signup.md section 5, errors.md 133005-133016, cloud-api.md
// section 7.
#include <algorithm>

#include "cloudsim/graph.hpp"

namespace wapi::cloudsim {
namespace {

constexpr std::size_t registrations_max = 10;
constexpr std::chrono::hours registrations_window{72};
constexpr std::size_t pin_digits = 6;

bool is_pin(std::string_view pin) {
    return pin.size() == pin_digits &&
           std::ranges::all_of(pin, [](char c) { return c >= '0' && c <= '9'; });
}

// Counts a register or deregister call; false when ten were made in 72 hours.
bool take_registration(PhoneNumber& phone, Timestamp now) {
    while (!phone.registrations.empty() &&
           now - phone.registrations.front() > registrations_window) {
        phone.registrations.pop_front();
    }
    if (phone.registrations.size() >= registrations_max) {
        return false;
    }
    phone.registrations.push_back(now);
    return true;
}

std::expected<void, GraphError> check_product(const GraphCall& call) {
    if (call.parameter("messaging_product").value_or("") != "whatsapp") {
        return refuse(100, "The parameter messaging_product is required.");
    }
    return {};
}

std::expected<CallbackOverride, GraphError> read_override(const json::object& body) {
    const json::value* settings = body.if_contains("webhook_configuration");
    if (settings == nullptr || !settings->is_object()) {
        return refuse(100, "Send pin or webhook_configuration");
    }
    const auto url =
        json::optional_string(settings->as_object(), "override_callback_uri", {0, 2000});
    const auto token = json::optional_string(settings->as_object(), "verify_token", {0, 2000});
    if (!url || !token) {
        return refuse(100, "override_callback_uri and verify_token are texts");
    }
    return CallbackOverride{url->value_or(""), token->value_or("")};
}

}  // namespace

json::object render_phone(Simulator& simulator, const PhoneNumber& phone) {
    json::object webhooks;
    const Waba* waba = simulator.world().find_waba(phone.waba_id);
    if (!phone.callback.url.empty()) {
        webhooks["phone_number"] = phone.callback.url;
    }
    if (!waba->callback.url.empty()) {
        webhooks["whatsapp_business_account"] = waba->callback.url;
    }
    if (!simulator.webhook_url().empty()) {
        webhooks["application"] = simulator.webhook_url();
    }
    return json::object{
        {"id", phone.id},
        {"display_phone_number", phone.display},
        {"verified_name", phone.verified_name},
        {"quality_rating", "GREEN"},
        {"code_verification_status", "VERIFIED"},
        {"name_status", "APPROVED"},
        {"status", phone.registered ? "CONNECTED" : "DISCONNECTED"},
        {"platform_type", phone.registered ? "CLOUD_API" : "NOT_APPLICABLE"},
        {"throughput", json::object{{"level", phone.registered ? "STANDARD" : "NOT_APPLICABLE"}}},
        {"account_mode", "LIVE"},
        {"is_official_business_account", false},
        {"is_on_biz_app", false},
        {"is_pin_enabled", !phone.pin.empty()},
        {"last_onboarded_time", "2026-09-01T10:00:00+0000"},
        {"webhook_configuration", std::move(webhooks)},
        {"whatsapp_business_manager_messaging_limit", "TIER_2K"},
        {"health_status",
         json::object{{"can_send_message", phone.registered ? "AVAILABLE" : "BLOCKED"}}}};
}

GraphReply get_phone(Simulator& simulator, GraphCall& call) {
    const auto fields = call.parameter("fields").value_or(
        "verified_name,code_verification_status,display_phone_number,quality_rating,platform_type,"
        "throughput,webhook_configuration,id");
    return select_fields(render_phone(simulator, *call.phone), fields,
                         "WhatsAppBusinessPhoneNumber");
}

async::Task<GraphReply> update_phone(Simulator& simulator, GraphCall& call) {
    if (const auto pin = call.parameter("pin")) {
        if (!is_pin(*pin)) {
            co_return refuse(100, "The PIN must have 6 digits");
        }
        call.phone->pin = *pin;
        co_return success();
    }
    const auto callback = read_override(call.body);
    if (!callback) {
        co_return std::unexpected(callback.error());
    }
    if (const auto checked = co_await check_callback(simulator, *callback); !checked) {
        co_return std::unexpected(checked.error());
    }
    PhoneNumber* phone = simulator.world().find_phone(call.node);
    if (phone == nullptr) {
        co_return refuse_unknown_node("post", call.node);
    }
    phone->callback = *callback;
    co_return success();
}

GraphReply register_phone(Simulator& simulator, GraphCall& call) {
    if (auto done = check_product(call); !done) {
        return std::unexpected(done.error());
    }
    const auto pin = call.parameter("pin");
    if (!pin) {
        return refuse(100, "The parameter pin is required.");
    }
    if (!is_pin(*pin)) {
        return refuse(100, "The PIN must have 6 digits");
    }
    if (!take_registration(*call.phone, simulator.now())) {
        return refuse(133016);
    }
    if (!call.phone->pin.empty() && call.phone->pin != *pin) {
        return refuse(133005);
    }
    call.phone->pin = *pin;
    call.phone->registered = true;
    return success();
}

GraphReply deregister_phone(Simulator& simulator, GraphCall& call) {
    if (!call.phone->registered) {
        return refuse(133010);
    }
    if (!take_registration(*call.phone, simulator.now())) {
        return refuse(133016);
    }
    call.phone->registered = false;
    return success();
}

}  // namespace wapi::cloudsim
