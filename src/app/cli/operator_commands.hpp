// Commands for operators and tests that look at the program itself and print JSON lines.
#pragma once

#include "app/config.hpp"

namespace wapi::app {

/// {"verb","path","auth","permission","rate","bodyBytesMax","operationId"} for each route.
void print_routes(const Config& config);
/// {"workspaceId","entries","firstBadEntry","milliseconds"} for each workspace, or the one given:
/// how many entries are whole, and the first that is changed, missing or misplaced, else null.
/// A workspace without any entry has lost its first. Errors: Fault `audit.broken` when any is bad,
/// `audit.unknown_workspace`.
void verify_audit(const Config& config, const std::string& workspace);
/// {"code","status","message"} for each kind of error, by code.
void print_errors();
/// {"name","area"} for each permission, in the order of the table.
void print_permissions();

}  // namespace wapi::app
