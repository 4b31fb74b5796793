#include "features/segments/segments_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"

namespace wapi::segments {
namespace {

constexpr std::size_t body_max = 32 * 1024;

json::object render_segment(const Segment& segment) {
    return {{"id", segment.id},
            {"name", segment.name},
            {"filter", render(segment.conditions)},
            {"createdAt", render_time(segment.created_at)}};
}

Result<net::Response> respond(const Result<Segment>& segment, int status = 200) {
    if (!segment) {
        return std::unexpected(segment.error());
    }
    return net::json_response(json::render(render_segment(*segment)), status);
}

/// Name and filter of a request's body.
Result<Segment> parse_segment(const net::Request& request) {
    const Result<json::object> body = json::parse_object(request.body);
    if (!body) {
        return std::unexpected(body.error());
    }
    const auto name = json::require_string(*body, "name", {.bytes_max = name_bytes_max});
    const auto filter = json::require_object(*body, "filter");
    if (!name || !filter) {
        return std::unexpected(name ? filter.error() : name.error());
    }
    Result<Conditions> conditions = parse(**filter);
    if (!conditions) {
        return std::unexpected(conditions.error());
    }
    return Segment{.id = {}, .name = *name, .conditions = *std::move(conditions), .created_at = {}};
}

async::Task<Result<net::Response>> handle_list(Service& service, net::Call& call) {
    json::array segments;
    const std::vector<Segment> all = co_await service.list(call.context);
    for (const Segment& segment : all) {
        segments.emplace_back(render_segment(segment));
    }
    co_return net::json_response(json::render(json::object{{"segments", std::move(segments)}}));
}

async::Task<Result<net::Response>> handle_get(Service& service, net::Call& call) {
    co_return respond(co_await service.get(call.context, call.request.param("id")));
}

async::Task<Result<net::Response>> handle_create(Service& service, net::Call& call) {
    Result<Segment> segment = parse_segment(call.request);
    if (!segment) {
        co_return std::unexpected(segment.error());
    }
    co_return respond(co_await service.create(call.context, std::move(segment->name),
                                              std::move(segment->conditions)),
                      201);
}

async::Task<Result<net::Response>> handle_replace(Service& service, net::Call& call) {
    Result<Segment> segment = parse_segment(call.request);
    if (!segment) {
        co_return std::unexpected(segment.error());
    }
    segment->id = call.request.param("id");
    co_return respond(co_await service.replace(call.context, *std::move(segment)));
}

async::Task<Result<net::Response>> handle_remove(Service& service, net::Call& call) {
    co_return respond(co_await service.remove(call.context, call.request.param("id")));
}

}  // namespace

std::vector<net::Route> segments_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const auto bind = [&service](auto handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return handler(service, call); };
    };
    return {
        {Verb::get, "/api/v1/segments", Auth::api_key, "viewContacts", RateClass::api, 0,
         "listSegments", bind(handle_list)},
        {Verb::post, "/api/v1/segments", Auth::api_key, "editContacts", RateClass::api,
         body_max, "createSegment", bind(handle_create)},
        {Verb::get, "/api/v1/segments/{id}", Auth::api_key, "viewContacts", RateClass::api,
         0, "getSegment", bind(handle_get)},
        {Verb::put, "/api/v1/segments/{id}", Auth::api_key, "editContacts", RateClass::api,
         body_max, "replaceSegment", bind(handle_replace)},
        {Verb::delete_, "/api/v1/segments/{id}", Auth::api_key, "editContacts",
         RateClass::api, 1024, "removeSegment", bind(handle_remove)},
    };
}

}  // namespace wapi::segments
