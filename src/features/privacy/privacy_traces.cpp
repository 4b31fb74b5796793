#include "features/privacy/privacy_traces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "base/crypto.hpp"

namespace wapi::privacy {
namespace {

namespace json = boost::json;

constexpr std::string_view notes_cursor = "notes";  ///< where messages have their conversation

json::array strings_of(const std::vector<std::string>& values) {
    return json::array(values.begin(), values.end());
}

std::vector<std::string> strings_in(const json::object& object, std::string_view name) {
    std::vector<std::string> strings;
    const json::value* found = object.if_contains(name);
    const json::array* array = found != nullptr ? found->if_array() : nullptr;
    for (const json::value& item : array != nullptr ? *array : json::array{}) {
        if (item.is_string()) {
            strings.emplace_back(item.get_string());
        }
    }
    return strings;
}

}  // namespace

bool names_one_of(std::string_view wamid, std::span<const std::string> values) {
    const auto holds_one = [values](std::string_view text) {
        return std::ranges::any_of(values, [text](const std::string& value) {
            return !value.empty() && text.find(value) != std::string_view::npos;
        });
    };
    if (holds_one(wamid)) {
        return true;
    }
    const std::string_view encoded = wamid.substr(wamid.starts_with("wamid.") ? 6 : 0);
    auto bytes = crypto::base64_decode(encoded);
    if (!bytes) {
        bytes = crypto::base64url_decode(encoded);
    }
    return bytes && holds_one(*bytes);
}

std::string render_traces(const webhook_events::Traces& traces) {
    json::array numbers;
    for (const PhoneNumberId& number : traces.numbers) {
        numbers.emplace_back(number.value);
    }
    return json::serialize(json::object{{"numbers", std::move(numbers)},
                                        {"phones", strings_of(traces.phones)},
                                        {"bsuids", strings_of(traces.bsuids)},
                                        {"usernames", strings_of(traces.usernames)}});
}

std::optional<webhook_events::Traces> parse_traces(std::string_view text) {
    boost::system::error_code failed;
    const json::value parsed = json::parse(text, failed);
    if (failed || !parsed.is_object()) {
        return std::nullopt;
    }
    webhook_events::Traces traces;
    for (const std::string& number : strings_in(parsed.get_object(), "numbers")) {
        traces.numbers.emplace_back(number);
    }
    traces.phones = strings_in(parsed.get_object(), "phones");
    traces.bsuids = strings_in(parsed.get_object(), "bsuids");
    traces.usernames = strings_in(parsed.get_object(), "usernames");
    return traces;
}

std::string render_cursor(const store::Place& place) {
    return place.notes
               ? fmt::format("{}_{}_{}", notes_cursor, place.notes->created_us, place.notes->note)
               : fmt::format("{}_{}_{}", place.messages.conversation, place.messages.timestamp_us,
                             place.messages.message);
}

Result<store::Place> parse_cursor(std::string_view cursor) {
    if (cursor.empty()) {
        return store::Place{.notes = store::NotePosition{}};
    }
    const std::size_t first = cursor.find('_');
    const std::size_t second = cursor.find('_', first == cursor.npos ? first : first + 1);
    if (second == std::string_view::npos) {
        return fail_field(wapi::errors::invalid_request, "cursor", "Not a cursor of this list.");
    }
    const std::string_view list = cursor.substr(0, first);
    const std::string_view time = cursor.substr(first + 1, second - first - 1);
    const std::string last(cursor.substr(second + 1));
    std::int64_t time_us = 0;
    const auto read = std::from_chars(time.data(), time.data() + time.size(), time_us);
    if (time.empty() || read.ec != std::errc{} || read.ptr != time.data() + time.size()) {
        return fail_field(wapi::errors::invalid_request, "cursor", "Not a cursor of this list.");
    }
    return list == notes_cursor
               ? store::Place{.notes = store::NotePosition{.created_us = time_us, .note = last}}
               : store::Place{.messages = {.conversation = std::string(list),
                                           .timestamp_us = time_us,
                                           .message = last}};
}

}  // namespace wapi::privacy
