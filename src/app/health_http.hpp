// Routes for whoever watches the server: /api/v1/health and /metrics.
//
// Anybody may ask for the health, as load balancers do, so its cost has a limit: however many ask,
// the figures are read one reading at a time, with a pause after each. /metrics tells more, and has
// a token: METRICS_TOKEN as a bearer. Without one only a caller on this machine is answered.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/crypto.hpp"
#include "db/db.hpp"
#include "features/webhook_events/webhook_events.hpp"
#include "net/server.hpp"
#include "queue/queue.hpp"

namespace wapi::app {

/// What waits in the queues, of all workspaces.
struct Backlogs {
    queue::Counts webhooks;
    queue::Counts outbox;
    queue::Counts mail;
    std::size_t search_waiting = 0;  ///< to be indexed, counted up to a bound
    /// So much that was received is unread that nothing is sent (docs/adr/0022).
    bool sending_waits = false;
};

/// Reads the figures of all queues for whoever waits for them. Network thread.
class QueueStatusReader {
  public:
    /// The figures, or the code of the fault that kept them from being read.
    using Outcome = std::expected<Backlogs, std::string>;

    QueueStatusReader(async::Tasks& tasks, db::Db& db, const Clock& clock)
        : tasks_(tasks), db_(db), clock_(clock) {}

    /// What a reading that begins after the call finds, never something older. Callers that wait at
    /// the same time share one.
    async::Task<Outcome> read();

  private:
    struct Reading;
    async::Task<> read_in_turn();
    async::Task<Outcome> read_once();

    async::Tasks& tasks_;
    db::Db& db_;
    const Clock& clock_;
    std::shared_ptr<Reading> next_;  ///< has callers and has not begun
    bool running_ = false;
};

struct HealthParts {
    QueueStatusReader& queues;
    const db::Db& db;
    const Clock& clock;
    std::function<net::ServerStats()> server_stats;
    std::function<std::string()> intake_failing;  ///< why webhooks are refused, or empty
    SecretString
        metrics_token;  ///< METRICS_TOKEN; empty: /metrics for callers on this machine only
    std::function<std::string()> realtime_gauges = {};  ///< what live events add to /metrics
    bool persistence = true;  ///< false: webhooks are answered and thrown away (a benchmark)
};

/// The parts are copied into the handlers; what they refer to must outlive the server.
std::vector<net::Route> health_routes(const HealthParts& parts);

}  // namespace wapi::app
