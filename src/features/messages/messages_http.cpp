#include "features/messages/messages_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "net/paging.hpp"

namespace wapi::messages {
namespace {

json::object render_view(const ConversationView& view) {
    const inbox::Conversation& conversation = view.conversation;
    std::optional<Timestamp> expires;
    if (conversation.last_inbound_at) {
        expires = *conversation.last_inbound_at + inbox::service_window;
    }
    return {{"id", conversation.id.value},
            {"contactId", conversation.contact.value},
            {"phoneNumberId", conversation.phone_number_id.value},
            {"status", conversation.status},
            {"assigneeId", conversation.assignee ? json::value(conversation.assignee->value)
                                                 : json::value(nullptr)},
            {"unreadCount", conversation.unread_count},
            {"windowExpiresAt", render_time(expires)},
            {"lastMessageAt", render_time(conversation.last_message_at)},
            {"lastMessage",
             view.last_message ? json::value(render(*view.last_message)) : json::value(nullptr)}};
}

async::Task<Result<net::Response>> handle_conversations(Service& service, net::Call& call) {
    const Result<std::size_t> limit = net::page_limit(call.request);
    if (!limit) {
        co_return std::unexpected(limit.error());
    }
    const auto page = co_await service.list_conversations(
        call.context, {.contact = std::string(call.request.query_param("contactId")),
                       .status = std::string(call.request.query_param("status")),
                       .assignee = std::string(call.request.query_param("assignee")),
                       .cursor = std::string(call.request.query_param("cursor")),
                       .limit = *limit});
    if (!page) {
        co_return std::unexpected(page.error());
    }
    json::array items;
    for (const ConversationView& view : page->conversations) {
        items.emplace_back(render_view(view));
    }
    co_return net::page_response("conversations", std::move(items), page->next_cursor);
}

Result<net::Response> respond(const Result<ConversationView>& view) {
    if (!view) {
        return std::unexpected(view.error());
    }
    return net::json_response(json::render(render_view(*view)));
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

boost::json::object render(const Message& message) {
    json::object body{
        {"id", message.id.value},
        {"waMessageId", message.wa_message_id.empty() ? json::value(nullptr)
                                                      : json::value(message.wa_message_id.value)},
        {"conversationId", message.conversation.value},
        {"direction", message.direction},
        {"type", message.type},
        {"status", message.status},
        {"body", message.text},
        {"timestamp", render_time(message.timestamp)}};
    if (!message.error_message.empty()) {
        json::object error{{"message", message.error_message}};
        if (message.error_code) {
            error["code"] = *message.error_code;
        }
        body["error"] = std::move(error);
    }
    return body;
}

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
