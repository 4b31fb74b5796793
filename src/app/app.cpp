#include "app/app.hpp"

#include <unistd.h>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>

#include "app/mail.hpp"
#include "app/routes.hpp"
#include "app/secret_store.hpp"
#include "app/version.hpp"
#include "async/run_main.hpp"
#include "base/log.hpp"
#include "features/api_keys/api_keys_http.hpp"
#include "features/assignment/assignment.hpp"
#include "features/housekeeping/housekeeping.hpp"
#include "features/rate_limits/rate_limits_http.hpp"
#include "features/vault/vault_rotation.hpp"
#include "features/webhooks/webhook_worker.hpp"
#include "net/descriptors.hpp"
#include "net/http_client.hpp"
#include "net/server.hpp"

namespace wapi::app {
namespace {

constexpr std::size_t password_threads = 2;

std::string prepared_data_dir(const Config& config) {
    std::filesystem::create_directories(config.data_dir);
    return config.data_dir;
}

whatsapp::GraphOptions graph_options(const Config& config) {
    whatsapp::GraphOptions options;
    options.base_url = config.graph_url;
    options.version = config.graph_version;
    options.app_id = config.app_id;
    options.app_secret = config.app_secrets.front();
    return options;
}

accounts::Options account_options(const Config& config) {
    accounts::Options options;
    options.jwt_secret = config.jwt_secret;
    options.secure_cookies = wants_secure_cookies(config);
    return options;
}

webhooks::IntakeOptions intake_options(const Config& config) {
    webhooks::IntakeOptions options;
    options.backlog_max = config.backlog_max;
    options.disk_folder = disk_folder(config);
    options.disk_free_bytes_min = static_cast<std::uint64_t>(config.disk_free_mb_min) << 20;
    options.persist = config.persist_webhooks;
    return options;
}

webhooks::WorkerOptions worker_options(const Config& config) {
    webhooks::WorkerOptions options;
    options.enabled = config.webhook_worker;
    options.concurrency = config.worker_concurrency;
    if (!config.webhook_retries.empty()) {
        options.retries.delays = config.webhook_retries;
    }
    return options;
}

outbox::SenderOptions sender_options(const Config& config) {
    outbox::SenderOptions options;
    options.enabled = config.sender;
    options.lease = config.send_lease;
    if (!config.send_retries.empty()) {
        options.retries.delays = config.send_retries;
    }
    return options;
}

/// What the features that read settings have to say about a change of them.
Result<void> check_settings(const boost::json::object& settings) {
    for (const auto check : {access::check_settings, assignment::check_settings,
                             opt_out::check_settings, audit::check_settings}) {
        if (Result<void> sound = check(settings); !sound) {
            return sound;
        }
    }
    return {};
}

net::ServerOptions server_options(const Config& config, net::RateLimiter& rate_limiter) {
    net::ServerOptions options;
    options.address = config.address;
    options.port = config.port;
    options.trusted_proxies = config.trusted_proxies;
    options.rate_limiter = &rate_limiter;
    options.connections_max = net::connections_within(net::descriptors_max());
    return options;
}

}  // namespace

/// Members are built from top to bottom and destroyed from bottom to top.
struct App::Parts {
    explicit Parts(const Config& config)
        : data_dir(prepared_data_dir(config)),
          db(db::open(io, database_options(config))),
          http(net::make_curl_client(io)),
          graph(whatsapp::make_graph_client(*http, graph_options(config))),
          password_pool(io, "password", password_threads),
          account_service({.tasks = tasks,
                           .db = *db,
                           .pool = password_pool,
                           .clock = clock,
                           .rng = rng,
                           .ids = ids},
                          account_options(config)),
          mail_transport(make_mail_transport(tasks, config.mail)),
          mail({.tasks = tasks,
                .db = *db,
                .ids = ids,
                .clock = clock,
                .transport = mail_transport.get()},
               mailer_options(config)),
          link_service({.db = *db, .clock = clock, .accounts = account_service, .mailer = mail}),
          operator_service(
              {.db = *db, .pool = password_pool, .clock = clock, .rng = rng, .ids = ids}),
          api_key_service({.tasks = tasks, .db = *db, .ids = ids, .clock = clock, .rng = rng}),
          invite_service({.db = *db,
                          .ids = ids,
                          .clock = clock,
                          .rng = rng,
                          .accounts = account_service,
                          .mailer = mail}),
          secrets(config, *http, *db, rng, clock),
          vault_service(secrets.backend(), *db, clock, config.vault_cache),
          second_factor_service({.db = *db,
                                 .clock = clock,
                                 .rng = rng,
                                 .ids = ids,
                                 .vault = vault_service,
                                 .accounts = account_service}),
          workspace_service(*db, clock, check_settings),
          template_service(*db, *graph, vault_service, clock),
          onboarding_service({.db = *db,
                              .graph = *graph,
                              .vault = vault_service,
                              .templates = template_service,
                              .clock = clock,
                              .rng = rng,
                              .app_id = config.app_id}),
          app_secrets(config.app_secrets),
          meta_callback_service(
              {.db = *db, .vault = vault_service, .clock = clock, .app_secrets = app_secrets}),
          eraser(tasks, *db, clock),
          privacy_service({.db = *db, .ids = ids, .rng = rng, .clock = clock, .eraser = eraser}),
          search_service(*db, derive_key(config, "search.cursor")),
          sender(
              {.tasks = tasks, .db = *db, .vault = vault_service, .graph = *graph, .clock = clock},
              sender_options(config)),
          sending_service(*db, ids, clock, sender),
          message_service(*db),
          intake(tasks, *db, ids, clock, intake_options(config)),
          worker(tasks, *db, ids, clock, worker_options(config)),
          queue_status(tasks, *db, clock),
          housekeeper(tasks, *db, clock, {.events = config.keep_events}),
          rate_limit_service(*db, clock, rng),
          rate_limiter(rate_limit_service),
          server(tasks, server_options(config, rate_limiter), routes(config), &authenticator,
                 [this] { return ids.uuid(); }) {
        connect_accounts();
    }

