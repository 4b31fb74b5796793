// GET /api/v1/templates: the local copy, by name and language. POST /templates/sync renews it.
#include "features/templates/templates_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "net/paging.hpp"

namespace wapi::templates {
namespace {

constexpr std::size_t sync_body_max = 1024;

json::value render(const Template& stored) {
    const Result<json::value> components = json::parse_value(stored.components);
    return {{"id", stored.meta_id},
            {"name", stored.name},
            {"language", stored.language},
            {"category", stored.category},
            {"status", stored.status},
            {"statusReason", stored.status_reason},
            {"parameterFormat", stored.parameter_format},
            {"components", components ? *components : json::value(json::array())},
            {"wabaId", stored.waba_id.value},
            {"updatedAt", render_time(stored.updated_at)}};
}

async::Task<Result<net::Response>> handle_list(Service& service, net::Call& call) {
    const Result<std::size_t> limit = net::page_limit(call.request);
    if (!limit) {
        co_return std::unexpected(limit.error());
    }
    const std::string cursor(call.request.query_param("cursor"));
    const Result<Page> page = co_await service.list(call.context, *limit, cursor);
    if (!page) {
        co_return std::unexpected(page.error());
    }
    json::array items;
    for (const Template& stored : page->templates) {
        items.emplace_back(render(stored));
    }
    co_return net::page_response("templates", std::move(items), page->next_cursor);
}

async::Task<Result<net::Response>> handle_sync(Service& service, net::Call& call) {
    const Result<std::size_t> synced = co_await service.sync_all(call.context);
    if (!synced) {
        co_return std::unexpected(synced.error());
    }
    co_return net::json_response(
        json::render(json::object{{"success", true}, {"templatesSynced", *synced}}));
}

}  // namespace

std::vector<net::Route> template_routes(Service& service) {
    return {
        {net::Verb::get, "/api/v1/templates", net::Auth::api_key, "viewTemplates",
         net::RateClass::api, 0, "listTemplates",
         [&service](net::Call& call) { return handle_list(service, call); }},
        {net::Verb::post, "/api/v1/templates/sync", net::Auth::api_key, "editTemplates",
         net::RateClass::api, sync_body_max, "syncTemplates",
         [&service](net::Call& call) { return handle_sync(service, call); }},
    };
}

}  // namespace wapi::templates
