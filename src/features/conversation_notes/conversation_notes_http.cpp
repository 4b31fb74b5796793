#include "features/conversation_notes/conversation_notes_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "net/paging.hpp"

namespace wapi::conversation_notes {
namespace {

/// Errors: malformed_json, invalid_request.
Result<Draft> parse_draft(const std::string& body) {
    const Result<json::object> fields = json::parse_object(body);
    if (!fields) {
        return std::unexpected(fields.error());
    }
    const auto text = json::require_string(*fields, "text", {.bytes_max = text_bytes_max});
    const auto mentions =
        json::optional_strings(*fields, "mentions", mentions_max, {.bytes_max = 64});
    if (!text || !mentions) {
        return std::unexpected(text ? mentions.error() : text.error());
    }
    Draft draft{.text = *text, .mentions = {}};
    for (const std::string& user : *mentions) {
        draft.mentions.emplace_back(user);
    }
    return draft;
}

async::Task<Result<net::Response>> handle_list(Service& service, net::Call& call) {
    const Result<std::size_t> limit = net::page_limit(call.request);
    if (!limit) {
        co_return std::unexpected(limit.error());
    }
    const Result<Page> page =
        co_await service.list(call.context, ConversationId(call.request.param("id")),
                              std::string(call.request.query_param("cursor")), *limit);
    if (!page) {
        co_return std::unexpected(page.error());
    }
    json::array notes;
    for (const Note& note : page->notes) {
        notes.emplace_back(render(note));
    }
    co_return net::page_response("notes", std::move(notes), page->next_cursor);
}

async::Task<Result<net::Response>> handle_add(Service& service, net::Call& call) {
    const Result<Draft> draft = parse_draft(call.request.body);
    const Result<idempotency::Request> keyed =
        idempotency::parse({.key = call.request.header("idempotency-key"),
                            .path = call.request.path,
                            .body = call.request.body});
    if (!draft || !keyed) {
        co_return std::unexpected(draft ? keyed.error() : draft.error());
    }
    const Result<Note> note = co_await service.add(
        call.context, ConversationId(call.request.param("id")), *draft, *keyed);
    if (!note) {
        co_return std::unexpected(note.error());
    }
    co_return net::json_response(json::render(render(*note)), 201);
}

async::Task<Result<net::Response>> handle_remove(Service& service, net::Call& call) {
    const Result<void> removed = co_await service.remove(call.context, call.request.param("id"));
    if (!removed) {
        co_return std::unexpected(removed.error());
    }
    co_return net::json_response(R"({"success":true})");
}

}  // namespace

boost::json::object render(const Note& note) {
    json::array mentions;
    for (const UserId& user : note.mentions) {
        mentions.emplace_back(user.value);
    }
    return {{"id", note.id},
            {"conversationId", note.conversation.value},
            {"author",
             {{"kind", note.author_kind}, {"id", note.author_id}, {"name", note.author_name}}},
            {"text", note.text},
            {"mentions", std::move(mentions)},
            {"createdAt", render_time(note.created_at)}};
}

std::vector<net::Route> conversation_notes_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    constexpr std::size_t body_max = 32 * 1024;
    const auto bind = [&service](auto handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return handler(service, call); };
    };
    return {
        {Verb::get, "/api/v1/conversations/{id}/notes", Auth::api_key, "viewContacts",
         RateClass::api, 0, "listNotes", bind(handle_list)},
        {Verb::post, "/api/v1/conversations/{id}/notes", Auth::api_key, "sendMessages",
         RateClass::api, body_max, "addNote", bind(handle_add)},
        {Verb::delete_, "/api/v1/notes/{id}", Auth::api_key, "sendMessages", RateClass::api, 0,
         "removeNote", bind(handle_remove)},
    };
}

}  // namespace wapi::conversation_notes
