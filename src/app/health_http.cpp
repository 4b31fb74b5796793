#include "app/health_http.hpp"

#include "app/version.hpp"
#include "base/json.hpp"
#include "base/metrics.hpp"
#include "features/webhooks/webhooks_http.hpp"

namespace wapi::app {
namespace {

using Parts = std::shared_ptr<const HealthParts>;

async::Task<std::expected<webhooks::QueueStatus, std::string>> read_status(Parts parts,
                                                                           Timestamp now) {
    try {
        co_return co_await parts->db.read("health", [now](db::Txn& txn) {
            return webhooks::read_queue_status(txn, std::nullopt, now);
        });
    } catch (const Fault& fault) {
        co_return std::unexpected(fault.code());
    }
}

std::string_view engine_name(db::Engine engine) {
    return engine == db::Engine::sqlite ? "sqlite" : "postgres";
}

async::Task<Result<net::Response>> handle_health(Parts parts, net::Call&) {
    const Timestamp now = parts->clock.now();
    const auto status = co_await read_status(parts, now);
    json::object body{{"version", version}, {"database", engine_name(parts->db.engine())}};
    if (!status) {
        body["status"] = "failing";
        body["failing"] = {{"part", "database"}, {"reason", status.error()}};
        co_return net::json_response(json::render(body), 503);
    }
    body["status"] = "ok";
    body["queue"] = webhooks::render_counts(status->webhooks, now);
    body["outbox"] = webhooks::render_counts(status->outbox, now);
    co_return net::json_response(json::render(body));
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

async::Task<Result<net::Response>> handle_metrics(Parts parts, net::Call&) {
    const Timestamp now = parts->clock.now();
    std::string text = render_counters() + render_server_gauges(parts->server_stats());
    const db::Stats stats = parts->db.stats();
    text += render_gauge("wapi_db_commits_total", "Transactions committed since start.",
                         static_cast<double>(stats.commits));
    text += render_gauge("wapi_db_waiting", "Database functions waiting.",
                         static_cast<double>(stats.waiting));
    if (const auto status = co_await read_status(parts, now)) {
        text += render_gauge("wapi_webhook_queue_pending", "Webhook jobs due now.",
                             static_cast<double>(status->webhooks.pending));
        text += render_gauge("wapi_webhook_queue_delayed", "Webhook jobs waiting for a retry.",
                             static_cast<double>(status->webhooks.delayed));
        text += render_gauge("wapi_dead_letters", "Jobs that used up their retries.",
                             static_cast<double>(status->webhooks.dead + status->outbox.dead));
        text += render_gauge("wapi_outbox_pending", "Messages due to be sent.",
                             static_cast<double>(status->outbox.pending));
    }
    co_return net::Response{.status = 200,
                            .content_type = "text/plain; version=0.0.4; charset=utf-8",
                            .body = std::move(text),
                            .headers = {}};
}

}  // namespace

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
