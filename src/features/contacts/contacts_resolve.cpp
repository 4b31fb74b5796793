// Who is it? Resolving the identities of an event to one contact, in any order of events.
//
// Rules (meta/webhooks.md section 5, architecture section 9):
// - the BSUID names the person; a phone belongs to whoever claimed it last by WhatsApp's time;
// - a contact known by phone only and one known by BSUID only, named together by one event, are one
//   person: they are merged, and the older id stays so that links of API users keep working;
// - who was erased and comes back is opted out until they write START (features/erasures);
// - a phone is the same in all its forms (features/contact_phones): contacts that have one each are
//   merged, unless they are told apart by BSUID;
// - a phone whose contact has another BSUID has changed hands: it moves, nothing is merged;
// - whoever leaves a contact that a member put together (contact_acts) takes an opt-out along.
#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <span>

#include "features/audit/audit.hpp"
#include "features/contact_phones/contact_phones.hpp"
#include "features/contacts/contacts_rules.hpp"
#include "features/contacts/contacts_store.hpp"
#include "features/erasures/erasures.hpp"

namespace wapi::contacts {
namespace {

using contact_identities::Owner;

/// When an event says so, and now.
struct Moment {
    Timestamp seen_at;
    Timestamp now;
};

/// When one of the contact's phones and BSUIDs was erased last.
std::optional<Timestamp> find_erased(db::WorkspaceTxn& txn, const ContactId& id) {
    const erasures::Recogniser recogniser = erasures::Recogniser::open(txn);
    const auto contact = recogniser.empty() ? std::nullopt : store::find(txn, id);
    std::optional<Timestamp> erased_at;
    for (const Identity& identity : contact ? contact->identities : std::vector<Identity>{}) {
        if (identity.kind != IdentityKind::username) {
            const bool phone = identity.kind == IdentityKind::phone;
            erased_at =
                std::max(erased_at,
                         recogniser.find(
                             txn, phone ? erasures::Person{.phone = identity.value, .bsuid = {}}
                                        : erasures::Person{.phone = {}, .bsuid = identity.value}));
        }
    }
    return erased_at;
}

/// What an event did to a contact, for the audit log.
struct Effect {
    ContactId contact;
    std::string_view action;
    boost::json::object details;
};

void record(db::WorkspaceTxn& txn, const Effect& effect, Timestamp now) {
    audit::record(txn, audit::system_context(txn.workspace(), {}),
                  {.action = effect.action,
                   .resource_type = "contact",
                   .resource_id = effect.contact.value,
                   .details = boost::json::serialize(effect.details)},
                  now);
}

/// A contact's opt-out before and after something older became known of the person.
struct Learnt {
    ContactId contact;
    OptOut known;
    OptOut joined;
};

void save_learnt(db::WorkspaceTxn& txn, const Learnt& learnt, const boost::json::object& why,
                 Timestamp now) {
    save_opt_out(txn, learnt.contact, learnt.joined);
    if (learnt.joined.status && !learnt.known.status) {
        record(txn, {learnt.contact, audit::actions::contact_opted_out, why}, now);
    }
}

void save_erasure(db::WorkspaceTxn& txn, const ContactId& id, Timestamp erased_at, Timestamp now) {
    if (const auto known = lock_opt_out(txn, id)) {
        save_learnt(txn,
                    {.contact = id, .known = *known, .joined = join_erasure(*known, erased_at)},
                    {{"via", erased_via}, {"reason", "erased_before"}}, now);
    }
}

/// `left` had the phone that is the person's. Nobody knows which of the people behind a contact put
/// together by hand opted out, or came back since: the newest opt-out on record goes along, and the
/// person's own later decision lifts it. Applied whether or not the phone moves, as apply_erasure.
/// Throws Fault `db.conflict`, on which the function runs again, when one has just been merged.
void take_opt_out_along(db::WorkspaceTxn& txn, const ContactId& left, const Resolved& person,
                        Timestamp now) {
    if (std::ranges::find(person.merged, left) != person.merged.end()) {
        return;  // they are one contact now
    }
    const store::Both known = store::lock_both(txn, left, person.id);
    // Behind the locks: a merge that they waited for is seen.
    if (known.one.opted_out_at && store::is_joined_by_hand(txn, left)) {
        save_learnt(txn,
                    {.contact = person.id,
                     .known = known.other,
                     .joined = join_left(known.other, known.one)},
                    {{"via", known.one.opted_out_via}, {"reason", "merged_before"}}, now);
    }
}

/// The contact is known by something new. Applied whether or not the identity is another's by now,
/// so that the order of events does not matter. Throws Fault `db.conflict`, on which the function
/// runs again and leaves the event out, when the person has just been erased.
void apply_erasure(db::WorkspaceTxn& txn, const ContactId& id, const erasures::Person& gained,
                   const Moment& moment) {
    const auto erased_at = erasures::Recogniser::open(txn).find(txn, gained);
    if (erased_at >= moment.seen_at) {
        throw Fault("db.conflict", "the person has just been erased");
    }
    if (erased_at) {
        save_erasure(txn, id, *erased_at, moment.now);
    }
}

/// The person has what was `owners`', unless one's claim is newer: what each of them leaves behind
/// goes along, and each shows what is left to them.
void take_from(db::WorkspaceTxn& txn, const Resolved& person, const Identity& identity,
               const std::vector<Owner>& owners, const Moment& moment) {
    for (const Owner& owner : owners) {
        if (owner.contact != person.id) {
            take_opt_out_along(txn, owner.contact, person, moment.now);
        }
    }
    contact_identities::pass(txn, person.id, identity, owners, moment.seen_at);
    for (const Owner& owner : owners) {
        if (owner.contact != person.id) {
            store::refresh_phone(txn, owner.contact, moment.now);
        }
    }
}

/// Notes the phone of a claim, unless the contact shows it already, as nearly always.
void put_phone(db::WorkspaceTxn& txn, const Resolved& person, const Claim& claim,
               const std::vector<Owner>& owners, Timestamp now) {
    const ContactId& id = person.id;
    if (claim.phone.empty() || (owners.size() == 1 && owners.front().contact == id &&
                                owners.front().shown == claim.phone)) {
        return;
    }
    take_from(txn, person, {IdentityKind::phone, claim.phone}, owners, {claim.seen_at, now});
    store::refresh_phone(txn, id, now);
    apply_erasure(txn, id, {.phone = claim.phone, .bsuid = {}}, {claim.seen_at, now});
}

void put_username(db::WorkspaceTxn& txn, const ContactId& id, const Claim& claim) {
    if (!claim.username.empty()) {
        contact_identities::put(txn, id, {IdentityKind::username, claim.username}, claim.seen_at);
    }
}

/// One that is owned is put_phone's to give.
enum class PhoneIs { free, owned };

Resolved create(db::WorkspaceTxn& txn, IdGenerator& ids, const Claim& claim, Timestamp now,
                PhoneIs phone = PhoneIs::free) {
    const Contact contact{.id = ids.make<ContactId>(),
                          .name = claim.name,
                          .phone = claim.phone,
                          .identities = {},
                          .tags = {},
                          .attributes = {},
                          .opt_out = {},
                          .created_at = now};
    store::insert(txn, contact, false);
    if (!claim.phone.empty() && phone == PhoneIs::free) {
        contact_identities::claim(txn, contact.id, {IdentityKind::phone, claim.phone},
                                  claim.seen_at);
    }
    if (!claim.bsuid.empty()) {
        contact_identities::claim(txn, contact.id, {IdentityKind::bsuid, claim.bsuid},
                                  claim.seen_at);
    }
    put_username(txn, contact.id, claim);
    apply_erasure(txn, contact.id, {.phone = claim.phone, .bsuid = claim.bsuid},
                  {claim.seen_at, now});
    return {.id = contact.id, .created = true, .merged = {}};
}

/// A word on one of them, by whomever, does not bind both.
void merge_people(db::WorkspaceTxn& txn, const ContactId& gone, const ContactId& kept,
                  Timestamp now) {
    store::merge(txn, gone, kept, now);
    if (const auto erased_at = find_erased(txn, kept)) {
        save_erasure(txn, kept, *erased_at, now);
    }
}

Resolved merge_pair(db::WorkspaceTxn& txn, const ContactId& one, const ContactId& other,
                    Timestamp now) {
    const ContactId& kept = std::min(one, other);
    const ContactId& gone = std::max(one, other);
    merge_people(txn, gone, kept, now);
    record(txn, {gone, audit::actions::contact_deleted, {{"mergedInto", kept.value}}}, now);
    return {.id = kept, .created = false, .merged = {gone}};
}

/// Two people whom WhatsApp tells apart are never merged for a phone that one had and the other
/// has.
bool are_told_apart(db::WorkspaceTxn& txn, const ContactId& one, const ContactId& other) {
    return contact_identities::find_value(txn, one, IdentityKind::bsuid) &&
           contact_identities::find_value(txn, other, IdentityKind::bsuid);
}

/// Who has a phone, in any form.
struct PhoneOwners {
    std::vector<Owner> owners;  ///< several only if they are told apart
    std::vector<ContactId> merged;
};

/// Contacts of one number that are left from before its forms were one are one person.
PhoneOwners join_owners(db::WorkspaceTxn& txn, const std::string& phone, Timestamp now) {
    PhoneOwners found;
    if (phone.empty()) {
        return found;
    }
    for (Owner& owner : contact_phones::find_owners(txn, phone)) {
        if (found.owners.empty() ||
            are_told_apart(txn, found.owners.front().contact, owner.contact)) {
            found.owners.push_back(std::move(owner));
            continue;
        }
        Owner& first = found.owners.front();
        const Resolved joined = merge_pair(txn, first.contact, owner.contact, now);
        first = {
            .contact = joined.id,
            .shown =
                contact_identities::find_value(txn, joined.id, IdentityKind::phone).value_or("")};
        found.merged.insert(found.merged.end(), joined.merged.begin(), joined.merged.end());
    }
    return found;
}

/// The phone and the BSUID of one claim lead to two contacts.
Resolved join(db::WorkspaceTxn& txn, const ContactId& by_phone, const ContactId& by_bsuid,
              Timestamp now) {
    const bool phone_only = !contact_identities::find_value(txn, by_phone, IdentityKind::bsuid);
    if (phone_only) {
        return merge_pair(txn, by_phone, by_bsuid, now);
    }
    return {.id = by_bsuid, .created = false, .merged = {}};
}

/// Only the phone is known; the claim also names a BSUID.
Resolved add_bsuid(db::WorkspaceTxn& txn, IdGenerator& ids, const ContactId& by_phone,
                   const Claim& claim, Timestamp now) {
    const auto known = contact_identities::find_value(txn, by_phone, IdentityKind::bsuid);
    if (!known) {
        contact_identities::claim(txn, by_phone, {IdentityKind::bsuid, claim.bsuid}, claim.seen_at);
        txn.announce(contact_changed, by_phone.value);
        apply_erasure(txn, by_phone, {.phone = {}, .bsuid = claim.bsuid}, {claim.seen_at, now});
        return {.id = by_phone, .created = false, .merged = {}};
    }
    return create(txn, ids, claim, now, PhoneIs::owned);
}

/// Whose the identity is. The person may be merged on the way, with another owner of the phone.
std::vector<Owner> meet_owners(db::WorkspaceTxn& txn, Resolved& person, const Identity& identity,
                               Timestamp now) {
    if (identity.kind != IdentityKind::phone) {
        return contact_identities::find_owners(txn, identity);
    }
    PhoneOwners found = join_owners(txn, identity.value, now);
    if (std::ranges::find(found.merged, person.id) != found.merged.end()) {
        person.id = found.owners.front().contact;
        person.created = false;
    }
    person.merged.insert(person.merged.end(), found.merged.begin(), found.merged.end());
    return std::move(found.owners);
}

void take_over(db::WorkspaceTxn& txn, Resolved& person, const Identity& identity, Timestamp seen_at,
               Timestamp now) {
    if (identity.value.empty()) {
        return;
    }
    const bool is_phone = identity.kind == IdentityKind::phone;
    const std::vector<Owner> owners = meet_owners(txn, person, identity, now);
    const auto owner = owners.empty() ? std::nullopt : std::optional(owners.front().contact);
    if (owner && *owner != person.id && !(is_phone && are_told_apart(txn, person.id, *owner))) {
        const Resolved merged = merge_pair(txn, *owner, person.id, now);
        person.created = person.created && merged.id == person.id;
        person.id = merged.id;
        person.merged.insert(person.merged.end(), merged.merged.begin(), merged.merged.end());
    }
    take_from(txn, person, identity, owners, {seen_at, now});
    const bool was_theirs = owner == person.id || !person.merged.empty();
    if (!was_theirs && contact_identities::find(txn, identity.kind, identity.value) == person.id) {
        record(txn,
               {person.id,
                audit::actions::contact_updated,
                {{"changed", boost::json::array{name_of(identity.kind)}}}},
               now);
    }
    const erasures::Person gained = is_phone
                                        ? erasures::Person{.phone = identity.value, .bsuid = {}}
                                        : erasures::Person{.phone = {}, .bsuid = identity.value};
    apply_erasure(txn, person.id, gained, {seen_at, now});
}

}  // namespace

void merge(db::WorkspaceTxn& txn, const Merge& merge, Timestamp now) {
    store::put_phone_first(txn, merge);
    store::note_joined_by_hand(txn, merge.kept);
    merge_people(txn, merge.gone, merge.kept, now);
}

Resolved resolve(db::WorkspaceTxn& txn, IdGenerator& ids, const Claim& claim, Timestamp now) {
    const PhoneOwners known = join_owners(txn, claim.phone, now);
    const std::optional<ContactId> by_phone =
        known.owners.empty() ? std::nullopt : std::optional(known.owners.front().contact);
    const std::optional<ContactId> by_bsuid =
        claim.bsuid.empty() ? std::nullopt
                            : contact_identities::find(txn, IdentityKind::bsuid, claim.bsuid);
    Resolved result;
    if (by_bsuid && by_phone) {
        result = *by_bsuid == *by_phone ? Resolved{.id = *by_bsuid, .created = false, .merged = {}}
                                        : join(txn, *by_phone, *by_bsuid, now);
    } else if (by_bsuid) {
        result.id = *by_bsuid;
    } else if (by_phone) {
        result.id = *by_phone;
        if (!claim.bsuid.empty()) {
            result = add_bsuid(txn, ids, *by_phone, claim, now);
        }
    } else {
        return create(txn, ids, claim, now);
    }
    result.merged.insert(result.merged.end(), known.merged.begin(), known.merged.end());
    put_phone(txn, result, claim, known.owners, now);
    put_username(txn, result.id, claim);
    return result;
}

Resolved change_identity(db::WorkspaceTxn& txn, IdGenerator& ids, const Claim& before,
                         const Claim& after, Timestamp now) {
    const std::array phones{before.phone, after.phone};
    contact_phones::take_turns(txn, phones);
    Resolved result = resolve(txn, ids, before, now);
    take_over(txn, result, {IdentityKind::bsuid, after.bsuid}, after.seen_at, now);
    take_over(txn, result, {IdentityKind::phone, after.phone}, after.seen_at, now);
    store::refresh_phone(txn, result.id, now);
    return result;
}

std::optional<ContactId> find_by_identity(db::WorkspaceTxn& txn, const Identity& identity) {
    const std::vector<Owner> owners = contact_identities::find_owners(txn, identity);
    return owners.empty() ? std::nullopt : std::optional(owners.front().contact);
}

std::optional<Timestamp> find_binding_erasure(db::WorkspaceTxn& txn, const ContactId& id) {
    const auto erased_at = find_erased(txn, id);
    const auto known = erased_at ? lock_opt_out(txn, id) : std::nullopt;
    return known && !has_come_back(*known, *erased_at) ? erased_at : std::nullopt;
}

}  // namespace wapi::contacts
