// Merging and removing: one transaction each. Rules: README.md of this folder.
#include <algorithm>
#include <boost/json/serialize.hpp>

#include "features/audit/audit.hpp"
#include "features/contact_acts/contact_acts_store.hpp"
#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"
#include "features/search/search.hpp"

namespace wapi::contact_acts {
namespace {

using contacts::Contact;

bool has_bsuid(const Contact& contact) {
    return std::ranges::find(contact.identities, contacts::IdentityKind::bsuid,
                             &contacts::Identity::kind) != contact.identities.end();
}

void record(db::WorkspaceTxn& txn, const Context& context, std::string_view action,
            const ContactId& id, const boost::json::object& details, Timestamp now) {
    audit::record(txn, context,
                  {.action = action,
                   .resource_type = "contact",
                   .resource_id = id.value,
                   .details = boost::json::serialize(details)},
                  now);
}

/// Two contacts before they are merged, and when each wrote last; epoch when never.
struct Pair {
    Contact kept;
    Contact gone;
    Timestamp kept_heard_at{};
    Timestamp gone_heard_at{};

    [[nodiscard]] bool one_is_out() const { return kept.opt_out.status != gone.opt_out.status; }
    /// Who may be messaged, if only one may not, wrote last.
    [[nodiscard]] Timestamp other_heard_at() const {
        return kept.opt_out.status ? gone_heard_at : kept_heard_at;
    }
    /// An answer goes to where the last word came from.
    [[nodiscard]] contacts::Merge merge() const {
        const bool gone_wrote_last = gone_heard_at > kept_heard_at;
        return {.gone = gone.id,
                .kept = kept.id,
                .shown = gone_wrote_last ? gone.id : kept.id,
                .heard_at = gone_wrote_last ? gone_heard_at : kept_heard_at};
    }
};

/// A member may be wrong about who is who: an opt-out of either outlasts what the other has said,
/// also what is still on its way, so it counts from now on; or from the other's last word, if
/// WhatsApp's clock is ahead. What was to be sent to either is not.
void keep_opt_out(db::WorkspaceTxn& txn, const Context& context, const Pair& pair, Timestamp now) {
    if (!pair.one_is_out()) {
        return;
    }
    const Contact& out = pair.kept.opt_out.status ? pair.kept : pair.gone;
    contacts::OptOut joined = contacts::lock_opt_out(txn, pair.kept.id).value();
    if (!joined.status) {
        joined.opted_out_via = out.opt_out.opted_out_via;
    }
    joined.decided_at =
        std::max({joined.opted_out_at.value_or(Timestamp()), joined.decided_at,
                  joined.opted_back_in_at.value_or(Timestamp()), pair.other_heard_at(), now});
    joined.status = true;
    joined.opted_out_at = joined.decided_at;
    joined.opted_back_in_at = std::nullopt;
    contacts::save_opt_out(txn, pair.kept.id, joined);
    const std::int64_t cancelled = messages::cancel_queued(txn, pair.kept.id, "opted_out");
    if (!pair.kept.opt_out.status) {
        record(
            txn, context, audit::actions::contact_opted_out, pair.kept.id,
            {{"via", joined.opted_out_via}, {"reason", "merged"}, {"cancelledMessages", cancelled}},
            now);
    }
}

/// Takes both rows, in the order of their ids. Errors: contact_not_found, contact_talks_unseen.
Result<Pair> lock_pair(db::WorkspaceTxn& txn, const Context& context, const ContactId& kept,
                       const ContactId& gone) {
    for (const ContactId& id : {std::min(kept, gone), std::max(kept, gone)}) {
        if (!contacts::lock_opt_out(txn, id)) {
            return fail(contacts::errors::contact_not_found);
        }
    }
    Result<Contact> stays = contacts::get(txn, kept, context.restrictions);
    Result<Contact> goes = contacts::get(txn, gone, context.restrictions);
    if (!stays || !goes) {
        return fail(contacts::errors::contact_not_found);
    }
    if (store::has_unseen_talk(txn, kept, gone, context.restrictions)) {
        return fail(errors::contact_talks_unseen);
    }
    Pair pair{.kept = *std::move(stays), .gone = *std::move(goes)};
    pair.kept_heard_at = store::lock_last_heard(txn, kept);
    pair.gone_heard_at = store::lock_last_heard(txn, gone);
    return pair;
}

Result<Contact> merge_contacts(db::WorkspaceTxn& txn, const Context& context, const ContactId& kept,
                               const ContactId& gone, Timestamp now) {
    if (kept == gone) {
        return fail_field(wapi::errors::invalid_request, "from", "Name another contact.");
    }
    const Result<Pair> pair = lock_pair(txn, context, kept, gone);
    if (!pair) {
        return std::unexpected(pair.error());
    }
    if (has_bsuid(pair->kept) && has_bsuid(pair->gone)) {
        return fail(errors::contacts_differ);
    }
    contacts::merge(txn, pair->merge(), now);
    messages::merge_contact(txn, gone, kept, now);
    record(txn, context, audit::actions::contact_deleted, gone, {{"mergedInto", kept.value}}, now);
    record(txn, context, audit::actions::contact_updated, kept, {{"mergedFrom", gone.value}}, now);
    keep_opt_out(txn, context, *pair, now);
    inbox::unassign_blind(txn, context, kept, now);  // of 200 tags 100 are left
    return contacts::get(txn, kept);
}

Result<Contact> remove_contact(db::WorkspaceTxn& txn, const Context& context, const ContactId& id,
                               Timestamp now) {
    const auto opt_out = contacts::lock_opt_out(txn, id);
    Result<Contact> contact = contacts::get(txn, id, context.restrictions);
    if (!opt_out || !contact) {
        return fail(contacts::errors::contact_not_found);
    }
    // Any decision is history: who opted out once and came back has asked for both.
    if (opt_out->decided_at != Timestamp{} || opt_out->status || store::has_conversation(txn, id)) {
        return fail(errors::contact_has_history);
    }
    const boost::json::object seen{
        {"tags", boost::json::array(contact->tags.begin(), contact->tags.end())},
        {"numbers", boost::json::array()}};
    txn.announce(contacts::contact_changed, id.value, boost::json::serialize(seen));
    search::forget_contact(txn, id);
    store::remove(txn, id);
    record(txn, context, audit::actions::contact_deleted, id, {}, now);
    return contact;
}

}  // namespace

async::Task<Result<Contact>> Service::merge(Context context, ContactId kept, ContactId gone) {
    co_return co_await db_.write(context.workspace, "contact_acts.merge",
                                 [context, kept, gone, now = clock_.now()](db::WorkspaceTxn& txn) {
                                     return merge_contacts(txn, context, kept, gone, now);
                                 });
}

async::Task<Result<Contact>> Service::remove(Context context, ContactId id) {
    co_return co_await db_.write(context.workspace, "contact_acts.remove",
                                 [context, id, now = clock_.now()](db::WorkspaceTxn& txn) {
                                     return remove_contact(txn, context, id, now);
                                 });
}

}  // namespace wapi::contact_acts
