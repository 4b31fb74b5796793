// Routes of webhooks: Meta's handshake and events.
#pragma once

#include <string>
#include <vector>

#include "base/crypto.hpp"
#include "features/webhooks/webhook_intake.hpp"
#include "features/webhooks/webhooks.hpp"
#include "net/http.hpp"

namespace wapi::webhooks {

/// What the handlers need.
struct HttpParts {
    Intake& intake;
    SecretString verify_token;              ///< META_VERIFY_TOKEN
    std::vector<SecretString> app_secrets;  ///< META_APP_SECRET: several while one is rotated
};

/// The parts are copied into the handlers; what they refer to must outlive the server.
std::vector<net::Route> webhooks_routes(const HttpParts& parts);

}  // namespace wapi::webhooks
