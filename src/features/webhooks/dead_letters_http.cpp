#include "features/webhooks/dead_letters_http.hpp"

#include <charconv>

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "features/audit/audit.hpp"
#include "features/messages/messages.hpp"
#include "net/paging.hpp"

namespace wapi::webhooks {
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
    return {{"id", std::to_string(job.id.value)},
            {"kind", job.kind},
            {"queue", job.queue},
            {"subject", job.subject},
            {"attempts", job.attempts},
            {"lastError", letter.last_error},
            {"payload", job.payload},
            {"createdAt", render_time(job.created_at)},
            {"diedAt", render_time(letter.died_at)}};
}

async::Task<Result<net::Response>> handle_status(Parts parts, net::Call& call) {
    const Timestamp now = parts->clock.now();
    const QueueStatus status = co_await parts->db.read(
        "queues.status", [workspace = call.context.workspace, now](db::Txn& txn) {
            return read_queue_status(txn, workspace, now);
        });
    co_return net::json_response(
        json::render(json::object{{"webhooks", render_counts(status.webhooks, now)},
                                  {"outbox", render_counts(status.outbox, now)}}));
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

/// What a member does to one dead letter, with its audit entry.
struct Act {
    Context context;
    EventId id;
    Timestamp now;
    bool replay = true;
};

Result<queue::Job> perform(db::WorkspaceTxn& txn, const Act& act) {
    Result<queue::Job> job = act.replay
                                 ? queue::replay_dead(txn.txn(), txn.workspace(), act.id, act.now)
                                 : queue::discard_dead(txn.txn(), txn.workspace(), act.id);
    if (job && act.replay && job->kind == messages::job_kind) {
        messages::requeue(txn, MessageId(job->payload));
    }
    if (job) {
        audit::record(txn, act.context,
                      {.action = act.replay ? audit::actions::webhook_replayed
                                            : audit::actions::webhook_discarded,
                       .resource_type = "dead_letter",
                       .resource_id = std::to_string(act.id.value)},
                      act.now);
    }
    return job;
}

async::Task<Result<net::Response>> act_on(Parts parts, net::Call& call, bool replay) {
    const Act act{
        .context = call.context, .id = path_id(call), .now = parts->clock.now(), .replay = replay};
    const Result<queue::Job> job =
        co_await parts->db.write(call.context.workspace, "queues.act_on_dead_letter",
                                 [act](db::WorkspaceTxn& txn) { return perform(txn, act); });
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

Result<ReplayRequest> parse_replay(const json::object& body) {
    const auto ids = json::optional_strings(body, "ids", replay_ids_max, {.bytes_max = 20});
    const auto from = json::optional_string(body, "from", {.bytes_max = 40});
    const auto to = json::optional_string(body, "to", {.bytes_max = 40});
    for (const Error* error : {ids ? nullptr : &ids.error(), from ? nullptr : &from.error(),
                               to ? nullptr : &to.error()}) {
        if (error != nullptr) {
            return std::unexpected(*error);
        }
    }
    ReplayRequest request;
    for (const std::string& text : *ids) {
        const Result<EventId> id = parse_event_id(text, "ids");
        if (!id) {
            return std::unexpected(id.error());
        }
        request.ids.push_back(*id);
    }
    request.from = *from ? parse_time(**from) : std::nullopt;
    request.to = *to ? parse_time(**to) : std::nullopt;
    const bool range = request.from && request.to && *request.from < *request.to;
    if (request.ids.empty() == !range) {
        return fail_field(wapi::errors::invalid_request, "ids",
                          "Give either ids, or from and to as RFC 3339 times, from before to.");
    }
    return request;
}

Result<std::int64_t> replay(db::WorkspaceTxn& txn, const Context& context,
                            const ReplayRequest& request, Timestamp now) {
    Result<std::int64_t> count = replay_events(txn, request, now);
    if (count) {
        audit::record(txn, context,
                      {.action = audit::actions::webhook_replayed,
                       .resource_type = "webhook_event",
                       .resource_id = "",
                       .details = json::render(json::object{{"events", *count}})},
                      now);
    }
    return count;
}

async::Task<Result<net::Response>> handle_replay_events(Parts parts, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<ReplayRequest> request = parse_replay(*body);
    if (!request) {
        co_return std::unexpected(request.error());
    }
    const Result<std::int64_t> count = co_await parts->db.write(
        call.context.workspace, "webhooks.replay",
        [context = call.context, wanted = *request, now = parts->clock.now()](
            db::WorkspaceTxn& txn) { return replay(txn, context, wanted, now); });
    if (!count) {
        co_return std::unexpected(count.error());
    }
    parts->wake_worker();
    co_return net::json_response(json::render(json::object{{"success", true}, {"queued", *count}}),
                                 202);
}

}  // namespace

std::vector<net::Route> dead_letters_routes(std::shared_ptr<const HttpParts> parts) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const auto bind = [parts](auto handler) -> net::Handler {
        return [parts, handler](net::Call& call) { return handler(parts, call); };
    };
    constexpr std::string_view permission = "manageWebhooks";
    return {
        {Verb::get, "/api/v1/queues/status", Auth::session, permission, RateClass::api, 0,
         "getQueueStatus", bind(handle_status)},
        {Verb::get, "/api/v1/queues/dead", Auth::session, permission, RateClass::api, 0,
         "listDeadLetters", bind(handle_list)},
        {Verb::get, "/api/v1/queues/dead/{id}", Auth::session, permission, RateClass::api, 0,
         "getDeadLetter", bind(handle_get)},
        {Verb::post, "/api/v1/queues/dead/{id}/replay", Auth::session, permission, RateClass::api,
         1024, "replayDeadLetter", bind(handle_replay_letter)},
        {Verb::delete_, "/api/v1/queues/dead/{id}", Auth::session, permission, RateClass::api, 1024,
         "discardDeadLetter", bind(handle_discard)},
        {Verb::post, "/api/v1/webhook-events/replay", Auth::session, permission, RateClass::api,
         64 * 1024, "replayWebhookEvents", bind(handle_replay_events)},
    };
}

}  // namespace wapi::webhooks
