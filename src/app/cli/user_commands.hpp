// `wapi user`: operators of the installation, made where the program runs and nowhere else. Output:
// JSON lines.
#pragma once

#include <memory>

#include "app/config.hpp"

namespace CLI {
class App;
}

namespace wapi::app {

/// Declares the commands on the command line.
class UserCommands {
  public:
    explicit UserCommands(CLI::App& cli);
    ~UserCommands();
    UserCommands(const UserCommands&) = delete;
    UserCommands& operator=(const UserCommands&) = delete;

    /// Runs the command that was given. False when it was another's. Errors: Fault, with a
    /// sentence.
    bool run(const Config& config) const;

  private:
    struct Given;
    std::unique_ptr<Given> given_;
};

}  // namespace wapi::app
