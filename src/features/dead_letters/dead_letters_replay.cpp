// Replay of stored webhook events as people ask for it: what the request says, and the job's start
// with its audit entry.
#include <charconv>
#include <set>

#include "base/time_text.hpp"
#include "features/audit/audit.hpp"
#include "features/dead_letters/dead_letters.hpp"

namespace wapi::dead_letters {
namespace {

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

/// What the audit entry says was asked for.
json::object render(const webhook_events::ReplayRequest& request) {
    if (request.from && request.to) {
        return {{"from", render_time(*request.from)}, {"to", render_time(*request.to)}};
    }
    return {{"events", request.ids.size()}};
}

}  // namespace

Result<EventId> parse_event_id(std::string_view text, std::string_view field) {
    EventId id;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id.value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return fail_field(wapi::errors::invalid_request, std::string(field), "Not an id.");
    }
    return id;
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

void start_replay(db::Txn& txn, const std::optional<WorkspaceId>& workspace, const Context& by,
                  EventId id, const webhook_events::ReplayRequest& request, Timestamp now) {
    webhook_events::enqueue_replay(txn, workspace, id, request, now);
    Context context = by;
    context.workspace = workspace.value_or(WorkspaceId(platform_workspace));
    db::WorkspaceTxn log(txn, context.workspace);
    audit::record(log, context,
                  {.action = audit::actions::webhook_replayed,
                   .resource_type = "webhook_replay",
                   .resource_id = std::to_string(id.value),
                   .details = json::render(render(request))},
                  now);
}

json::object render_started(EventId id, const webhook_events::ReplayRequest& request) {
    return {{"success", true},
            {"replayId", std::to_string(id.value)},
            {"queued", request.ids.empty()
                           ? json::value(nullptr)
                           : json::value(std::set(request.ids.begin(), request.ids.end()).size())}};
}

}  // namespace wapi::dead_letters
