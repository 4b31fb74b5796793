// Whether a request's components fill a template: counts, names, header kind, button parameters.
//
// Every refusal is one plain sentence that says what the template has and what was given.
#include "features/templates/templates_rules.hpp"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "base/text.hpp"

namespace wapi::templates {
namespace {

namespace bj = boost::json;

std::unexpected<Error> refuse(std::string message) {
    return fail(errors::template_parameters_invalid, std::move(message), "template.components");
}

std::string field_text(const bj::object& object, std::string_view name) {
    const bj::value* found = object.if_contains(name);
    if (found == nullptr) {
        return {};
    }
    if (const bj::string* text = found->if_string()) {
        return std::string(*text);
    }
    const std::int64_t* number = found->if_int64();
    return number != nullptr ? std::to_string(*number) : std::string();
}

std::string counted(std::size_t count) {
    return count == 1 ? "1 variable" : fmt::format("{} variables", count);
}

/// Every given parameter is an object whose type can fill a text.
Result<void> check_text_types(std::string_view part, const bj::array& parameters) {
    for (const bj::value& item : parameters) {
        const bj::object* parameter = item.if_object();
        const std::string type = parameter != nullptr
                                     ? text::to_lower_ascii(field_text(*parameter, "type"))
                                     : std::string();
        if (type != "text" && type != "currency" && type != "date_time") {
            return refuse(
                fmt::format("The {} takes parameters of type text, currency or date_time.", part));
        }
        if (type == "text" && field_text(*parameter, "text").empty()) {
            return refuse(fmt::format("A parameter of the {} has no text.", part));
        }
    }
    return {};
}

Result<void> check_names(std::string_view part, const std::vector<std::string>& variables,
                         const bj::array& parameters) {
    std::set<std::string> given;
    for (const bj::value& item : parameters) {
        given.insert(field_text(item.as_object(), "parameter_name"));
    }
    for (const std::string& variable : variables) {
        if (!given.contains(variable)) {
            return refuse(fmt::format("The {} needs a parameter with parameter_name \"{}\".", part,
                                      variable));
        }
    }
    return {};
}

Result<void> check_texts(std::string_view part, const std::vector<std::string>& variables,
                         const bj::array& parameters, bool named) {
    if (variables.size() != parameters.size()) {
        return refuse(fmt::format("The {} has {}, {} given.", part, counted(variables.size()),
                                  parameters.size()));
    }
    const Result<void> types = check_text_types(part, parameters);
    if (!types) {
        return types;
    }
    return named ? check_names(part, variables, parameters) : Result<void>();
}

Result<void> check_header(const Needs& needs, const bj::array& parameters) {
    if (needs.header_format.empty() || needs.header_format == "TEXT") {
        return check_texts("header", needs.header_variables, parameters, needs.named);
    }
    const std::string wanted =
        needs.header_format == "GIF" ? "video" : text::to_lower_ascii(needs.header_format);
    const bj::object* parameter = parameters.size() == 1 ? parameters[0].if_object() : nullptr;
    if (parameter == nullptr || text::to_lower_ascii(field_text(*parameter, "type")) != wanted ||
        parameter->if_contains(wanted) == nullptr) {
        return refuse(fmt::format("The header needs one parameter of type {}.", wanted));
    }
    return {};
}

std::optional<std::size_t> index_of(const bj::object& component) {
    const std::string text = field_text(component, "index");
    std::size_t index = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (text.empty() || failure != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return index;
}

bool has_parameter(const bj::object& component, const std::string& type) {
    const bj::value* found = component.if_contains("parameters");
    const bj::array* parameters = found != nullptr ? found->if_array() : nullptr;
    if (parameters == nullptr || parameters->size() != 1) {
        return false;
    }
    const bj::object* parameter = parameters->front().if_object();
    return parameter != nullptr && text::to_lower_ascii(field_text(*parameter, "type")) == type &&
           !field_text(*parameter, type).empty();
}

Result<void> check_buttons(const Needs& needs, const bj::array& components) {
    std::set<std::size_t> filled;
    for (const bj::value& item : components) {
        const bj::object* component = item.if_object();
        if (component == nullptr ||
            text::to_lower_ascii(field_text(*component, "type")) != "button") {
            continue;
        }
        const std::optional<std::size_t> index = index_of(*component);
        if (!index || *index >= needs.button_count) {
            return refuse(
                fmt::format("A button component needs an index below {}.", needs.button_count));
        }
        for (const ButtonNeed& need : needs.buttons) {
            if (need.index == *index && has_parameter(*component, need.parameter_type)) {
                filled.insert(*index);
            }
        }
    }
    for (const ButtonNeed& need : needs.buttons) {
        if (!filled.contains(need.index)) {
            return refuse(fmt::format("Button {} needs one parameter of type {}.", need.index,
                                      need.parameter_type));
        }
    }
    return {};
}

Result<void> check_shape(const bj::array& components) {
    for (const bj::value& item : components) {
        const bj::object* component = item.if_object();
        if (component == nullptr || field_text(*component, "type").empty()) {
            return refuse("Every component is an object with a type.");
        }
    }
    return {};
}

}  // namespace

Result<void> check_status(const Template& stored) {
    if (stored.status == "APPROVED") {
        return {};
    }
    if (stored.status == "PAUSED") {
        return fail(errors::template_paused);
    }
    if (stored.status == "DISABLED") {
        return fail(errors::template_disabled);
    }
    return fail(
        errors::template_not_approved,
        fmt::format("Meta has not approved this template; its status is {}.", stored.status));
}

Result<void> check_parameters(const Template& stored, const bj::array& components) {
    if (const Result<void> status = check_status(stored); !status) {
        return status;
    }
    if (const Result<void> shape = check_shape(components); !shape) {
        return shape;
    }
    const Needs needs = read_needs(stored);
    if (const Result<void> header = check_header(needs, parameters_of(components, "header"));
        !header) {
        return header;
    }
    const Result<void> body =
        check_texts("body", needs.body_variables, parameters_of(components, "body"), needs.named);
    if (!body) {
        return body;
    }
    return check_buttons(needs, components);
}

}  // namespace wapi::templates
