// `wapi limits`: what an operator sees and sets of rate limits, while the server runs or not. A
// running server follows within rate_limits::limits_kept. Output: JSON lines.
#pragma once

#include <memory>

#include "app/config.hpp"

namespace CLI {
class App;
}

namespace wapi::app {

/// Declares the commands on the command line.
class LimitCommands {
  public:
    explicit LimitCommands(CLI::App& cli);
    ~LimitCommands();
    LimitCommands(const LimitCommands&) = delete;
    LimitCommands& operator=(const LimitCommands&) = delete;

    /// Runs the command that was given. False when it was another's. Errors: Fault, with a
    /// sentence.
    bool run(const Config& config) const;

  private:
    struct Given;
    std::unique_ptr<Given> given_;
};

}  // namespace wapi::app
