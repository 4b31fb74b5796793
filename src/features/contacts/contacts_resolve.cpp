// Who is it? Resolving the identities of an event to one contact, in any order of events.
//
// Rules (meta/webhooks.md section 5, architecture section 9):
// - the BSUID names the person; a phone belongs to the person who claimed it last (WhatsApp's time);
// - a contact known by phone only and one known by BSUID only, named together by one event, are one
//   person: they are merged, and the older id stays so that links of API users keep working;
// - a phone whose contact has another BSUID has changed hands: it moves, nothing is merged.
#include "base/phone.hpp"
#include "features/contacts/contacts_store.hpp"

namespace wapi::contacts {
namespace {

std::optional<ContactId> find_phone(db::WorkspaceTxn& txn, const std::string& phone) {
    if (phone.empty()) {
        return std::nullopt;
    }
    for (const std::string& form : phone_variants(phone)) {
        if (auto found = store::find_identity(txn, IdentityKind::phone, form)) {
            return found;
        }
    }
    return std::nullopt;
}

void put_username(db::WorkspaceTxn& txn, const ContactId& id, const Claim& claim) {
    if (!claim.username.empty()) {
        store::put_identity(txn, id, {IdentityKind::username, claim.username}, claim.seen_at);
    }
}

Resolved create(db::WorkspaceTxn& txn, IdGenerator& ids, const Claim& claim, Timestamp now) {
    const Contact contact{.id = ids.make<ContactId>(),
                          .name = claim.name,
                          .phone = claim.phone,
                          .identities = {},
                          .tags = {},
                          .attributes = {},
                          .opt_out = {},
                          .created_at = now};
    store::insert(txn, contact, false);
    if (!claim.phone.empty()) {
        store::put_identity(txn, contact.id, {IdentityKind::phone, claim.phone}, claim.seen_at);
    }
    if (!claim.bsuid.empty()) {
        store::put_identity(txn, contact.id, {IdentityKind::bsuid, claim.bsuid}, claim.seen_at);
    }
    put_username(txn, contact.id, claim);
    return {.id = contact.id, .created = true, .merged = {}};
}

Resolved merge_pair(db::WorkspaceTxn& txn, const ContactId& one, const ContactId& other) {
    const ContactId& kept = std::min(one, other);
    const ContactId& gone = std::max(one, other);
    store::merge(txn, gone, kept);
    return {.id = kept, .created = false, .merged = {gone}};
}

/// The phone and the BSUID of one claim lead to two contacts.
Resolved join(db::WorkspaceTxn& txn, const ContactId& by_phone, const ContactId& by_bsuid,
              const Claim& claim) {
    const bool phone_only = !store::find_value(txn, by_phone, IdentityKind::bsuid);
    if (phone_only) {
        return merge_pair(txn, by_phone, by_bsuid);
    }
    store::put_identity(txn, by_bsuid, {IdentityKind::phone, claim.phone}, claim.seen_at);
    store::refresh_phone(txn, by_phone);
    store::refresh_phone(txn, by_bsuid);
    return {.id = by_bsuid, .created = false, .merged = {}};
}

/// Only the phone is known; the claim also names a BSUID.
Resolved add_bsuid(db::WorkspaceTxn& txn, IdGenerator& ids, const ContactId& by_phone,
                   const Claim& claim, Timestamp now) {
    const auto known = store::find_value(txn, by_phone, IdentityKind::bsuid);
    if (!known) {
        store::put_identity(txn, by_phone, {IdentityKind::bsuid, claim.bsuid}, claim.seen_at);
        return {.id = by_phone, .created = false, .merged = {}};
    }
    Resolved fresh = create(txn, ids, claim, now);
    store::refresh_phone(txn, by_phone);
    store::refresh_phone(txn, fresh.id);
    return fresh;
}

}  // namespace

Resolved resolve(db::WorkspaceTxn& txn, IdGenerator& ids, const Claim& claim, Timestamp now) {
    const std::optional<ContactId> by_bsuid =
        claim.bsuid.empty() ? std::nullopt
                            : store::find_identity(txn, IdentityKind::bsuid, claim.bsuid);
    const std::optional<ContactId> by_phone = find_phone(txn, claim.phone);
    Resolved result;
    if (by_bsuid && by_phone) {
        result = *by_bsuid == *by_phone ? Resolved{.id = *by_bsuid, .created = false, .merged = {}}
                                        : join(txn, *by_phone, *by_bsuid, claim);
    } else if (by_bsuid) {
        result.id = *by_bsuid;
        if (!claim.phone.empty()) {
            store::put_identity(txn, result.id, {IdentityKind::phone, claim.phone}, claim.seen_at);
            store::refresh_phone(txn, result.id);
        }
    } else if (by_phone) {
        result.id = *by_phone;
        if (!claim.bsuid.empty()) {
            result = add_bsuid(txn, ids, *by_phone, claim, now);
        }
    } else {
        return create(txn, ids, claim, now);
    }
    put_username(txn, result.id, claim);
    return result;
}

std::optional<Resolved> change_identity(db::WorkspaceTxn& txn, const Claim& before,
                                        const Claim& after) {
    std::optional<ContactId> person;
    if (!before.bsuid.empty()) {
        person = store::find_identity(txn, IdentityKind::bsuid, before.bsuid);
    }
    if (!person) {
        person = find_phone(txn, before.phone);
    }
    if (!person) {
        return std::nullopt;
    }
    Resolved result{.id = *person, .created = false, .merged = {}};
    const auto take_over = [&](IdentityKind kind, const std::string& value) {
        if (value.empty()) {
            return;
        }
        const auto owner = store::find_identity(txn, kind, value);
        if (owner && *owner != result.id) {
            const Resolved merged = merge_pair(txn, *owner, result.id);
            result.id = merged.id;
            result.merged.insert(result.merged.end(), merged.merged.begin(), merged.merged.end());
        }
        store::put_identity(txn, result.id, {kind, value}, after.seen_at);
    };
    take_over(IdentityKind::bsuid, after.bsuid);
    take_over(IdentityKind::phone, after.phone);
    store::refresh_phone(txn, result.id);
    return result;
}

std::optional<ContactId> find_by_identity(db::WorkspaceTxn& txn, const Identity& identity) {
    return identity.kind == IdentityKind::phone
               ? find_phone(txn, identity.value)
               : store::find_identity(txn, identity.kind, identity.value);
}

}  // namespace wapi::contacts
