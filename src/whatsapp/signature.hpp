// Proof that a request comes from Meta, and that a call to Meta comes from this app.
//
// All three are HMAC-SHA256 with an app secret. A webhook is signed over its raw bytes, so it must
// be checked before anything parses or rewrites the body. Several secrets are tried, for several
// apps and for rotation. Source: meta-facts, "Webhooks: delivery", "appsecret_proof",
// "signed_request".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/crypto.hpp"

namespace wapi::whatsapp {

/// True when `header` (the value of X-Hub-Signature-256: "sha256=" and 64 hex digits) was made over
/// exactly these body bytes with one of the secrets. Constant time in the signature. False for a
/// missing or malformed header and when there are no secrets; an empty secret never matches.
bool verify_signature(std::string_view header, std::string_view body,
                      std::span<const SecretString> app_secrets);

/// The `appsecret_proof` parameter of a Graph call: hex of HMAC-SHA256(app secret, access token).
std::string make_appsecret_proof(std::string_view access_token, std::string_view app_secret);

/// The JSON payload of a `signed_request` (deauthorisation and data deletion callbacks). Empty
/// optional: malformed, or signed with none of the secrets.
std::optional<std::string> open_signed_request(std::string_view signed_request,
                                               std::span<const SecretString> app_secrets);

}  // namespace wapi::whatsapp
