// `wapi vault`: the master key and the secrets under it, for the operator. The commands work on the
// database while servers serve. Output: JSON lines.
#pragma once

#include <memory>

#include "app/config.hpp"

namespace CLI {
class App;
}

namespace wapi::app {

/// Declares the commands on the command line.
class VaultCommands {
  public:
    explicit VaultCommands(CLI::App& cli);
    ~VaultCommands();
    VaultCommands(const VaultCommands&) = delete;
    VaultCommands& operator=(const VaultCommands&) = delete;

    /// Runs the command that was given. False when it was another's. Errors: Fault, with a
    /// sentence: `vault.rotate` when data keys are left that could not be wrapped again.
    bool run(const Config& config) const;

  private:
    struct Given;
    std::unique_ptr<Given> given_;
};

}  // namespace wapi::app
