// Taking an erased person out of stored bodies, and leaving everybody else's in place.
//
// A body holds updates of several customers, and of several workspaces: only changes of the
// workspace's own numbers are touched. An element of an array is the person's when a member that
// Meta's pages use for identities names them, in the element or in an object directly in it
// (meta/webhooks.md sections 5, 6 and 9). What people write never counts: who answers with somebody
// else's number, or shares their contact card, is not them.
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <set>
#include <utility>

#include "features/webhook_events/webhook_events_store.hpp"
#include "whatsapp/webhook_parser.hpp"

namespace wapi::webhook_events {
namespace {

namespace json = boost::json;

constexpr int walk_depth_max = 64;

/// Hold a phone, or instead of it a BSUID.
constexpr auto phone_keys = std::to_array<std::string_view>(
    {"from", "to", "wa_id", "new_wa_id", "recipient_id", "recipient_participant_id",
     "participant_recipient_id", "phone_number", "input"});
constexpr auto bsuid_keys = std::to_array<std::string_view>(
    {"user_id", "parent_user_id", "from_user_id", "from_parent_user_id", "to_user_id",
     "to_parent_user_id", "recipient_user_id", "recipient_parent_user_id",
     "parent_recipient_user_id", "recipient_participant_user_id",
     "recipient_participant_parent_user_id", "previous_user_id", "previous_parent_user_id"});

bool is_one_of(const auto& list, std::string_view text) {
    return std::ranges::find(list, text) != std::ranges::end(list);
}

/// What one person wrote or sent: theirs as a whole, whoever it mentions.
bool holds_writing(std::string_view array) {
    return array == "messages" || array == "message_echoes";
}

/// What the member names somebody by.
enum class Names { nobody, phone_or_bsuid, bsuid };

Names names_by(std::string_view array, std::string_view key) {
    if (is_one_of(phone_keys, key) || (array == "threads" && key == "id")) {
        return Names::phone_or_bsuid;
    }
    return is_one_of(bsuid_keys, key) ? Names::bsuid : Names::nobody;
}

/// A phone as it is compared: digits.
std::string_view without_plus(std::string_view text) {
    return text.substr(text.starts_with('+') ? 1 : 0);
}

/// Looks at the identities in an element of an array.
class Naming {
  public:
    Naming(const Traces& traces, std::string_view array) : traces_(traces), array_(array) {}

    bool names_the_person(const json::object& element) {
        look_at(element);
        for (const auto& member : element) {
            // A message's `context` is about the one that it answers.
            if (member.value().is_object() &&
                !(holds_writing(array_) && member.key() == "context")) {
                look_at(member.value().get_object());
            }
        }
        // A username may have passed to somebody else; phones and BSUIDs tell.
        return person_ || (username_ && !somebody_);
    }

  private:
    void look_at(const json::object& object) {
        for (const auto& member : object) {
            if (member.value().is_string()) {
                look_at(member.key(), member.value().get_string());
            }
        }
    }
    void look_at(std::string_view key, std::string_view text) {
        if (key == "username") {
            username_ |= is_one_of(traces_.usernames, text.substr(text.starts_with('@') ? 1 : 0));
            return;
        }
        const Names names = names_by(array_, key);
        if (names == Names::nobody) {
            return;
        }
        somebody_ |= !text.empty();
        person_ |=
            is_one_of(traces_.bsuids, text) ||
            (names == Names::phone_or_bsuid && is_one_of(traces_.phones, without_plus(text)));
    }

