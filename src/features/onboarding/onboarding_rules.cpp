// Decisions of onboarding. See onboarding_rules.hpp.
#include "features/onboarding/onboarding_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "features/onboarding/onboarding.hpp"

namespace wapi::onboarding {
namespace {

constexpr int code_pin_wrong = 133005;
constexpr int code_not_verified = 133006;
constexpr std::array<std::string_view, 2> scopes_needed{"whatsapp_business_management",
                                                        "whatsapp_business_messaging"};

int pace_of(const whatsapp::PhoneInfo& phone) {
    if (phone.is_on_biz_app) {
        return numbers::messages_per_second_coexistence;
    }
    return phone.throughput_level == "HIGH" ? numbers::messages_per_second_high
                                            : numbers::messages_per_second_default;
}

}  // namespace

Result<void> check_token(const whatsapp::TokenInfo& info, const WabaId& waba_id,
                         std::string_view app_id) {
    if (!info.is_valid) {
        return fail_field(whatsapp::errors::token_invalid, "accessToken");
    }
    if (!app_id.empty() && info.app_id != app_id) {
        return fail_field(errors::token_of_another_app, "accessToken");
    }
    for (const std::string_view scope : scopes_needed) {
        if (std::ranges::find(info.scopes, scope) == info.scopes.end()) {
            return fail_field(errors::token_scope_missing, "accessToken",
                              fmt::format("The access token lacks the permission {}.", scope));
        }
    }
    const bool granted =
        !info.waba_ids || std::ranges::find(*info.waba_ids, waba_id.value) != info.waba_ids->end();
    if (!granted) {
        return fail_field(errors::waba_not_granted, "wabaId");
    }
    return {};
}

Result<whatsapp::PhoneInfo> pick_phone(const std::vector<whatsapp::PhoneInfo>& phones,
                                       const PhoneNumberId& phone_number_id) {
    const auto found = std::ranges::find(phones, phone_number_id, &whatsapp::PhoneInfo::id);
    if (found == phones.end()) {
        return fail_field(errors::phone_not_in_waba, "phoneNumberId");
    }
    return *found;
}

numbers::Number to_number(const whatsapp::PhoneInfo& phone, const WabaId& waba_id,
                          const WorkspaceId& workspace,
                          const std::optional<numbers::Number>& stored, Timestamp now) {
    numbers::Number number;
    number.status = numbers::status::pending;
    number.connected_at = now;
    if (stored) {
        number = *stored;
    }
    number.workspace = workspace;
    number.phone_number_id = phone.id;
    number.waba_id = waba_id;
    number.display_phone = plain_phone(phone.display_phone_number);
    number.verified_name = phone.verified_name;
    number.quality_rating = phone.quality_rating.empty() ? "UNKNOWN" : phone.quality_rating;
    number.messages_per_second = pace_of(phone);
    number.status_reason.clear();
    return number;
}

bool must_register(const whatsapp::PhoneInfo& phone, const numbers::Number& number,
                   bool pin_given) {
    const bool done = number.registered && phone.status == "CONNECTED" && !pin_given;
    return !phone.is_on_biz_app && !done;
}

Error to_register_error(const whatsapp::GraphFailure& failure) {
    const whatsapp::Refused* refused = std::get_if<whatsapp::Refused>(&failure);
    if (refused != nullptr && refused->code == code_pin_wrong) {
        return fail_field(errors::pin_mismatch, "pin").error();
    }
    if (refused != nullptr && refused->code == code_not_verified) {
        return fail_field(errors::phone_not_verified, "phoneNumberId").error();
    }
    return whatsapp::to_error(failure);
}

std::string plain_phone(std::string_view display_phone_number) {
    std::string digits = "+";
    for (const char letter : display_phone_number) {
        if (letter >= '0' && letter <= '9') {
            digits.push_back(letter);
        }
    }
    return digits.size() > 1 ? digits : std::string();
}

SecretString make_pin(Rng& rng) {
    return SecretString(fmt::format("{:06}", rng.next_u64() % 1'000'000));
}

bool is_pin(std::string_view text) {
    return text.size() == 6 &&
           std::ranges::all_of(text, [](char letter) { return letter >= '0' && letter <= '9'; });
}

Error at_step(std::string_view step, Error error) {
    error.message = fmt::format("{}: {}", step, error.message);
    return error;
}

}  // namespace wapi::onboarding
