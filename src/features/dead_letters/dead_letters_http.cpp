#include "features/dead_letters/dead_letters_http.hpp"

#include <charconv>
#include <set>

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "features/audit/audit.hpp"
#include "features/dead_letters/dead_letters.hpp"
#include "net/paging.hpp"

namespace wapi::dead_letters {
namespace {

using Parts = std::shared_ptr<const HttpParts>;
constexpr std::size_t replay_ids_max = 1'000;

Result<EventId> parse_event_id(std::string_view text, std::string_view field) {
    EventId id;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id.value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return fail_field(wapi::errors::invalid_request, std::string(field), "Not an id.");
    }
    return id;
}

/// The id of the path: anything that is not one of ours is simply not there.
EventId path_id(const net::Call& call) {
    return parse_event_id(call.request.param("id"), "id").value_or(EventId{-1});
}

json::object render(const queue::DeadLetter& letter) {
    const queue::Job& job = letter.job;
    const std::optional<EventId> event = webhook_events::event_of(job);
    return {{"id", std::to_string(job.id.value)},
            {"kind", job.kind},
            {"queue", job.queue},
            {"subject", job.subject},
            {"attempts", job.attempts},
            {"lastError", letter.last_error},
            {"payload", job.payload},
            // As text: JavaScript would round the number inside the payload.
            {"eventId", event ? json::value(std::to_string(event->value)) : json::value(nullptr)},
            {"createdAt", render_time(job.created_at)},
            {"diedAt", render_time(letter.died_at)}};
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
        jobs.emplace_back(render(letter));
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
    co_return net::json_response(json::render(render(*letter)));
}

async::Task<Result<net::Response>> act_on(Parts parts, net::Call& call, bool replay) {
    const LetterAct wanted{.workspace = call.context.workspace,
                           .id = path_id(call),
                           .replay = replay,
                           .context = call.context};
    const Result<queue::Job> job = co_await parts->db.write(
        "queues.act_on_dead_letter",
        [wanted, now = parts->clock.now()](db::Txn& txn) { return act(txn, wanted, now); });
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

/// Errors: invalid_request when the text is there and no time.
Result<std::optional<Timestamp>> read_time(const json::object& body, std::string_view field) {
    const auto text = json::optional_string(body, field, {.bytes_max = 40});
    if (!text) {
        return std::unexpected(text.error());
    }
    if (!*text) {
        return std::nullopt;
    }
    const std::optional<Timestamp> time = wapi::parse_time(**text);
    if (!time) {
        return fail_field(wapi::errors::invalid_request, std::string(field),
                          "Must be an RFC 3339 time.");
    }
    return time;
}

Result<webhook_events::ReplayRequest> parse_replay_request(const json::object& body) {
    const auto ids = json::optional_strings(body, "ids", replay_ids_max, {.bytes_max = 20});
    const auto from = read_time(body, "from");
    const auto to = read_time(body, "to");
    for (const Error* error : {ids ? nullptr : &ids.error(), from ? nullptr : &from.error(),
                               to ? nullptr : &to.error()}) {
        if (error != nullptr) {
            return std::unexpected(*error);
        }
    }
    webhook_events::ReplayRequest request;
    for (const std::string& text : *ids) {
        const Result<EventId> id = parse_event_id(text, "ids");
        if (!id) {
            return std::unexpected(id.error());
        }
        request.ids.push_back(*id);
    }
    request.from = *from;
    request.to = *to;
    const bool range = request.from && request.to && *request.from < *request.to;
    const bool neither = !request.from && !request.to;
    if (request.ids.empty() ? !range : !neither) {
        return fail_field(wapi::errors::invalid_request, "ids",
                          "Give either ids, or from and to as RFC 3339 times, from before to.");
    }
    return request;
}

/// What the audit entry says was asked for.
json::object render(const webhook_events::ReplayRequest& request) {
    if (request.from && request.to) {
        return {{"from", render_time(*request.from)}, {"to", render_time(*request.to)}};
    }
    return {{"events", request.ids.size()}};
}

Result<void> start_replay(db::WorkspaceTxn& txn, const Context& context, EventId id,
                          const webhook_events::ReplayRequest& request, Timestamp now) {
    webhook_events::enqueue_replay(txn.txn(), txn.workspace(), id, request, now);
    audit::record(txn, context,
                  {.action = audit::actions::webhook_replayed,
                   .resource_type = "webhook_replay",
                   .resource_id = std::to_string(id.value),
                   .details = json::render(render(request))},
                  now);
    return {};
}

/// `queued`: how many events, null for a range, whose events the job finds as it goes.
json::object render_started(EventId id, const webhook_events::ReplayRequest& request) {
    return {{"success", true},
            {"replayId", std::to_string(id.value)},
            {"queued", request.ids.empty()
                           ? json::value(nullptr)
                           : json::value(std::set(request.ids.begin(), request.ids.end()).size())}};
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
    co_await parts->db.write(
        call.context.workspace, "webhooks.replay",
        [context = call.context, wanted = *request, id, now = parts->clock.now()](
            db::WorkspaceTxn& txn) { return start_replay(txn, context, id, wanted, now); });
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
        {Verb::post, "/api/v1/webhook-events/replay", Auth::api_key, permission, RateClass::api,
         64 * 1024, "replayWebhookEvents", bind(handle_replay_events)},
    };
}

}  // namespace wapi::dead_letters
