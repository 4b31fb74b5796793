#include "app/cli/user_commands.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/app.hpp"
#include "app/cli/cli_support.hpp"
#include "app/secret_store.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "base/time_text.hpp"
#include "features/accounts/accounts.hpp"
#include "features/operators/operators.hpp"
#include "features/second_factor/second_factor.hpp"
#include "net/http_client.hpp"

namespace wapi::app {
namespace {

void print(const operators::Operator& who) {
    fmt::print("{}\n", json::render(json::object{{"id", who.id},
                                                 {"email", who.email},
                                                 {"name", who.name},
                                                 {"operator", true},
                                                 {"createdAt", render_time(who.created_at)}}));
}

/// Of a member of workspaces, who has lost app and recovery codes.
void reset_second_factor(const Config& config, boost::asio::io_context& io, db::Db& db,
                         const std::string& address) {
    SystemRng rng;
    SystemClock clock;
    const auto http = net::make_curl_client(io);
    SecretStore store(config, *http, db, rng, clock);
    vault::Vault vault(store.backend(), db, clock);
    const bool removed = expect(async::block_on(
        io, second_factor::reset({.db = db, .vault = vault, .clock = clock}, address)));
    fmt::print("{}\n", json::render(json::object{
                           {"email", address}, {"reset", true}, {"secretRemoved", removed}}));
}

}  // namespace

/// What stood on the command line.
struct UserCommands::Given {
    CLI::App* group = nullptr;
    CLI::App* create = nullptr;
    CLI::App* list = nullptr;
    CLI::App* remove = nullptr;
    CLI::App* reset_second_factor = nullptr;
    bool is_operator = false;
    std::string email;
    std::string name;

    void run(operators::Service& service, boost::asio::io_context& io) const;
};

void UserCommands::Given::run(operators::Service& service, boost::asio::io_context& io) const {
    if (*list) {
        for (const operators::Operator& who : async::block_on(io, service.list())) {
            print(who);
        }
        return;
    }
    const std::string address = expect(accounts::normalize_email(email));
    if (*remove) {
        expect(async::block_on(io, service.remove(address)));
        fmt::print("{}\n", json::render(json::object{{"email", address}, {"removed", true}}));
        return;
    }
    const std::string_view shown = name.empty() ? std::string_view(address) : name;
    operators::NewOperator wanted{
        .email = address, .name = std::string(shown), .password = read_password("user.create")};
    print(expect(async::block_on(io, service.create(std::move(wanted)))));
}

UserCommands::UserCommands(CLI::App& cli) : given_(std::make_unique<Given>()) {
    Given& given = *given_;
    given.group = cli.add_subcommand(
        "user", "Operators, who run this installation, and help for who is locked out");
    given.group->require_subcommand(1);
    given.create = given.group->add_subcommand(
        "create", "Make an operator; the password is the first line of standard input");
    given.list = given.group->add_subcommand("list", "Print all operators as JSON lines");
    given.remove = given.group->add_subcommand("remove", "Remove one, and end their sessions");
    given.reset_second_factor = given.group->add_subcommand(
        "reset-second-factor",
        "Turn the second factor of a member of workspaces off, and end all their sessions");
    for (CLI::App* command : {given.create, given.list, given.remove}) {
        command->add_flag("--operator", given.is_operator, "Members of workspaces sign up instead")
            ->required();
    }
    for (CLI::App* command : {given.create, given.remove}) {
        command->add_option("--email", given.email, "Of the operator")->required();
    }
    given.reset_second_factor->add_option("--email", given.email, "Of the member")->required();
    given.create->add_option("--name", given.name, "For people");
}

UserCommands::~UserCommands() = default;

bool UserCommands::run(const Config& config) const {
    if (!*given_->group) {
        return false;
    }
    boost::asio::io_context io;
    const auto db = db::open(io, database_options(config));
    if (*given_->reset_second_factor) {
        reset_second_factor(config, io, *db, expect(accounts::normalize_email(given_->email)));
        return true;
    }
    async::ThreadPool pool(io, "password", 1);
    SystemClock clock;
    SystemRng rng;
    IdGenerator ids(clock, rng);
    operators::Service service({.db = *db, .pool = pool, .clock = clock, .rng = rng, .ids = ids});
    given_->run(service, io);
    return true;
}

}  // namespace wapi::app
