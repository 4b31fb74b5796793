#include "app/health_http.hpp"

#include <boost/asio/ip/address.hpp>

#include "app/version.hpp"
#include "async/event.hpp"
#include "base/json.hpp"
#include "base/metrics.hpp"
#include "features/mailer/mailer.hpp"
#include "features/search/search.hpp"

namespace wapi::app {
namespace {

using Parts = std::shared_ptr<const HealthParts>;

/// The database rests this long after each reading, whoever asks and however often.
constexpr std::chrono::milliseconds reading_pause{50};

constexpr std::size_t search_waiting_max = 10'000;

/// What a proxy adds. Its peer is not the caller then, and its headers are anybody's to write.
constexpr std::array<std::string_view, 4> forwarding_headers{"forwarded", "x-forwarded-for",
                                                             "x-real-ip", "via"};

bool is_on_this_machine(const net::Request& request) {
    boost::system::error_code failed;
    boost::asio::ip::address peer = boost::asio::ip::make_address(request.remote_ip, failed);
    if (peer.is_v6() && peer.to_v6().is_v4_mapped()) {
        peer = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, peer.to_v6());
    }
    return !failed && peer.is_loopback() &&
           std::ranges::none_of(forwarding_headers, [&request](std::string_view name) {
               return request.has_header(name);
           });
}

bool may_see_metrics(const HealthParts& parts, const net::Request& request) {
    if (parts.metrics_token.empty()) {
        return is_on_this_machine(request);
    }
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view given = request.header("authorization");
    return given.starts_with(scheme) &&
           crypto::constant_time_equal(given.substr(scheme.size()), parts.metrics_token.reveal());
}

std::string_view engine_name(db::Engine engine) {
    return engine == db::Engine::sqlite ? "sqlite" : "postgres";
}

async::Task<Result<net::Response>> handle_health(Parts parts, net::Call&) {
    const auto status = co_await parts->queues.read();
    json::object body{{"version", version}, {"database", engine_name(parts->db.engine())}};
    if (!parts->persistence) {
        body["persistence"] = "off";
    }
    if (!status) {
        body["status"] = "failing";
        body["failing"] = {{"part", "database"}, {"reason", status.error()}};
        co_return net::json_response(json::render(body), 503);
    }
    const Timestamp now = parts->clock.now();
    const std::string refusing = parts->intake_failing();
    body["status"] = refusing.empty() ? "ok" : "failing";
    if (!refusing.empty()) {
        body["failing"] = {{"part", "webhooks"}, {"reason", refusing}};
    }
    body["queue"] = webhook_events::render_counts(status->webhooks, now);
    body["outbox"] = webhook_events::render_counts(status->outbox, now);
    body["mail"] = webhook_events::render_counts(status->mail, now);
    body["sendingWaits"] = status->sending_waits;
    co_return net::json_response(json::render(body), refusing.empty() ? 200 : 503);
}

std::string render_server_gauges(const net::ServerStats& stats) {
    std::string text = render_gauge("wapi_http_connections_open", "Open HTTP connections.",
                                    static_cast<double>(stats.connections_open));
    text += render_gauge("wapi_http_requests_total", "HTTP requests since start.",
                         static_cast<double>(stats.requests));
    text += render_gauge("wapi_http_refused_total", "Connections refused at the limit.",
                         static_cast<double>(stats.refused));
    text += render_gauge("wapi_http_shed_total", "Waiting connections closed to make room.",
                         static_cast<double>(stats.shed));
    return text;
}

std::string render_backlogs(const Backlogs& status) {
    std::string text = render_gauge("wapi_webhook_queue_pending", "Webhook jobs due now.",
                                    static_cast<double>(status.webhooks.pending));
    text += render_gauge("wapi_webhook_queue_delayed", "Webhook jobs waiting for a retry.",
                         static_cast<double>(status.webhooks.delayed));
    text += render_gauge(
        "wapi_dead_letters", "Jobs that used up their retries.",
        static_cast<double>(status.webhooks.dead + status.outbox.dead + status.mail.dead));
    text += render_gauge("wapi_outbox_pending", "Messages due to be sent.",
                         static_cast<double>(status.outbox.pending));
    text += render_gauge("wapi_mail_waiting", "Mails due now, or waiting for a retry.",
                         static_cast<double>(status.mail.pending + status.mail.delayed));
    text += render_gauge("wapi_search_waiting",
                         "Messages and contacts to be indexed, counted up to 10000.",
                         static_cast<double>(status.search_waiting));
    text += render_gauge("wapi_sending_waits",
                         "1 while nothing is sent because too many messages wait unread.",
                         status.sending_waits ? 1 : 0);
    return text;
}

async::Task<Result<net::Response>> handle_metrics(Parts parts, net::Call& call) {
    if (!may_see_metrics(*parts, call.request)) {
        co_return fail(errors::unauthorized,
                       "Metrics need METRICS_TOKEN as a bearer, or a caller on this machine.");
    }
    std::string text = render_counters() + render_server_gauges(parts->server_stats());
    if (parts->realtime_gauges) {
        text += parts->realtime_gauges();
    }
    const db::Stats stats = parts->db.stats();
    text += render_gauge("wapi_db_commits_total", "Transactions committed since start.",
                         static_cast<double>(stats.commits));
    text += render_gauge("wapi_db_waiting", "Database functions waiting.",
                         static_cast<double>(stats.waiting));
    if (const auto status = co_await parts->queues.read()) {
        text += render_backlogs(*status);
    }
    co_return net::Response{.status = 200,
                            .content_type = "text/plain; version=0.0.4; charset=utf-8",
                            .body = std::move(text),
                            .headers = {}};
}

}  // namespace

