// Decisions of onboarding without I/O: what Meta's answers mean for the person who connects a
// number.
#pragma once

#include <string>
#include <string_view>

#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/rng.hpp"
#include "features/numbers/numbers.hpp"
#include "whatsapp/graph_types.hpp"

namespace wapi::onboarding {

/// `app_id`: the app that webhooks come from; empty when it is not known. Errors: token_invalid,
/// token_of_another_app, token_scope_missing, waba_not_granted.
Result<void> check_token(const whatsapp::TokenInfo& info, const WabaId& waba_id,
                         std::string_view app_id);

/// The number of that id. Errors: phone_not_in_waba.
Result<whatsapp::PhoneInfo> pick_phone(const std::vector<whatsapp::PhoneInfo>& phones,
                                       const PhoneNumberId& phone_number_id);

/// The row as Meta describes the number; what only we know is taken from `stored`.
numbers::Number to_number(const whatsapp::PhoneInfo& phone, const WabaId& waba_id,
                          const WorkspaceId& workspace,
                          const std::optional<numbers::Number>& stored, Timestamp now);

/// Whether `register` must be called: not for coexistence, and not again for a number that is
/// registered and connected already, as Meta allows ten calls in 72 hours.
bool must_register(const whatsapp::PhoneInfo& phone, const numbers::Number& number, bool pin_given);

/// What a refused registration means. Errors: pin_mismatch (133005), phone_not_verified (133006),
/// else those of whatsapp::to_error. Source: meta/errors.md.
Error to_register_error(const whatsapp::GraphFailure& failure);

/// `+15550001111` from `+1 555-000-1111`.
std::string plain_phone(std::string_view display_phone_number);

/// Six random digits.
SecretString make_pin(Rng& rng);
bool is_pin(std::string_view text);

/// The same error with the step's name before its message.
Error at_step(std::string_view step, Error error);

}  // namespace wapi::onboarding
