// Frame, recipient and plain content types. See message_validation.hpp.
#include "cloudsim/message_validation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace wapi::cloudsim {
namespace {

using Check = std::expected<void, GraphError>;

constexpr std::size_t text_characters_max = 4096;
constexpr std::size_t caption_characters_max = 1024;
constexpr std::size_t callback_data_characters_max = 512;
constexpr std::size_t contacts_max = 257;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter_or_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// "CC." then 1-128 letters and digits, or "CC.ENT." and the same.
bool is_user_id(std::string_view text) {
    if (text.size() < 4 || text[2] != '.') {
        return false;
    }
    if (text[0] < 'A' || text[0] > 'Z' || text[1] < 'A' || text[1] > 'Z') {
        return false;
    }
    text.remove_prefix(3);
    if (text.starts_with("ENT.")) {
        text.remove_prefix(4);
    }
    return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, is_letter_or_digit);
}

std::expected<Recipient, GraphError> read_phone(std::string_view input,
                                                std::string_view country_code) {
    Recipient recipient;
    recipient.input = input;
    const bool international = input.starts_with('+');
    for (const char c : international ? input.substr(1) : input) {
        if (is_digit(c)) {
            recipient.digits += c;
        } else if (c != ' ' && c != '-' && c != '(' && c != ')') {
            return refuse(131009, "Recipient is not a valid phone number");
        }
    }
    if (!international) {
        recipient.digits.insert(0, country_code);
    }
    if (recipient.digits.size() < 7 || recipient.digits.size() > 15) {
        return refuse(131009, "Recipient is not a valid phone number");
    }
    return recipient;
}

Check check_text(const json::object& text) {
    if (auto body = require_text(text, "body", text_characters_max); !body) {
        return std::unexpected(body.error());
    }
    return {};
}

Check check_media(const json::object& media) {
    const bool by_id = media.contains("id");
    const bool by_link = media.contains("link");
    if (!by_id && !by_link) {
        return refuse(131008, "Media needs an id or a link");
    }
    if (by_id && by_link) {
        return refuse(131009, "Media takes either an id or a link, not both");
    }
    if (by_link) {
        auto link = require_text(media, "link", 4096);
        if (!link) {
            return std::unexpected(link.error());
        }
        if (!link->starts_with("http://") && !link->starts_with("https://")) {
            return refuse(131009, "Media link is not a URL");
        }
    }
    if (!media.contains("caption")) {
        return {};
    }
    auto caption = require_text(media, "caption", caption_characters_max);
    return caption ? Check{} : std::unexpected(caption.error());
}

Check check_media_without_caption(const json::object& media) {
    if (media.contains("caption")) {
        return refuse(131009, "This media type takes no caption");
    }
    return check_media(media);
}

Check check_location(const json::object& location) {
    for (const char* field : {"latitude", "longitude"}) {
        const json::value* value = location.if_contains(field);
        if (value == nullptr) {
            return refuse(131008, fmt::format("location['{}'] is missing", field));
        }
        if (!value->is_number() && !value->is_string()) {
            return refuse(131009, fmt::format("location['{}'] is not a number", field));
        }
    }
    return {};
}

Check check_reaction(const json::object& reaction) {
    if (auto id = require_text(reaction, "message_id", 1024); !id) {
        return std::unexpected(id.error());
    }
    const json::value* emoji = reaction.if_contains("emoji");
    if (emoji == nullptr || !emoji->is_string()) {
        return refuse(131008, "reaction['emoji'] is missing");
    }
    return {};
}

// Needs a name and a language code; the rest depends on the template itself.
Check check_template(const json::object& content) {
    for (const char* field : {"name", "language.code"}) {
        const json::value* value = json::find_field(content, field);
        if (value == nullptr) {
            return refuse(131008, fmt::format("template.{} is missing", field));
        }
        if (!value->is_string()) {
            return refuse(131009, fmt::format("template.{} is not text", field));
        }
    }
    return {};
}

struct TypeRow {
    std::string_view type;
    Check (*check)(const json::object& content);
};

constexpr std::array type_rows = {
    TypeRow{"text", check_text},
    TypeRow{"template", check_template},
    TypeRow{"image", check_media},
    TypeRow{"video", check_media},
    TypeRow{"document", check_media},
    TypeRow{"audio", check_media_without_caption},
    TypeRow{"sticker", check_media_without_caption},
    TypeRow{"location", check_location},
    TypeRow{"reaction", check_reaction},
    TypeRow{"interactive", check_interactive},
};

