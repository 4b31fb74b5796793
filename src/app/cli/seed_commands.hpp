// `wapi seed`: made-up shops with teams, customers and conversations.
#pragma once

#include <memory>

#include "app/config.hpp"

namespace CLI {
class App;
}

namespace wapi::app {

class SeedCommands {
  public:
    explicit SeedCommands(CLI::App& cli);
    ~SeedCommands();
    /// False when the command line named another command. Throws Fault when it is refused.
    bool run(const Config& config) const;

  private:
    struct Given;
    std::unique_ptr<Given> given_;
};

}  // namespace wapi::app
