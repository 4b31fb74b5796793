#include "app/cli/search_commands.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/app.hpp"
#include "base/json.hpp"
#include "features/search/search.hpp"

namespace wapi::app {
namespace {

constexpr std::size_t step_rows = 500;

/// In short transactions, beside a server that runs.
std::size_t requeue_all(db::Db& db) {
    search::Requeue place;
    while (!place.is_end) {
        place = db.blocking_write("search.requeue", [&place](db::Txn& txn) {
            return search::requeue_step(txn, place, step_rows);
        });
    }
    return place.queued;
}

}  // namespace

/// What stood on the command line.
struct SearchCommands::Given {
    CLI::App* reindex = nullptr;
};

SearchCommands::SearchCommands(CLI::App& cli) : given_(std::make_unique<Given>()) {
    CLI::App* const search = cli.add_subcommand("search", "The index of the search");
    search->require_subcommand(1);
    given_->reindex = search->add_subcommand(
        "reindex", "Queue every contact and message that the index does not hold");
}

SearchCommands::~SearchCommands() = default;

bool SearchCommands::run(const Config& config) const {
    if (!*given_->reindex) {
        return false;
    }
    boost::asio::io_context io;
    const auto db = db::open(io, database_options(config));
    fmt::print("{}\n", json::render(json::object{{"queued", requeue_all(*db)}}));
    return true;
}

}  // namespace wapi::app
