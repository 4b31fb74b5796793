// The send gate: every outgoing message passes here, whoever sends it.
//
// Order of the checks and their answers: product.md section 2. Rights are the dispatcher's; rates
// and quotas are not limited yet. The rest is asked in the transaction that commits the intent, so
// that an opt-out that comes a moment before is seen, and one that comes a moment after cancels
// what is queued (architecture, invariant 4).
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/phone.hpp"
#include "base/text.hpp"
#include "features/access/access.hpp"
#include "features/audit/audit.hpp"
#include "features/contacts/contacts.hpp"
#include "features/inbox/inbox.hpp"
#include "features/numbers/numbers.hpp"
#include "features/outbox/outbox.hpp"
#include "features/sending/sending.hpp"
#include "features/templates/templates.hpp"

namespace wapi::sending {
namespace {

namespace json = boost::json;

/// A recipient who is not known yet becomes a contact.
Result<ContactId> resolve_recipient(db::WorkspaceTxn& txn, IdGenerator& ids, const Context& context,
                                    const Recipient& to, Timestamp now) {
    if (!to.contact_id.empty()) {
        const Result<contacts::Contact> contact = contacts::get(txn, ContactId(to.contact_id));
        return contact ? Result<ContactId>(contact->id) : std::unexpected(contact.error());
    }
    contacts::Claim claim{
        .phone = {}, .bsuid = to.bsuid, .username = {}, .name = {}, .seen_at = now};
    if (to.bsuid.empty()) {
        const Result<PhoneNumber> phone = parse_phone(to.phone);
        if (!phone) {
            return std::unexpected(
                Error{phone.error().kind, phone.error().message, "phone", std::nullopt});
        }
        claim.phone = phone->digits;
        // A contact that is known keeps the form of the number that WhatsApp uses.
        if (auto known =
                contacts::find_by_identity(txn, {contacts::IdentityKind::phone, claim.phone})) {
            return *std::move(known);
        }
    }
    const contacts::Resolved resolved = contacts::resolve(txn, ids, claim, now);
    if (resolved.created) {
        audit::record(txn, context,
                      {.action = audit::actions::contact_created,
                       .resource_type = "contact",
                       .resource_id = resolved.id.value,
                       .details = R"({"source":"send"})"},
                      now);
    }
    return resolved.id;
}

/// The default among the numbers that the caller may use.
std::optional<numbers::Number> default_number(db::WorkspaceTxn& txn, const Context& context) {
    if (!context.restrictions.by_number) {
        return numbers::default_number(txn);
    }
    std::vector<numbers::Number> own = numbers::list_numbers(txn);
    std::erase_if(own, [&](const numbers::Number& number) {
        return !access::sees_number(txn, context.restrictions, number.phone_number_id);
    });
    const auto able = std::ranges::find_if(own, &numbers::Number::able_to_send);
    return able != own.end() ? std::optional(*able)
                             : (own.empty() ? std::nullopt : std::optional(own.front()));
}

/// The number the caller names, else the one the contact last used, else the workspace's default; a
/// number that is not the caller's to use is not there.
Result<numbers::Number> choose_number(db::WorkspaceTxn& txn, const Context& context,
                                      const Draft& draft, const ContactId& contact) {
    std::optional<numbers::Number> number;
    const auto seen = [&] {
        return number && access::sees_number(txn, context.restrictions, number->phone_number_id);
    };
    if (!draft.phone_number_id.empty()) {
        number = numbers::find_number(txn, PhoneNumberId(draft.phone_number_id));
        number = seen() ? number : std::nullopt;
    } else {
        if (const auto latest = inbox::find_latest_of_contact(txn, contact)) {
            number = numbers::find_number(txn, latest->phone_number_id);
        }
        if (!seen() || !number->able_to_send()) {
            number = default_number(txn, context);
        }
    }
    if (!number) {
        return fail(errors::number_not_connected);
    }
    if (!number->able_to_send()) {
        return fail(errors::number_not_able, number->status_reason);
    }
    return *std::move(number);
}

/// The type-specific part of the Graph request; the sender adds the recipient and our id.
struct Content {
    std::string type;
    std::string text;
    json::object body;
    messages::Purpose purpose = messages::Purpose::service;
};

Result<Content> text_content(const Draft& draft, const std::string& text) {
    if (text::trim(text).empty()) {
        return fail_field(wapi::errors::invalid_request, "body", "The text must not be empty.");
    }
    if (text::count_code_points(text) > text_code_points_max) {
        return fail_field(wapi::errors::invalid_request, "body", "At most 4,096 characters.");
    }
    return Content{.type = "text",
                   .text = text,
                   .body = {{"text", {{"preview_url", draft.preview_url}, {"body", text}}}},
                   .purpose = draft.purpose};
}

Result<Content> template_content(db::WorkspaceTxn& txn, const numbers::Number& number,
                                 const TemplateRequest& request) {
    const json::array components = json::parse(request.components).as_array();
    const Result<templates::Template> found =
        templates::check_template(txn, number.waba_id, request.name, request.language, components);
    if (!found) {
        return std::unexpected(found.error());
    }
    json::object body{{"name", request.name}, {"language", {{"code", found->language}}}};
    if (!components.empty()) {
        body["components"] = components;
    }
    return Content{.type = "template",
                   .text = templates::render_preview(*found, components),
                   .body = {{"template", std::move(body)}},
                   .purpose = found->category == "MARKETING" ? messages::Purpose::marketing
                                                             : messages::Purpose::service};
}

Result<Content> make_content(db::WorkspaceTxn& txn, const Draft& draft,
                             const numbers::Number& number, const inbox::Conversation& conversation,
                             Timestamp now) {
    if (const auto* request = std::get_if<TemplateRequest>(&draft.content)) {
        return template_content(txn, number, *request);
    }
    if (!inbox::window_open(conversation, now)) {
        return fail(errors::window_closed);
    }
    return text_content(draft, std::get<std::string>(draft.content));
}

/// What answers a message is not shown above it, though WhatsApp's clock may be ahead of ours. A
/// time further ahead than that is nobody's clock: it moves nothing.
Timestamp time_of_answer(const inbox::Conversation& conversation, Timestamp now) {
    constexpr std::chrono::minutes ahead_max{1};
    constexpr std::chrono::milliseconds step{1};  // what the API shows of times
    const Timestamp last = conversation.last_message_at.value_or(Timestamp::min());
    return last < now || last > now + ahead_max ? now : last + step;
}

messages::Message store_intent(db::WorkspaceTxn& txn, IdGenerator& ids, const ContactId& contact,
                               const inbox::Conversation& conversation, Content content,
                               Timestamp now) {
    content.body["type"] = content.type;
    messages::Message message{.id = ids.make<MessageId>(),
                              .conversation = conversation.id,
                              .contact = contact,
                              .phone_number_id = conversation.phone_number_id,
                              .wa_message_id = {},
                              .direction = "outbound",
                              .type = content.type,
                              .status = std::string(messages::status::queued),
                              .text = std::move(content.text),
                              .content = json::serialize(content.body),
                              .purpose = content.purpose,
                              .timestamp = time_of_answer(conversation, now),
                              .error_code = std::nullopt,
                              .error_message = {}};
    messages::store_outbound(txn, message, now);
    outbox::enqueue(txn, ids, message, now);
    return message;
}

}  // namespace

Result<messages::Message> commit_send(db::WorkspaceTxn& txn, IdGenerator& ids,
                                      const Context& context, const Draft& draft, Timestamp now) {
    const Result<ContactId> contact = resolve_recipient(txn, ids, context, draft.to, now);
    if (!contact) {
        return std::unexpected(contact.error());
    }
    if (const auto seen = contacts::check_seen(txn, *contact, context.restrictions); !seen) {
        return std::unexpected(seen.error());  // what was made for it is undone
    }
    const auto opt_out = contacts::hold_opt_out(txn, *contact);
    if (!opt_out) {
        throw Fault("db.conflict", "another transaction has just merged this contact");
    }
    if (draft.purpose != messages::Purpose::confirmation && opt_out->status) {
        return fail(errors::contact_opted_out);
    }
    const Result<numbers::Number> number = choose_number(txn, context, draft, *contact);
    if (!number) {
        return std::unexpected(number.error());
    }
    const Result<inbox::Conversation> conversation =
        inbox::open_for(txn, ids, *contact, number->phone_number_id, context, now);
    if (!conversation) {
        return std::unexpected(conversation.error());
    }
    Result<Content> content = make_content(txn, draft, *number, *conversation, now);
    if (!content) {
        return std::unexpected(content.error());
    }
    if (!draft.reply_to.empty()) {
        content->body["context"] = {{"message_id", draft.reply_to}};
    }
    messages::Message message =
        store_intent(txn, ids, *contact, *conversation, *std::move(content), now);
    audit::record(txn, context,
                  {.action = audit::actions::message_sent,
                   .resource_type = "message",
                   .resource_id = message.id.value,
                   .details = json::serialize(
                       json::object{{"contactId", contact->value}, {"type", message.type}})},
                  now);
    return message;
}

}  // namespace wapi::sending
