#include "app/cli/cli.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sodium.h>

#include <CLI/CLI.hpp>

#include "app/app.hpp"
#include "app/cli/audit_commands.hpp"
#include "app/cli/backup_commands.hpp"
#include "app/cli/limit_commands.hpp"
#include "app/cli/operator_commands.hpp"
#include "app/cli/queue_commands.hpp"
#include "app/cli/search_commands.hpp"
#include "app/cli/seed_commands.hpp"
#include "app/cli/user_commands.hpp"
#include "app/cli/vault_commands.hpp"
#include "app/version.hpp"
#include "base/locked_memory.hpp"
#include "base/log.hpp"
#include "net/descriptors.hpp"

namespace wapi::app {
namespace {

void serve(const Config& config) {
    net::raise_descriptors_max();
    signal(SIGPIPE, SIG_IGN);
    App app(config);
    app.start();
    app.serve_until_signal();
}

}  // namespace

int run_command_line(int argc, char** argv) {
    forbid_core_dumps();  // before a secret is read, whatever the command
    CLI::App cli{"wApi: a WhatsApp Business platform you run yourself"};
    cli.set_version_flag("--version", std::string(version));
    cli.require_subcommand(1);
    std::string env_file = ".env";
    cli.add_option("--env-file", env_file, "File with NAME=value settings; the environment wins");
    CLI::App* serve_command = cli.add_subcommand("serve", "Run the server");
    CLI::App* routes_command = cli.add_subcommand("routes", "Print the route table as JSON lines");
    const QueueCommands queue_commands(cli);
    const LimitCommands limit_commands(cli);
    const UserCommands user_commands(cli);
    const VaultCommands vault_commands(cli);
    const BackupCommands backup_commands(cli);
    const SearchCommands search_commands(cli);
    const SeedCommands seed_commands(cli);
    CLI::App* errors_command = cli.add_subcommand("errors", "Print every error code as JSON lines");
    CLI::App* permissions_command =
        cli.add_subcommand("permissions", "Print every permission as JSON lines");
    const AuditCommands audit_commands(cli);
    CLI11_PARSE(cli, argc, argv);
    if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        fmt::print(stderr, "wapi: the cryptography or network library does not start\n");
        return 1;
    }
    try {
        if (*errors_command) {
            print_errors();
            return 0;
        }
        if (*permissions_command) {
            print_permissions();
            return 0;
        }
        const Config config = parse_config(read_settings(env_file));
        log::configure(config.log_level);
        if (*serve_command) {
            serve(config);
        } else if (*routes_command) {
            print_routes(config);
        } else if (!audit_commands.run(config) && !limit_commands.run(config) &&
                   !vault_commands.run(config) && !user_commands.run(config) &&
                   !backup_commands.run(config) && !seed_commands.run(config) &&
                   !search_commands.run(config)) {
            queue_commands.run(config);
        }
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "wapi: {}\n", failure.what());
        return 1;
    }
}

}  // namespace wapi::app
