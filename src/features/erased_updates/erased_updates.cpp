#include "features/erased_updates/erased_updates.hpp"

#include <charconv>

#include "base/phone.hpp"
#include "features/contacts/contacts.hpp"
#include "features/webhook_events/webhook_events.hpp"

namespace wapi::erased_updates {
namespace {

using erasures::Person;

struct PeopleOf {
    std::vector<Person> operator()(const whatsapp::InboundMessage& message) const {
        std::vector<Person> people{{message.sender.phone, message.sender.user_id}};
        if (message.identity_change) {
            people.push_back(
                {message.identity_change->old_phone, message.identity_change->old_user_id});
            people.push_back(
                {message.identity_change->new_phone, message.identity_change->new_user_id});
        }
        return people;
    }
    std::vector<Person> operator()(const whatsapp::StatusUpdate& update) const {
        return update.recipient_is_group
                   ? std::vector<Person>{}
                   : std::vector<Person>{{update.recipient_phone, update.recipient_user_id}};
    }
    std::vector<Person> operator()(const whatsapp::UserPreference& preference) const {
        return {{preference.phone, preference.user_id}};
    }
    std::vector<Person> operator()(const whatsapp::MessageEcho& echo) const {
        return {{echo.recipient_phone, echo.recipient_user_id}};
    }
    std::vector<Person> operator()(const whatsapp::ParseError& broken) const {
        return broken.partial ? std::vector<Person>{{broken.partial->sender.phone,
                                                     broken.partial->sender.user_id}}
                              : std::vector<Person>{};
    }
    std::vector<Person> operator()(const auto&) const { return {}; }
};

std::optional<Timestamp> time_of(const whatsapp::WebhookContent& content) {
    if (const auto* message = std::get_if<whatsapp::InboundMessage>(&content)) {
        return message->timestamp;
    }
    if (const auto* update = std::get_if<whatsapp::StatusUpdate>(&content)) {
        return update->timestamp;
    }
    if (const auto* echo = std::get_if<whatsapp::MessageEcho>(&content)) {
        return echo->message.timestamp;
    }
    const auto* broken = std::get_if<whatsapp::ParseError>(&content);
    if (broken != nullptr && broken->partial) {
        return broken->partial->timestamp;
    }
    const auto* preference = std::get_if<whatsapp::UserPreference>(&content);
    return preference != nullptr ? std::optional(preference->timestamp) : std::nullopt;
}

/// When one of our message ids (UUIDv7) was made.
std::optional<Timestamp> made_at(const std::string& id) {
    if (!is_uuid(id)) {
        return std::nullopt;
    }
    const std::string digits = id.substr(0, 8) + id.substr(9, 4);
    std::int64_t milliseconds = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), milliseconds, 16);
    return from_us(milliseconds * 1000);
}

bool is_contact(db::WorkspaceTxn& txn, const whatsapp::StatusUpdate& update) {
    using contacts::IdentityKind;
    const auto known = [&txn](IdentityKind kind, const std::string& value) {
        return !value.empty() && contacts::find_by_identity(txn, {kind, value});
    };
    return known(IdentityKind::phone, update.recipient_phone) ||
           known(IdentityKind::bsuid, update.recipient_user_id);
}

/// What names the customer of an update in the body that holds it.
webhook_events::Traces traces_of(const whatsapp::WebhookItem& item) {
    webhook_events::Traces traces{.numbers = {PhoneNumberId(item.phone_number_id)}};
    for (const Person& person : people_of(item.content)) {
        if (!person.phone.empty()) {
            const std::vector<std::string> forms = phone_variants(person.phone);
            traces.phones.insert(traces.phones.end(), forms.begin(), forms.end());
        }
        if (!person.bsuid.empty()) {
            traces.bsuids.emplace_back(person.bsuid);
        }
    }
    const auto* message = std::get_if<whatsapp::InboundMessage>(&item.content);
    if (message != nullptr && !message->sender.username.empty()) {
        traces.usernames.push_back(message->sender.username);
    }
    return traces;
}

/// The update as Meta sent it; empty for what is about no customer.
struct JsonOf {
    std::string_view operator()(const whatsapp::InboundMessage& message) const {
        return message.json;
    }
    std::string_view operator()(const whatsapp::StatusUpdate& update) const { return update.json; }
    std::string_view operator()(const whatsapp::UserPreference& preference) const {
        return preference.json;
    }
    std::string_view operator()(const whatsapp::MessageEcho& echo) const {
        return echo.message.json;
    }
    std::string_view operator()(const whatsapp::ParseError& broken) const { return broken.json; }
    std::string_view operator()(const auto&) const { return {}; }
};

}  // namespace

std::vector<Person> people_of(const whatsapp::WebhookContent& content) {
    return std::visit(PeopleOf(), content);
}

bool is_erased(db::WorkspaceTxn& txn, const erasures::Recogniser& recogniser,
               const whatsapp::WebhookContent& content) {
    if (recogniser.empty()) {
        return false;
    }
    std::optional<Timestamp> erased_at;
    for (const Person& person : people_of(content)) {
        const std::optional<Timestamp> found = recogniser.find(txn, person);
        erased_at = std::max(erased_at, found);
    }
    if (!erased_at) {
        return false;
    }
    if (time_of(content) <= erased_at) {
        return true;
    }
    const auto* update = std::get_if<whatsapp::StatusUpdate>(&content);
    if (update == nullptr) {
        return false;
    }
    const std::optional<Timestamp> sent = made_at(update->callback_data);
    return sent ? *sent <= *erased_at : !is_contact(txn, *update);
}

void redact_raw(db::Txn& txn, EventId event, const whatsapp::WebhookItem& item) {
    webhook_events::redact(txn, event, traces_of(item), std::visit(JsonOf(), item.content));
}

bool is_copy_of_phone(const whatsapp::WebhookItem& item) {
    return std::holds_alternative<whatsapp::OtherField>(item.content) &&
           (item.field == "history" || item.field == "smb_app_state_sync");
}

void redact_copy(db::WorkspaceTxn& txn, erasures::Recogniser& recogniser, EventId event,
                 const whatsapp::WebhookItem& item) {
    webhook_events::Traces traces{.numbers = {PhoneNumberId(item.phone_number_id)}};
    auto identities =
        webhook_events::list_identities(std::get<whatsapp::OtherField>(item.content).json);
    std::vector<erasures::Person> people;
    for (const std::string& identity : identities) {
        people.push_back({.phone = identity, .bsuid = {}});
        people.push_back({.phone = {}, .bsuid = identity});
    }
    recogniser.look_up(txn, people);
    for (std::string& identity : identities) {
        if (recogniser.find(txn, {.phone = identity, .bsuid = {}})) {
            traces.phones.push_back(std::move(identity));
        } else if (recogniser.find(txn, {.phone = {}, .bsuid = identity})) {
            traces.bsuids.push_back(std::move(identity));
        }
    }
    if (!traces.identities().empty()) {
        webhook_events::redact_field(txn.txn(), event, traces, item.field);
    }
}

}  // namespace wapi::erased_updates
