// The composition root: every part of the server, built in order and destroyed in reverse.
#pragma once

#include <memory>

#include "app/config.hpp"
#include "db/db.hpp"
#include "net/http.hpp"

namespace wapi::app {

class App {
  public:
    /// Opens the database, applies migrations, builds all services. Errors: Fault.
    explicit App(const Config& config);
    ~App();
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    /// Serves until SIGTERM or SIGINT, then drains and stops.
    void run();
    /// The route table, for the command line and tests.
    [[nodiscard]] std::vector<net::Route> routes();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
    Config config_;
};

/// Where the configuration says the database is.
db::Options database_options(const Config& config);

}  // namespace wapi::app
