// The export, and the transaction that erases a contact.
#include <boost/json/serialize.hpp>

#include "base/phone.hpp"
#include "base/time_text.hpp"
#include "db/overwrite.hpp"
#include "features/audit/audit.hpp"
#include "features/contacts/contacts.hpp"
#include "features/erasures/erasures.hpp"
#include "features/numbers/numbers.hpp"
#include "features/privacy/privacy_search.hpp"
#include "features/privacy/privacy_traces.hpp"
#include "features/search/search.hpp"

namespace wapi::privacy {
namespace {

namespace json = boost::json;

/// WhatsApp's clock may be ahead of ours; what claims to come from further is not believed.
constexpr std::chrono::minutes clock_difference_max{10};

struct Page {
    json::object body;
    bool is_first = false;
};

/// Notes until all are given, then messages. False when nothing is left; else `place` is where it
/// goes on.
bool read_lists(db::WorkspaceTxn& txn, const Context& context, const ContactId& id,
                store::Place& place, json::object& body) {
    if (place.notes) {
        store::Notes notes =
            store::list_notes(txn, id, *place.notes, export_notes_max, context.restrictions);
        body["notes"] = std::move(notes.notes);
        place.notes = std::move(notes.next);
    }
    if (place.notes) {
        body["messages"] = json::array();
        return true;
    }
    store::Messages messages =
        store::list_messages(txn, id, place.messages, export_messages_max, context.restrictions);
    body["messages"] = std::move(messages.messages);
    place.messages = messages.next.value_or(store::Position{});
    return messages.next.has_value();
}

Result<Page> read_export(db::WorkspaceTxn& txn, const Context& context, const ContactId& id,
                         const std::string& cursor, Timestamp now) {
    Result<store::Place> place = parse_cursor(cursor);
    if (!place) {
        return std::unexpected(place.error());
    }
    const Result<contacts::Contact> contact = contacts::get(txn, id, context.restrictions);
    if (!contact) {
        return std::unexpected(contact.error());
    }
    Page page{.body = {{"exportedAt", render_time(now)}}, .is_first = cursor.empty()};
    if (page.is_first) {
        json::object rendered = contacts::render(*contact);
        rendered["identities"] = store::list_identities(txn, id);
        page.body["contact"] = std::move(rendered);
        page.body["conversations"] = store::list_conversations(txn, id, context.restrictions);
        store::Entries entries =
            store::list_entries(txn, id, export_entries_max, context.restrictions);
        page.body["auditLog"] = std::move(entries.entries);
        page.body["auditLogCut"] = entries.cut;
    }
    const bool goes_on = read_lists(txn, context, id, *place, page.body);
    page.body["nextCursor"] = goes_on ? json::value(render_cursor(*place)) : json::value(nullptr);
    return page;
}

void record(db::WorkspaceTxn& txn, const Context& context, std::string_view action,
            const ContactId& id, json::object details, Timestamp now) {
    audit::record(txn, context,
                  {.action = action,
                   .resource_type = "contact",
                   .resource_id = id.value,
                   .details = json::serialize(details)},
                  now);
}

/// Everything that names the contact, in each of its forms.
struct Names {
    std::vector<erasures::Person> people;  ///< views of the contact
    webhook_events::Traces traces;
};

Names names_of(const contacts::Contact& contact) {
    Names names;
    for (const contacts::Identity& identity : contact.identities) {
        if (identity.kind == contacts::IdentityKind::phone) {
            names.people.push_back({.phone = identity.value, .bsuid = {}});
            const std::vector<std::string> forms = phone_variants(identity.value);
            names.traces.phones.insert(names.traces.phones.end(), forms.begin(), forms.end());
        } else if (identity.kind == contacts::IdentityKind::bsuid) {
            names.people.push_back({.phone = {}, .bsuid = identity.value});
            names.traces.bsuids.push_back(identity.value);
        } else {
            names.traces.usernames.push_back(identity.value);
        }
    }
    return names;
}

store::Counts erase_rows(db::WorkspaceTxn& txn, const contacts::Contact& contact,
                         const std::vector<ConversationId>& conversations) {
    const db::OverwriteDeleted overwrite(txn.txn());
    store::Counts counts;
    for (const ConversationId& conversation : conversations) {
        search::forget_messages(txn, conversation);
        store::erase_conversation(txn, conversation, counts);
    }
    for (const contacts::Identity& identity : contact.identities) {
        if (identity.kind == contacts::IdentityKind::phone) {
            store::erase_refused_rows(txn, identity.value);
        }
    }
    search::forget_contact(txn, contact.id);
    store::erase_contact(txn, contact.id);
    txn.announce(contacts::contact_erased, contact.id.value);
    return counts;
}

struct Erasing {
    Context context;
    ContactId contact;
    std::string confirmed;
    std::string erasure_id;
    Timestamp now;
};

Result<Erasure> erase_contact(db::WorkspaceTxn& txn, const Erasing& act, Rng& rng) {
    // Whoever decides, sends or merges waits here, and finds the contact gone.
    const bool there = contacts::lock_opt_out(txn, act.contact).has_value();
    const Result<contacts::Contact> contact =
        contacts::get(txn, act.contact, act.context.restrictions);
    if (!there || !contact) {
        return fail(contacts::errors::contact_not_found);
    }
    if (act.confirmed != act.contact.value) {
        return fail_field(wapi::errors::invalid_request, "confirm",
                          "Repeat the contact's id: erasing cannot be undone.");
    }
    const std::vector<ConversationId> conversations = store::lock_conversations(txn, act.contact);
    const Timestamp newest = store::newest_message(txn, act.contact);
    const Timestamp erased_at = std::max(act.now, std::min(newest, act.now + clock_difference_max));
    Names names = names_of(*contact);
    const Result<void> kept = erasures::remember(txn, names.people, erased_at, rng, act.now);
    if (!kept) {
        return std::unexpected(kept.error());
    }
    webhook_events::Traces traces = std::move(names.traces);
    for (const numbers::Number& number : numbers::list_numbers(txn)) {
        traces.numbers.push_back(number.phone_number_id);
    }
    const Result<Erasure> erasure =
        begin_search(txn, act.erasure_id, act.contact, traces, rng, act.now);
    if (!erasure) {
        return erasure;
    }
    const store::Counts counts = erase_rows(txn, *contact, conversations);
    record(txn, act.context, audit::actions::data_erased, act.contact,
           {{"erasureId", act.erasure_id},
            {"conversations", counts.conversations},
            {"messages", counts.messages},
            {"cancelledMessages", counts.cancelled},
            {"notes", counts.notes},
            {"deadLetters", counts.dead_letters}},
           act.now);
    return erasure;
}

}  // namespace

async::Task<Result<json::object>> Service::export_contact(Context context, ContactId id,
                                                          std::string cursor) {
    const Timestamp now = parts_.clock.now();
    Result<Page> page = co_await parts_.db.read(
        context.workspace, "privacy.export", [context, id, cursor, now](db::WorkspaceTxn& txn) {
            return read_export(txn, context, id, cursor, now);
        });
    if (!page) {
        co_return std::unexpected(page.error());
    }
    json::object details;
    if (!page->is_first) {
        details["continued"] = true;
    }
    co_await parts_.db.write(
        context.workspace, "privacy.exported", [context, id, details, now](db::WorkspaceTxn& txn) {
            record(txn, context, audit::actions::data_exported, id, details, now);
            return true;
        });
    co_return std::move(page->body);
}

async::Task<Result<Erasure>> Service::erase(Context context, ContactId id, std::string confirmed) {
    Erasing act{.context = std::move(context),
                .contact = std::move(id),
                .confirmed = std::move(confirmed),
                .erasure_id = parts_.ids.uuid(),
                .now = parts_.clock.now()};
    Result<Erasure> erasure = co_await parts_.db.write(
        act.context.workspace, "privacy.erase",
        [act, &rng = parts_.rng](db::WorkspaceTxn& txn) { return erase_contact(txn, act, rng); });
    if (erasure) {
        parts_.eraser.wake();
    }
    co_return erasure;
}

async::Task<Result<Erasure>> Service::find(Context context, std::string id) {
    std::optional<Erasure> found =
        co_await parts_.db.read(context.workspace, "privacy.find_erasure",
                                [id](db::WorkspaceTxn& txn) { return store::find(txn, id); });
    co_return found ? Result<Erasure>(*std::move(found)) : fail(errors::erasure_not_found);
}

}  // namespace wapi::privacy
