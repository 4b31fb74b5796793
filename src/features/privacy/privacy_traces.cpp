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

std::string render_cursor(const store::Position& position) {
    return fmt::format("{}_{}_{}", position.conversation, position.timestamp_us, position.message);
}

Result<store::Position> parse_cursor(std::string_view cursor) {
    store::Position position;
    if (cursor.empty()) {
        return position;
    }
    const std::size_t first = cursor.find('_');
    const std::size_t second = cursor.find('_', first == cursor.npos ? first : first + 1);
    if (second == std::string_view::npos) {
        return fail_field(wapi::errors::invalid_request, "cursor", "Not a cursor of this list.");
    }
    const std::string_view time = cursor.substr(first + 1, second - first - 1);
    const auto read =
        std::from_chars(time.data(), time.data() + time.size(), position.timestamp_us);
    if (time.empty() || read.ec != std::errc{} || read.ptr != time.data() + time.size()) {
        return fail_field(wapi::errors::invalid_request, "cursor", "Not a cursor of this list.");
    }
    position.conversation = cursor.substr(0, first);
    position.message = cursor.substr(second + 1);
    return position;
}

}  // namespace wapi::privacy