struct QueueStatusReader::Reading {
    explicit Reading(boost::asio::io_context& io) : done(io) {}
    async::Event done;
    Outcome outcome = std::unexpected("not_read");
};

async::Task<QueueStatusReader::Outcome> QueueStatusReader::read() {
    if (!next_) {
        next_ = std::make_shared<Reading>(tasks_.io());
    }
    const std::shared_ptr<Reading> reading = next_;
    if (!running_) {
        running_ = true;
        tasks_.spawn("health.read", read_in_turn());
    }
    co_await reading->done.wait();
    co_return reading->outcome;
}

async::Task<> QueueStatusReader::read_in_turn() {
    while (next_) {
        const std::shared_ptr<Reading> reading = std::exchange(next_, nullptr);
        reading->outcome = co_await read_once();
        reading->done.set();
        co_await async::sleep_for(reading_pause);
    }
    running_ = false;
}

async::Task<QueueStatusReader::Outcome> QueueStatusReader::read_once() {
    try {
        co_return co_await db_.read("health", [now = clock_.now()](db::Txn& txn) {
            const auto status = webhook_events::read_queue_status(txn, std::nullopt, now);
            return Backlogs{.webhooks = status.webhooks,
                            .outbox = status.outbox,
                            .mail = queue::count(txn, mailer::queue_name, std::nullopt, now),
                            .search_waiting = search::count_waiting(txn, search_waiting_max),
                            .sending_waits = webhook_events::are_behind(txn)};
        });
    } catch (const Fault& fault) {
        co_return std::unexpected(fault.code());
    } catch (const std::exception&) {
        co_return std::unexpected("unknown");  // whoever waits must be answered whatever happens
    }
}

std::vector<net::Route> health_routes(const HealthParts& parts) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const auto shared = std::make_shared<const HealthParts>(parts);
    return {
        {Verb::get, "/api/v1/health", Auth::none, "", RateClass::none, 0, "getHealth",
         [shared](net::Call& call) { return handle_health(shared, call); }},
        {Verb::get, "/metrics", Auth::none, "", RateClass::none, 0, "getMetrics",
         [shared](net::Call& call) { return handle_metrics(shared, call); }},
    };
}

}  // namespace wapi::app
