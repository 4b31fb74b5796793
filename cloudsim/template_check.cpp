// Parameters against templates. See template_check.hpp.
#include "cloudsim/template_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace wapi::cloudsim {
namespace {

using Check = std::expected<void, GraphError>;

constexpr std::size_t body_characters_max = 1024;
constexpr std::size_t header_characters_max = 60;

std::string_view text_of(const json::object& body, std::string_view field) {
    const json::value* value = body.if_contains(field);
    return value != nullptr && value->is_string() ? std::string_view(value->as_string()) : "";
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
    return text::to_lower_ascii(left) == text::to_lower_ascii(right);
}

const json::array& array_of(const json::object& body, std::string_view field) {
    static const json::array none;
    const json::value* value = body.if_contains(field);
    return value != nullptr && value->is_array() ? value->as_array() : none;
}

// The parameters the message gives for one component; empty when it names none.
const json::array& parameters_of(const json::object& content, std::string_view type) {
    static const json::array none;
    const json::object* component = find_component(array_of(content, "components"), type);
    return component == nullptr ? none : array_of(*component, "parameters");
}

// Text of one parameter: plain text, or what currency and date fall back to.
std::string_view parameter_text(const json::object& parameter) {
    const std::string_view type = text_of(parameter, "type");
    if (type == "text") {
        return text_of(parameter, "text");
    }
    const json::value* inner = parameter.if_contains(type);
    return inner != nullptr && inner->is_object() ? text_of(inner->as_object(), "fallback_value")
                                                  : std::string_view();
}

bool has_forbidden_white_space(std::string_view value) {
    return value.find_first_of("\n\t") != std::string_view::npos ||
           value.find("     ") != std::string_view::npos;
}

Check check_value(std::string_view where, const json::value& parameter) {
    if (!parameter.is_object()) {
        return refuse(132012, fmt::format("{}: not an object", where));
    }
    const json::object& given = parameter.as_object();
    const std::string_view type = text_of(given, "type");
    if (type != "text" && type != "currency" && type != "date_time") {
        return refuse(132012, fmt::format("{}: Format mismatch, expected TEXT, received {}", where,
                                          type.empty() ? "UNKNOWN" : type));
    }
    const std::string_view value = parameter_text(given);
    if (value.empty()) {
        return refuse(132012, fmt::format("{}: Parameter text is empty", where));
    }
    if (has_forbidden_white_space(value)) {
        return refuse(132012, fmt::format("{}: Param text cannot have new-line/tab characters or "
                                          "more than 4 consecutive spaces",
                                          where));
    }
    return {};
}

Check check_names(std::string_view where, const std::vector<std::string>& names,
                  const json::array& given) {
    for (const json::value& parameter : given) {
        const std::string_view name = text_of(parameter.as_object(), "parameter_name");
        if (std::ranges::find(names, name) == names.end()) {
            return refuse(132012,
                          fmt::format("{}: Parameter name is missing or empty, or not one of "
                                      "the template's",
                                      where));
        }
    }
    return {};
}

Check check_text_part(const Template& entry, std::string_view where, std::string_view text,
                      const json::array& given) {
    const std::vector<std::string> names = find_variables(text);
    if (names.size() != given.size()) {
        return refuse(132000,
                      fmt::format("{}: number of localizable_params ({}) does not match the "
                                  "expected number of params ({})",
                                  where, given.size(), names.size()));
    }
    for (const json::value& parameter : given) {
        if (auto done = check_value(where, parameter); !done) {
            return done;
        }
    }
    if (entry.parameter_format == "NAMED") {
        return check_names(where, names, given);
    }
    return {};
}

Check check_header(const Template& entry, const json::object& content) {
    const json::object* header = find_component(entry.components, "HEADER");
    const json::array& given = parameters_of(content, "header");
    if (header == nullptr) {
        return given.empty() ? Check{} : refuse(132000, "header: the template has no header");
    }
    const std::string_view format = text_of(*header, "format");
    if (format == "TEXT") {
        return check_text_part(entry, "header", text_of(*header, "text"), given);
    }
    if (given.size() != 1) {
        return refuse(
            132012, fmt::format("header: Format mismatch, expected {}, received UNKNOWN", format));
    }
    const std::string_view type =
        given[0].is_object() ? text_of(given[0].as_object(), "type") : std::string_view();
    if (!equals_ignoring_case(type, format)) {
        return refuse(
            132012, fmt::format("header: Format mismatch, expected {}, received {}", format, type));
    }
    return {};
}

const json::object* find_button_component(const json::object& content, std::size_t index) {
    for (const json::value& item : array_of(content, "components")) {
        if (!item.is_object() ||
            !equals_ignoring_case(text_of(item.as_object(), "type"), "button")) {
            continue;
        }
        const json::value* place = item.as_object().if_contains("index");
        if (place == nullptr) {
            continue;
        }
        const std::string wanted = std::to_string(index);
        if (place->is_string() ? place->as_string() == wanted : json::render(*place) == wanted) {
            return &item.as_object();
        }
    }
    return nullptr;
}

Check check_buttons(const Template& entry, const json::object& content) {
    const json::object* buttons = find_component(entry.components, "BUTTONS");
    if (buttons == nullptr) {
        return {};
    }
    const json::array& all = array_of(*buttons, "buttons");
    for (std::size_t index = 0; index < all.size(); ++index) {
        const json::object& button = all[index].as_object();
        if (find_variables(text_of(button, "url")).empty()) {
            continue;
        }
        const json::object* given = find_button_component(content, index);
        const bool fits = given != nullptr && array_of(*given, "parameters").size() == 1;
        if (!fits) {
            return refuse(132018, fmt::format("buttons: Button at index {} of type Url requires a "
                                              "parameter",
                                              index));
        }
    }
    return {};
}

std::string fill(std::string_view text, const json::array& given, bool named) {
    std::string filled;
    std::size_t position = 0;
    while (position < text.size()) {
        const std::size_t open = text.find("{{", position);
        const std::size_t close = text.find("}}", open == std::string_view::npos ? open : open + 2);
        if (open == std::string_view::npos || close == std::string_view::npos) {
            break;
        }
        filled += text.substr(position, open - position);
        const std::string_view name = text.substr(open + 2, close - open - 2);
        for (std::size_t i = 0; i < given.size(); ++i) {
            if (!given[i].is_object()) {
                continue;
            }
            const json::object& parameter = given[i].as_object();
            const bool fits = named ? text_of(parameter, "parameter_name") == name
                                    : std::to_string(i + 1) == name;
            if (fits) {
                filled += parameter_text(parameter);
            }
        }
        position = close + 2;
    }
    filled += text.substr(std::min(position, text.size()));
    return filled;
}

}  // namespace

