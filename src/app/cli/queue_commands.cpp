#include "app/cli/queue_commands.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/app.hpp"
#include "app/cli/cli_support.hpp"
#include "base/json.hpp"
#include "base/time_text.hpp"
#include "features/dead_letters/dead_letters.hpp"
#include "features/webhook_events/webhook_events.hpp"

namespace wapi::app {
namespace {

constexpr std::size_t page_size = 200;
constexpr std::size_t ids_max = 1'000;

void print(const json::object& object) { fmt::print("{}\n", json::render(object)); }

json::object render(const queue::DeadLetter& letter) {
    const queue::Job& job = letter.job;
    const std::optional<EventId> event = webhook_events::event_of(job);
    return {
        {"id", std::to_string(job.id.value)},
        {"queue", job.queue},
        {"kind", job.kind},
        {"workspaceId", job.workspace ? json::value(job.workspace->value) : json::value(nullptr)},
        {"subject", job.subject},
        {"attempts", job.attempts},
        {"lastError", letter.last_error},
        {"payload", job.payload},
        {"eventId", event ? json::value(std::to_string(event->value)) : json::value(nullptr)},
        {"diedAt", render_time(letter.died_at)}};
}

void list_letters(db::Db& db) {
    std::optional<EventId> after;
    do {
        const auto page = db.blocking_read("dead_letters.print", [after](db::Txn& txn) {
            return queue::list_dead(txn, std::nullopt, after, page_size);
        });
        for (const queue::DeadLetter& letter : page.letters) {
            print(render(letter));
        }
        after = page.next;
    } while (after);
}

void show_letter(db::Db& db, EventId id) {
    print(render(expect(db.blocking_read("dead_letters.show", [id](db::Txn& txn) {
        return queue::get_dead(txn, std::nullopt, id);
    }))));
}

void act_on_letter(db::Db& db, EventId id, bool replay) {
    const dead_letters::Act wanted{.workspace = std::nullopt, .replay = replay, .by = std::nullopt};
    expect(db.blocking_write("dead_letters.act", [&wanted, id](db::Txn& txn) {
        return dead_letters::act(txn, wanted, id, SystemClock{}.now());
    }));
    print({{"id", std::to_string(id.value)}, {"replayed", replay}, {"discarded", !replay}});
}

}  // namespace

/// What stood on the command line.
struct QueueCommands::Given {
    CLI::App* letters = nullptr;
    CLI::App* show = nullptr;
    CLI::App* replay = nullptr;
    CLI::App* discard = nullptr;
    CLI::App* events = nullptr;
    CLI::App* replay_events = nullptr;
    std::int64_t letter = 0;
    std::vector<std::int64_t> ids;
    std::string from;
    std::string to;
    std::string workspace;

    [[nodiscard]] webhook_events::ReplayRequest request() const;
    void start_replay(boost::asio::io_context& io, db::Db& db) const;
};

QueueCommands::QueueCommands(CLI::App& cli) : given_(std::make_unique<Given>()) {
    Given& given = *given_;
    given.letters = cli.add_subcommand("dead-letters", "List all dead letters, or act on one");
    given.letters->require_subcommand(0, 1);
    given.letters->add_subcommand("list", "Print all as JSON lines");
    given.show = given.letters->add_subcommand("show", "Print one");
    given.replay = given.letters->add_subcommand("replay", "Put one back into its queue");
    given.discard = given.letters->add_subcommand("discard", "Remove one for good");
    for (CLI::App* act : {given.show, given.replay, given.discard}) {
        act->add_option("id", given.letter, "Its id")->required();
    }
    given.events = cli.add_subcommand("events", "Stored webhook events");
    given.events->require_subcommand(1);
    given.replay_events = given.events->add_subcommand(
        "replay", "Process stored events again: --id ..., or --from TIME --to TIME");
    CLI::App& replay = *given.replay_events;
    replay.add_option("--id", given.ids, "Id of an event; may be repeated");
    replay.add_option("--from", given.from, "Received at this RFC 3339 time or later");
    replay.add_option("--to", given.to, "and before this");
    replay.add_option("--workspace", given.workspace, "Only items of this workspace's numbers");
}

QueueCommands::~QueueCommands() = default;

webhook_events::ReplayRequest QueueCommands::Given::request() const {
    webhook_events::ReplayRequest request;
    for (const std::int64_t id : ids) {
        request.ids.push_back(EventId{id});
    }
    request.from = parse_time(from);
    request.to = parse_time(to);
    const bool range = request.from && request.to && *request.from < *request.to;
    const bool neither = from.empty() && to.empty();
    if (ids.size() > ids_max || (ids.empty() ? !range : !neither)) {
        throw Fault("events.replay",
                    "give up to 1000 --id, or --from and --to as RFC 3339 times, from before to");
    }
    return request;
}

void QueueCommands::Given::start_replay(boost::asio::io_context& io, db::Db& db) const {
    const webhook_events::ReplayRequest wanted = request();
    const auto owner = workspace.empty() ? std::nullopt : std::optional(WorkspaceId(workspace));
    expect(async::block_on(io, webhook_events::check_replay(db, owner, wanted.ids)));
    SystemClock clock;
    SystemRng rng;
    const EventId id = IdGenerator(clock, rng).event_id();
    db.blocking_write("events.replay", [&](db::Txn& txn) {
        webhook_events::enqueue_replay(txn, owner, id, wanted, clock.now());
        return true;
    });
    print({{"replayId", std::to_string(id.value)}});
}

bool QueueCommands::run(const Config& config) const {
    if (!*given_->letters && !*given_->events) {
        return false;
    }
    boost::asio::io_context io;
    const auto db = db::open(io, database_options(config));
    if (*given_->events) {
        given_->start_replay(io, *db);
    } else if (*given_->show) {
        show_letter(*db, EventId{given_->letter});
    } else if (*given_->replay || *given_->discard) {
        act_on_letter(*db, EventId{given_->letter}, static_cast<bool>(*given_->replay));
    } else {
        list_letters(*db);
    }
    return true;
}

}  // namespace wapi::app
