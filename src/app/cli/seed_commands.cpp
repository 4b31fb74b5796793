#include "app/cli/seed_commands.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/app.hpp"
#include "app/cli/cli_support.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "features/passwords/passwords.hpp"
#include "features/seed/seed.hpp"

namespace wapi::app {
namespace {

constexpr std::size_t progress_step = 10'000;  ///< conversations between two lines of the log

void print(const seed::Shop& shop) {
    fmt::print("{}\n", json::render(json::object{
                           {"workspaceId", shop.workspace.value},
                           {"name", shop.name},
                           {"conversations", shop.conversations},
                           {"messages", shop.messages},
                           {"firstConversationId", shop.first.value},
                           {"emails", json::array(shop.emails.begin(), shop.emails.end())}}));
}

/// Says now and then how far it is, on standard error.
class Progress {
  public:
    void tell(const seed::Shop& shop) {
        if (shop.conversations >= next_ || shop.conversations < last_) {
            log::info("seed.progress", {{"workspace", shop.workspace.value},
                                        {"conversations", shop.conversations},
                                        {"messages", shop.messages}});
            next_ = shop.conversations + progress_step;
        }
        last_ = shop.conversations;
    }

  private:
    std::size_t next_ = progress_step;
    std::size_t last_ = 0;
};

}  // namespace

/// What stood on the command line.
struct SeedCommands::Given {
    CLI::App* command = nullptr;
    seed::Size size;
    std::int64_t days = seed::Size().age.count();
    std::uint64_t number = 1;
    std::string workspace;
};

SeedCommands::SeedCommands(CLI::App& cli) : given_(std::make_unique<Given>()) {
    Given& given = *given_;
    given.command = cli.add_subcommand(
        "seed",
        "Fill the database with made-up shops; the first line of standard input is the password of "
        "all their members");
    given.command->add_option("--workspaces", given.size.workspaces, "How many shops");
    given.command->add_option("--conversations", given.size.conversations, "In all shops together");
    given.command->add_option("--messages", given.size.messages, "In all shops together");
    given.command->add_option("--longest-thread", given.size.longest_thread,
                              "Messages of the first conversation of each shop");
    given.command->add_option("--days", given.days, "How far back the conversations go");
    given.command->add_option("--seed", given.number, "Another number gives other people");
    given.command->add_option("--workspace", given.workspace,
                              "Fill this one, which has a number, instead of a new one");
}

SeedCommands::~SeedCommands() = default;

bool SeedCommands::run(const Config& config) const {
    if (!*given_->command) {
        return false;
    }
    boost::asio::io_context io;
    const auto db = db::open(io, database_options(config));
    async::ThreadPool pool(io, "password", 1);
    SystemClock clock;
    SystemRng rng;
    IdGenerator ids(clock, rng);
    const SecretString password = read_password("seed");
    expect(passwords::check_strength(password, ""));
    passwords::Hasher hasher(pool, {});
    Progress progress;
    seed::Options options{.seed = given_->number,
                          .size = given_->size,
                          .workspace = {},
                          .password_hash = expect(async::block_on(io, hasher.hash(password))),
                          .on_progress = [&](const seed::Shop& shop) { progress.tell(shop); }};
    options.size.age = std::chrono::days(given_->days);
    if (!given_->workspace.empty()) {
        options.workspace = WorkspaceId(given_->workspace);
    }
    seed::Service service(*db, ids, clock);
    for (const seed::Shop& shop : expect(async::block_on(io, service.run(std::move(options))))) {
        print(shop);
    }
    return true;
}

}  // namespace wapi::app
