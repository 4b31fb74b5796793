// Routes of webhooks: Meta's handshake and events, queues, dead letters, replay.
#pragma once

#include <boost/json/object.hpp>
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
    db::Db& db;
    const Clock& clock;
    SecretString verify_token;              ///< META_VERIFY_TOKEN
    std::vector<SecretString> app_secrets;  ///< META_APP_SECRET: several while one is rotated
    std::function<void()> wake_worker;
};

/// The parts are copied into the handlers; what they refer to must outlive the server.
std::vector<net::Route> webhooks_routes(const HttpParts& parts);

/// {pending, delayed, dead, oldestAgeMs} as /health and /queues/status show it.
boost::json::object render_counts(const queue::Counts& counts, Timestamp now);

}  // namespace wapi::webhooks
