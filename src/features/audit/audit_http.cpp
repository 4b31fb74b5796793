// GET /api/v1/audit-logs: filters from the query, entries newest first.
#include "features/audit/audit_http.hpp"

#include <charconv>

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "features/audit/audit_rules.hpp"
#include "net/paging.hpp"

namespace wapi::audit {
namespace {

Result<std::optional<Timestamp>> moment_param(const net::Request& request, std::string_view name) {
    const std::string text(request.query_param(name));
    if (text.empty()) {
        return std::nullopt;
    }
    const std::optional<Timestamp> moment = parse_moment(text);
    if (!moment) {
        return fail_field(errors::invalid_request, std::string(name),
                          "Write the time as 2026-11-22T21:30:00Z.");
    }
    return moment;
}

Result<std::optional<std::int64_t>> cursor_param(const net::Request& request) {
    const std::string_view text = request.query_param("cursor");
    if (text.empty()) {
        return std::nullopt;
    }
    std::int64_t seq = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seq);
    if (failure != std::errc() || end != text.data() + text.size() || seq < 1) {
        return fail_field(errors::invalid_request, "cursor", "Pass the nextCursor of a page.");
    }
    return seq;
}

Result<Filter> parse_filter(const net::Request& request) {
    Filter filter;
    filter.action = request.query_param("action");
    filter.resource_id = request.query_param("resourceId");
    filter.user_id = request.query_param("userId");
    const auto limit = net::page_limit(request);
    const auto from = moment_param(request, "from");
    const auto to = moment_param(request, "to");
    const auto cursor = cursor_param(request);
    if (!limit) {
        return std::unexpected(limit.error());
    }
    if (!from || !to) {
        return std::unexpected(from ? to.error() : from.error());
    }
    if (!cursor) {
        return std::unexpected(cursor.error());
    }
    filter.limit = *limit;
    filter.from = *from;
    filter.to = *to;
    filter.before_seq = *cursor;
    return filter;
}

json::value render(const StoredEntry& entry) {
    const Result<json::value> details = json::parse_value(entry.details);
    return {{"id", std::to_string(entry.seq)},
            {"action", entry.action},
            {"actor", {{"kind", entry.actor_kind}, {"id", entry.actor_id}}},
            {"resource", {{"type", entry.resource_type}, {"id", entry.resource_id}}},
            {"details", details ? *details : json::value(json::object())},
            {"ip", entry.ip},
            {"userAgent", entry.user_agent},
            {"requestId", entry.request_id},
            {"createdAt", render_time(entry.created_at)}};
}

async::Task<Result<net::Response>> handle_list(Service& service, net::Call& call) {
    Result<Filter> filter = parse_filter(call.request);
    if (!filter) {
        co_return std::unexpected(filter.error());
    }
    const Result<Page> page = co_await service.list(call.context, *std::move(filter));
    if (!page) {
        co_return std::unexpected(page.error());
    }
    json::array logs;
    for (const StoredEntry& entry : page->entries) {
        logs.emplace_back(render(entry));
    }
    json::object body{{"logs", std::move(logs)}, {"total", page->total}};
    body["nextCursor"] =
        page->next_before ? json::value(std::to_string(*page->next_before)) : json::value(nullptr);
    co_return net::json_response(json::render(std::move(body)));
}

}  // namespace

std::vector<net::Route> audit_routes(Service& service) {
    return {
        {net::Verb::get, "/api/v1/audit-logs", net::Auth::session, "viewAuditLogs",
         net::RateClass::api, 0, "listAuditLogs",
         [&service](net::Call& call) { return handle_list(service, call); }},
    };
}

}  // namespace wapi::audit
