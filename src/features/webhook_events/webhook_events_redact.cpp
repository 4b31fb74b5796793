// Taking an erased person out of stored bodies, and leaving everybody else's in place.
//
// A body holds updates of several customers, and of several workspaces: only changes of the
// workspace's own numbers are touched. An element of an array is the person's when one of its
// strings, or of the objects directly in it, is one of their identities (meta/webhooks.md sections
// 3 to 6): `from`, `wa_id`, `recipient_id`, `user_id`, `system.previous_user_id` and the like.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "features/webhook_events/webhook_events_store.hpp"
#include "whatsapp/webhook_parser.hpp"

namespace wapi::webhook_events {
namespace {

namespace json = boost::json;

constexpr int own_strings_depth = 2;  ///< the element itself and the objects directly in it
constexpr int walk_depth_max = 64;

bool is_trace(std::string_view text, const Traces& traces) {
    if (text.starts_with('+') || text.starts_with('@')) {
        text.remove_prefix(1);
    }
    return std::ranges::find(traces.values, text) != traces.values.end();
}

bool names_the_person(const json::object& object, const Traces& traces, int depth) {
    for (const auto& member : object) {
        const json::value& value = member.value();
        if (value.is_string() && is_trace(value.get_string(), traces)) {
            return true;
        }
        if (depth > 1 && value.is_object() &&
            names_the_person(value.get_object(), traces, depth - 1)) {
            return true;
        }
    }
    return false;
}

/// True when something was replaced. Elements that are somebody else's are looked into.
bool redact_value(json::value& value, const Traces& traces, int depth);

bool redact_element(json::value& element, const Traces& traces, int depth) {
    if (element.is_string() && is_trace(element.get_string(), traces)) {
        element = whatsapp::erased_mark;
        return true;
    }
    if (element.is_object() && names_the_person(element.get_object(), traces, own_strings_depth)) {
        element = json::object{{whatsapp::erased_mark, true}};
        return true;
    }
    return redact_value(element, traces, depth);
}

bool redact_value(json::value& value, const Traces& traces, int depth) {
    bool changed = false;
    if (depth == 0) {
        return false;
    }
    if (value.is_array()) {
        for (json::value& element : value.get_array()) {
            changed |= redact_element(element, traces, depth - 1);
        }
    } else if (value.is_object()) {
        for (auto& member : value.get_object()) {
            changed |= redact_value(member.value(), traces, depth - 1);
        }
    }
    return changed;
}

bool is_of_own_number(const json::value& change, const Traces& traces) {
    for (const char* path :
         {"/value/metadata/phone_number_id", "/value/recipient/phone_number_id"}) {
        boost::system::error_code missing;
        const json::value* id = change.find_pointer(path, missing);
        if (id != nullptr && id->is_string() &&
            std::ranges::find(traces.numbers, std::string_view(id->get_string()),
                              &PhoneNumberId::value) != traces.numbers.end()) {
            return true;
        }
    }
    return false;
}

/// The elements of the array of that name; none when there is no such array.
std::span<json::value> elements_of(json::value& value, std::string_view name) {
    json::object* object = value.if_object();
    json::value* found = object != nullptr ? object->if_contains(name) : nullptr;
    json::array* array = found != nullptr ? found->if_array() : nullptr;
    return array != nullptr ? std::span<json::value>(array->data(), array->size())
                            : std::span<json::value>();
}

}  // namespace

std::optional<std::string> redact_body(std::string_view body, const Traces& traces) {
    boost::system::error_code failed;
    json::parse_options options;
    options.max_depth = whatsapp::webhook_depth_max;
    json::value root = json::parse(body, failed, {}, options);
    if (failed) {
        return std::nullopt;
    }
    bool changed = false;
    for (json::value& entry : elements_of(root, "entry")) {
        for (json::value& change : elements_of(entry, "changes")) {
            changed |=
                is_of_own_number(change, traces) && redact_value(change, traces, walk_depth_max);
        }
    }
    return changed ? std::optional(json::serialize(root)) : std::nullopt;
}

bool redact(db::Txn& txn, EventId id, const Traces& traces) {
    const std::optional<std::string> body = find_body(txn, id);
    const auto redacted = body ? redact_body(*body, traces) : std::nullopt;
    if (!redacted) {
        return false;
    }
    store::replace_body(txn, id, *redacted);
    if (const auto webhook = whatsapp::parse_webhook(*redacted)) {
        for (const whatsapp::WebhookItem& item : webhook->items) {
            const auto* other = std::get_if<whatsapp::OtherField>(&item.content);
            if (other != nullptr && other->part == whatsapp::erased_mark) {
                remove_item_letter(txn, render_item_ref({id, item.ordinal}));
            }
        }
    }
    return true;
}

RedactStep find_traces(db::Txn& txn, EventId from, EventId last, const Traces& traces) {
    RedactStep step{.next = EventId{last.value + 1}, .matches = {}};
    const auto bodies = store::list_bodies(txn, from, last, redact_step_events_max);
    for (const store::EventBody& event : bodies) {
        const bool holds_one = std::ranges::any_of(traces.values, [&](const std::string& value) {
            return event.body.find(value) != std::string::npos;
        });
        if (holds_one) {
            step.matches.push_back(event.id);
        }
    }
    if (bodies.size() == redact_step_events_max) {
        step.next = EventId{bodies.back().id.value + 1};
    }
    return step;
}

}  // namespace wapi::webhook_events