    /// The database threads end first: functions still queued use the services below. Tasks that
    /// still wait are freed last, with `io`; their locals own what their destructors use.
    ~Parts() { db.reset(); }
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;

    /// What features above accounts do in its acts.
    void connect_accounts() {
        account_service.set_hooks(link_service.hooks(&second_factor_service));
    }

    std::function<std::string()> realtime_gauges() {
        return [this] { return realtime::render_gauges(realtime_service.stats()); };
    }

    std::vector<net::Route> routes(const Config& config) {
        return make_routes({.rng = rng,
                            .health = {.queues = queue_status,
                                       .db = *db,
                                       .clock = clock,
                                       .server_stats = [this] { return server.stats(); },
                                       .intake_failing = [this] { return intake.failing(); },
                                       .metrics_token = config.metrics_token,
                                       .realtime_gauges = realtime_gauges(),
                                       .persistence = config.persist_webhooks},
                            .accounts = account_service,
                            .sessions = session_service,
                            .account_links = link_service,
                            .second_factor = second_factor_service,
                            .operators = operator_service,
                            .operator_desk = operator_desk_service,
                            .api_keys = api_key_service,
                            .team = team_service,
                            .invites = invite_service,
                            .public_url = config.public_url,
                            .workspaces = workspace_service,
                            .audit_logs = {audit_service, audit_log_exporter},
                            .templates = template_service,
                            .onboarding = onboarding_service,
                            .meta_callbacks = meta_callback_service,
                            .contact_lists = contact_list_service,
                            .contacts = contact_service,
                            .contact_acts = contact_act_service,
                            .contact_exports = contact_exporter,
                            .contact_imports = contact_import_service,
                            .segments = segment_service,
                            .inbox = inbox_service,
                            .inbox_counts = count_service,
                            .opt_out = opt_out_service,
                            .privacy = privacy_service,
                            .search = search_service,
                            .timeline = timeline_service,
                            .overview = overview_service,
                            .conversation_notes = note_service,
                            .quick_replies = quick_reply_service,
                            .saved_views = view_service,
                            .sending = sending_service,
                            .messages = message_service,
                            .realtime = {realtime_service, config.public_url},
                            .webhooks = {.intake = intake,
                                         .verify_token = config.verify_token,
                                         .app_secrets = config.app_secrets},
                            .dead_letters = {.db = *db,
                                             .clock = clock,
                                             .ids = ids,
                                             .accepting = [this] { return intake.check(); },
                                             .wake_worker = [this] { worker.wake(); }}});
    }

