// The acts of members and API users on contacts: checked first, then one transaction with its audit
// entry. Shapes and limits: contacts.hpp.
#include <boost/json/serialize.hpp>

#include "base/phone.hpp"
#include "features/audit/audit.hpp"
#include "features/contacts/contacts_store.hpp"

namespace wapi::contacts {
namespace {

/// Checks what every create and change must hold. Errors: invalid_request.
Result<void> check(const Draft& draft) {
    if (draft.tags && draft.tags->size() > tags_max) {
        return fail_field(wapi::errors::invalid_request, "tags", "At most 100 tags.");
    }
    if (draft.attributes &&
        boost::json::serialize(*draft.attributes).size() > attributes_bytes_max) {
        return fail_field(wapi::errors::invalid_request, "attributes", "At most 16 KiB as JSON.");
    }
    return {};
}

void apply(Contact& contact, const Draft& draft) {
    contact.name = draft.name.value_or(contact.name);
    contact.tags = draft.tags.value_or(contact.tags);
    contact.attributes = draft.attributes.value_or(contact.attributes);
}

/// The contact as the caller sees it after their own change. Errors: invalid_request when they
/// would not see it any more.
Result<Contact> still_seen(db::WorkspaceTxn& txn, const Context& context, const ContactId& id) {
    Result<Contact> contact = get(txn, id, context.restrictions);
    if (!contact) {
        return fail_field(wapi::errors::invalid_request, "tags",
                          "At least one must be among the tags that are assigned to you.");
    }
    return contact;
}

Result<Contact> create(db::WorkspaceTxn& txn, IdGenerator& ids, const Context& context,
                       const Draft& draft, const std::string& phone, Timestamp now) {
    if (find_by_identity(txn, {IdentityKind::phone, phone})) {
        return fail_field(errors::contact_exists, "phone");
    }
    const Resolved resolved = resolve(txn, ids,
                                      {.phone = phone,
                                       .bsuid = {},
                                       .username = {},
                                       .name = draft.name.value_or(""),
                                       .seen_at = now},
                                      now);
    if (!resolved.created) {  // by somebody who was faster
        return fail_field(errors::contact_exists, "phone");
    }
    Result<Contact> contact = get(txn, resolved.id);
    apply(*contact, draft);
    store::update(txn, *contact, draft.name.has_value(), now);
    audit::record(txn, context,
                  {.action = audit::actions::contact_created,
                   .resource_type = "contact",
                   .resource_id = resolved.id.value},
                  now);
    return still_seen(txn, context, resolved.id);
}

Result<Contact> change(db::WorkspaceTxn& txn, const Context& context, const ContactId& id,
                       const Draft& draft, Timestamp now) {
    if (!lock_opt_out(txn, id)) {  // what an import or a merge writes meanwhile is not written over
        return fail(errors::contact_not_found);
    }
    Result<Contact> contact = get(txn, id, context.restrictions);
    if (!contact) {
        return contact;
    }
    store::announce_labels(txn, *contact);
    apply(*contact, draft);
    store::update(txn, *contact, draft.name.has_value(), now);
    audit::record(txn, context,
                  {.action = audit::actions::contact_updated,
                   .resource_type = "contact",
                   .resource_id = id.value},
                  now);
    return still_seen(txn, context, id);
}

}  // namespace

Result<Contact> get(db::WorkspaceTxn& txn, const ContactId& id) {
    std::optional<Contact> found = store::find(txn, id);
    if (!found) {
        return fail(errors::contact_not_found);
    }
    return *std::move(found);
}

Result<Contact> get(db::WorkspaceTxn& txn, const ContactId& id, const Restrictions& restrictions) {
    std::optional<Contact> found = store::find(txn, id, restrictions);
    return found ? Result<Contact>(*std::move(found)) : fail(errors::contact_not_found);
}

Result<void> check_seen(db::WorkspaceTxn& txn, const ContactId& id,
                        const Restrictions& restrictions) {
    const bool seen = restrictions.bits() == 0 || store::find(txn, id, restrictions);
    return seen ? Result<void>() : fail(errors::contact_not_found);
}

async::Task<Result<Contact>> Service::get(Context context, ContactId id) {
    co_return co_await db_.read(context.workspace, "contacts.get",
                                [context, id](db::WorkspaceTxn& txn) {
                                    return contacts::get(txn, id, context.restrictions);
                                });
}

async::Task<Result<Contact>> Service::create(Context context, Draft draft) {
    if (const Result<void> sound = check(draft); !sound) {
        co_return std::unexpected(sound.error());
    }
    const Result<PhoneNumber> phone = parse_phone(draft.phone.value_or(""));
    if (!phone) {
        co_return std::unexpected(
            Error{phone.error().kind, phone.error().message, "phone", std::nullopt});
    }
    co_return co_await db_.write(context.workspace, "contacts.create",
                                 [&ids = ids_, context, draft, digits = phone->digits,
                                  now = clock_.now()](db::WorkspaceTxn& txn) {
                                     return contacts::create(txn, ids, context, draft, digits, now);
                                 });
}

async::Task<Result<Contact>> Service::change(Context context, ContactId id, Draft draft) {
    if (const Result<void> sound = check(draft); !sound) {
        co_return std::unexpected(sound.error());
    }
    co_return co_await db_.write(context.workspace, "contacts.change",
                                 [context, id, draft, tags_changed = tags_changed_,
                                  now = clock_.now()](db::WorkspaceTxn& txn) {
                                     Result<Contact> changed =
                                         contacts::change(txn, context, id, draft, now);
                                     if (changed && draft.tags && tags_changed) {
                                         tags_changed(txn, context, id, now);
                                     }
                                     return changed;
                                 });
}

}  // namespace wapi::contacts
