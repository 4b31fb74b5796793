// Effects of a customer's message: contact, conversation and the message itself. Repeatable and
// commutative (architecture, invariant 2).
//
// WhatsApp's times are whole seconds. Of one second the message whose webhook was stored first
// comes first, in whatever order and on whatever node they are processed: the id begins with the
// second and goes on with the webhook. A message that comes in again is known by its wamid, and has
// the place of the webhook that was processed first.
#include "features/assignment/assignment.hpp"
#include "features/audit/audit.hpp"
#include "features/contacts/contacts.hpp"
#include "features/inbox/inbox.hpp"
#include "features/messages/messages_store.hpp"

namespace wapi::messages {
namespace {

contacts::Claim claim_of(const whatsapp::InboundMessage& message) {
    return {.phone = message.sender.phone,
            .bsuid = message.sender.user_id,
            .username = message.sender.username,
            .name = message.sender.profile_name,
            .seen_at = message.timestamp};
}

/// The old identities were valid until just before the change, so that the new ones are shown.
contacts::Resolved change_sender(db::WorkspaceTxn& txn, IdGenerator& ids,
                                 const whatsapp::InboundMessage& message, Timestamp now) {
    const whatsapp::IdentityChange& change = *message.identity_change;
    return contacts::change_identity(txn, ids,
                                     {.phone = change.old_phone,
                                      .bsuid = change.old_user_id,
                                      .username = {},
                                      .name = message.sender.profile_name,
                                      .seen_at = message.timestamp - std::chrono::microseconds(1)},
                                     {.phone = change.new_phone,
                                      .bsuid = change.new_user_id,
                                      .username = {},
                                      .name = {},
                                      .seen_at = message.timestamp},
                                     now);
}

contacts::Resolved resolve_sender(db::WorkspaceTxn& txn, IdGenerator& ids,
                                  const whatsapp::InboundMessage& message, Timestamp now) {
    const auto& change = message.identity_change;
    const contacts::Resolved resolved =
        change && !(change->old_phone.empty() && change->old_user_id.empty())
            ? change_sender(txn, ids, message, now)
            : contacts::resolve(txn, ids, claim_of(message), now);
    for (const ContactId& gone : resolved.merged) {
        merge_contact(txn, gone, resolved.id, now);
    }
    return resolved;
}

/// The conversation to put the message into. A send takes the contact before the conversation, so
/// what changes the contact, or makes, opens or assigns a conversation does the same; the usual
/// message takes no contact at all.
inbox::Conversation conversation_of(db::WorkspaceTxn& txn, IdGenerator& ids,
                                    const contacts::Resolved& contact, const Arrival& arrival,
                                    const inbox::InboundNote& note, Timestamp now) {
    if (contact.created && contact.merged.empty()) {
        return inbox::create(txn, ids, contact.id, arrival.number, now);
    }
    const auto known = inbox::find_of_contact(txn, contact.id, arrival.number);
    const bool opens = known && inbox::opens(*known, note);
    if (known && !opens && arrival.afterwards == Afterwards::nothing &&
        !inbox::will_rename(txn, *known, note.profile_name)) {
        return *known;
    }
    contacts::lock(txn, contact.id);
    // Of two messages that would open it the second finds it open.
    return known && !opens ? *known : inbox::open(txn, ids, contact.id, arrival.number, now);
}

/// Nothing to keep beside the text itself; the raw body is in the stored event.
bool is_plain_text(const whatsapp::InboundMessage& message) {
    return message.type == whatsapp::MessageType::text && message.context_message_id.empty() &&
           !message.forwarded && !message.has_referral && message.group_id.empty();
}

Message inbound_message(const MessageId& id, const ContactId& contact,
                        const ConversationId& conversation, const PhoneNumberId& phone_number_id,
                        const whatsapp::InboundMessage& message) {
    return {.id = id,
            .conversation = conversation,
            .contact = contact,
            .phone_number_id = phone_number_id,
            .wa_message_id = WaMessageId(message.wa_message_id),
            .direction = "inbound",
            .type = std::string(name_of(message.type)),
            .status = std::string(status::received),
            .text = message.text,
            .content = is_plain_text(message) ? std::string() : message.json,
            .purpose = Purpose::service,
            .timestamp = message.timestamp,
            .error_code = std::nullopt,
            .error_message = {}};
}

/// The customer has opened what was resolved or snoozed; what was open or is new needs no entry.
void record_opened(db::WorkspaceTxn& txn, const inbox::Conversation& conversation, Timestamp now) {
    if (conversation.status == inbox::status::open) {
        return;
    }
    audit::record(
        txn, audit::system_context(txn.workspace(), ""),
        {.action = audit::actions::conversation_reopened,
         .resource_type = "conversation",
         .resource_id = conversation.id.value,
         .details = fmt::format(R"({{"from":"{}","by":"message"}})", conversation.status)},
        now);
}

}  // namespace

InboundResult store_inbound(db::WorkspaceTxn& txn, IdGenerator& ids, const Arrival& arrival,
                            const whatsapp::InboundMessage& message, Timestamp now) {
    const contacts::Resolved contact = resolve_sender(txn, ids, message, now);
    if (contact.created) {
        audit::record(txn, audit::system_context(txn.workspace(), ""),
                      {.action = audit::actions::contact_created,
                       .resource_type = "contact",
                       .resource_id = contact.id.value,
                       .details = R"({"source":"webhook"})"},
                      now);
    }
    const MessageId id(uuid_of_arrival(message.timestamp, arrival.event, arrival.ordinal));
    const inbox::InboundNote note{.message = id,
                                  .at = message.timestamp,
                                  .profile_name = message.sender.profile_name,
                                  .is_personal = is_personal(message)};
    const inbox::Conversation conversation = conversation_of(txn, ids, contact, arrival, note, now);
    InboundResult result{.fresh = false,
                         .merged = !contact.merged.empty(),
                         .contact = contact.id,
                         .conversation = conversation.id};
    if (!store::insert(
            txn, inbound_message(id, contact.id, conversation.id, arrival.number, message), now)) {
        return result;
    }
    result.fresh = true;
    if (inbox::opens(conversation, note)) {
        record_opened(txn, conversation, now);
        // Members before conversations, as whoever removes a member takes them.
        assignment::assign_opened(txn, conversation, now);
    }
    const auto name = inbox::note_inbound(txn, conversation, note);
    if (name) {
        contacts::set_profile_name(txn, contact.id, *name, now);
    }
    txn.announce(message_created, id.value);
    return result;
}

}  // namespace wapi::messages
