#include "whatsapp/signature.hpp"

#include <boost/json.hpp>

namespace wapi::whatsapp {
namespace {

/// Tries every secret, so that the time does not tell which one matched.
bool any_secret_signs(std::string_view signature, std::string_view data,
                      std::span<const SecretString> app_secrets) {
    bool matched = false;
    for (const SecretString& secret : app_secrets) {
        if (!secret.empty()) {
            const crypto::Digest digest = crypto::hmac_sha256(secret.reveal(), data);
            matched |= crypto::constant_time_equal(crypto::as_text(digest), signature);
        }
    }
    return matched;
}

}  // namespace

bool verify_signature(std::string_view header, std::string_view body,
                      std::span<const SecretString> app_secrets) {
    constexpr std::string_view scheme = "sha256=";
    if (!header.starts_with(scheme) || header.size() != scheme.size() + 64) {
        return false;
    }
    const std::optional<std::string> signature = crypto::hex_decode(header.substr(scheme.size()));
    return signature && any_secret_signs(*signature, body, app_secrets);
}

std::string make_appsecret_proof(std::string_view access_token, std::string_view app_secret) {
    return crypto::hex_encode(crypto::hmac_sha256(app_secret, access_token));
}

std::optional<std::string> open_signed_request(std::string_view signed_request,
                                               std::span<const SecretString> app_secrets) {
    const std::size_t dot = signed_request.find('.');
    if (dot == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view encoded_payload = signed_request.substr(dot + 1);
    const std::optional<std::string> signature =
        crypto::base64url_decode(signed_request.substr(0, dot));
    if (!signature || !any_secret_signs(*signature, encoded_payload, app_secrets)) {
        return std::nullopt;
    }
    std::optional<std::string> payload = crypto::base64url_decode(encoded_payload);
    boost::system::error_code failed;
    if (payload && boost::json::parse(*payload, failed).is_object() && !failed) {
        return payload;
    }
    return std::nullopt;
}

}  // namespace wapi::whatsapp
