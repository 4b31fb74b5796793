// Commands for operators and tests that look at the program or its database and print JSON lines.
#pragma once

#include "app/config.hpp"

namespace wapi::app {

/// {"verb","path","auth","permission","bodyBytesMax","operationId"} for each route.
void print_routes(const Config& config);
/// Every dead letter of every workspace, and those that belong to none yet.
void print_dead_letters(const Config& config);
/// {"code","status","message"} for each kind of error, by code.
void print_errors();

}  // namespace wapi::app
