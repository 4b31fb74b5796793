#include "features/messages/messages_http.hpp"

#include "base/json.hpp"
#include "net/paging.hpp"

namespace wapi::messages {
namespace {

/// `me` is who asks. Errors: invalid_request.
Result<std::string> parse_assignee(const net::Call& call) {
    std::string assignee(call.request.query_param("assignee"));
    if (assignee == "me") {
        assignee = inbox::acting_member(call.context).value;
        if (assignee.empty()) {
            return fail_field(wapi::errors::invalid_request, "assignee",
                              "An API key is nobody: name a member.");
        }
    }
    return assignee;
}

/// Errors: invalid_request.
Result<inbox::Filter> parse_filter(const net::Call& call) {
    const Result<std::size_t> limit = net::page_limit(call.request);
    const Result<std::string> assignee = parse_assignee(call);
    if (!limit || !assignee) {
        return std::unexpected(limit ? assignee.error() : limit.error());
    }
    const std::string_view unread = call.request.query_param("unread");
    if (!unread.empty() && unread != "true" && unread != "false") {
        return fail_field(wapi::errors::invalid_request, "unread", "true or false.");
    }
    const auto text = [&call](std::string_view name) {
        return std::string(call.request.query_param(name));
    };
    return inbox::Filter{.contact = text("contactId"),
                         .status = text("status"),
                         .assignee = *assignee,
                         .number = text("phoneNumberId"),
                         .tag = text("tag"),
                         .unread_only = unread == "true",
                         .cursor = text("cursor"),
                         .limit = *limit};
}

async::Task<Result<net::Response>> handle_conversations(Service& service, net::Call& call) {
    const Result<inbox::Filter> filter = parse_filter(call);
    if (!filter) {
        co_return std::unexpected(filter.error());
    }
    const auto page = co_await service.list_conversations(call.context, *filter);
    if (!page) {
        co_return std::unexpected(page.error());
    }
    json::array items;
    for (const inbox::Entry& entry : page->conversations) {
        items.emplace_back(render(entry));
    }
    co_return net::page_response("conversations", std::move(items), page->next_cursor);
}

Result<net::Response> respond(const Result<inbox::Entry>& entry) {
    if (!entry) {
        return std::unexpected(entry.error());
    }
    return net::json_response(json::render(render(*entry)));
}

async::Task<Result<net::Response>> handle_conversation(Service& service, net::Call& call) {
    co_return respond(
        co_await service.get_conversation(call.context, ConversationId(call.request.param("id"))));
}

async::Task<Result<net::Response>> handle_mark_read(Service& service, net::Call& call) {
    co_return respond(
        co_await service.mark_read(call.context, ConversationId(call.request.param("id"))));
}

async::Task<Result<net::Response>> handle_messages(Service& service, net::Call& call) {
    const Result<std::size_t> limit = net::page_limit(call.request);
    if (!limit) {
        co_return std::unexpected(limit.error());
    }
    const Result<Page> page =
        co_await service.list_messages(call.context, ConversationId(call.request.param("id")),
                                       std::string(call.request.query_param("cursor")), *limit);
    if (!page) {
        co_return std::unexpected(page.error());
    }
    json::array items;
    for (const Message& message : page->messages) {
        items.emplace_back(render(message));
    }
    co_return net::page_response("messages", std::move(items), page->next_cursor);
}

}  // namespace

std::vector<net::Route> messages_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const auto bind = [&service](auto handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return handler(service, call); };
    };
    return {
        {Verb::get, "/api/v1/conversations", Auth::api_key, "viewContacts", RateClass::api, 0,
         "listConversations", bind(handle_conversations)},
        {Verb::get, "/api/v1/conversations/{id}", Auth::api_key, "viewContacts", RateClass::api, 0,
         "getConversation", bind(handle_conversation)},
        {Verb::get, "/api/v1/conversations/{id}/messages", Auth::api_key, "viewContacts",
         RateClass::api, 0, "listMessages", bind(handle_messages)},
        {Verb::post, "/api/v1/conversations/{id}/read", Auth::api_key, "sendMessages",
         RateClass::api, 1024, "readConversation", bind(handle_mark_read)},
    };
}

}  // namespace wapi::messages
