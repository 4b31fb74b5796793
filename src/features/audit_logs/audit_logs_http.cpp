// GET /api/v1/audit-logs, /audit-logs/export and /audit-logs/verify.
#include "features/audit_logs/audit_logs_http.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.hpp"
#include "net/paging.hpp"

namespace wapi::audit_logs {
namespace {

Result<std::optional<Timestamp>> moment_param(const net::Request& request, std::string_view name) {
    const std::string text(request.query_param(name));
    if (text.empty()) {
        return std::nullopt;
    }
    const std::optional<Timestamp> moment = audit::parse_moment(text);
    if (!moment) {
        return fail_field(wapi::errors::invalid_request, std::string(name),
                          "Write the time as 2026-11-22T21:30:00Z.");
    }
    return moment;
}

/// A cursor that an earlier answer gave.
template <class T>
Result<std::optional<T>> cursor_param(const net::Request& request,
                                      std::optional<T> (*parse)(std::string_view)) {
    const std::string_view text = request.query_param("cursor");
    std::optional<T> place = text.empty() ? std::nullopt : parse(text);
    if (!text.empty() && !place) {
        return fail_field(wapi::errors::invalid_request, "cursor",
                          "Pass the nextCursor of an answer.");
    }
    return place;
}

/// A parameter and the field of the filter that it fills.
struct FilterParam {
    std::string_view name;
    std::string audit::Filter::* field;
};
constexpr FilterParam filter_params[] = {
    {"action", &audit::Filter::action},
    {"resourceId", &audit::Filter::resource_id},
    {"userId", &audit::Filter::user_id},
    {"actorKind", &audit::Filter::actor_kind},
    {"resourceType", &audit::Filter::resource_type},
    {"ip", &audit::Filter::ip},
    {"requestId", &audit::Filter::request_id},
};
constexpr std::string_view actor_kinds[] = {"", "user", "api_key", "system", "operator"};

/// What page and export have in common.
Result<audit::Filter> parse_filter(const net::Request& request) {
    audit::Filter filter;
    for (const FilterParam& param : filter_params) {
        filter.*param.field = request.query_param(param.name);
        if ((filter.*param.field).size() > audit::field_bytes_max) {
            return fail_field(wapi::errors::invalid_request, std::string(param.name),
                              "At most 256 bytes.");
        }
    }
    if (std::ranges::find(actor_kinds, filter.actor_kind) == std::end(actor_kinds)) {
        return fail_field(wapi::errors::invalid_request, "actorKind",
                          "user, api_key, system or operator.");
    }
    const auto from = moment_param(request, "from");
    const auto to = moment_param(request, "to");
    if (!from || !to) {
        return std::unexpected(from ? to.error() : from.error());
    }
    filter.from = *from;
    filter.to = *to;
    return filter;
}

Result<audit::Filter> parse_page_filter(const net::Request& request) {
    Result<audit::Filter> filter = parse_filter(request);
    const auto limit = net::page_limit(request);
    const auto cursor = cursor_param(request, audit::parse_place);
    if (!filter) {
        return filter;
    }
    if (!limit) {
        return std::unexpected(limit.error());
    }
    if (!cursor) {
        return std::unexpected(cursor.error());
    }
    filter->limit = *limit;
    filter->before = *cursor;
    return filter;
}

Result<Format> parse_format(const net::Request& request) {
    const std::string_view text = request.query_param("format");
    for (const Format format : {Format::csv, Format::jsonl}) {
        if (text == name_of(format)) {
            return format;
        }
    }
    return fail_field(wapi::errors::invalid_request, "format", "csv or jsonl.");
}

json::value text_or_null(const std::optional<std::string>& text) {
    return text ? json::value(*text) : json::value(nullptr);
}

async::Task<Result<net::Response>> handle_list(audit::Service& service, net::Call& call) {
    Result<audit::Filter> filter = parse_page_filter(call.request);
    if (!filter) {
        co_return std::unexpected(filter.error());
    }
    const Result<audit::Page> page = co_await service.list(call.context, *std::move(filter));
    if (!page) {
        co_return std::unexpected(page.error());
    }
    json::array logs;
    for (const audit::StoredEntry& entry : page->entries) {
        logs.emplace_back(render(entry));
    }
    json::object body{{"logs", std::move(logs)}};
    body["total"] = page->total_known ? json::value(page->total) : json::value(nullptr);
    body["nextCursor"] = text_or_null(page->next.transform(audit::render_place));
    co_return net::json_response(json::render(std::move(body)));
}

async::Task<Result<net::Response>> handle_verify(audit::Service& service, net::Call& call) {
    const auto cursor = cursor_param(call.request, audit::parse_link);
    if (!cursor) {
        co_return std::unexpected(cursor.error());
    }
    const audit::Verified found = co_await service.verify(call.context, *cursor);
    const auto number = [](std::int64_t seq) { return std::to_string(seq); };
    json::object body{{"entries", found.entries}};
    body["prunedThrough"] =
        found.pruned_through > 0 ? json::value(number(found.pruned_through)) : json::value(nullptr);
    body["firstBadEntry"] = text_or_null(found.first_bad.transform(number));
    body["whole"] = !found.first_bad && !found.next ? json::value(true)
                    : found.first_bad               ? json::value(false)
                                                    : json::value(nullptr);
    body["nextCursor"] = text_or_null(found.next.transform(audit::render_link));
    co_return net::json_response(json::render(std::move(body)));
}

/// Gives the file to the connection, as fast as the client takes it.
class ExportBody final : public net::BodySource {
  public:
    ExportBody(Exporter& exporter, std::shared_ptr<Export> running)
        : exporter_(exporter), running_(std::move(running)) {}
    async::Task<std::string> next() override {
        std::string piece = co_await exporter_.next_piece(*running_);
        co_return piece;
    }

  private:
    Exporter& exporter_;
    std::shared_ptr<Export> running_;
};

async::Task<Result<net::Response>> handle_export(Exporter& exporter, net::Call& call) {
    Result<audit::Filter> filter = parse_filter(call.request);
    const Result<Format> format = parse_format(call.request);
    if (!filter) {
        co_return std::unexpected(filter.error());
    }
    if (!format) {
        co_return std::unexpected(format.error());
    }
    Result<std::shared_ptr<Export>> running =
        co_await exporter.begin(call.context, *std::move(filter), *format);
    if (!running) {
        co_return std::unexpected(running.error());
    }
    net::Response response;
    response.content_type =
        *format == Format::csv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson";
    response.headers.emplace_back(
        "Content-Disposition",
        fmt::format("attachment; filename=\"audit-logs.{}\"", name_of(*format)));
    response.source = std::make_shared<ExportBody>(exporter, *std::move(running));
    co_return response;
}

}  // namespace

std::vector<net::Route> audit_logs_routes(HttpParts parts) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    audit::Service& service = parts.audit;
    Exporter& exporter = parts.exporter;
    return {
        {Verb::get, "/api/v1/audit-logs", Auth::api_key, "viewAuditLogs", RateClass::api, 0,
         "listAuditLogs", [&service](net::Call& call) { return handle_list(service, call); }},
        {Verb::get, "/api/v1/audit-logs/export", Auth::api_key, "viewAuditLogs", RateClass::api, 0,
         "exportAuditLogs", [&exporter](net::Call& call) { return handle_export(exporter, call); }},
        {Verb::get, "/api/v1/audit-logs/verify", Auth::api_key, "viewAuditLogs", RateClass::api, 0,
         "verifyAuditLogs", [&service](net::Call& call) { return handle_verify(service, call); }},
    };
}

}  // namespace wapi::audit_logs
