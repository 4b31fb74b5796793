// GET /operator/queues, /operator/dead-letters, /operator/webhook-events; POST
// /operator/dead-letters/replay, /discard, /operator/webhook-events/replay.
#include "features/operator_desk/operator_desk_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "features/mailer/mailer.hpp"
#include "net/paging.hpp"

namespace wapi::operator_desk {
namespace {

constexpr std::size_t letters_body_max = 8 * 1024;
constexpr std::size_t replay_body_max = 64 * 1024;

json::value text_or_null(std::string_view text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object render(const QueueLine& line, Timestamp now) {
    json::object rendered = webhook_events::render_counts(line.counts, now);
    rendered["name"] = line.name;
    rendered["workspaceId"] = text_or_null(line.workspace ? line.workspace->id.value : "");
    rendered["workspaceName"] = text_or_null(line.workspace ? line.workspace->name : "");
    rendered["phone"] = text_or_null(line.phone);
    return rendered;
}

/// What a mail is about names a person, which is not for operators.
json::object render(const LetterLine& line) {
    json::object rendered = dead_letters::render_letter(line.letter);
    const queue::Job& job = line.letter.job;
    rendered["workspaceId"] = text_or_null(job.workspace ? job.workspace->value : "");
    rendered["workspaceName"] = text_or_null(line.workspace_name);
    if (job.queue == mailer::queue_name) {
        rendered["payload"] = nullptr;
    }
    return rendered;
}

std::string_view name_of(whatsapp::WebhookPriority priority) {
    switch (priority) {
        case whatsapp::WebhookPriority::high: return "messages";
        case whatsapp::WebhookPriority::normal: return "statuses";
        case whatsapp::WebhookPriority::low: return "other";
    }
    return "other";
}

json::object render(const webhook_events::EventLine& line) {
    return {{"id", std::to_string(line.id.value)},
            {"receivedAt", render_time(line.received_at)},
            {"kind", name_of(line.priority)},
            {"bytes", line.bytes}};
}

Result<std::optional<EventId>> parse_cursor(const net::Request& request) {
    const std::string_view text = request.query_param("cursor");
    if (text.empty()) {
        return std::nullopt;
    }
    const Result<EventId> id = dead_letters::parse_event_id(text, "cursor");
    return id ? Result<std::optional<EventId>>(*id) : std::unexpected(id.error());
}

/// Errors: invalid_request when the text is there and no time.
Result<std::optional<Timestamp>> parse_time_param(const net::Request& request,
                                                  std::string_view name) {
    const std::string_view text = request.query_param(name);
    if (text.empty()) {
        return std::nullopt;
    }
    const std::optional<Timestamp> time = wapi::parse_time(text);
    if (!time) {
        return fail_field(errors::invalid_request, std::string(name), "Must be an RFC 3339 time.");
    }
    return time;
}

Result<EventFilter> parse_filter(const net::Request& request) {
    const auto limit = net::page_limit(request);
    const auto after = parse_cursor(request);
    const auto from = parse_time_param(request, "from");
    const auto to = parse_time_param(request, "to");
    for (const Error* error : {limit ? nullptr : &limit.error(), after ? nullptr : &after.error(),
                               from ? nullptr : &from.error(), to ? nullptr : &to.error()}) {
        if (error != nullptr) {
            return std::unexpected(*error);
        }
    }
    return EventFilter{.from = *from, .to = *to, .after = *after, .limit = *limit};
}

async::Task<Result<net::Response>> handle_queues(Service& service, net::Call&) {
    const QueueList list = co_await service.list_queues();
    const Timestamp now = service.now();
    json::array queues;
    for (const QueueLine& line : list.queues) {
        queues.emplace_back(render(line, now));
    }
    co_return net::json_response(
        json::render(json::object{{"queues", std::move(queues)}, {"leftOut", list.left_out}}));
}

async::Task<Result<net::Response>> handle_letters(Service& service, net::Call& call) {
    const Result<std::size_t> limit = net::page_limit(call.request);
    const Result<std::optional<EventId>> after = parse_cursor(call.request);
    if (!limit || !after) {
        co_return std::unexpected(limit ? after.error() : limit.error());
    }
    std::optional<WorkspaceId> workspace;
    if (const std::string_view id = call.request.query_param("workspaceId"); !id.empty()) {
        workspace = WorkspaceId(std::string(id));
    }
    const LetterPage page = co_await service.list_letters(std::move(workspace), *after, *limit);
    json::array jobs;
    for (const LetterLine& line : page.letters) {
        jobs.emplace_back(render(line));
    }
    co_return net::page_response("jobs", std::move(jobs),
                                 page.next ? std::to_string(page.next->value) : "");
}

async::Task<Result<net::Response>> act(Service& service, net::Call& call, bool replay) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<std::vector<EventId>> ids = dead_letters::parse_letter_ids(*body);
    if (!ids) {
        co_return std::unexpected(ids.error());
    }
    const auto outcomes = co_await service.act(call.context, *ids, replay);
    co_return net::json_response(json::render(dead_letters::render_outcomes(outcomes)));
}

async::Task<Result<net::Response>> handle_replay_letters(Service& service, net::Call& call) {
    return act(service, call, true);
}

async::Task<Result<net::Response>> handle_discard_letters(Service& service, net::Call& call) {
    return act(service, call, false);
}

async::Task<Result<net::Response>> handle_events(Service& service, net::Call& call) {
    Result<EventFilter> filter = parse_filter(call.request);
    if (!filter) {
        co_return std::unexpected(filter.error());
    }
    const std::size_t limit = filter->limit++;  // one more says whether there is a next page
    std::vector<webhook_events::EventLine> lines = co_await service.list_events(*filter);
    const bool more = lines.size() > limit;
    lines.resize(std::min(lines.size(), limit));
    json::array events;
    for (const webhook_events::EventLine& line : lines) {
        events.emplace_back(render(line));
    }
    co_return net::page_response("events", std::move(events),
                                 more ? std::to_string(lines.back().id.value) : "");
}

async::Task<Result<net::Response>> handle_replay_events(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const auto request = dead_letters::parse_replay_request(*body);
    const auto workspace = json::optional_string(*body, "workspaceId", {.bytes_max = 64});
    if (!request || !workspace) {
        co_return std::unexpected(request ? workspace.error() : request.error());
    }
    ReplayWish wish{.request = *request, .workspace = std::nullopt};
    if (*workspace) {
        wish.workspace = WorkspaceId(**workspace);
    }
    const Result<EventId> id = co_await service.replay(call.context, std::move(wish));
    if (!id) {
        co_return std::unexpected(id.error());
    }
    co_return net::json_response(json::render(dead_letters::render_started(*id, *request)), 202);
}

using ServiceHandler = async::Task<Result<net::Response>> (*)(Service&, net::Call&);

async::Task<Result<net::Response>> guarded(Service& service, ServiceHandler handler,
                                           net::Call& call) {
    Result<Context> context =
        co_await service.authenticate(std::string(call.request.bearer_token()), call.context);
    if (!context) {
        co_return std::unexpected(context.error());
    }
    call.context = *std::move(context);
    co_return co_await handler(service, call);
}

}  // namespace

std::vector<net::Route> operator_desk_routes(Service& service) {
    using net::Verb;
    constexpr auto auth = net::Auth::platform_operator;
    constexpr auto rate = net::RateClass::public_form;
    const auto guard = [&service](ServiceHandler handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return guarded(service, handler, call); };
    };
    return {
        {Verb::get, "/api/v1/operator/queues", auth, "", rate, 0, "listQueues",
         guard(handle_queues)},
        {Verb::get, "/api/v1/operator/dead-letters", auth, "", rate, 0, "listAllDeadLetters",
         guard(handle_letters)},
        {Verb::post, "/api/v1/operator/dead-letters/replay", auth, "", rate, letters_body_max,
         "replayAllDeadLetters", guard(handle_replay_letters)},
        {Verb::post, "/api/v1/operator/dead-letters/discard", auth, "", rate, letters_body_max,
         "discardAllDeadLetters", guard(handle_discard_letters)},
        {Verb::get, "/api/v1/operator/webhook-events", auth, "", rate, 0, "listWebhookEvents",
         guard(handle_events)},
        {Verb::post, "/api/v1/operator/webhook-events/replay", auth, "", rate, replay_body_max,
         "replayAllWebhookEvents", guard(handle_replay_events)},
    };
}

}  // namespace wapi::operator_desk