Check check_contacts(const json::object& body) {
    const json::value* contacts = body.if_contains("contacts");
    if (contacts == nullptr || !contacts->is_array()) {
        return refuse(131008, "contacts is missing");
    }
    if (contacts->as_array().empty() || contacts->as_array().size() > contacts_max) {
        return refuse(131009, "contacts takes 1 to 257 entries");
    }
    for (const json::value& contact : contacts->as_array()) {
        if (!contact.is_object() ||
            json::find_field(contact.as_object(), "name.formatted_name") == nullptr) {
            return refuse(131008, "contacts[].name.formatted_name is missing");
        }
    }
    return {};
}

Check check_callback_data(const json::object& body) {
    if (!body.contains("biz_opaque_callback_data")) {
        return {};
    }
    auto data = require_text(body, "biz_opaque_callback_data", callback_data_characters_max);
    return data ? Check{} : std::unexpected(data.error());
}

Check check_context(const json::object& body) {
    const json::value* context = body.if_contains("context");
    if (context == nullptr) {
        return {};
    }
    if (!context->is_object() || json::find_field(context->as_object(), "message_id") == nullptr) {
        return refuse(131009, "context needs a message_id");
    }
    return {};
}

}  // namespace

std::expected<void, GraphError> check_frame(const json::object& body) {
    const json::value* product = body.if_contains("messaging_product");
    if (product == nullptr) {
        return refuse(100, "The parameter messaging_product is required.");
    }
    if (!product->is_string() || product->as_string() != "whatsapp") {
        return refuse(100, "Param messaging_product must be one of {WHATSAPP}");
    }
    return {};
}

std::expected<Recipient, GraphError> read_recipient(const json::object& body,
                                                    std::string_view sender_digits,
                                                    std::string_view country_code) {
    const json::value* kind = body.if_contains("recipient_type");
    if (kind != nullptr && (!kind->is_string() || kind->as_string() != "individual")) {
        return refuse(131009, "recipient_type must be individual");
    }
    if (const json::value* to = body.if_contains("to"); to != nullptr && !to->is_null()) {
        if (!to->is_string()) {
            return refuse(131009, "Parameter to must be text");
        }
        auto recipient = read_phone(to->as_string(), country_code);
        if (recipient && recipient->digits == sender_digits) {
            return refuse(131021, "Sender and recipient are the same number");
        }
        return recipient;
    }
    const json::value* user = body.if_contains("recipient");
    if (user == nullptr || user->is_null()) {
        return refuse(100, "The parameter to is required.");
    }
    if (!user->is_string() || !is_user_id(user->as_string())) {
        return refuse(131009, "Recipient is not a valid user id");
    }
    Recipient recipient;
    recipient.input = user->as_string();
    recipient.user_id = user->as_string();
    return recipient;
}

std::expected<std::string, GraphError> check_content(const json::object& body) {
    const json::value* named = body.if_contains("type");
    if (named != nullptr && !named->is_string()) {
        return refuse(131009, "type must be text");
    }
    std::string type(named == nullptr ? std::string_view("text") : named->as_string());
    if (auto done = check_callback_data(body); !done) {
        return std::unexpected(done.error());
    }
    if (auto done = check_context(body); !done) {
        return std::unexpected(done.error());
    }
    if (type == "contacts") {
        if (auto done = check_contacts(body); !done) {
            return std::unexpected(done.error());
        }
        return type;
    }
    const auto* row = std::ranges::find(type_rows, type, &TypeRow::type);
    if (row == type_rows.end()) {
        return refuse(131051, fmt::format("Message type '{}' is not supported", type));
    }
    const json::value* content = body.if_contains(type);
    if (content == nullptr || !content->is_object()) {
        return refuse(131008, fmt::format("The parameter {} is required.", type));
    }
    if (auto done = row->check(content->as_object()); !done) {
        return std::unexpected(done.error());
    }
    return type;
}

std::expected<std::string_view, GraphError> require_text(const json::object& body,
                                                         std::string_view field,
                                                         std::size_t characters_max) {
    const json::value* value = json::find_field(body, field);
    if (value == nullptr) {
        return refuse(131008, fmt::format("{} is missing", field));
    }
    if (!value->is_string()) {
        return refuse(131009, fmt::format("{} must be text", field));
    }
    const std::string_view content = value->as_string();
    if (content.empty()) {
        return refuse(131008, fmt::format("{} is empty", field));
    }
    if (content.size() > characters_max && text::count_code_points(content) > characters_max) {
        return refuse(131009,
                      fmt::format("{} must be at most {} characters long", field, characters_max));
    }
    return content;
}

}  // namespace wapi::cloudsim
