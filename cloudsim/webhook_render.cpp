// Rendering of webhooks. See webhook_render.hpp.
#include "cloudsim/webhook_render.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "base/crypto.hpp"
#include "cloudsim/graph_error.hpp"

namespace wapi::cloudsim {
namespace {

std::string seconds_text(Timestamp at) {
    return std::to_string(
        std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count());
}

json::object message_value(const PhoneNumber& phone) {
    return json::object{{"messaging_product", "whatsapp"},
                        {"metadata", json::object{{"display_phone_number", phone.digits},
                                                  {"phone_number_id", phone.id}}}};
}

bool shows_phone(const Customer& customer) {
    return !customer.phone_hidden && !customer.phone.empty();
}

json::object render_contact(const Customer& customer, bool with_phone) {
    json::object profile{{"name", customer.name}};
    if (!customer.username.empty()) {
        profile["username"] = customer.username;
    }
    json::object contact{{"profile", std::move(profile)}};
    if (with_phone) {
        contact["wa_id"] = customer.phone;
    }
    contact["user_id"] = customer.user_id;
    return contact;
}

json::object render_pricing(const Message& message) {
    return json::object{{"billable", true},
                        {"pricing_model", "PMP"},
                        {"type", "regular"},
                        {"category", message.category}};
}

// The legacy SHA-1 signature, which Meta still sends and receivers are to ignore.
std::string render_legacy_signature(std::string_view secret, std::string_view body) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest.data(), &length);
    return "sha1=" + crypto::hex_encode({reinterpret_cast<const char*>(digest.data()), length});
}

}  // namespace

json::object render_inbound_message(const Customer& customer, std::string_view message_id,
                                    Timestamp at, const json::object& content) {
    json::object message;
    if (shows_phone(customer)) {
        message["from"] = customer.phone;
    }
    message["from_user_id"] = customer.user_id;
    message["id"] = message_id;
    message["timestamp"] = seconds_text(at);
    for (const auto& field : content) {
        message[field.key()] = field.value();
    }
    return message;
}

Change render_inbound(const PhoneNumber& phone, const Customer& customer, json::object content) {
    json::object value = message_value(phone);
    value["contacts"] = json::array{render_contact(customer, shows_phone(customer))};
    value["messages"] = json::array{std::move(content)};
    return {phone.waba_id, "messages", std::move(value)};
}

Change render_status(const Message& message, const StatusStep& step, Timestamp at) {
    const Customer& customer = *message.customer;
    const bool with_phone =
        shows_phone(customer) || (message.addressed_by_phone && !customer.phone.empty());
    json::object value = message_value(*message.phone);
    json::object status{
        {"id", message.id}, {"status", state_name(step.state)}, {"timestamp", seconds_text(at)}};
    if (with_phone) {
        status["recipient_id"] = customer.phone;
    }
    status["recipient_user_id"] = customer.user_id;
    if (!message.callback_data.empty()) {
        status["biz_opaque_callback_data"] = message.callback_data;
    }
    if (!message.template_id.empty()) {
        status["template_id"] = message.template_id;
    }
    if (step.with_pricing) {
        status["pricing"] = render_pricing(message);
    }
    if (step.state == MessageState::failed) {
        status["errors"] = json::array{render_webhook_error(step.error_code)};
    } else {
        json::object contact = render_contact(customer, with_phone);
        // Meta leaves the username out of the first status.
        if (step.state == MessageState::sent) {
            contact["profile"].as_object().erase("username");
        }
        value["contacts"] = json::array{std::move(contact)};
    }
    value["statuses"] = json::array{std::move(status)};
    return {message.phone->waba_id, "messages", std::move(value)};
}

Change render_preference(const PhoneNumber& phone, const Customer& customer, std::string_view value,
                         Timestamp at) {
    json::object content = message_value(phone);
    content["contacts"] = json::array{render_contact(customer, shows_phone(customer))};
    json::object preference;
    if (shows_phone(customer)) {
        preference["wa_id"] = customer.phone;
    }
    preference["user_id"] = customer.user_id;
    preference["detail"] = fmt::format("User requested to {} marketing messages", value);
    preference["category"] = "marketing_messages";
    preference["value"] = value;
    preference["timestamp"] =
        std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
    content["user_preferences"] = json::array{std::move(preference)};
    return {phone.waba_id, "user_preferences", std::move(content)};
}

Change render_template_status(const Waba& waba, const Template& entry) {
    json::object value{{"event", entry.status},
                       {"message_template_id", std::stoll(entry.id)},
                       {"message_template_name", entry.name},
                       {"message_template_language", entry.language},
                       {"reason", entry.rejected_reason},
                       {"message_template_category", entry.category}};
    return {waba.id, "message_template_status_update", std::move(value)};
}

json::object render_envelope(std::vector<Change> changes) {
    std::vector<std::pair<std::string, json::array>> entries;
    for (Change& change : changes) {
        auto found =
            std::ranges::find(entries, change.waba_id, &std::pair<std::string, json::array>::first);
        if (found == entries.end()) {
            entries.emplace_back(change.waba_id, json::array{});
            found = entries.end() - 1;
        }
        found->second.push_back(
            json::object{{"value", std::move(change.value)}, {"field", change.field}});
    }
    json::array rendered;
    for (auto& [waba_id, list] : entries) {
        rendered.push_back(json::object{{"id", waba_id}, {"changes", std::move(list)}});
    }
    return json::object{{"object", "whatsapp_business_account"}, {"entry", std::move(rendered)}};
}

std::string render_signature(std::string_view app_secret, std::string_view body) {
    return "sha256=" + crypto::hex_encode(crypto::hmac_sha256(app_secret, body));
}

std::vector<std::pair<std::string, std::string>> render_headers(std::string_view app_secret,
                                                                std::string_view body) {
    return {{"Content-Type", "application/json"},
            {"User-Agent", "facebookexternalua"},
            {"X-Hub-Signature", render_legacy_signature(app_secret, body)},
            {"X-Hub-Signature-256", render_signature(app_secret, body)}};
}

}  // namespace wapi::cloudsim
