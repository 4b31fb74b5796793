// Text and buttons of messages of every type. See message_view.hpp.
#include "cloudsim/message_view.hpp"

#include <fmt/format.h>

#include "cloudsim/template_check.hpp"

namespace wapi::cloudsim {
namespace {

std::string_view text_at(const json::object& body, std::string_view field) {
    const json::value* value = json::find_field(body, field);
    return value != nullptr && value->is_string() ? std::string_view(value->as_string()) : "";
}

const json::array& array_at(const json::object& body, std::string_view field) {
    static const json::array none;
    const json::value* value = json::find_field(body, field);
    return value != nullptr && value->is_array() ? value->as_array() : none;
}

json::object choice(std::string_view kind, std::string_view id, std::string_view title) {
    return json::object{{"kind", kind}, {"id", id}, {"title", title}};
}

// Fields that hold what a person reads, in the order in which they are looked for.
constexpr std::string_view text_fields[] = {"text.body",
                                            "button.text",
                                            "reaction.emoji",
                                            "interactive.button_reply.title",
                                            "interactive.list_reply.title",
                                            "interactive.body.text",
                                            "image.caption",
                                            "video.caption",
                                            "document.caption",
                                            "document.filename",
                                            "location.name"};

std::string find_text(const json::object& body, std::string_view type) {
    for (const std::string_view field : text_fields) {
        if (const std::string_view text = text_at(body, field); !text.empty()) {
            return std::string(text);
        }
    }
    return fmt::format("[{}]", type);
}

// Elements as objects; what is none shows as an empty one, since bodies were not checked so deep.
const json::object& object_of(const json::value& element) {
    static const json::object none;
    const json::object* object = element.if_object();
    return object == nullptr ? none : *object;
}

json::array interactive_choices(const json::object& body) {
    json::array choices;
    for (const json::value& button : array_at(body, "interactive.action.buttons")) {
        const json::object& reply = object_of(button);
        choices.push_back(
            choice("interactive", text_at(reply, "reply.id"), text_at(reply, "reply.title")));
    }
    for (const json::value& section : array_at(body, "interactive.action.sections")) {
        for (const json::value& element : array_at(object_of(section), "rows")) {
            const json::object& row = object_of(element);
            choices.push_back(choice("interactive", text_at(row, "id"), text_at(row, "title")));
        }
    }
    if (const auto title = text_at(body, "interactive.action.parameters.display_text");
        !title.empty()) {
        choices.push_back(choice("link", "", title));
    }
    return choices;
}

// The payload the sender gave the quick reply at that place, else the button's own text.
std::string_view payload_of(const json::object& content, std::size_t index,
                            std::string_view fallback) {
    for (const json::value& item : array_at(content, "components")) {
        const json::object& part = object_of(item);
        if (text_at(part, "sub_type") != "quick_reply") {
            continue;
        }
        if (text_at(part, "index") != std::to_string(index)) {
            continue;
        }
        const json::array& parameters = array_at(part, "parameters");
        if (parameters.empty()) {
            continue;
        }
        const std::string_view payload = text_at(object_of(parameters[0]), "payload");
        if (!payload.empty()) {
            return payload;
        }
    }
    return fallback;
}

json::array template_choices(const Template& entry, const json::object& content) {
    json::array choices;
    const json::object* buttons = find_component(entry.components, "BUTTONS");
    if (buttons == nullptr) {
        return choices;
    }
    const json::array& all = array_at(*buttons, "buttons");
    for (std::size_t index = 0; index < all.size(); ++index) {
        const json::object& button = object_of(all[index]);
        const std::string_view title = text_at(button, "text");
        if (text_at(button, "type") == "QUICK_REPLY") {
            choices.push_back(choice("button", payload_of(content, index, title), title));
        } else {
            choices.push_back(choice("link", "", title));
        }
    }
    return choices;
}

}  // namespace

json::object render_message_view(World& world, const Message& message) {
    const auto parsed = json::parse_object(message.body);
    const json::object body = parsed ? *parsed : json::object{};
    const Template* entry = world.find_template(message.template_id).second;
    std::string text;
    json::array choices;
    if (message.type == "template" && entry != nullptr) {
        const json::value* content = body.if_contains("template");
        const json::object& shown = content == nullptr ? body : object_of(*content);
        text = render_template_text(*entry, shown);
        choices = template_choices(*entry, shown);
    } else {
        text = find_text(body, message.type);
        if (message.direction == Direction::outbound) {
            choices = interactive_choices(body);
        }
    }
    const bool inbound = message.direction == Direction::inbound;
    json::object view{
        {"id", message.id},
        {"direction", inbound ? "inbound" : "outbound"},
        {"type", message.type},
        {"text", text},
        {"choices", std::move(choices)},
        {"status", state_name(message.state)},
        {"timestamp",
         std::chrono::duration_cast<std::chrono::seconds>(message.at.time_since_epoch()).count()}};
    if (message.error_code != 0) {
        view["error_code"] = message.error_code;
    }
    const std::string_view context = text_at(body, inbound ? "context.id" : "context.message_id");
    if (!context.empty()) {
        view["context_id"] = context;
    }
    return view;
}

}  // namespace wapi::cloudsim
