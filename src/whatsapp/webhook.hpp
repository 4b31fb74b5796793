// Wire types of a webhook from Meta: what one POST body says, flattened to a list of items.
//
// Values only, no behaviour. Empty text means "absent" throughout: Meta leaves out phones of users
// with a username, contacts, profiles and more. Unknown types, fields and enum values are kept with
// their raw JSON, never refused. Source: meta-facts, "Webhooks".
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"

namespace wapi::whatsapp {

enum class MessageType {
    text,
    image,
    video,
    document,
    sticker,
    audio,
    location,
    contacts,
    reaction,
    button,
    interactive,
    order,
    system,
    edit,
    revoke,
    request_welcome,
    media_placeholder,
    /// Meta could not show it (polls, view-once), or this program does not know it; see
    /// `type_name`.
    unsupported,
};

/// Meta's own word for the type ("text", ...).
std::string_view name_of(MessageType type);
/// True for an edit or revoke: about an older message, whose id it may carry.
bool is_act(MessageType type);

/// Who sent it, gathered from the message and the matching entry of `contacts`.
struct Sender {
    std::string phone;           ///< wa_id, digits only; may be absent when there is a user_id
    std::string user_id;         ///< business-scoped user id (BSUID)
    std::string parent_user_id;  ///< the BSUID of the parent portfolio
    std::string username;        ///< without the leading @
    std::string profile_name;
    std::string identity_key_hash;
};

/// Media of an inbound message, to be fetched by id.
struct MediaReference {
    std::string id;
    std::string mime_type;
    std::string sha256;
    std::string filename;
    std::string url;  ///< direct link when Meta sends one
    bool voice = false;
    bool animated = false;
};

/// system `user_changed_number` and `user_changed_user_id`: the customer is known by something new.
struct IdentityChange {
    std::string old_phone;
    std::string new_phone;
    std::string old_user_id;
    std::string new_user_id;
    std::string old_parent_user_id;
    std::string new_parent_user_id;
};

/// One entry of an `errors` array.
struct WebhookError {
    int code = 0;
    std::string title;
    std::string details;  ///< error_data.details, else message
};

/// A message from a customer, or (see MessageEcho) one that the business sent from its phone.
struct InboundMessage {
    std::string wa_message_id;
    Sender sender;
    std::string group_id;
    Timestamp timestamp;
    MessageType type = MessageType::unsupported;
    std::string type_name;  ///< Meta's word, also for unknown types
    std::string subtype;    ///< interactive.type, system.type or unsupported.type
    std::string text;  ///< what a person reads: body, caption, button text, list title, emoji, ...
    std::string payload;             ///< button payload, button_reply or list_reply id
    std::string context_message_id;  ///< the message it replies to; for reactions, edits and
                                     ///< revokes the message they are about
    bool forwarded = false;
    bool has_referral = false;  ///< it came from a click-to-WhatsApp ad; details are in `json`
    std::optional<MediaReference> media;
    std::optional<IdentityChange> identity_change;
    std::vector<WebhookError> errors;
    /// Of an unknown type, or a reply of an unknown form: what stands where other messages have
    /// their text and payload.
    std::vector<std::string> words;
    std::string json;  ///< the message object as Meta sent it
};

/// True when the customer has written to us, which opens the service window: not for WhatsApp's own
/// notices, changes to older messages, and what is written in groups. Source: meta-facts, "Limits":
/// service window.
bool is_personal(const InboundMessage& message);

/// A message that the business sent from the WhatsApp Business app (field smb_message_echoes).
/// `message.sender` is the business; `recipient_*` the customer.
struct MessageEcho {
    InboundMessage message;
    std::string recipient_phone;
    std::string recipient_user_id;
};

enum class DeliveryStatus { sent, delivered, read, played, failed, deleted, unknown };

std::string_view name_of(DeliveryStatus status);

struct StatusUpdate {
    std::string wa_message_id;
    DeliveryStatus status = DeliveryStatus::unknown;
    std::string status_name;  ///< Meta's word, also for unknown ones
    Timestamp timestamp;
    std::string recipient_phone;    ///< or the group id when recipient_is_group
    std::string recipient_user_id;  ///< BSUID
    std::string recipient_parent_user_id;
    std::string participant_phone;  ///< groups: who of them
    std::string participant_user_id;
    bool recipient_is_group = false;
    std::string callback_data;  ///< biz_opaque_callback_data: our own mark on the send
    std::string conversation_id;
    std::string pricing_category;
    std::string pricing_type;
    std::string pricing_model;
    std::optional<bool> billable;
    std::vector<WebhookError> errors;
    std::string json;  ///< the status object as Meta sent it
};

enum class PreferenceValue { stop, resume, unknown };

/// The customer stopped or resumed marketing messages in WhatsApp's own screen.
struct UserPreference {
    std::string phone;
    std::string user_id;
    std::string parent_user_id;
    std::string category;  ///< "marketing_messages"
    PreferenceValue value = PreferenceValue::unknown;
    Timestamp timestamp;
    std::string json;
};

/// Meta has reviewed, paused or disabled a template (field message_template_status_update). Belongs
/// to the account, not to one number.
struct TemplateStatus {
    std::string name;
    std::string language;  ///< as in the API: en_US
    std::string event;     ///< Meta's word: APPROVED, REJECTED, PAUSED, ...
    std::string reason;    ///< for people; empty when Meta gives none
    std::string json;
};

/// Everything else. `part` is empty for a whole `value` object; or the key of the piece of it
/// ("errors", "user_actions") that came along with messages or statuses.
struct OtherField {
    std::string part;
    std::string json;
};

/// What can be made out of a message that cannot be used: enough to hear that its sender wants no
/// more messages.
struct PartialMessage {
    Sender sender;  ///< with a phone or a user id
    std::string group_id;
    std::optional<Timestamp> timestamp;  ///< the message's or, without, that of the entry
    std::vector<std::string> words;      ///< texts and payloads, at least one
};

/// This item cannot be used (no id, no time, wrong JSON type); its neighbours are not affected.
struct ParseError {
    std::string reason;  ///< for people and the dead letter: "messages[2]: id is missing"
    std::string json;    ///< the item as Meta sent it
    std::optional<PartialMessage> partial = std::nullopt;  ///< of a customer's message only
};

using WebhookContent = std::variant<InboundMessage, StatusUpdate, UserPreference, MessageEcho,
                                    TemplateStatus, OtherField, ParseError>;

struct WebhookItem {
    std::uint32_t ordinal =
        0;                ///< its place in the body, from 0: with the body's id it names the item
    std::string field;    ///< "messages", "account_update", ...
    std::string waba_id;  ///< entry.id (for some account fields a business portfolio id)
    std::string phone_number_id;  ///< metadata.phone_number_id; route by it. Absent in many fields
    std::string display_phone_number;  ///< digits of our own number
    std::optional<Timestamp> entry_time;
    WebhookContent content;
};

/// One parsed body.
struct Webhook {
    std::string object;  ///< "whatsapp_business_account"
    std::vector<WebhookItem> items;
};

/// The order in which waiting webhooks are processed.
enum class WebhookPriority { high, normal, low };

}  // namespace wapi::whatsapp
