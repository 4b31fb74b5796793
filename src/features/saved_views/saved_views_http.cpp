#include "features/saved_views/saved_views_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"

namespace wapi::saved_views {
namespace {

json::object render(const View& view) {
    return {{"id", view.id},
            {"name", view.name},
            {"filter", view.filter},
            {"shared", view.owner.empty()},
            {"createdAt", render_time(view.created_at)}};
}

Result<net::Response> respond(const Result<View>& view, int status = 200) {
    if (!view) {
        return std::unexpected(view.error());
    }
    return net::json_response(json::render(render(*view)), status);
}

/// Errors: malformed_json, invalid_request.
Result<Draft> parse_draft(const std::string& body) {
    const Result<json::object> fields = json::parse_object(body);
    if (!fields) {
        return std::unexpected(fields.error());
    }
    const auto name = json::optional_string(*fields, "name", {.bytes_max = name_bytes_max});
    const auto filter = json::optional_object(*fields, "filter");
    const auto shared = json::optional_bool(*fields, "shared");
    if (!name || !filter) {
        return std::unexpected(name ? filter.error() : name.error());
    }
    if (!shared) {
        return std::unexpected(shared.error());
    }
    return Draft{.name = *name,
                 .filter = *filter == nullptr ? std::nullopt : std::optional(**filter),
                 .shared = shared->value_or(false)};
}

async::Task<Result<net::Response>> handle_list(Service& service, net::Call& call) {
    const std::vector<View> found = co_await service.list(call.context);
    json::array views;
    for (const View& view : found) {
        views.emplace_back(render(view));
    }
    co_return net::json_response(json::render(json::object{{"views", std::move(views)}}));
}

async::Task<Result<net::Response>> handle_create(Service& service, net::Call& call) {
    const Result<Draft> draft = parse_draft(call.request.body);
    if (!draft) {
        co_return std::unexpected(draft.error());
    }
    if (!draft->name || !draft->filter) {
        co_return fail_field(wapi::errors::invalid_request, draft->name ? "filter" : "name",
                             "Is missing.");
    }
    co_return respond(co_await service.create(call.context, *draft), 201);
}

async::Task<Result<net::Response>> handle_change(Service& service, net::Call& call) {
    const Result<Draft> draft = parse_draft(call.request.body);
    if (!draft) {
        co_return std::unexpected(draft.error());
    }
    co_return respond(co_await service.change(call.context, call.request.param("id"), *draft));
}

async::Task<Result<net::Response>> handle_remove(Service& service, net::Call& call) {
    const Result<void> removed = co_await service.remove(call.context, call.request.param("id"));
    if (!removed) {
        co_return std::unexpected(removed.error());
    }
    co_return net::json_response(R"({"success":true})");
}

}  // namespace

std::vector<net::Route> saved_views_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    constexpr std::size_t body_max = 4 * 1024;
    constexpr std::string_view permission = "viewContacts";
    const auto bind = [&service](auto handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return handler(service, call); };
    };
    return {
        {Verb::get, "/api/v1/views", Auth::api_key, permission, RateClass::api, 0, "listViews",
         bind(handle_list)},
        {Verb::post, "/api/v1/views", Auth::api_key, permission, RateClass::api, body_max,
         "createView", bind(handle_create)},
        {Verb::patch, "/api/v1/views/{id}", Auth::api_key, permission, RateClass::api, body_max,
         "changeView", bind(handle_change)},
        {Verb::delete_, "/api/v1/views/{id}", Auth::api_key, permission, RateClass::api, 0,
         "removeView", bind(handle_remove)},
    };
}

}  // namespace wapi::saved_views
