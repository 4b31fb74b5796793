// `wapi dead-letters` and `wapi events`: what failed and what is to be processed again, for the
// operator, who alone can reach what belongs to no workspace. They work on the database while the
// server runs, whose worker takes up what they put into the queue. Output: JSON lines.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/config.hpp"

namespace CLI {
class App;
}

namespace wapi::app {

/// Declares the commands on the command line.
class QueueCommands {
  public:
    explicit QueueCommands(CLI::App& cli);
    ~QueueCommands();
    QueueCommands(const QueueCommands&) = delete;
    QueueCommands& operator=(const QueueCommands&) = delete;

    /// Runs the command that was given. False when it was another's. Errors: Fault, with a
    /// sentence.
    bool run(const Config& config) const;

  private:
    struct Given;
    std::unique_ptr<Given> given_;
};

}  // namespace wapi::app
