// Running PostgreSQL's own programs. Included only inside this folder.
#pragma once

#include <string>
#include <vector>

namespace wapi::db::postgres {

/// Runs `pg_dump` or `pg_restore` and waits for its end. The URL's parts go as PG... variables into
/// the program's environment, so that a password stands on no command line. Errors: Fault
/// `backup.failed` with the last line of what the program said, or that it is not installed.
void blocking_run_tool(const std::string& url, const std::string& tool,
                       const std::vector<std::string>& arguments);

/// The name of the database that the URL means.
std::string database_of(const std::string& url);

}  // namespace wapi::db::postgres
