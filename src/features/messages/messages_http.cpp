#include "features/messages/messages_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "net/paging.hpp"

namespace wapi::messages {
namespace {

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

/// The newest message as far as a row of the inbox shows it.
json::value render_preview(const inbox::Entry& entry) {
    if (!entry.preview) {
        return nullptr;
    }
    const inbox::LastMessage& last = *entry.preview;
    return render({.id = entry.last_message,
                   .conversation = entry.id,
                   .contact = entry.contact,
                   .phone_number_id = entry.phone_number_id,
                   .wa_message_id = last.wa_message_id,
                   .direction = last.direction,
                   .type = last.type,
                   .status = last.status,
                   .text = last.text,
                   .content = {},
                   .timestamp = last.timestamp,
                   .error_code = last.error_code,
                   .error_message = last.error_message});
}

json::object render_contact(const inbox::Entry& entry) {
    return {{"id", entry.contact.value},
            {"name", entry.contact_name},
            {"phone", text_or_null(entry.contact_phone)},
            {"tags", json::array(entry.contact_tags.begin(), entry.contact_tags.end())},
            {"optedOut", entry.contact_opted_out}};
}

json::value render_assignee(const inbox::Entry& entry) {
    if (!entry.assignee) {
        return nullptr;
    }
    return json::object{{"id", entry.assignee->value}, {"name", entry.assignee_name}};
}

json::object render_entry(const inbox::Entry& entry) {
    std::optional<Timestamp> expires;
    if (entry.last_inbound_at) {
        expires = *entry.last_inbound_at + inbox::service_window;
    }
    return {
        {"id", entry.id.value},
        {"contactId", entry.contact.value},
        {"contact", render_contact(entry)},
        {"phoneNumberId", entry.phone_number_id.value},
        {"status", entry.status},
        {"snoozedUntil", render_time(entry.snoozed_until)},
        {"assigneeId", entry.assignee ? json::value(entry.assignee->value) : json::value(nullptr)},
        {"assignee", render_assignee(entry)},
        {"unreadCount", entry.unread_count},
        {"windowExpiresAt", render_time(expires)},
        {"lastMessageAt", render_time(entry.last_message_at)},
        {"lastMessage", render_preview(entry)}};
}

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
        items.emplace_back(render_entry(entry));
    }
    co_return net::page_response("conversations", std::move(items), page->next_cursor);
}

Result<net::Response> respond(const Result<inbox::Entry>& entry) {
    if (!entry) {
        return std::unexpected(entry.error());
    }
    return net::json_response(json::render(render_entry(*entry)));
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
