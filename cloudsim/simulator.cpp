// Wiring of the simulator. See simulator.hpp.
#include "cloudsim/simulator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cloudsim/routes.hpp"

namespace wapi::cloudsim {
namespace {

// Fields for which a WABA or number may have a callback of its own
// (shared/meta/embedded-signup.md section 4); all others go to the app.
constexpr std::array<std::string_view, 4> overridable_fields = {
    "messages", "smb_message_echoes", "history", "account_settings_update"};

net::ServerOptions server_options(const Options& options) {
    net::ServerOptions server;
    server.address = options.address;
    server.port = options.port;
    return server;
}

SenderOptions sender_options(const Options& options) {
    SenderOptions sender;
    sender.app_secret = options.app_secret;
    sender.seed = options.seed;
    sender.batch_max = options.batch_max;
    return sender;
}

// Request ids need only be distinct within one run.
std::function<std::string()> request_ids() {
    return [next = std::uint64_t{0}]() mutable { return fmt::format("sim-{}", ++next); };
}

}  // namespace

Simulator::Simulator(async::Tasks& tasks, net::HttpClient& client, const Clock& clock,
                     Options options)
    : clock_(clock),
      options_(std::move(options)),
      scheduler_(tasks),
      webhooks_(tasks, client, scheduler_, faults_, sender_options(options_)),
      server_(tasks, server_options(options_), make_routes(*this), nullptr, request_ids()) {
    fill_world();
}

void Simulator::fill_world() {
    webhook_url_ = options_.webhook_url;
    world_ = make_default_world(options_.seed);
    tokens_ = std::make_unique<Tokens>(options_.app_id, options_.app_secret);
    for (const Waba& waba : world_->wabas()) {
        tokens_->issue(*world_, {waba.id}, now());
    }
    faults_ = Faults{};
    faults_.latency_ms = options_.latency_ms;
    limits_ = Limits{};
    counters_ = Counters{};
}

void Simulator::start() {
    scheduler_.start();
    server_.start();
}

std::string Simulator::base_url() const {
    return fmt::format("http://{}:{}", options_.address, server_.port());
}

void Simulator::reset() {
    scheduler_.clear();
    webhooks_.reset();
    held_.clear();
    fill_world();
}

bool Simulator::publish(const PhoneNumber* phone, Change change) {
    const Waba* waba = world_->find_waba(change.waba_id);
    if (waba == nullptr || !waba->subscribed) {
        return false;
    }
    std::string url = webhook_url_;
    if (std::ranges::find(overridable_fields, change.field) != overridable_fields.end()) {
        if (!waba->callback.url.empty()) {
            url = waba->callback.url;
        }
        if (phone != nullptr && !phone->callback.url.empty()) {
            url = phone->callback.url;
        }
    }
    webhooks_.enqueue(url, std::move(change));
    return true;
}

}  // namespace wapi::cloudsim
