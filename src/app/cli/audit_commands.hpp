// `wapi audit`: what an operator does with the audit log, while the server runs or not. Output:
// JSON lines.
#pragma once

#include <memory>

#include "app/config.hpp"

namespace CLI {
class App;
}

namespace wapi::app {

/// Declares the commands on the command line.
class AuditCommands {
  public:
    explicit AuditCommands(CLI::App& cli);
    ~AuditCommands();
    AuditCommands(const AuditCommands&) = delete;
    AuditCommands& operator=(const AuditCommands&) = delete;

    /// Runs the command that was given. False when it was another's. Errors: Fault, with a
    /// sentence: `audit.broken` when a log is not as it was written, `audit.unknown_workspace`,
    /// `audit.bad_heads`.
    bool run(const Config& config) const;

  private:
    struct Given;
    std::unique_ptr<Given> given_;
};

}  // namespace wapi::app