    boost::asio::io_context io{1};
    async::Tasks tasks{io};
    SystemClock clock;
    SystemRng rng;
    IdGenerator ids{clock, rng};
    std::string data_dir;
    std::unique_ptr<db::Db> db;
    std::unique_ptr<net::HttpClient> http;
    std::unique_ptr<whatsapp::GraphClient> graph;
    async::ThreadPool password_pool;
    accounts::Service account_service;
    std::unique_ptr<mailer::Transport> mail_transport;
    mailer::Mailer mail;
    account_links::Service link_service;
    sessions::Service session_service{*db, clock};
    operators::Service operator_service;
    accounts::SessionAuthenticator session_authenticator{account_service};
    api_keys::Service api_key_service;
    api_keys::KeyAuthenticator authenticator{api_key_service, session_authenticator};
    team::Service team_service{*db, ids, clock};
    invites::Service invite_service;
    SecretStore secrets;
    vault::Vault vault_service;
    second_factor::Service second_factor_service;
    workspaces::Service workspace_service;
    audit::Service audit_service{*db};
    audit_logs::Exporter audit_log_exporter{*db, clock};
    templates::Service template_service;
    onboarding::Service onboarding_service;
    std::vector<SecretString> app_secrets;
    meta_callbacks::Service meta_callback_service;
    contact_lists::Service contact_list_service{*db, clock};
    contacts::Service contact_service{*db, ids, clock, inbox::unassign_blind};
    contact_acts::Service contact_act_service{*db, clock};
    contact_exports::Exporter contact_exporter{*db, clock};
    segments::Service segment_service{*db, ids, clock};
    contact_imports::Importer contact_importer{tasks, *db, ids, clock};
    contact_imports::Service contact_import_service{*db, ids, clock,
                                                    [this] { contact_importer.wake(); }};
    inbox::Service inbox_service{*db, clock};
    inbox_counts::Service count_service{*db};
    inbox::Waker inbox_waker{tasks, *db, clock};
    assignment::Releaser assignment_releaser{tasks, *db};
    opt_out::Service opt_out_service{*db, ids, clock};
    privacy::Eraser eraser;
    privacy::Service privacy_service;
    conversation_notes::Service note_service{*db, ids, clock};
    quick_replies::Service quick_reply_service{*db, ids, clock};
    saved_views::Service view_service{*db, ids, clock};
    search::Service search_service;
    timeline::Service timeline_service{*db};
    overview::Service overview_service{*db, clock};
    overview::Counter overview_counter{tasks, *db, clock};
    search::Indexer search_indexer{tasks, *db, clock};
    outbox::Sender sender;
    sending::Service sending_service;
    messages::Service message_service;
    realtime::Service realtime_service{
        {tasks, *db, clock, rng, realtime::authenticate_by(authenticator)}};
    webhooks::Intake intake;
    webhooks::Worker worker;
    operator_desk::Service operator_desk_service{{.db = *db,
                                                  .clock = clock,
                                                  .ids = ids,
                                                  .operators = operator_service,
                                                  .accepting = [this] { return intake.check(); },
                                                  .wake_worker = [this] { worker.wake(); }}};
    QueueStatusReader queue_status;
    housekeeping::Housekeeper housekeeper;
    rate_limits::Service rate_limit_service;
    rate_limits::RequestLimiter rate_limiter;
    net::Server server;
};

namespace {

struct Stop {
    boost::asio::io_context& io;
    async::Tasks& tasks;
    net::Server& server;
    StopLimits limits;
    bool clean = false;  ///< set at the end
};

async::Task<> stop_on_signal(Stop& stop) {
    boost::asio::signal_set signals(stop.io, SIGTERM, SIGINT);
    co_await signals.async_wait(boost::asio::use_awaitable);
    log::info("server.stopping");
    co_await stop.server.drain(stop.limits.drain);
    stop.tasks.stop();
    stop.clean = co_await stop.tasks.join(stop.limits.join);
    log::info("server.stopped", {{"clean", stop.clean}});
}

}  // namespace

App::App(const Config& config) : parts_(std::make_unique<Parts>(config)), config_(config) {}
App::~App() = default;

std::vector<net::Route> App::routes() { return parts_->routes(config_); }

void App::start() {
    Parts& parts = *parts_;
    parts.db->blocking_read("vault.check_keys", [keys = master_keys(config_)](db::Txn& txn) {
        vault::check_keys(txn, keys);
        return true;
    });
    if (!config_.persist_webhooks) {
        log::error("server.persistence_off", {{"setting", "WAPI_BENCH_NO_PERSIST"},
                                              {"effect", "webhooks are answered and lost"}});
    }
    parts.intake.on_stored([&parts] { parts.worker.wake(); });
    parts.realtime_service.start();
    parts.intake.start();
    parts.worker.start();
    if (config_.mail.to_log && config_.mail.smtp_url.empty()) {
        log::warn("mail.to_log", {{"setting", "MAIL_TO_LOG"},
                                  {"effect", "mails, with their secret links, are in this log"}});
    }
    parts.mail.start();
    parts.vault_service.start(parts.tasks);
    if (config_.webhook_worker) {
        parts.housekeeper.start();
        parts.eraser.start();
        parts.inbox_waker.start();
        parts.assignment_releaser.start();
        parts.overview_counter.start();
        parts.search_indexer.start();
        parts.contact_importer.start();
    }
    parts.sender.start();
    parts.server.start();
    log::info("server.ready",
              {{"port", parts.server.port()}, {"version", version}, {"pid", ::getpid()}});
    fmt::print("wApi {} listens on port {}\n", version, parts.server.port());
    std::fflush(stdout);
}

std::uint16_t App::port() const { return parts_->server.port(); }

bool App::serve_until_signal(StopLimits limits) {
    Stop stop{.io = parts_->io, .tasks = parts_->tasks, .server = parts_->server, .limits = limits};
    async::run_main(parts_->io, stop_on_signal(stop));
    return stop.clean;
}

}  // namespace wapi::app
