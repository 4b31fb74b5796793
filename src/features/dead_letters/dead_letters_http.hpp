// Routes of what went wrong: figures of the queues, dead letters, and replay of stored events.
#pragma once

#include <functional>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "features/webhook_events/webhook_events.hpp"
#include "net/http.hpp"

namespace wapi::dead_letters {

/// What the handlers need.
struct HttpParts {
    db::Db& db;
    const Clock& clock;
    IdGenerator& ids;
    std::function<Result<void>()> accepting;  ///< whether webhooks are taken now, else why not
    std::function<void()> wake_worker;
};

/// The parts are copied into the handlers; what they refer to must outlive the server.
std::vector<net::Route> dead_letters_routes(const HttpParts& parts);

}  // namespace wapi::dead_letters
