#include "base/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace wapi::json {
namespace {

std::unexpected<Error> refuse(std::string_view field, std::string_view why) {
    return fail_field(errors::invalid_request, std::string(field),
                      fmt::format("The field {} {}.", field, why));
}

Result<std::string> checked_string(const value& found, std::string_view field,
                                   const StringRule& rule) {
    const boost::json::string* const text = found.if_string();
    if (text == nullptr) {
        return refuse(field, "must be a string");
    }
    std::string_view content(text->data(), text->size());
    if (rule.trim) {
        content = text::trim(content);
    }
    if (content.size() < rule.bytes_min) {
        return refuse(field, content.empty() ? "must not be empty" : "is too short");
    }
    if (content.size() > rule.bytes_max) {
        return refuse(field, fmt::format("is longer than {} bytes", rule.bytes_max));
    }
    return std::string(content);
}

Result<std::int64_t> checked_int(const value& found, std::string_view field, const IntRule& rule) {
    boost::system::error_code failed;
    const auto number = found.to_number<std::int64_t>(failed);
    if (failed) {
        return refuse(field, "must be a whole number");
    }
    if (number < rule.min || number > rule.max) {
        return refuse(field, fmt::format("must lie between {} and {}", rule.min, rule.max));
    }
    return number;
}

Result<bool> checked_bool(const value& found, std::string_view field) {
    const bool* const flag = found.if_bool();
    return flag != nullptr ? Result<bool>(*flag) : refuse(field, "must be true or false");
}

Result<const object*> checked_object(const value& found, std::string_view field) {
    const object* const inner = found.if_object();
    return inner != nullptr ? Result<const object*>(inner) : refuse(field, "must be an object");
}

Result<const array*> checked_array(const value& found, std::string_view field,
                                   std::size_t items_max) {
    const array* const items = found.if_array();
    if (items == nullptr) {
        return refuse(field, "must be an array");
    }
    if (items->size() > items_max) {
        return refuse(field, fmt::format("holds more than {} items", items_max));
    }
    return items;
}

/// Boost reads 1e999 as infinity, which has no JSON text: it could be stored but not read again.
bool has_infinity(const value& content) {
    switch (content.kind()) {
        case boost::json::kind::double_: return !std::isfinite(content.get_double());
        case boost::json::kind::array:
            return std::ranges::any_of(content.get_array(), has_infinity);
        case boost::json::kind::object:
            return std::ranges::any_of(content.get_object(), [](const auto& member) {
                return has_infinity(member.value());
            });
        default: return false;
    }
}

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

/// Where text with a NUL stands, as a dotted path; nothing when there is none. A name with one is
/// told by its holder: it could not be printed.
std::optional<std::string> find_nul(const value& content) {
    if (const boost::json::string* const text = content.if_string()) {
        return has_nul(*text) ? std::optional<std::string>("") : std::nullopt;
    }
    if (const array* const items = content.if_array()) {
        for (std::size_t index = 0; index < items->size(); ++index) {
            if (const auto inner = find_nul((*items)[index])) {
                const bool ends = inner->empty() || inner->front() == '[';
                return fmt::format("[{}]{}{}", index, ends ? "" : ".", *inner);
            }
        }
    }
    if (const object* const members = content.if_object()) {
        for (const auto& [name, member] : *members) {
            if (has_nul(name)) {
                return "";
            }
            if (const auto inner = find_nul(member)) {
                const bool ends = inner->empty() || inner->front() == '[';
                return fmt::format("{}{}{}", std::string_view(name), ends ? "" : ".", *inner);
            }
        }
    }
    return std::nullopt;
}

/// A NUL that is not escaped is no JSON, so that most bodies are not looked through.
Result<value> without_nul(std::string_view body, Result<value> parsed) {
    constexpr std::size_t field_bytes_max = 200;
    const bool may_have = parsed && body.find("\\u0000") != std::string_view::npos;
    const std::optional<std::string> field = may_have ? find_nul(*parsed) : std::nullopt;
    if (!field) {
        return parsed;
    }
    return field->empty() || field->size() > field_bytes_max
               ? fail(errors::invalid_request, "The body holds a NUL character.")
               : refuse(*field, "holds a NUL character");
}

std::unexpected<Error> missing(std::string_view field) { return refuse(field, "is missing"); }

/// Absent stays absent; what is there must pass `check`.
template <class T, class Check>
Result<std::optional<T>> if_present(const value* found, Check check) {
    if (found == nullptr) {
        return std::optional<T>();
    }
    Result<T> checked = check(*found);
    if (!checked) {
        return std::unexpected(std::move(checked).error());
    }
    return std::optional<T>(std::move(*checked));
}

}  // namespace

