// wapi-cloudsim: a stand-in for graph.facebook.com. Arguments, start, clean stop on a signal.
//
// Prints one line when it is ready, so that scripts need not poll. See cloudsim/README.md.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>

#include "base/log.hpp"
#include "cloudsim/simulator.hpp"

namespace {

using namespace wapi;

constexpr std::chrono::seconds stop_limit{3};

void add_options(CLI::App& app, cloudsim::Options& options) {
    app.add_option("--port", options.port, "Port to listen on; 0 takes any free one");
    app.add_option("--address", options.address, "Address to listen on");
    app.add_option("--app-id", options.app_id, "Id of the simulated app");
    app.add_option("--app-secret", options.app_secret, "Key of webhook signatures");
    app.add_option("--verify-token", options.verify_token, "Token of the webhook handshake");
    app.add_option("--webhook-url", options.webhook_url, "Where webhooks go");
    app.add_option("--seed", options.seed, "Same seed, same ids and delays");
    app.add_option("--latency-ms", options.latency_ms, "Added to every Graph answer");
    app.add_option("--batch-max", options.batch_max, "Changes in one webhook POST")
        ->check(CLI::Range(1, 1000));
    app.add_flag("--auto-read", options.auto_read, "Customers read what they get");
    app.add_flag("--no-limits", options.no_limits, "No throughput and no pair limit");
    app.add_flag("--open-windows", options.open_windows, "Every 24 h window counts as open");
    app.add_flag("--quiet-statuses", options.quiet_statuses, "No status webhooks");
}

async::Task<> stop_on_signal(async::Tasks& tasks, cloudsim::Simulator& simulator) {
    boost::asio::signal_set signals(tasks.io(), SIGINT, SIGTERM);
    co_await signals.async_wait(boost::asio::use_awaitable);
    tasks.stop();
    co_await simulator.drain(std::chrono::duration_cast<std::chrono::milliseconds>(stop_limit));
    tasks.io().stop();
}

int run(const cloudsim::Options& options) {
    boost::asio::io_context io(1);
    async::Tasks tasks(io);
    SystemClock clock;
    const auto client = net::make_curl_client(io);
    cloudsim::Simulator simulator(tasks, *client, clock, options);
    simulator.start();
    tasks.spawn("cloudsim.stop", stop_on_signal(tasks, simulator));
    fmt::print("listening on {}\n", simulator.base_url());
    std::fflush(stdout);
    io.run();
    return 0;
}

}  // namespace

int main(int argument_count, char** arguments) {
    cloudsim::Options options;
    CLI::App app("A simulated WhatsApp Cloud API");
    add_options(app, options);
    CLI11_PARSE(app, argument_count, arguments);
    log::configure("warn");
    try {
        return run(options);
    } catch (const std::exception& error) {
        log::error("cloudsim.failed", {{"reason", error.what()}});
        return 1;
    }
}
