#include "features/dead_letters/dead_letters_http.hpp"

#include "base/json.hpp"
#include "features/dead_letters/dead_letters.hpp"
#include "net/paging.hpp"

namespace wapi::dead_letters {
namespace {

using Parts = std::shared_ptr<const HttpParts>;

/// The id of the path: anything that is not one of ours is simply not there.
EventId path_id(const net::Call& call) {
    return parse_event_id(call.request.param("id"), "id").value_or(EventId{-1});
}

async::Task<Result<net::Response>> handle_status(Parts parts, net::Call& call) {
    const Timestamp now = parts->clock.now();
    const webhook_events::QueueStatus status = co_await parts->db.read(
        "queues.status", [workspace = call.context.workspace, now](db::Txn& txn) {
            return webhook_events::read_queue_status(txn, workspace, now);
        });
    co_return net::json_response(
        json::render(json::object{{"webhooks", webhook_events::render_counts(status.webhooks, now)},
                                  {"outbox", webhook_events::render_counts(status.outbox, now)}}));
}

async::Task<Result<net::Response>> handle_list(Parts parts, net::Call& call) {
    const Result<std::size_t> limit = net::page_limit(call.request);
    if (!limit) {
        co_return std::unexpected(limit.error());
    }
    std::optional<EventId> after;
    if (const std::string_view cursor = call.request.query_param("cursor"); !cursor.empty()) {
        const Result<EventId> parsed = parse_event_id(cursor, "cursor");
        if (!parsed) {
            co_return std::unexpected(parsed.error());
        }
        after = *parsed;
    }
    const auto page = co_await parts->db.read(
        "queues.dead", [workspace = call.context.workspace, after, count = *limit](db::Txn& txn) {
            return queue::list_dead(txn, workspace, after, count);
        });
    json::array jobs;
    for (const queue::DeadLetter& letter : page.letters) {
        jobs.emplace_back(render_letter(letter));
    }
    co_return net::page_response("jobs", std::move(jobs),
                                 page.next ? std::to_string(page.next->value) : "");
}

async::Task<Result<net::Response>> handle_get(Parts parts, net::Call& call) {
    const Result<queue::DeadLetter> letter = co_await parts->db.read(
        "queues.dead_letter", [workspace = call.context.workspace, id = path_id(call)](
                                  db::Txn& txn) { return queue::get_dead(txn, workspace, id); });
    if (!letter) {
        co_return std::unexpected(letter.error());
    }
    co_return net::json_response(json::render(render_letter(*letter)));
}

async::Task<Result<net::Response>> act_on(Parts parts, net::Call& call, bool replay) {
    const Act wanted{.workspace = call.context.workspace, .replay = replay, .by = call.context};
    const Result<queue::Job> job = co_await parts->db.write(
        "queues.act_on_dead_letter", [wanted, id = path_id(call), now = parts->clock.now()](
                                         db::Txn& txn) { return act(txn, wanted, id, now); });
    if (!job) {
        co_return std::unexpected(job.error());
    }
    parts->wake_worker();
    co_return net::json_response(
        json::render(json::object{{"success", true}, {"id", std::to_string(job->id.value)}}));
}

async::Task<Result<net::Response>> handle_replay_letter(Parts parts, net::Call& call) {
    return act_on(std::move(parts), call, true);
}

async::Task<Result<net::Response>> handle_discard(Parts parts, net::Call& call) {
    return act_on(std::move(parts), call, false);
}

async::Task<Result<net::Response>> act_on_many(Parts parts, net::Call& call, bool replay) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<std::vector<EventId>> ids = parse_letter_ids(*body);
    if (!ids) {
        co_return std::unexpected(ids.error());
    }
    const Act wanted{.workspace = call.context.workspace, .replay = replay, .by = call.context};
    const std::vector<Outcome> outcomes = co_await parts->db.write(
        "queues.act_on_dead_letters", [wanted, ids = *ids, now = parts->clock.now()](db::Txn& txn) {
            return act_on_all(txn, wanted, ids, now);
        });
    parts->wake_worker();
    co_return net::json_response(json::render(render_outcomes(outcomes)));
}

async::Task<Result<net::Response>> handle_replay_letters(Parts parts, net::Call& call) {
    return act_on_many(std::move(parts), call, true);
}

async::Task<Result<net::Response>> handle_discard_letters(Parts parts, net::Call& call) {
    return act_on_many(std::move(parts), call, false);
}

async::Task<Result<net::Response>> handle_replay_events(Parts parts, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<webhook_events::ReplayRequest> request = parse_replay_request(*body);
    if (!request) {
        co_return std::unexpected(request.error());
    }
    if (const Result<void> accepting = parts->accepting(); !accepting) {
        co_return std::unexpected(accepting.error());
    }
    const Result<void> own =
        co_await webhook_events::check_replay(parts->db, call.context.workspace, request->ids);
    if (!own) {
        co_return std::unexpected(own.error());
    }
    const EventId id = parts->ids.event_id();
    co_await parts->db.write("webhooks.replay", [context = call.context, wanted = *request, id,
                                                 now = parts->clock.now()](db::Txn& txn) {
        start_replay(txn, context.workspace, context, id, wanted, now);
        return true;
    });
    parts->wake_worker();
    co_return net::json_response(json::render(render_started(id, *request)), 202);
}

}  // namespace

std::vector<net::Route> dead_letters_routes(const HttpParts& parts) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const Parts shared = std::make_shared<const HttpParts>(parts);
    const auto bind = [shared](auto handler) -> net::Handler {
        return [shared, handler](net::Call& call) { return handler(shared, call); };
    };
    constexpr std::string_view permission = "manageWebhooks";
    return {
        {Verb::get, "/api/v1/queues/status", Auth::api_key, permission, RateClass::api, 0,
         "getQueueStatus", bind(handle_status)},
        {Verb::get, "/api/v1/queues/dead", Auth::api_key, permission, RateClass::api, 0,
         "listDeadLetters", bind(handle_list)},
        {Verb::get, "/api/v1/queues/dead/{id}", Auth::api_key, permission, RateClass::api, 0,
         "getDeadLetter", bind(handle_get)},
        {Verb::post, "/api/v1/queues/dead/{id}/replay", Auth::api_key, permission, RateClass::api,
         1024, "replayDeadLetter", bind(handle_replay_letter)},
        {Verb::delete_, "/api/v1/queues/dead/{id}", Auth::api_key, permission, RateClass::api, 1024,
         "discardDeadLetter", bind(handle_discard)},
        {Verb::post, "/api/v1/queues/dead/replay", Auth::api_key, permission, RateClass::api, 8192,
         "replayDeadLetters", bind(handle_replay_letters)},
        {Verb::post, "/api/v1/queues/dead/discard", Auth::api_key, permission, RateClass::api, 8192,
         "discardDeadLetters", bind(handle_discard_letters)},
        {Verb::post, "/api/v1/webhook-events/replay", Auth::api_key, permission, RateClass::api,
         64 * 1024, "replayWebhookEvents", bind(handle_replay_events)},
    };
}

}  // namespace wapi::dead_letters