    const Traces& traces_;
    std::string_view array_;
    bool person_ = false;
    bool username_ = false;
    bool somebody_ = false;
};

bool is_theirs(const json::value& element, std::string_view array, const Traces& traces) {
    return element.is_object() && Naming(traces, array).names_the_person(element.get_object());
}

json::value mark() { return json::object{{whatsapp::erased_mark, true}}; }

/// `array` as for redact_value.
void collect_identities(const json::value& value, std::string_view array,
                        std::set<std::string>& found, int depth) {
    if (depth == 0) {
        return;
    }
    if (value.is_array()) {
        for (const json::value& element : value.get_array()) {
            collect_identities(element, array, found, depth - 1);
        }
    } else if (value.is_object()) {
        for (const auto& [key, member] : value.get_object()) {
            if (member.is_string() && names_by(array, key) != Names::nobody) {
                found.emplace(without_plus(member.get_string()));
            }
            collect_identities(member, key, found, depth - 1);
        }
    }
}

/// True when something was replaced. Elements that are somebody else's are looked into. `array` is
/// the name of the array that the value is in, or that it is.
bool redact_value(json::value& value, std::string_view array, const Traces& traces, int depth) {
    bool changed = false;
    if (depth == 0) {
        return false;
    }
    if (value.is_array()) {
        for (json::value& element : value.get_array()) {
            if (is_theirs(element, array, traces)) {
                element = mark();
                changed = true;
            } else if (!holds_writing(array)) {
                changed |= redact_value(element, array, traces, depth - 1);
            }
        }
    } else if (value.is_object()) {
        for (auto& member : value.get_object()) {
            changed |= redact_value(member.value(), member.key(), traces, depth - 1);
        }
    }
    return changed;
}

/// The update, in the arrays directly in `holder`; and the person's contacts beside it when nothing
/// else there is theirs.
bool redact_update(json::object& holder, const json::value& update, const Traces& traces) {
    bool changed = false;
    bool others = false;
    for (auto& member : holder) {
        json::array* array = member.key() == "contacts" ? nullptr : member.value().if_array();
        for (json::value& element :
             array != nullptr ? std::span(*array) : std::span<json::value>()) {
            if (element == update) {
                element = mark();
                changed = true;
            } else {
                others |= is_theirs(element, member.key(), traces);
            }
        }
    }
    json::value* contacts = changed && !others ? holder.if_contains("contacts") : nullptr;
    if (contacts != nullptr) {
        redact_value(*contacts, "contacts", traces, walk_depth_max);
    }
    return changed;
}

bool redact_update(json::value& change, const json::value& update, const Traces& traces) {
    json::object* value = change.is_object() && change.get_object().contains("value")
                              ? change.at("value").if_object()
                              : nullptr;
    if (value == nullptr) {
        return false;
    }
    json::value* standby = value->if_contains("standby");
    const bool in_standby = standby != nullptr && standby->is_object() &&
                            redact_update(standby->get_object(), update, traces);
    return redact_update(*value, update, traces) || in_standby;
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

json::value parse(std::string_view text) {
    boost::system::error_code failed;
    json::parse_options options;
    options.max_depth = whatsapp::webhook_depth_max;
    return json::parse(text, failed, {}, options);
}

/// The body after `redact(change)` of each change of the workspace's numbers.
template <class Redact>
std::optional<std::string> redact_changes(std::string_view body, const Traces& traces,
                                          Redact redact) {
    json::value root = parse(body);
    bool changed = false;
    for (json::value& entry : elements_of(root, "entry")) {
        for (json::value& change : elements_of(entry, "changes")) {
            changed |= is_of_own_number(change, traces) && redact(change);
        }
    }
    return changed ? std::optional(json::serialize(root)) : std::nullopt;
}

/// Puts the redacted body in its place.
bool replace(db::Txn& txn, EventId id, const std::optional<std::string>& redacted) {
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

bool holds_a_trace(std::string_view body, const Traces& traces) {
    const auto holds = [body](const std::string& value) {
        return body.find(value) != std::string_view::npos;
    };
    return std::ranges::any_of(traces.phones, holds) || std::ranges::any_of(traces.bsuids, holds) ||
           std::ranges::any_of(traces.usernames, holds);
}

}  // namespace

std::vector<std::string> Traces::identities() const {
    std::vector<std::string> all = phones;
    all.insert(all.end(), bsuids.begin(), bsuids.end());
    return all;
}

std::optional<std::string> redact_body(std::string_view body, const Traces& traces) {
    return redact_changes(body, traces, [&traces](json::value& change) {
        return redact_value(change, {}, traces, walk_depth_max);
    });
}

std::optional<std::string> redact_item(std::string_view body, const Traces& traces,
                                       std::string_view item) {
    const json::value update = parse(item);
    if (!update.is_object()) {
        return std::nullopt;
    }
    return redact_changes(
        body, traces, [&](json::value& change) { return redact_update(change, update, traces); });
}

std::vector<std::string> list_identities(std::string_view item) {
    std::set<std::string> found;
    collect_identities(parse(item), {}, found, walk_depth_max);
    return {found.begin(), found.end()};
}

bool redact(db::Txn& txn, EventId id, const Traces& traces) {
    const auto body = store::lock_body(txn, id);
    return body && holds_a_trace(*body, traces) && replace(txn, id, redact_body(*body, traces));
}

bool redact_field(db::Txn& txn, EventId id, const Traces& traces, std::string_view field) {
    const auto body = store::lock_body(txn, id);
    return body && replace(txn, id, redact_changes(*body, traces, [&](json::value& change) {
                               const json::value* name = change.get_object().if_contains("field");
                               return name != nullptr && name->is_string() &&
                                      name->get_string() == field &&
                                      redact_value(change, {}, traces, walk_depth_max);
                           }));
}

bool redact(db::Txn& txn, EventId id, const Traces& traces, std::string_view item) {
    const auto body = store::lock_body(txn, id);
    return body && replace(txn, id, redact_item(*body, traces, item));
}

RedactStep find_traces(db::Txn& txn, EventId from, EventId last, const Traces& traces) {
    RedactStep step{.next = EventId{last.value + 1}, .matches = {}};
    const auto bodies = store::list_bodies(txn, from, last, redact_step_events_max);
    for (const store::EventBody& event : bodies) {
        if (holds_a_trace(event.body, traces)) {
            step.matches.push_back(event.id);
        }
    }
    if (bodies.size() == redact_step_events_max) {
        step.next = EventId{bodies.back().id.value + 1};
    }
    return step;
}

}  // namespace wapi::webhook_events