const json::object* find_component(const json::array& components, std::string_view type) {
    for (const json::value& item : components) {
        if (item.is_object() && equals_ignoring_case(text_of(item.as_object(), "type"), type)) {
            return &item.as_object();
        }
    }
    return nullptr;
}

std::vector<std::string> find_variables(std::string_view text) {
    std::vector<std::string> names;
    for (std::size_t open = text.find("{{"); open != std::string_view::npos;
         open = text.find("{{", open + 2)) {
        const std::size_t close = text.find("}}", open);
        if (close == std::string_view::npos) {
            break;
        }
        std::string name(text.substr(open + 2, close - open - 2));
        if (std::ranges::find(names, name) == names.end()) {
            names.push_back(std::move(name));
        }
    }
    return names;
}

std::expected<const Template*, GraphError> find_sendable_template(const Waba& waba,
                                                                  const json::object& content) {
    const std::string name(text_of(content, "name"));
    const json::value* code = json::find_field(content, "language.code");
    const std::string language(code == nullptr ? std::string_view() : code->as_string());
    for (const Template& entry : waba.templates) {
        if (entry.name != name || entry.language != language) {
            continue;
        }
        if (entry.status == "APPROVED") {
            return &entry;
        }
        if (entry.status == "PAUSED") {
            return refuse(132015, fmt::format("template name ({}) is paused", name));
        }
        if (entry.status == "DISABLED") {
            return refuse(132016, fmt::format("template name ({}) is disabled", name));
        }
    }
    return refuse(132001, fmt::format("template name ({}) does not exist in {}", name, language));
}

std::expected<void, GraphError> check_parameters(const Template& entry,
                                                 const json::object& content) {
    if (auto done = check_header(entry, content); !done) {
        return done;
    }
    const json::object* body = find_component(entry.components, "BODY");
    const std::string_view text = body == nullptr ? "" : text_of(*body, "text");
    const json::array& given = parameters_of(content, "body");
    if (auto done = check_text_part(entry, "body", text, given); !done) {
        return done;
    }
    if (auto done = check_buttons(entry, content); !done) {
        return done;
    }
    const bool named = entry.parameter_format == "NAMED";
    if (text::count_code_points(fill(text, given, named)) > body_characters_max) {
        return refuse(132005, "body: filled text is longer than 1024 characters");
    }
    const json::object* header = find_component(entry.components, "HEADER");
    const std::string_view header_text = header == nullptr ? "" : text_of(*header, "text");
    const std::string filled = fill(header_text, parameters_of(content, "header"), named);
    if (text::count_code_points(filled) > header_characters_max) {
        return refuse(132005, "header: filled text is longer than 60 characters");
    }
    return {};
}

std::string render_template_text(const Template& entry, const json::object& content) {
    std::string rendered;
    const bool named = entry.parameter_format == "NAMED";
    for (const char* part : {"HEADER", "BODY", "FOOTER"}) {
        const json::object* component = find_component(entry.components, part);
        if (component == nullptr) {
            continue;
        }
        const std::string_view text = text_of(*component, "text");
        if (text.empty()) {
            continue;
        }
        if (!rendered.empty()) {
            rendered += '\n';
        }
        rendered += fill(text, parameters_of(content, part), named);
    }
    return rendered;
}

}  // namespace wapi::cloudsim
