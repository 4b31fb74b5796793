// The simulator as one object: world, tokens, limits, faults, webhook sender, HTTP server.
//
// Everything lives on the network thread. The Graph routes (graph_*.cpp) and the control routes
// (control_*.cpp) are functions on this object. Source: issue 2 part 8, architecture section 11.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/clock.hpp"
#include "cloudsim/faults.hpp"
#include "cloudsim/limits.hpp"
#include "cloudsim/scheduler.hpp"
#include "cloudsim/tokens.hpp"
#include "cloudsim/webhook_sender.hpp"
#include "cloudsim/world.hpp"
#include "net/server.hpp"

namespace wapi::cloudsim {

struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: any free port
    std::string app_id = "670000000001";
    std::string app_secret = "0123456789abcdef0123456789abcdef";
    std::string verify_token = "verify-me";
    std::string webhook_url{};  ///< the app's callback; empty: webhooks are dropped
    std::uint64_t seed = 1;
    std::int64_t latency_ms = 0;
    std::size_t batch_max = 20;
    bool auto_read = false;       ///< customers read what is delivered to them
    bool no_limits = false;       ///< no throughput and no pair limit
    bool open_windows = false;    ///< every 24 h window counts as open
    bool quiet_statuses = false;  ///< no status webhooks
};

struct Counters {
    std::uint64_t graph_calls = 0;
    std::uint64_t accepted = 0;
    std::uint64_t dropped_answers = 0;
    std::uint64_t inbound = 0;
    std::map<int, std::uint64_t> refused_by_code;
};

class Simulator {
  public:
    Simulator(async::Tasks& tasks, net::HttpClient& client, const Clock& clock, Options options);

    /// Starts to serve. Errors: Fault `http.bind`.
    void start();
    [[nodiscard]] std::uint16_t port() const { return server_.port(); }
    [[nodiscard]] std::string base_url() const;
    async::Task<> drain(std::chrono::milliseconds limit) { return server_.drain(limit); }
    /// Back to the default world with the same seed: messages, tokens, faults and queues are gone.
    /// The app's callback is the first one again.
    void reset();

    /// Sends a change to the callback in force: number, else WABA, else app. False when the WABA
    /// has not subscribed the app.
    bool publish(const PhoneNumber* phone, Change change);

    [[nodiscard]] Timestamp now() const { return clock_.now(); }
    [[nodiscard]] const Options& options() const { return options_; }
    [[nodiscard]] World& world() { return *world_; }
    [[nodiscard]] Tokens& tokens() { return *tokens_; }
    [[nodiscard]] Limits& limits() { return limits_; }
    [[nodiscard]] Faults& faults() { return faults_; }
    [[nodiscard]] Counters& counters() { return counters_; }
    [[nodiscard]] Scheduler& scheduler() { return scheduler_; }
    [[nodiscard]] WebhookSender& webhooks() { return webhooks_; }
    /// The app's callback in force.
    [[nodiscard]] std::string& webhook_url() { return webhook_url_; }
    /// Statuses that wait because of the fault `hold_statuses`.
    [[nodiscard]] std::vector<std::function<void()>>& held() { return held_; }

  private:
    void fill_world();

    const Clock& clock_;
    Options options_;
    std::string webhook_url_;
    std::unique_ptr<World> world_;
    std::unique_ptr<Tokens> tokens_;
    Limits limits_;
    Faults faults_;
    Counters counters_;
    Scheduler scheduler_;
    WebhookSender webhooks_;
    std::vector<std::function<void()>> held_;
    net::Server server_;
};

}  // namespace wapi::cloudsim
