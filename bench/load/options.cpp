// The command line of wapi-load: see options.hpp.
#include "bench/load/options.hpp"

#include <chrono>
#include <sstream>

#include <CLI/CLI.hpp>

namespace wapi::load {
namespace {

/// Options that CLI11 reads as plain numbers before they become durations.
struct RawTimes {
    double duration_s = 0;
    double warmup_s = 0;
    std::int64_t timeout_ms = 10'000;
};

void describe_bodies(CLI::App& app, Options& options) {
    options.mix.phone_number_ids = {"1080000000001"};
    app.add_option("--seed", options.mix.seed, "Same seed, same bodies")->capture_default_str();
    app.add_option("--contacts", options.mix.contacts, "Distinct customers")
        ->check(CLI::Range(1, 100'000'000))
        ->capture_default_str();
    app.add_option("--phone-number-ids", options.mix.phone_number_ids,
                   "Business numbers, comma separated")
        ->delimiter(',')
        ->capture_default_str();
    app.add_option("--waba-id", options.mix.waba_id, "Id of the entry")->capture_default_str();
    app.add_option("--status-percent", options.mix.status_percent, "Share of statuses")
        ->check(CLI::Range(0, 100))
        ->capture_default_str();
    app.add_option("--stop-per-mille", options.mix.stop_per_mille, "Share of messages saying STOP")
        ->check(CLI::Range(0, 1'000))
        ->capture_default_str();
    app.add_option("--start-seconds", options.mix.start_seconds, "WhatsApp time of the first body")
        ->capture_default_str();
    app.add_option("--first", options.first, "Index of the first body")->capture_default_str();
    app.add_option("--count", options.count, "Number of bodies; 0 is no limit")
        ->capture_default_str();
    app.add_option("--write-bodies", options.bodies_path,
                   "Write --count bodies to this file, one JSON a line, and send nothing");
}

void describe_run(CLI::App& app, Options& options, RawTimes& times) {
    app.add_option("--port", options.target.port, "Port on 127.0.0.1");
    app.add_option("--path", options.target.path, "HTTP path")->capture_default_str();
    app.add_option("--app-secret", options.target.app_secret, "Secret that signs the bodies")
        ->envname("META_APP_SECRET");
    app.add_option("--connections", options.plan.connections, "Connections kept open")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    app.add_option("--rate", options.plan.rate, "Open loop: requests per second; 0 is closed loop")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_option("--duration", times.duration_s, "Seconds to send, warm-up included; 0: --count")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_option("--warmup", times.warmup_s, "Seconds at the start that are not measured")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_option("--timeout-ms", times.timeout_ms, "Longest wait for one answer")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--prepare", options.prepare, "Requests made and signed before the start")
        ->capture_default_str();
    app.add_option("--ledger", options.ledger_path, "Append each acknowledged wamid to this file");
    app.add_flag("--repeat", options.plan.repeat, "Send again what was not answered 200");
}

std::string find_contradiction(const Options& options, const RawTimes& times) {
    if (!options.bodies_path.empty()) {
        return options.count == 0 ? "--write-bodies needs --count" : "";
    }
    if (options.target.port == 0) {
        return "--port is required";
    }
    if (options.target.app_secret.empty()) {
        return "--app-secret (or META_APP_SECRET) is required";
    }
    if (times.duration_s <= 0 && options.count == 0) {
        return "--duration or --count is required";
    }
    return times.duration_s > 0 && times.warmup_s >= times.duration_s
               ? "--warmup must be shorter than --duration"
               : "";
}

std::chrono::nanoseconds seconds_to_ns(double seconds) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(seconds));
}

}  // namespace

std::expected<Options, EarlyExit> parse_options(int count, const char* const* arguments) {
    CLI::App app{"Sends signed webhooks to 127.0.0.1 and measures the answers", "wapi-load"};
    Options options;
    RawTimes times;
    describe_bodies(app, options);
    describe_run(app, options, times);
    try {
        app.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        const int code = app.exit(error, out, out);
        return std::unexpected(EarlyExit{code, out.str()});
    }
    const std::string problem = find_contradiction(options, times);
    if (!problem.empty()) {
        return std::unexpected(EarlyExit{2, problem + "\n"});
    }
    options.plan.port = options.target.port;
    options.plan.duration = seconds_to_ns(times.duration_s);
    options.plan.warmup = seconds_to_ns(times.warmup_s);
    options.plan.timeout = std::chrono::milliseconds(times.timeout_ms);
    return options;
}

}  // namespace wapi::load
