#include "features/search/search_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "net/paging.hpp"

namespace wapi::search {
namespace {

json::array render_snippet(const std::vector<Part>& parts) {
    json::array snippet;
    for (const Part& part : parts) {
        snippet.push_back({{"text", part.text}, {"match", part.matches}});
    }
    return snippet;
}

json::value render_message(const std::optional<MessageHit>& message) {
    if (!message) {
        return nullptr;
    }
    return json::object{{"id", message->id.value},
                        {"conversationId", message->conversation.value},
                        {"direction", message->direction},
                        {"type", message->type},
                        {"timestamp", render_time(message->timestamp)},
                        {"snippet", render_snippet(message->snippet)}};
}

json::object render(const Hit& hit) {
    const bool has_phone = !hit.contact_phone.empty();
    return {{"contact",
             {{"id", hit.contact.value},
              {"name", hit.contact_name},
              {"phone", has_phone ? json::value(hit.contact_phone) : json::value(nullptr)}}},
            {"message", render_message(hit.message)}};
}

/// Errors: invalid_request.
Result<Query> parse_query(const net::Request& request) {
    const Result<std::size_t> limit = net::page_limit(request);
    if (!limit) {
        return std::unexpected(limit.error());
    }
    const std::string_view text = request.query_param("q");
    if (text.empty() || text.size() > query_bytes_max) {
        return fail_field(wapi::errors::invalid_request, "q", "1 to 256 bytes.");
    }
    const std::string_view kind = request.query_param("kind");
    if (!kind.empty() && kind != "message" && kind != "contact") {
        return fail_field(wapi::errors::invalid_request, "kind", "message or contact.");
    }
    return Query{.text = std::string(text),
                 .kind = kind == "contact" ? Kind::contact : Kind::message,
                 .cursor = std::string(request.query_param("cursor")),
                 .limit = *limit};
}

async::Task<Result<net::Response>> handle_search(Service& service, net::Call& call) {
    const Result<Query> query = parse_query(call.request);
    if (!query) {
        co_return std::unexpected(query.error());
    }
    const Result<Page> page = co_await service.find(call.context, *query);
    if (!page) {
        co_return std::unexpected(page.error());
    }
    json::array hits;
    for (const Hit& hit : page->hits) {
        hits.emplace_back(render(hit));
    }
    co_return net::page_response("results", std::move(hits), page->next_cursor);
}

}  // namespace

std::vector<net::Route> search_routes(Service& service) {
    return {
        {net::Verb::get, "/api/v1/search", net::Auth::api_key, "viewContacts", net::RateClass::api,
         0, "search", [&service](net::Call& call) { return handle_search(service, call); }},
    };
}

}  // namespace wapi::search
