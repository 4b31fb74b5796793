// The composition root: every part of the server, built in order and destroyed in reverse.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "app/config.hpp"
#include "db/db.hpp"
#include "net/http.hpp"

namespace wapi::app {

/// How long the end may take.
struct StopLimits {
    std::chrono::milliseconds drain{10'000};  ///< for requests under way to be answered
    std::chrono::milliseconds join{15'000};   ///< then, for tasks to end: calls to Meta, commits
};

class App {
  public:
    /// Opens the database, applies migrations, builds all services. Errors: Fault.
    explicit App(const Config& config);
    ~App();
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    /// Listens. Errors: Fault `http.bind`; `config.token_master_key` when the master key is not the
    /// one of this database.
    void start();
    /// The port it listens on.
    [[nodiscard]] std::uint16_t port() const;
    /// Serves until SIGTERM or SIGINT, then drains and stops. False when tasks had to be left
    /// behind: they are freed with the App.
    bool serve_until_signal(StopLimits limits = {});
    /// The route table, for the command line and tests.
    [[nodiscard]] std::vector<net::Route> routes();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
    Config config_;
};

/// Where the configuration says the database is.
db::Options database_options(const Config& config);

/// The folder whose free space decides whether webhooks are taken: that of the SQLite file. Empty
/// on PostgreSQL, whose disk is not ours to see.
std::string disk_folder(const Config& config);

}  // namespace wapi::app
