// `wapi search reindex`: queues what the search has no document of.
#pragma once

#include <memory>

#include "app/config.hpp"

namespace CLI {
class App;
}

namespace wapi::app {

class SearchCommands {
  public:
    explicit SearchCommands(CLI::App& cli);
    ~SearchCommands();
    /// False when the command line named another command. Throws Fault when it is refused.
    bool run(const Config& config) const;

  private:
    struct Given;
    std::unique_ptr<Given> given_;
};

}  // namespace wapi::app
