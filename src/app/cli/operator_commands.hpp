// Commands for operators and tests that look at the program itself and print JSON lines.
#pragma once

#include "app/config.hpp"

namespace wapi::app {

/// {"verb","path","auth","permission","rate","bodyBytesMax","operationId"} for each route.
void print_routes(const Config& config);
/// {"code","status","message"} for each kind of error, by code.
void print_errors();
/// {"name","area"} for each permission, in the order of the table.
void print_permissions();

}  // namespace wapi::app
