// `wapi backup FILE` and `wapi restore FILE`, for the operator. Output: a JSON line.
#pragma once

#include <memory>

#include "app/config.hpp"

namespace CLI {
class App;
}

namespace wapi::app {

/// Declares the commands on the command line.
class BackupCommands {
  public:
    explicit BackupCommands(CLI::App& cli);
    ~BackupCommands();
    BackupCommands(const BackupCommands&) = delete;
    BackupCommands& operator=(const BackupCommands&) = delete;

    /// Runs the command that was given. False when it was another's. Errors: Fault, with a
    /// sentence.
    bool run(const Config& config) const;

  private:
    struct Given;
    std::unique_ptr<Given> given_;
};

}  // namespace wapi::app
