// What a filter says: from JSON and from a query. See segments.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/value_from.hpp>
#include <charconv>

#include "base/json.hpp"
#include "features/segments/segments.hpp"

namespace wapi::segments {
namespace {

constexpr std::string_view attribute_prefix = "attribute.";
constexpr json::IntRule days{.min = 1, .max = days_max};

std::unexpected<Error> refuse(std::string field, std::string why) {
    return fail_field(wapi::errors::invalid_request, std::move(field), std::move(why));
}

/// Text, number or truth value, as it is compared.
std::optional<std::string> text_of(const json::value& value) {
    if (value.is_string()) {
        return std::string(value.as_string());
    }
    if (value.is_double()) {
        return fmt::format("{}", value.as_double());
    }
    if (value.is_bool() || value.is_number()) {
        return json::render(value);
    }
    return std::nullopt;
}

Result<std::map<std::string, std::string>> parse_attributes(const json::object* wire) {
    std::map<std::string, std::string> attributes;
    if (wire == nullptr) {
        return attributes;
    }
    for (const auto& [name, value] : *wire) {
        const std::optional<std::string> text = text_of(value);
        if (!text || text->size() > text_bytes_max || name.empty() ||
            name.size() > text_bytes_max || attributes.size() == list_max) {
            return refuse("filter.attributes",
                          "At most 20, each a text, number or truth value of at most 256 bytes.");
        }
        attributes.emplace(name, *text);
    }
    return attributes;
}

Result<void> check_together(const Conditions& conditions) {
    const int about_messages = (conditions.wrote_within_days ? 1 : 0) +
                               (conditions.silent_for_days ? 1 : 0) +
                               (conditions.never_wrote ? 1 : 0);
    if (about_messages > 1) {
        return refuse("neverWrote",
                      "One of wroteWithinDays, silentForDays and neverWrote at a time.");
    }
    return {};
}

Result<std::int64_t> parse_days(const std::string& field, std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 1 ||
        number > days_max) {
        return refuse(field, fmt::format("A number of days from 1 to {}.", days_max));
    }
    return number;
}

Result<bool> parse_truth(const std::string& field, std::string_view text) {
    if (text != "true" && text != "false") {
        return refuse(field, "true or false.");
    }
    return text == "true";
}

/// Takes one parameter of a query.
Result<void> add_param(Conditions& conditions, const std::string& name, const std::string& value) {
    const bool attribute = name.starts_with(attribute_prefix);
    const bool listed = attribute || name == "tag" || name == "withoutTag";
    if (listed && (value.empty() || value.size() > text_bytes_max)) {
        return value.empty() ? Result<void>() : refuse(name, "At most 256 bytes.");
    }
    if (name == "tag") {
        conditions.tags.push_back(value);
    } else if (name == "withoutTag") {
        conditions.without_tags.push_back(value);
    } else if (attribute && name.size() > attribute_prefix.size()) {
        conditions.attributes[name.substr(attribute_prefix.size())] = value;
    } else if (name == "wroteWithinDays" || name == "silentForDays") {
        const Result<std::int64_t> number = parse_days(name, value);
        if (!number) {
            return std::unexpected(number.error());
        }
        (name == "silentForDays" ? conditions.silent_for_days : conditions.wrote_within_days) =
            *number;
    } else if (name == "neverWrote" || name == "optedOut") {
        const Result<bool> truth = parse_truth(name, value);
        if (!truth) {
            return std::unexpected(truth.error());
        }
        if (name == "neverWrote") {
            conditions.never_wrote = *truth;
        } else {
            conditions.opted_out = *truth;
        }
    }
    return {};
}

}  // namespace

bool Conditions::empty() const { return *this == Conditions{}; }

