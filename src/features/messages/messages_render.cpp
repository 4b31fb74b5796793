// Messages and conversations as the API and the live events show them.
#include "base/json.hpp"
#include "base/time_text.hpp"
#include "features/messages/messages.hpp"

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

}  // namespace

json::object render(const inbox::Entry& entry) {
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

json::object render(const Message& message) {
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

}  // namespace wapi::messages
