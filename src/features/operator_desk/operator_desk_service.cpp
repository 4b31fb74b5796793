// One transaction per act; the audit entries of letters and replays are those of dead_letters.
#include "features/operator_desk/operator_desk_store.hpp"

namespace wapi::operator_desk {
namespace {

/// Of one workspace its name alone: between two of its letters there may be any number of others'.
store::Names name_owners(db::Txn& txn, const std::optional<WorkspaceId>& workspace,
                         const std::vector<queue::DeadLetter>& letters) {
    if (!workspace) {
        return store::name_owners(txn, letters.back().job.id, letters.front().job.id);
    }
    db::WorkspaceTxn bound(txn, *workspace);
    return {{workspace->value, store::find_name(bound).value_or("")}};
}

LetterPage read_letters(db::Txn& txn, const std::optional<WorkspaceId>& workspace,
                        std::optional<EventId> after, std::size_t limit) {
    queue::DeadLetterPage found = queue::list_dead(txn, workspace, after, limit);
    LetterPage page{.letters = {}, .next = found.next};
    if (found.letters.empty()) {
        return page;
    }
    const store::Names names = name_owners(txn, workspace, found.letters);
    for (queue::DeadLetter& letter : found.letters) {
        const auto name =
            letter.job.workspace ? names.find(letter.job.workspace->value) : names.end();
        page.letters.push_back({.letter = std::move(letter),
                                .workspace_name = name == names.end() ? "" : name->second});
    }
    return page;
}

}  // namespace

async::Task<Result<Context>> Service::authenticate(std::string token, Context asked) {
    return parts_.operators.authenticate(std::move(token), std::move(asked));
}

async::Task<QueueList> Service::list_queues() {
    QueueList list = co_await parts_.db.read(
        "operator_desk.list_queues",
        [now = now()](db::Txn& txn) { return store::list_queues(txn, now, queues_max); });
    co_return list;
}

async::Task<LetterPage> Service::list_letters(std::optional<WorkspaceId> workspace,
                                              std::optional<EventId> after, std::size_t limit) {
    LetterPage page = co_await parts_.db.read("operator_desk.list_letters",
                                              [workspace, after, limit](db::Txn& txn) {
                                                  return read_letters(txn, workspace, after, limit);
                                              });
    co_return page;
}

async::Task<std::vector<dead_letters::Outcome>> Service::act(Context context,
                                                             std::vector<EventId> ids,
                                                             bool replay) {
    const dead_letters::Act wanted{
        .workspace = std::nullopt, .replay = replay, .by = std::move(context)};
    std::vector<dead_letters::Outcome> outcomes = co_await parts_.db.write(
        "operator_desk.act", [wanted, ids = std::move(ids), now = now()](db::Txn& txn) {
            return dead_letters::act_on_all(txn, wanted, ids, now);
        });
    parts_.wake_worker();
    co_return outcomes;
}

async::Task<std::vector<webhook_events::EventLine>> Service::list_events(EventFilter filter) {
    const EventId from = filter.from ? first_event_at(*filter.from) : EventId{};
    EventId before =
        filter.to ? first_event_at(*filter.to) : EventId{std::numeric_limits<std::int64_t>::max()};
    before = std::min(before, filter.after.value_or(before));
    std::vector<webhook_events::EventLine> lines = co_await parts_.db.read(
        "operator_desk.list_events", [from, before, limit = filter.limit](db::Txn& txn) {
            return webhook_events::list_lines(txn, from, before, limit);
        });
    co_return lines;
}

async::Task<Result<EventId>> Service::replay(Context context, ReplayWish wish) {
    if (Result<void> accepting = parts_.accepting(); !accepting) {
        co_return std::unexpected(accepting.error());
    }
    if (wish.workspace) {
        const bool found =
            co_await parts_.db.read("operator_desk.find_workspace", [&wish](db::Txn& txn) {
                db::WorkspaceTxn bound(txn, *wish.workspace);
                return store::find_name(bound).has_value();
            });
        if (!found) {
            co_return fail_field(wapi::errors::not_found, "workspaceId",
                                 "There is no such workspace.");
        }
    }
    const Result<void> known =
        co_await webhook_events::check_replay(parts_.db, wish.workspace, wish.request.ids);
    if (!known) {
        co_return std::unexpected(known.error());
    }
    const EventId id = parts_.ids.event_id();
    co_await parts_.db.write(
        "operator_desk.replay", [context, wish, id, now = now()](db::Txn& txn) {
            dead_letters::start_replay(txn, wish.workspace, context, id, wish.request, now);
            return true;
        });
    parts_.wake_worker();
    co_return id;
}

}  // namespace wapi::operator_desk
