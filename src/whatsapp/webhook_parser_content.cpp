#include "whatsapp/webhook_parser_content.hpp"

#include <limits>

namespace wapi::whatsapp {
namespace {

/// In Meta's words, for a message that comes without them.
constexpr std::string_view unsupported_text = "Message type is currently not supported.";

using ReadBody = void (*)(JsonView body, InboundMessage& message);

void read_text(JsonView body, InboundMessage& message) { message.text = body.text("body"); }

void read_media(JsonView body, InboundMessage& message) {
    message.text = body.text("caption");
    message.media = MediaReference{.id = body.text("id"),
                                   .mime_type = body.text("mime_type"),
                                   .sha256 = body.text("sha256"),
                                   .filename = body.text("filename"),
                                   .url = body.text("url"),
                                   .voice = body.find("voice").boolean().value_or(false),
                                   .animated = body.find("animated").boolean().value_or(false)};
}

void read_location(JsonView body, InboundMessage& message) {
    message.text = body.text("name");
    if (message.text.empty()) {
        message.text = body.text("address");
    }
}

void read_contacts(JsonView body, InboundMessage& message) {
    body.for_each([&](JsonView contact) {
        const std::string name = contact.find("name").text("formatted_name");
        if (!name.empty()) {
            message.text += (message.text.empty() ? "" : ", ") + name;
        }
    });
}

void read_reaction(JsonView body, InboundMessage& message) {
    message.text = body.text("emoji");
    message.context_message_id = body.text("message_id");
}

void read_button(JsonView body, InboundMessage& message) {
    message.text = body.text("text");
    message.payload = body.text("payload");
}

void read_interactive(JsonView body, InboundMessage& message) {
    message.subtype = body.text("type");
    const JsonView reply = body.find(message.subtype);
    if (message.subtype == "nfm_reply") {
        message.text = reply.text("body");
        message.payload = reply.text("response_json");
    } else if (message.subtype == "call_permission_reply") {
        message.text = reply.text("response");
    } else {
        message.text = reply.text("title");
        message.payload = reply.text("id");
    }
}

void read_order(JsonView body, InboundMessage& message) { message.text = body.text("text"); }

/// The customer's new number or user id. The message itself comes from the old one.
void read_system(JsonView body, InboundMessage& message) {
    message.subtype = body.text("type");
    message.text = body.text("body");
    const std::string_view type = message.subtype;
    if (type != "user_changed_number" && type != "user_changed_user_id" &&
        type != "customer_changed_number") {
        return;
    }
    IdentityChange change{.old_phone = message.sender.phone,
                          .new_phone = body.text("wa_id"),
                          .old_user_id = body.text("previous_user_id"),
                          .new_user_id = body.text("user_id"),
                          .old_parent_user_id = body.text("previous_parent_user_id"),
                          .new_parent_user_id = body.text("parent_user_id")};
    if (change.new_phone.empty()) {
        change.new_phone = body.text("new_wa_id");
    }
    if (change.old_user_id.empty() && message.sender.user_id != change.new_user_id) {
        change.old_user_id = message.sender.user_id;
    }
    message.identity_change = std::move(change);
}

void read_edit(JsonView body, InboundMessage& message) {
    message.context_message_id = body.text("original_message_id");
    const JsonView edited = body.find("message");
    const JsonView content = edited.find(edited.text("type"));
    message.subtype = edited.text("type");
    message.text = content.text(message.subtype == "text" ? "body" : "caption");
}

void read_revoke(JsonView body, InboundMessage& message) {
    message.context_message_id = body.text("original_message_id");
}

void read_unsupported(JsonView body, InboundMessage& message) {
    message.subtype = body.text("type");
    if (!message.errors.empty()) {
        message.text = message.errors.front().details;
    }
    if (message.text.empty()) {
        message.text = unsupported_text;
    }
}

struct TypeRow {
    MessageType type;
    std::string_view name;  ///< also the key of the body
    ReadBody read;          ///< nullptr: the type has no body
    bool needs_body;        ///< a message without it cannot be used
    JsonKind body_kind;
};

constexpr TypeRow type_rows[] = {
    {MessageType::text, "text", read_text, true, JsonKind::object},
    {MessageType::image, "image", read_media, true, JsonKind::object},
    {MessageType::video, "video", read_media, true, JsonKind::object},
    {MessageType::document, "document", read_media, true, JsonKind::object},
    {MessageType::sticker, "sticker", read_media, true, JsonKind::object},
    {MessageType::audio, "audio", read_media, true, JsonKind::object},
    {MessageType::location, "location", read_location, true, JsonKind::object},
    {MessageType::contacts, "contacts", read_contacts, true, JsonKind::array},
    {MessageType::reaction, "reaction", read_reaction, true, JsonKind::object},
    {MessageType::button, "button", read_button, true, JsonKind::object},
    {MessageType::interactive, "interactive", read_interactive, true, JsonKind::object},
    {MessageType::order, "order", read_order, true, JsonKind::object},
    {MessageType::system, "system", read_system, true, JsonKind::object},
    {MessageType::edit, "edit", read_edit, true, JsonKind::object},
    {MessageType::revoke, "revoke", read_revoke, true, JsonKind::object},
    {MessageType::request_welcome, "request_welcome", nullptr, false, JsonKind::object},
    {MessageType::media_placeholder, "media_placeholder", nullptr, false, JsonKind::object},
    {MessageType::unsupported, "unsupported", read_unsupported, false, JsonKind::object},
};

const TypeRow* find_row(std::string_view name) {
    for (const TypeRow& row : type_rows) {
        if (row.name == name) {
            return &row;
        }
    }
    return nullptr;
}

/// A reply in which nothing was found that could be read.
bool is_blank_reply(const InboundMessage& message) {
    return (message.type == MessageType::button || message.type == MessageType::interactive) &&
           message.text.empty() && message.payload.empty();
}

}  // namespace

std::string_view name_of(MessageType type) {
    for (const TypeRow& row : type_rows) {
        if (row.type == type) {
            return row.name;
        }
    }
    return "unsupported";
}

bool is_act(MessageType type) { return type == MessageType::edit || type == MessageType::revoke; }

bool is_personal(const InboundMessage& message) {
    return message.group_id.empty() && message.type != MessageType::system && !is_act(message.type);
}

std::string_view name_of(DeliveryStatus status) {
    switch (status) {
        case DeliveryStatus::sent: return "sent";
        case DeliveryStatus::delivered: return "delivered";
        case DeliveryStatus::read: return "read";
        case DeliveryStatus::played: return "played";
        case DeliveryStatus::failed: return "failed";
        case DeliveryStatus::deleted: return "deleted";
        case DeliveryStatus::unknown: break;
    }
    return "unknown";
}

std::string parse_content(JsonView json, InboundMessage& message) {
    const JsonView type = json.find("type");
    if (type && !type.is(JsonKind::string)) {
        return "type is not a string";
    }
    message.type_name = type.text();
    const TypeRow* const row = find_row(message.type_name);
    if (row == nullptr) {
        message.type = MessageType::unsupported;
        read_unsupported({}, message);
        message.words = find_words(json);
        return {};
    }
    message.type = row->type;
    const JsonView body = json.find(row->name);
    if (body ? !body.is(row->body_kind) : row->needs_body) {
        return std::string(row->name) + (body ? " has the wrong JSON type" : " is missing");
    }
    if (row->type == MessageType::text && !body.find("body").is(JsonKind::string)) {
        return "text.body is missing or not a string";
    }
    if (row->read != nullptr) {
        row->read(body, message);
    }
    if (row->type == MessageType::unsupported || is_blank_reply(message)) {
        message.words = find_words(json);
    }
    return {};
}

std::vector<std::string> find_words(JsonView json) {
    std::vector<std::string> words;
    const auto add = [&words](JsonView value) {
        if (value.raw().size() <= words_bytes_max) {
            std::string word = value.text();
            if (!word.empty()) {
                words.push_back(std::move(word));
            }
        }
    };
    const JsonView text = json.find("text");
    const JsonView button = json.find("button");
    const JsonView interactive = json.find("interactive");
    add(text);
    add(text.find("body"));
    add(button);
    add(button.find("text"));
    add(button.find("payload"));
    for (const JsonView reply :
         {interactive.find("button_reply"), interactive.find("list_reply")}) {
        add(reply.find("title"));
        add(reply.find("id"));
    }
    return words;
}

std::vector<WebhookError> parse_webhook_errors(JsonView errors) {
    std::vector<WebhookError> parsed;
    errors.for_each([&](JsonView error) {
        if (!error.is(JsonKind::object)) {
            return;
        }
        WebhookError entry;
        const std::int64_t code = error.find("code").whole_number().value_or(0);
        if (code >= 0 && code <= std::numeric_limits<int>::max()) {
            entry.code = static_cast<int>(code);
        }
        entry.title = error.text("title");
        entry.details = error.find("error_data").text("details");
        if (entry.details.empty()) {
            entry.details = error.text("message");
        }
        parsed.push_back(std::move(entry));
    });
    return parsed;
}

}  // namespace wapi::whatsapp