Result<value> parse_value(std::string_view body) {
    boost::json::parse_options options;
    options.max_depth = depth_max;
    boost::system::error_code failed;
    value parsed = boost::json::parse(body, failed, {}, options);
    if (failed == boost::json::error::too_deep) {
        return fail(errors::malformed_json,
                    fmt::format("The body is nested deeper than {} levels.", depth_max));
    }
    if (failed || has_infinity(parsed)) {
        return fail(errors::malformed_json);
    }
    return parsed;
}

Result<object> parse_object(std::string_view body) {
    Result<value> parsed = without_nul(body, parse_value(body));
    if (!parsed) {
        return std::unexpected(std::move(parsed).error());
    }
    if (!parsed->is_object()) {
        return fail(errors::malformed_json, "The body is not a JSON object.");
    }
    return std::move(parsed->get_object());
}

Result<array> parse_array(std::string_view body) {
    Result<value> parsed = without_nul(body, parse_value(body));
    if (!parsed) {
        return std::unexpected(std::move(parsed).error());
    }
    if (!parsed->is_array()) {
        return fail(errors::malformed_json, "The body is not a JSON array.");
    }
    return std::move(parsed->get_array());
}

std::string render(const value& content) { return boost::json::serialize(content); }

const value* find_field(const object& body, std::string_view field) {
    const object* holder = &body;
    while (holder != nullptr) {
        const std::size_t dot = field.find('.');
        const value* const found = holder->if_contains(field.substr(0, dot));
        if (found == nullptr || found->is_null()) {
            return nullptr;
        }
        if (dot == std::string_view::npos) {
            return found;
        }
        holder = found->if_object();
        field.remove_prefix(dot + 1);
    }
    return nullptr;
}

Result<std::string> require_string(const object& body, std::string_view field, StringRule rule) {
    const value* const found = find_field(body, field);
    return found != nullptr ? checked_string(*found, field, rule) : missing(field);
}

Result<std::int64_t> require_int(const object& body, std::string_view field, IntRule rule) {
    const value* const found = find_field(body, field);
    return found != nullptr ? checked_int(*found, field, rule) : missing(field);
}

Result<bool> require_bool(const object& body, std::string_view field) {
    const value* const found = find_field(body, field);
    return found != nullptr ? checked_bool(*found, field) : missing(field);
}

Result<const object*> require_object(const object& body, std::string_view field) {
    const value* const found = find_field(body, field);
    return found != nullptr ? checked_object(*found, field) : missing(field);
}

Result<const array*> require_array(const object& body, std::string_view field,
                                   std::size_t items_max) {
    const value* const found = find_field(body, field);
    return found != nullptr ? checked_array(*found, field, items_max) : missing(field);
}

Result<std::optional<std::string>> optional_string(const object& body, std::string_view field,
                                                   StringRule rule) {
    return if_present<std::string>(find_field(body, field), [&](const value& found) {
        return checked_string(found, field, rule);
    });
}

Result<std::optional<std::int64_t>> optional_int(const object& body, std::string_view field,
                                                 IntRule rule) {
    return if_present<std::int64_t>(find_field(body, field), [&](const value& found) {
        return checked_int(found, field, rule);
    });
}

Result<std::optional<bool>> optional_bool(const object& body, std::string_view field) {
    return if_present<bool>(find_field(body, field),
                            [&](const value& found) { return checked_bool(found, field); });
}

Result<const object*> optional_object(const object& body, std::string_view field) {
    const value* const found = find_field(body, field);
    return found != nullptr ? checked_object(*found, field) : Result<const object*>(nullptr);
}

Result<const array*> optional_array(const object& body, std::string_view field,
                                    std::size_t items_max) {
    const value* const found = find_field(body, field);
    return found != nullptr ? checked_array(*found, field, items_max)
                            : Result<const array*>(nullptr);
}

Result<std::vector<std::string>> optional_strings(const object& body, std::string_view field,
                                                  std::size_t items_max, StringRule rule) {
    const Result<const array*> items = optional_array(body, field, items_max);
    if (!items) {
        return std::unexpected(items.error());
    }
    std::vector<std::string> strings;
    if (*items == nullptr) {
        return strings;
    }
    strings.reserve((*items)->size());
    for (const value& item : **items) {
        Result<std::string> content =
            checked_string(item, fmt::format("{}[{}]", field, strings.size()), rule);
        if (!content) {
            return std::unexpected(std::move(content).error());
        }
        strings.push_back(std::move(*content));
    }
    return strings;
}

Error at_path(Error error, std::string_view prefix) {
    error.field =
        error.field.empty() ? std::string(prefix) : fmt::format("{}.{}", prefix, error.field);
    return error;
}

}  // namespace wapi::json
