// Reading a stored template: its texts, variables and the buttons that need a parameter; filling
// texts.
#include <boost/json/parse.hpp>

#include "base/text.hpp"
#include "features/templates/templates_rules.hpp"

namespace wapi::templates {
namespace {

namespace bj = boost::json;

std::string text_field(const bj::object& object, std::string_view name) {
    const bj::value* found = object.if_contains(name);
    const bj::string* text = found != nullptr ? found->if_string() : nullptr;
    return text != nullptr ? std::string(*text) : std::string();
}

std::string word_field(const bj::object& object, std::string_view name) {
    return text::to_lower_ascii(text_field(object, name));
}

std::string to_upper(std::string word) {
    std::ranges::transform(word, word.begin(), [](char letter) {
        return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    });
    return word;
}

void read_buttons(const bj::object& component, Needs& needs) {
    const bj::value* found = component.if_contains("buttons");
    const bj::array* buttons = found != nullptr ? found->if_array() : nullptr;
    if (buttons == nullptr) {
        return;
    }
    needs.button_count = buttons->size();
    for (std::size_t index = 0; index < buttons->size(); ++index) {
        const bj::object* button = (*buttons)[index].if_object();
        if (button == nullptr) {
            continue;
        }
        const std::string type = word_field(*button, "type");
        const bool has_variable = !variables_of(text_field(*button, "url")).empty();
        if (type == "otp" || (type == "url" && has_variable)) {
            needs.buttons.push_back({index, "text"});
        } else if (type == "copy_code") {
            needs.buttons.push_back({index, "coupon_code"});
        }
    }
}

void read_component(const bj::object& component, Needs& needs) {
    const std::string type = word_field(component, "type");
    if (type == "header") {
        needs.header_format = to_upper(word_field(component, "format"));
        if (needs.header_format == "TEXT") {
            needs.header_text = text_field(component, "text");
            needs.header_variables = variables_of(needs.header_text);
        }
    } else if (type == "body") {
        needs.body_text = text_field(component, "text");
        needs.body_variables = variables_of(needs.body_text);
    } else if (type == "footer") {
        needs.footer_text = text_field(component, "text");
    } else if (type == "buttons") {
        read_buttons(component, needs);
    }
}

/// What one parameter shows to the customer.
std::string shown_text(const bj::object& parameter) {
    const std::string type = word_field(parameter, "type");
    if (type == "currency" || type == "date_time") {
        const bj::value* inner = parameter.if_contains(type);
        const bj::object* object = inner != nullptr ? inner->if_object() : nullptr;
        return object != nullptr ? text_field(*object, "fallback_value") : std::string();
    }
    return text_field(parameter, "text");
}

/// The parameter for a variable: by name, or by position ("1" is the first).
const bj::object* find_parameter(const bj::array& parameters, std::string_view variable,
                                 std::size_t position, bool named) {
    if (!named) {
        return position < parameters.size() ? parameters[position].if_object() : nullptr;
    }
    for (const bj::value& item : parameters) {
        const bj::object* parameter = item.if_object();
        if (parameter != nullptr && text_field(*parameter, "parameter_name") == variable) {
            return parameter;
        }
    }
    return nullptr;
}

struct Variable {
    std::size_t begin = 0;  ///< of the opening braces
    std::size_t end = 0;    ///< after the closing braces
    std::string name;
};

std::optional<Variable> next_variable(std::string_view text, std::size_t from) {
    const std::size_t begin = text.find("{{", from);
    if (begin == std::string_view::npos) {
        return std::nullopt;
    }
    const std::size_t close = text.find("}}", begin + 2);
    if (close == std::string_view::npos) {
        return std::nullopt;
    }
    return Variable{begin, close + 2,
                    std::string(text::trim(text.substr(begin + 2, close - begin - 2)))};
}

}  // namespace

std::vector<std::string> variables_of(std::string_view text) {
    std::vector<std::string> names;
    std::size_t from = 0;
    while (const std::optional<Variable> variable = next_variable(text, from)) {
        if (std::ranges::find(names, variable->name) == names.end()) {
            names.push_back(variable->name);
        }
        from = variable->end;
    }
    return names;
}

Needs read_needs(const Template& stored) {
    Needs needs;
    needs.named = stored.parameter_format == "NAMED";
    boost::system::error_code failure;
    const bj::value parsed = bj::parse(stored.components, failure);
    const bj::array* components = failure ? nullptr : parsed.if_array();
    for (const bj::value& item : components != nullptr ? *components : bj::array()) {
        if (const bj::object* component = item.if_object()) {
            read_component(*component, needs);
        }
    }
    return needs;
}

std::string fill(std::string_view text, const bj::array& parameters, bool named) {
    const std::vector<std::string> names = variables_of(text);
    std::string filled;
    std::size_t from = 0;
    while (const std::optional<Variable> variable = next_variable(text, from)) {
        filled.append(text.substr(from, variable->begin - from));
        const auto place = std::ranges::find(names, variable->name) - names.begin();
        const bj::object* parameter =
            find_parameter(parameters, variable->name, static_cast<std::size_t>(place), named);
        filled.append(
            parameter != nullptr
                ? shown_text(*parameter)
                : std::string(text.substr(variable->begin, variable->end - variable->begin)));
        from = variable->end;
    }
    filled.append(text.substr(from));
    return filled;
}

bj::array parameters_of(const bj::array& components, std::string_view type) {
    for (const bj::value& item : components) {
        const bj::object* component = item.if_object();
        if (component == nullptr || word_field(*component, "type") != type) {
            continue;
        }
        const bj::value* parameters = component->if_contains("parameters");
        return parameters != nullptr && parameters->is_array() ? parameters->as_array()
                                                               : bj::array();
    }
    return {};
}

std::string render_preview(const Template& stored, const bj::array& components) {
    const Needs needs = read_needs(stored);
    std::string preview;
    if (!needs.header_text.empty()) {
        preview = fill(needs.header_text, parameters_of(components, "header"), needs.named) + "\n";
    }
    preview += fill(needs.body_text, parameters_of(components, "body"), needs.named);
    if (!needs.footer_text.empty()) {
        preview += "\n" + needs.footer_text;
    }
    return preview;
}

}  // namespace wapi::templates
