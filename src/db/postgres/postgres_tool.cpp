#include "db/postgres/postgres_tool.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <boost/process.hpp>
#include <boost/process/extend.hpp>
#include <csignal>
#include <map>
#include <memory>
#include <string_view>

#include "base/error.hpp"

namespace wapi::db::postgres {
namespace {

namespace process = boost::process;

struct FreeOptions {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

/// The parts of the URL that it names; libpq's defaults fill the rest.
std::map<std::string, std::string> parts_of(const std::string& url) {
    char* reason = nullptr;
    const Options options(PQconninfoParse(url.c_str(), &reason));
    if (!options) {
        PQfreemem(reason);  // quotes the URL, which may hold a password
        throw Fault("db.url", "DATABASE_URL is not a PostgreSQL URL");
    }
    std::map<std::string, std::string> variables;
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr && option->envvar != nullptr) {
            variables[option->envvar] = option->val;
        }
    }
    return variables;
}

/// Without process::search_path, which alone needs another library of Boost.
std::string find_program(process::environment& environment, const std::string& tool) {
    for (const std::string& folder : environment["PATH"].to_vector()) {
        const std::string program = folder + "/" + tool;
        if (::access(program.c_str(), X_OK) == 0) {
            return program;
        }
    }
    throw Fault("backup.failed", tool + " is not installed: install PostgreSQL's client programs");
}

/// What PostgreSQL's programs may know of our environment: where things are, how to speak, and what
/// is said to libpq. Not our secrets, which stand in it too: a crash report of theirs would show
/// them.
process::environment environment_of_tool() {
    process::environment environment;
    for (const auto& variable : boost::this_process::environment()) {
        const std::string& name = variable.get_name();
        const bool known = name == "PATH" || name == "HOME" || name == "USER" || name == "TZ" ||
                           name == "LANG" || name == "TMPDIR" || name == "LD_LIBRARY_PATH";
        if (known || name.starts_with("LC_") || name.starts_with("PG")) {
            environment[name] = variable.to_string();
        }
    }
    return environment;
}

/// Ends the program with us, however we end: else `pg_dump` would go on to write customers' data
/// into a file that nobody knows of.
auto ends_with_us() {
    return process::extend::on_exec_setup([ours = ::getpid()](auto& /*executor*/) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != ours) {
            ::_exit(1);  // we were faster
        }
    });
}

}  // namespace

std::string database_of(const std::string& url) {
    const auto variables = parts_of(url);
    for (const char* name : {"PGDATABASE", "PGUSER"}) {  // libpq: that of the user's name
        const auto found = variables.find(name);
        if (found != variables.end()) {
            return found->second;
        }
    }
    return "postgres";
}

void blocking_run_tool(const std::string& url, const std::string& tool,
                       const std::vector<std::string>& arguments) {
    process::environment environment = environment_of_tool();
    const std::string program = find_program(environment, tool);
    for (const auto& [name, value] : parts_of(url)) {
        environment[name] = value;
    }
    process::ipstream said;
    process::child child(program, process::args(arguments), environment,
                         process::std_in<process::null, process::std_out> process::null,
                         process::std_err > said, ends_with_us());
    std::string last;
    for (std::string line; std::getline(said, line);) {
        last = line.empty() ? last : line;
    }
    child.wait();
    if (child.exit_code() != 0) {
        throw Fault("backup.failed",
                    fmt::format("{} ended with {}: {}", tool, child.exit_code(), last));
    }
}

}  // namespace wapi::db::postgres
