#include "features/meta_callbacks/meta_callbacks_request.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "features/meta_callbacks/meta_callbacks.hpp"
#include "whatsapp/signature.hpp"

namespace wapi::meta_callbacks {
namespace {

namespace json = boost::json;

constexpr std::size_t code_characters = 32;
/// Beyond it microseconds do not fit.
constexpr std::int64_t seconds_max = 9'000'000'000'000;

/// Meta writes ids as text; a number is accepted as well.
std::string text_of(const json::object& object, std::string_view name) {
    const json::value* found = object.if_contains(name);
    if (found != nullptr && found->is_string()) {
        return std::string(found->get_string());
    }
    return found != nullptr && found->is_int64() ? std::to_string(found->get_int64())
                                                 : std::string();
}

std::optional<Timestamp> time_of(const json::object& object, std::string_view name) {
    const json::value* found = object.if_contains(name);
    if (found == nullptr || !found->is_int64() || found->get_int64() < 0 ||
        found->get_int64() > seconds_max) {
        return std::nullopt;
    }
    return Timestamp{std::chrono::seconds(found->get_int64())};
}

bool is_user_id(std::string_view text) {
    return !text.empty() && text.size() <= user_id_bytes_max &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<SignedRequest> parse_signed_request(std::string_view text,
                                           std::span<const SecretString> app_secrets,
                                           Timestamp now) {
    const auto payload = text.size() <= signed_request_bytes_max
                             ? whatsapp::open_signed_request(text, app_secrets)
                             : std::nullopt;
    if (!payload) {
        return fail(errors::signed_request_refused);
    }
    const json::value parsed = json::parse(*payload);
    const json::object& content = parsed.as_object();
    const std::optional<Timestamp> issued_at = time_of(content, "issued_at");
    SignedRequest request{.user_id = text_of(content, "user_id"),
                          .issued_at = issued_at.value_or(Timestamp{})};
    const bool near =
        issued_at && *issued_at >= now - age_max && *issued_at <= now + clock_difference_max;
    if (text_of(content, "algorithm") != "HMAC-SHA256" || !is_user_id(request.user_id) || !near) {
        return fail(errors::signed_request_refused);
    }
    return request;
}

std::string confirmation_code(std::string_view signed_request, const SecretString& app_secret) {
    const std::string_view payload = signed_request.substr(signed_request.find('.') + 1);
    return crypto::hex_encode(crypto::hmac_sha256(app_secret.reveal(),
                                                  "wapi-deletion-code\n" + std::string(payload)))
        .substr(0, code_characters);
}

bool is_confirmation_code(std::string_view text) {
    return text.size() == code_characters && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

}  // namespace wapi::meta_callbacks