Result<Conditions> parse(const boost::json::object& filter) {
    const json::object body{{"filter", filter}};
    const json::StringRule text{.bytes_max = text_bytes_max};
    const auto tags = json::optional_strings(body, "filter.tags", list_max, text);
    const auto without = json::optional_strings(body, "filter.withoutTags", list_max, text);
    const auto attributes = json::optional_object(body, "filter.attributes");
    const auto wrote = json::optional_int(body, "filter.wroteWithinDays", days);
    const auto silent = json::optional_int(body, "filter.silentForDays", days);
    const auto never = json::optional_bool(body, "filter.neverWrote");
    const auto out = json::optional_bool(body, "filter.optedOut");
    for (const Error* error : {tags ? nullptr : &tags.error(), without ? nullptr : &without.error(),
                               attributes ? nullptr : &attributes.error(),
                               wrote ? nullptr : &wrote.error(), silent ? nullptr : &silent.error(),
                               never ? nullptr : &never.error(), out ? nullptr : &out.error()}) {
        if (error != nullptr) {
            return std::unexpected(*error);
        }
    }
    auto named = parse_attributes(*attributes);
    if (!named) {
        return std::unexpected(named.error());
    }
    const Conditions conditions{.tags = *tags,
                                .without_tags = *without,
                                .attributes = *std::move(named),
                                .wrote_within_days = *wrote,
                                .silent_for_days = *silent,
                                .never_wrote = never->value_or(false),
                                .opted_out = *out};
    const Result<void> sound = check_together(conditions);
    return sound ? Result<Conditions>(conditions) : std::unexpected(sound.error());
}

boost::json::object render(const Conditions& conditions) {
    json::object filter;
    if (!conditions.tags.empty()) {
        filter["tags"] = boost::json::value_from(conditions.tags);
    }
    if (!conditions.without_tags.empty()) {
        filter["withoutTags"] = boost::json::value_from(conditions.without_tags);
    }
    if (!conditions.attributes.empty()) {
        filter["attributes"] = boost::json::value_from(conditions.attributes);
    }
    if (conditions.wrote_within_days) {
        filter["wroteWithinDays"] = *conditions.wrote_within_days;
    }
    if (conditions.silent_for_days) {
        filter["silentForDays"] = *conditions.silent_for_days;
    }
    if (conditions.never_wrote) {
        filter["neverWrote"] = true;
    }
    if (conditions.opted_out) {
        filter["optedOut"] = *conditions.opted_out;
    }
    return filter;
}

Result<Conditions> parse_query(const std::vector<std::pair<std::string, std::string>>& query) {
    Conditions conditions;
    for (const auto& [name, value] : query) {
        if (const Result<void> taken = add_param(conditions, name, value); !taken) {
            return std::unexpected(taken.error());
        }
    }
    const bool too_many = std::max({conditions.tags.size(), conditions.without_tags.size(),
                                    conditions.attributes.size()}) > list_max;
    if (too_many) {
        return refuse("tag", "At most 20 of one kind.");
    }
    const Result<void> sound = check_together(conditions);
    return sound ? Result<Conditions>(std::move(conditions)) : std::unexpected(sound.error());
}

std::optional<Conditions> join(Conditions one, const Conditions& other) {
    for (const auto& [name, value] : other.attributes) {
        if (one.attributes.emplace(name, value).first->second != value) {
            return std::nullopt;
        }
    }
    if (one.opted_out && other.opted_out && one.opted_out != other.opted_out) {
        return std::nullopt;
    }
    one.tags.insert(one.tags.end(), other.tags.begin(), other.tags.end());
    one.without_tags.insert(one.without_tags.end(), other.without_tags.begin(),
                            other.without_tags.end());
    if (other.wrote_within_days) {
        one.wrote_within_days =
            std::min(one.wrote_within_days.value_or(days_max), *other.wrote_within_days);
    }
    if (other.silent_for_days) {
        one.silent_for_days = std::max(one.silent_for_days.value_or(0), *other.silent_for_days);
    }
    one.never_wrote = one.never_wrote || other.never_wrote;
    if (other.opted_out) {
        one.opted_out = other.opted_out;
    }
    return one;
}

}  // namespace wapi::segments
