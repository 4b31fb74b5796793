#include "whatsapp/webhook_parser_items.hpp"

#include <algorithm>

#include "base/phone.hpp"
#include "whatsapp/webhook_parser_content.hpp"

namespace wapi::whatsapp {
namespace {

/// Digits of a phone, which Meta writes with or without plus; empty for anything else.
std::string phone_digits(JsonView view) {
    std::string phone = view.text();
    if (phone.starts_with('+')) {
        phone.erase(0, 1);
    }
    return phone.find_first_not_of("0123456789") == std::string::npos ? phone : std::string();
}

/// As phone_digits, also with the signs that people write between digits.
std::string spaced_phone_digits(JsonView view) {
    constexpr std::size_t phone_bytes_max = 32;
    std::string phone = view.raw().size() <= phone_bytes_max ? view.text() : std::string();
    std::erase_if(phone, [](char sign) { return std::string_view("+-. ()").contains(sign); });
    return phone.find_first_not_of("0123456789") == std::string::npos ? phone : std::string();
}

/// The first member that is there: Meta renamed some over the years.
JsonView find_any(JsonView object, std::string_view name, std::string_view other_name) {
    const JsonView found = object.find(name);
    return found ? found : object.find(other_name);
}

Sender parse_contact(JsonView contact) {
    Sender sender;
    const JsonView profile = contact.find("profile");
    sender.phone = phone_digits(contact.find("wa_id"));
    sender.user_id = contact.text("user_id");
    sender.parent_user_id = contact.text("parent_user_id");
    sender.profile_name = profile.text("name");
    sender.username = find_any(profile, "username", "user_name").text();
    if (sender.username.empty()) {
        sender.username = contact.text("username");
    }
    if (sender.username.starts_with('@')) {
        sender.username.erase(0, 1);
    }
    sender.identity_key_hash = contact.text("identity_key_hash");
    return sender;
}

bool same_phone(const std::string& left, const std::string& right) {
    if (left == right) {
        return true;
    }
    const std::vector<std::string> forms = phone_variants(left);
    return std::ranges::find(forms, right) != forms.end();
}

bool contradicts(const Sender& contact, const Sender& sender) {
    const bool both_phones = !contact.phone.empty() && !sender.phone.empty();
    const bool both_users = !contact.user_id.empty() && !sender.user_id.empty();
    return (both_phones && !same_phone(contact.phone, sender.phone)) ||
           (both_users && contact.user_id != sender.user_id);
}

void fill(std::string& known, const std::string& offered) {
    if (known.empty()) {
        known = offered;
    }
}

/// What inbound messages and echoes share.
Parsed<InboundMessage> parse_message_core(JsonView json) {
    InboundMessage message;
    if (!json.is(JsonKind::object)) {
        return std::unexpected("is not an object");
    }
    message.json = json.raw();
    message.wa_message_id = json.text("id");
    if (message.wa_message_id.empty()) {
        return std::unexpected("id is missing");
    }
    const std::optional<Timestamp> at = json.find("timestamp").seconds();
    if (!at) {
        return std::unexpected("timestamp is missing or not a time");
    }
    message.timestamp = *at;
    message.sender.phone = phone_digits(json.find("from"));
    message.sender.user_id = json.text("from_user_id");
    message.sender.parent_user_id = json.text("from_parent_user_id");
    message.group_id = json.text("group_id");
    const JsonView context = json.find("context");
    message.context_message_id = context.text("id");
    message.forwarded = context.find("forwarded").boolean().value_or(false) ||
                        context.find("frequently_forwarded").boolean().value_or(false);
    message.has_referral = json.find("referral").is(JsonKind::object);
    message.errors = parse_webhook_errors(json.find("errors"));
    if (const std::string problem = parse_content(json, message); !problem.empty()) {
        return std::unexpected(problem);
    }
    return message;
}

DeliveryStatus status_of(std::string_view name) {
    using enum DeliveryStatus;
    for (const DeliveryStatus status : {sent, delivered, read, played, failed, deleted}) {
        if (name == name_of(status)) {
            return status;
        }
    }
    return unknown;
}

void parse_recipient(JsonView json, StatusUpdate& status) {
    status.recipient_is_group = json.text("recipient_type") == "group";
    status.recipient_phone = status.recipient_is_group ? json.text("recipient_id")
                                                       : phone_digits(json.find("recipient_id"));
    status.recipient_user_id = json.text("recipient_user_id");
    status.recipient_parent_user_id =
        find_any(json, "recipient_parent_user_id", "parent_recipient_user_id").text();
    status.participant_phone =
        phone_digits(find_any(json, "recipient_participant_id", "participant_recipient_id"));
    status.participant_user_id =
        find_any(json, "recipient_participant_user_id", "participant_recipient_user_id").text();
}

void parse_pricing(JsonView json, StatusUpdate& status) {
    const JsonView conversation = json.find("conversation");
    status.conversation_id = conversation.text("id");
    JsonView pricing = json.find("pricing");
    if (!pricing) {
        pricing = conversation.find("pricing");  // groups
    }
    status.pricing_category = pricing.text("category");
    status.pricing_type = pricing.text("type");
    status.pricing_model = pricing.text("pricing_model");
    status.billable = pricing.find("billable").boolean();
}

}  // namespace

ContactList::ContactList(JsonView contacts) {
    contacts.for_each([&](JsonView contact) {
        if (contact.is(JsonKind::object)) {
            contacts_.push_back(parse_contact(contact));
        }
    });
}

void ContactList::complete(Sender& sender) const {
    const auto is_sender = [&](const Sender& contact) {
        return (!sender.user_id.empty() && contact.user_id == sender.user_id) ||
               (!sender.phone.empty() && contact.phone == sender.phone);
    };
    auto found = std::ranges::find_if(contacts_, is_sender);
    if (found == contacts_.end() && contacts_.size() == 1 &&
        !contradicts(contacts_.front(), sender)) {
        found = contacts_.begin();
    }
    if (found == contacts_.end()) {
        return;
    }
    fill(sender.phone, found->phone);
    fill(sender.user_id, found->user_id);
    fill(sender.parent_user_id, found->parent_user_id);
    fill(sender.username, found->username);
    fill(sender.profile_name, found->profile_name);
    fill(sender.identity_key_hash, found->identity_key_hash);
}

Parsed<InboundMessage> parse_message(JsonView json, const ContactList& contacts) {
    Parsed<InboundMessage> message = parse_message_core(json);
    if (!message) {
        return message;
    }
    contacts.complete(message->sender);
    const std::optional<IdentityChange>& change = message->identity_change;
    const bool named_by_change =
        change && !(change->old_phone.empty() && change->old_user_id.empty());
    if (message->sender.phone.empty() && message->sender.user_id.empty() && !named_by_change) {
        return std::unexpected("has no sender: neither a phone nor a user id");
    }
    return message;
}

std::optional<PartialMessage> parse_partial_message(JsonView json, const ContactList& contacts) {
    PartialMessage partial;
    partial.words = find_words(json);
    partial.sender.phone = spaced_phone_digits(json.find("from"));
    partial.sender.user_id = json.text("from_user_id");
    partial.sender.parent_user_id = json.text("from_parent_user_id");
    contacts.complete(partial.sender);
    if (partial.words.empty() || (partial.sender.phone.empty() && partial.sender.user_id.empty())) {
        return std::nullopt;
    }
    partial.group_id = json.text("group_id");
    partial.timestamp = json.find("timestamp").seconds();
    return partial;
}

Parsed<MessageEcho> parse_echo(JsonView json) {
    Parsed<InboundMessage> message = parse_message_core(json);
    if (!message) {
        return std::unexpected(std::move(message).error());
    }
    MessageEcho echo{.message = std::move(*message),
                     .recipient_phone = phone_digits(json.find("to")),
                     .recipient_user_id = find_any(json, "to_user_id", "recipient_user_id").text()};
    if (echo.recipient_phone.empty() && echo.recipient_user_id.empty() &&
        echo.message.group_id.empty()) {
        return std::unexpected("has no recipient: neither a phone nor a user id");
    }
    return echo;
}

Parsed<StatusUpdate> parse_status(JsonView json) {
    if (!json.is(JsonKind::object)) {
        return std::unexpected("is not an object");
    }
    StatusUpdate status;
    status.json = json.raw();
    status.wa_message_id = json.text("id");
    if (status.wa_message_id.empty()) {
        return std::unexpected("id is missing");
    }
    status.status_name = json.text("status");
    if (!json.find("status").is(JsonKind::string) || status.status_name.empty()) {
        return std::unexpected("status is missing or not a word");
    }
    status.status = status_of(status.status_name);
    const std::optional<Timestamp> at = json.find("timestamp").seconds();
    if (!at) {
        return std::unexpected("timestamp is missing or not a time");
    }
    status.timestamp = *at;
    status.callback_data = json.text("biz_opaque_callback_data");
    parse_recipient(json, status);
    parse_pricing(json, status);
    status.errors = parse_webhook_errors(json.find("errors"));
    return status;
}

Parsed<UserPreference> parse_preference(JsonView json, const ContactList& contacts) {
    if (!json.is(JsonKind::object)) {
        return std::unexpected("is not an object");
    }
    Sender sender;
    sender.phone = phone_digits(json.find("wa_id"));
    sender.user_id = json.text("user_id");
    sender.parent_user_id = json.text("parent_user_id");
    contacts.complete(sender);
    if (sender.phone.empty() && sender.user_id.empty()) {
        return std::unexpected("names no user: neither a phone nor a user id");
    }
    const std::optional<Timestamp> at = json.find("timestamp").seconds();
    if (!at) {
        return std::unexpected("timestamp is missing or not a time");
    }
    if (!json.find("value").is(JsonKind::string)) {
        return std::unexpected("value is missing or not a string");
    }
    const std::string value = json.text("value");
    return UserPreference{.phone = std::move(sender.phone),
                          .user_id = std::move(sender.user_id),
                          .parent_user_id = std::move(sender.parent_user_id),
                          .category = json.text("category"),
                          .value = value == "stop"     ? PreferenceValue::stop
                                   : value == "resume" ? PreferenceValue::resume
                                                       : PreferenceValue::unknown,
                          .timestamp = *at,
                          .json = std::string(json.raw())};
}

Parsed<TemplateStatus> parse_template_status(JsonView value) {
    TemplateStatus status{.name = value.text("message_template_name"),
                          .language = value.text("message_template_language"),
                          .event = value.text("event"),
                          .reason = value.text("reason"),
                          .json = std::string(value.raw())};
    if (status.name.empty() || status.language.empty() || status.event.empty()) {
        return std::unexpected("event, name or language of the template is missing");
    }
    std::ranges::replace(status.language, '-', '_');  // Meta writes it both ways
    if (status.reason == "NONE") {
        status.reason.clear();
    }
    std::string details = value.find("rejection_info").text("reason");
    if (details.empty()) {
        details = value.find("other_info").text("description");
    }
    status.reason += (status.reason.empty() || details.empty() ? "" : ": ") + details;
    return status;
}

}  // namespace wapi::whatsapp
