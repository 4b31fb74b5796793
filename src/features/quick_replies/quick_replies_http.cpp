#include "features/quick_replies/quick_replies_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "net/paging.hpp"

namespace wapi::quick_replies {
namespace {

json::object render(const QuickReply& reply) {
    return {{"id", reply.id},
            {"shortcut", reply.shortcut},
            {"text", reply.text},
            {"shared", reply.owner.empty()},
            {"createdAt", render_time(reply.created_at)},
            {"updatedAt", render_time(reply.updated_at)}};
}

Result<net::Response> respond(const Result<QuickReply>& reply, int status = 200) {
    if (!reply) {
        return std::unexpected(reply.error());
    }
    return net::json_response(json::render(render(*reply)), status);
}

/// Errors: malformed_json, invalid_request.
Result<Draft> parse_draft(const std::string& body) {
    const Result<json::object> fields = json::parse_object(body);
    if (!fields) {
        return std::unexpected(fields.error());
    }
    const auto shortcut =
        json::optional_string(*fields, "shortcut", {.bytes_max = shortcut_bytes_max});
    const auto text = json::optional_string(*fields, "text", {.bytes_max = text_bytes_max});
    const auto shared = json::optional_bool(*fields, "shared");
    if (!shortcut || !text) {
        return std::unexpected(shortcut ? text.error() : shortcut.error());
    }
    if (!shared) {
        return std::unexpected(shared.error());
    }
    return Draft{.shortcut = *shortcut, .text = *text, .shared = shared->value_or(false)};
}

async::Task<Result<net::Response>> handle_list(Service& service, net::Call& call) {
    const Result<std::size_t> limit = net::page_limit(call.request);
    if (!limit) {
        co_return std::unexpected(limit.error());
    }
    const Result<Page> page = co_await service.list(
        call.context, {.text = std::string(call.request.query_param("q")),
                       .cursor = std::string(call.request.query_param("cursor")),
                       .limit = *limit});
    if (!page) {
        co_return std::unexpected(page.error());
    }
    json::array replies;
    for (const QuickReply& reply : page->replies) {
        replies.emplace_back(render(reply));
    }
    co_return net::page_response("quickReplies", std::move(replies), page->next_cursor);
}

async::Task<Result<net::Response>> handle_create(Service& service, net::Call& call) {
    const Result<Draft> draft = parse_draft(call.request.body);
    if (!draft) {
        co_return std::unexpected(draft.error());
    }
    for (const auto& [field, value] :
         {std::pair{"shortcut", &draft->shortcut}, std::pair{"text", &draft->text}}) {
        if (!*value) {
            co_return fail_field(wapi::errors::invalid_request, field, "Is missing.");
        }
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

async::Task<Result<net::Response>> handle_render(Service& service, net::Call& call) {
    const std::string contact(call.request.query_param("contactId"));
    const Result<std::string> text =
        co_await service.render(call.context, call.request.param("id"), ContactId(contact));
    if (!text) {
        co_return std::unexpected(text.error());
    }
    co_return net::json_response(json::render(json::object{{"text", *text}}));
}

}  // namespace

std::vector<net::Route> quick_replies_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    constexpr std::size_t body_max = 16 * 1024;
    constexpr std::string_view permission = "sendMessages";
    const auto bind = [&service](auto handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return handler(service, call); };
    };
    return {
        {Verb::get, "/api/v1/quick-replies", Auth::api_key, permission, RateClass::api, 0,
         "listQuickReplies", bind(handle_list)},
        {Verb::post, "/api/v1/quick-replies", Auth::api_key, permission, RateClass::api, body_max,
         "createQuickReply", bind(handle_create)},
        {Verb::patch, "/api/v1/quick-replies/{id}", Auth::api_key, permission, RateClass::api,
         body_max, "changeQuickReply", bind(handle_change)},
        {Verb::delete_, "/api/v1/quick-replies/{id}", Auth::api_key, permission, RateClass::api, 0,
         "removeQuickReply", bind(handle_remove)},
        {Verb::get, "/api/v1/quick-replies/{id}/text", Auth::api_key, permission, RateClass::api, 0,
         "renderQuickReply", bind(handle_render)},
    };
}

}  // namespace wapi::quick_replies
