// The rules for a new template: name, category, variables, lengths. Part of template_check.hpp.
//
// Source: shared/meta/templates.md, "Rules".
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "cloudsim/template_check.hpp"

namespace wapi::cloudsim {
namespace {

using Check = std::expected<void, GraphError>;

constexpr std::size_t name_bytes_max = 512;
constexpr std::size_t buttons_max = 10;
constexpr std::size_t button_text_max = 25;
constexpr int subcode_exists = 2388024;
constexpr int subcode_variable_at_edge = 2388299;
constexpr int subcode_body_format = 2388072;

std::string_view text_at(const json::object& body, std::string_view field) {
    const json::value* value = json::find_field(body, field);
    return value != nullptr && value->is_string() ? std::string_view(value->as_string()) : "";
}

bool is_template_name(std::string_view name) {
    return !name.empty() && name.size() <= name_bytes_max && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

Check check_length(const json::array& components, std::string_view part, std::size_t max) {
    const json::object* component = find_component(components, part);
    if (component == nullptr) {
        return {};
    }
    if (text::count_code_points(text_at(*component, "text")) > max) {
        return refuse(100, fmt::format("{} is longer than {} characters", part, max));
    }
    return {};
}

Check check_variables(const json::object& body_part, bool named) {
    const std::string_view text = text_at(body_part, "text");
    const std::vector<std::string> names = find_variables(text);
    if (names.empty()) {
        return {};
    }
    if (text.starts_with("{{") || text.ends_with("}}")) {
        return refuse(100, "Variables can't be at the start or end of the template.",
                      subcode_variable_at_edge);
    }
    for (std::size_t i = 0; !named && i < names.size(); ++i) {
        if (names[i] != std::to_string(i + 1)) {
            return refuse(100, "Variables must be numbered from 1 without gaps",
                          subcode_body_format);
        }
    }
    const std::string_view example = named ? "example.body_text_named_params" : "example.body_text";
    if (json::find_field(body_part, example) == nullptr) {
        return refuse(100, "Every variable needs an example", subcode_body_format);
    }
    return {};
}

Check check_buttons(const json::array& components) {
    const json::object* part = find_component(components, "BUTTONS");
    if (part == nullptr) {
        return {};
    }
    const json::value* buttons = part->if_contains("buttons");
    if (buttons == nullptr || !buttons->is_array() || buttons->as_array().size() > buttons_max) {
        return refuse(100, "A template takes at most 10 buttons");
    }
    for (const json::value& button : buttons->as_array()) {
        if (!button.is_object()) {
            return refuse(100, "A button must be an object");
        }
        if (text::count_code_points(text_at(button.as_object(), "text")) > button_text_max) {
            return refuse(100, "Button text is longer than 25 characters");
        }
    }
    return {};
}

}  // namespace

std::expected<void, GraphError> check_new_template(const Waba& waba, const json::object& body) {
    const std::string_view name = text_at(body, "name");
    const std::string_view language = text_at(body, "language");
    if (!is_template_name(name)) {
        return refuse(100, "Template name takes lower-case letters, digits and underscores only");
    }
    if (language.empty()) {
        return refuse(100, "The parameter language is required.");
    }
    constexpr std::array<std::string_view, 3> categories = {"AUTHENTICATION", "UTILITY",
                                                            "MARKETING"};
    if (std::ranges::find(categories, text_at(body, "category")) == categories.end()) {
        return refuse(100, "Param category must be one of {UTILITY, MARKETING, AUTHENTICATION}");
    }
    for (const Template& entry : waba.templates) {
        if (entry.name == name && entry.language == language) {
            return refuse(100, "Content in this language already exists", subcode_exists);
        }
    }
    const json::value* components = body.if_contains("components");
    if (components == nullptr || !components->is_array()) {
        return refuse(100, "The parameter components is required.");
    }
    const json::array& parts = components->as_array();
    const json::object* body_part = find_component(parts, "BODY");
    if (body_part == nullptr) {
        return refuse(100, "A template needs a BODY", subcode_body_format);
    }
    if (auto done = check_length(parts, "HEADER", 60); !done) {
        return done;
    }
    if (auto done = check_length(parts, "BODY", 1024); !done) {
        return done;
    }
    if (auto done = check_length(parts, "FOOTER", 60); !done) {
        return done;
    }
    if (auto done = check_buttons(parts); !done) {
        return done;
    }
    return check_variables(*body_part, text_at(body, "parameter_format") == "NAMED");
}

}  // namespace wapi::cloudsim
