// Replaying stored events. A workspace's replay applies only the items of its own numbers.

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "features/numbers/numbers.hpp"
#include "features/webhook_events/webhook_events_store.hpp"

namespace wapi::webhook_events {
namespace {

/// Whether the event's body speaks of one of these numbers: events of others are not theirs to
/// replay.
bool names_a_number(db::Txn& txn, EventId id, std::span<const numbers::Number> own) {
    const auto body = find_body(txn, id);
    return body && std::ranges::any_of(own, [&body](const numbers::Number& number) {
               return body->find('"' + number.phone_number_id.value + '"') != std::string::npos;
           });
}

Result<void> check_page(db::Txn& txn, const std::optional<WorkspaceId>& workspace,
                        std::span<const EventId> ids) {
    std::vector<numbers::Number> own;
    if (workspace) {
        db::WorkspaceTxn bound(txn, *workspace);
        own = numbers::list_numbers(bound);
    }
    for (const EventId id : ids) {
        if (workspace ? !names_a_number(txn, id, own) : !store::has_event(txn, id)) {
            return fail_field(wapi::errors::not_found, "ids",
                              "No stored event has the id " + std::to_string(id.value) + ".");
        }
    }
    return {};
}

std::string render_replay(const Replay& replay) {
    boost::json::object payload{{"events", replay.events}};
    if (replay.from) {
        payload["from"] = replay.from->value;
        payload["to"] = replay.to.value;
    } else {
        payload["ids"] = render_event_ids(replay.ids);
    }
    return boost::json::serialize(payload);
}

}  // namespace

std::optional<Replay> parse_replay(std::string_view payload) {
    boost::system::error_code failed;
    const boost::json::value parsed = boost::json::parse(payload, failed);
    const boost::json::object* object = failed ? nullptr : parsed.if_object();
    const auto integer = [object](std::string_view name) {
        const boost::json::value* found = object->if_contains(name);
        return found != nullptr && found->is_int64() ? std::optional(found->as_int64())
                                                     : std::nullopt;
    };
    const std::optional<std::int64_t> events = object != nullptr ? integer("events") : std::nullopt;
    if (!events) {
        return std::nullopt;
    }
    Replay replay{.ids = {}, .from = std::nullopt, .to = {}, .events = *events};
    if (const auto from = integer("from"), to = integer("to"); from && to) {
        replay.from = EventId{*from};
        replay.to = EventId{*to};
    } else if (const boost::json::value* ids = object->if_contains("ids");
               ids != nullptr && ids->is_string()) {
        replay.ids = parse_event_ids(ids->as_string());
    }
    return replay.ended() ? std::nullopt : std::optional(std::move(replay));
}

std::vector<EventId> take_step(db::Txn& txn, Replay& replay) {
    if (!replay.from) {
        const auto count =
            static_cast<std::ptrdiff_t>(std::min(replay.ids.size(), replay_step_events_max));
        std::vector<EventId> step(replay.ids.begin(), replay.ids.begin() + count);
        replay.ids.erase(replay.ids.begin(), replay.ids.begin() + count);
        return step;
    }
    std::vector<EventId> step =
        store::list_events(txn, *replay.from, replay.to, replay_step_events_max);
    replay.from = step.size() == replay_step_events_max
                      ? std::optional(EventId{step.back().value + 1})
                      : std::nullopt;
    return step;
}

queue::NewJob replay_job(const Replay& replay, const std::optional<WorkspaceId>& workspace,
                         EventId id, Timestamp now) {
    return {.id = id,
            .queue = std::string(queue_name),
            .kind = std::string(kind_replay),
            .priority = queue::Priority::low,
            .run_at = now,
            .workspace = workspace,
            .subject = {},
            .payload = render_replay(replay)};
}

async::Task<Result<void>> check_replay(db::Db& db, std::optional<WorkspaceId> workspace,
                                       std::vector<EventId> ids) {
    for (std::size_t at = 0; at < ids.size(); at += replay_step_events_max) {
        const auto rest = std::span(ids).subspan(at);
        const auto some = rest.first(std::min(rest.size(), replay_step_events_max));
        const Result<void> page =
            co_await db.read("webhook_events.check_replay",
                             [workspace, step = std::vector(some.begin(), some.end())](
                                 db::Txn& txn) { return check_page(txn, workspace, step); });
        if (!page) {
            co_return page;
        }
    }
    co_return Result<void>{};
}

void enqueue_replay(db::Txn& txn, const std::optional<WorkspaceId>& workspace, EventId id,
                    const ReplayRequest& request, Timestamp now) {
    const std::set<EventId> ids(request.ids.begin(), request.ids.end());
    Replay replay{.ids = {ids.begin(), ids.end()}, .from = std::nullopt, .to = {}};
    if (request.from && request.to) {
        replay.from = first_event_at(*request.from);
        replay.to = first_event_at(*request.to);
    }
    queue::enqueue(txn, replay_job(replay, workspace, id, now), now);
}

}  // namespace wapi::webhook_events
