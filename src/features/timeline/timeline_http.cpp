#include "features/timeline/timeline_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "net/paging.hpp"

namespace wapi::timeline {
namespace {

struct Render {
    json::object operator()(const messages::Message& message) const {
        return {{"kind", "message"},
                {"at", render_time(message.timestamp)},
                {"message", messages::render(message)}};
    }
    json::object operator()(const conversation_notes::Note& note) const {
        return {{"kind", "note"},
                {"at", render_time(note.created_at)},
                {"note", conversation_notes::render(note)}};
    }
    json::object operator()(const Event& event) const {
        const bool has_conversation = !event.conversation.empty();
        json::object rendered{
            {"action", event.action},
            {"conversationId",
             has_conversation ? json::value(event.conversation) : json::value(nullptr)},
            {"actor",
             {{"kind", event.actor_kind}, {"id", event.actor_id}, {"name", event.actor_name}}},
            {"details", event.details}};
        return {{"kind", "event"}, {"at", render_time(event.at)}, {"event", std::move(rendered)}};
    }
};

async::Task<Result<net::Response>> handle_timeline(Service& service, net::Call& call) {
    const Result<std::size_t> limit = net::page_limit(call.request);
    if (!limit) {
        co_return std::unexpected(limit.error());
    }
    const Result<Page> page =
        co_await service.list(call.context, ContactId(call.request.param("id")),
                              std::string(call.request.query_param("cursor")), *limit);
    if (!page) {
        co_return std::unexpected(page.error());
    }
    json::array entries;
    for (const Entry& entry : page->entries) {
        entries.emplace_back(std::visit(Render(), entry));
    }
    co_return net::page_response("entries", std::move(entries), page->next_cursor);
}

}  // namespace

std::vector<net::Route> timeline_routes(Service& service) {
    return {
        {net::Verb::get, "/api/v1/contacts/{id}/timeline", net::Auth::api_key, "viewContacts",
         net::RateClass::api, 0, "getContactTimeline",
         [&service](net::Call& call) { return handle_timeline(service, call); }},
    };
}

}  // namespace wapi::timeline
