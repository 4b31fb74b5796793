// Decisions on opt-out with all their effects, in the transaction of the event that brought them.
//
// Rules: opt_out_rules.hpp; effects: product.md section 1.3; what order must not change: README.md.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <tuple>

#include "base/time_text.hpp"
#include "features/audit/audit.hpp"
#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"
#include "features/opt_out/opt_out.hpp"
#include "features/opt_out/opt_out_store.hpp"
#include "features/sending/sending.hpp"
#include "features/webhook_events/webhook_events.hpp"

namespace wapi::opt_out {
namespace {

constexpr std::string_view stop_confirmation =
    "You have been unsubscribed and will get no more messages from us. Reply START to come back.";
constexpr std::string_view start_confirmation =
    "Welcome back. You will get our messages again. Reply STOP at any time to unsubscribe.";

/// One decision with everything its effects need.
struct Decision {
    ContactId contact;
    std::optional<PhoneNumberId> confirm_from;  ///< nothing: no confirmation is sent
    OptOutEvent event;
    /// The stored event that brought it, where nothing else tells whether it was decided on before.
    std::optional<EventId> arrival = std::nullopt;
};

OptOutState state_of(const contacts::OptOut& stored) {
    OptOutState state;
    state.opted_out = stored.status;
    state.opted_out_at = stored.opted_out_at;
    state.opted_out_via = parse_opt_out_via(stored.opted_out_via);
    state.opted_back_in_at = stored.opted_back_in_at;
    state.started_at = stored.started_at;
    if (stored.decided_at != Timestamp{}) {
        state.decided_at = stored.decided_at;
    }
    return state;
}

contacts::OptOut stored_form(const OptOutState& state) {
    return {.status = state.opted_out,
            .decided_at = state.decided_at.value_or(Timestamp{}),
            .opted_out_at = state.opted_out_at,
            .opted_out_via = state.opted_out_via ? std::string(name_of(*state.opted_out_via)) : "",
            .opted_back_in_at = state.opted_back_in_at,
            .started_at = state.started_at};
}

std::string_view action_of(const OptOutEvent& event) {
    if (event.via == OptOutVia::manual) {
        return event.keyword == Keyword::stop ? audit::actions::contact_manually_opted_out
                                              : audit::actions::contact_manually_opted_in;
    }
    return event.keyword == Keyword::stop ? audit::actions::contact_opted_out
                                          : audit::actions::contact_opted_in;
}

/// A number that cannot send, or a closed window, must not undo the opt-out: then none is sent.
void confirm(db::WorkspaceTxn& txn, IdGenerator& ids, const Context& context,
             const Decision& decision, Timestamp now) {
    const auto conversation = inbox::find_of_contact(txn, decision.contact, *decision.confirm_from);
    if (!conversation || !inbox::window_open(*conversation, now)) {
        return;
    }
    sending::Draft draft;
    draft.to.contact_id = decision.contact.value;
    draft.phone_number_id = decision.confirm_from->value;
    const bool stops = decision.event.keyword == Keyword::stop;
    draft.content = std::string(stops ? stop_confirmation : start_confirmation);
    // Who has left again before "Welcome back" could go out must not get it.
    draft.purpose = stops ? messages::Purpose::confirmation : messages::Purpose::service;
    Context confirms = context;
    confirms.restrictions = {};  // the decision is confirmed whoever of the team made it
    std::ignore = sending::commit_send(txn, ids, confirms, draft, now);
}

/// Whether the decision is known to be made for the first time: it has an id that was not there
/// before, or came in after what is on record. Meta may tell of a preference again in another
/// event: the one that is on record, by its time, is never new.
bool is_first(const OptOutState& state, const Decision& decision) {
    const bool is_on_record = decision.event.via == OptOutVia::meta &&
                              state.opted_out_via == OptOutVia::meta &&
                              state.opted_out_at == decision.event.at;
    return !decision.arrival || (!is_on_record && state.decided_at &&
                                 *decision.arrival >= first_event_at(*state.decided_at));
}

/// Applies the decision with all effects, as far as it changes something.
void apply(db::WorkspaceTxn& txn, IdGenerator& ids, const Context& context,
           const Decision& decision, Timestamp now) {
    const auto stored = contacts::lock_opt_out(txn, decision.contact);
    if (!stored) {  // the decision belongs to the contact that is left: it is taken again
        throw Fault("db.conflict", "another transaction has just merged this contact");
    }
    if (decision.event.keyword == Keyword::stop) {
        store::count_stop(txn, decision.contact);
    }
    const OptOutState before = state_of(*stored);
    const OptOutState after = decide_opt_out(
        allow_for_skew(before, decision.event, is_first(before, decision)), decision.event);
    if (after == before) {
        return;
    }
    contacts::save_opt_out(txn, decision.contact, stored_form(after));
    if (after.opted_out == before.opted_out) {
        return;  // an older or repeated decision: only its time was noted
    }
    const std::int64_t cancelled =
        after.opted_out ? messages::cancel_queued(txn, decision.contact, "opted_out")
                        : messages::cancel_confirmations(txn, decision.contact, "opted_in");
    audit::record(txn, context,
                  {.action = action_of(decision.event),
                   .resource_type = "contact",
                   .resource_id = decision.contact.value,
                   .details = fmt::format(R"({{"via":"{}","cancelledMessages":{}}})",
                                          name_of(decision.event.via), cancelled)},
                  now);
    if (decision.confirm_from) {
        confirm(txn, ids, context, decision, now);
    }
}

/// One of the things that may be a message's text or payload is a STOP.
bool says_stop(const std::vector<std::string>& readable, const Words& words) {
    return std::ranges::any_of(readable, [&words](const std::string& text) {
        return classify(text, words, false) == Keyword::stop;
    });
}

Keyword classify_message(const whatsapp::InboundMessage& message, const Words& words,
                         bool opted_out) {
    using whatsapp::MessageType;
    if (!message.group_id.empty()) {
        return Keyword::none;  // said to a group
    }
    const bool is_edited_text = message.type == MessageType::edit && message.subtype == "text";
    if (says_stop(message.words, words) || (is_edited_text && says_stop({message.text}, words))) {
        return Keyword::stop;
    }
    if (message.type == MessageType::text) {
        return classify(message.text, words, opted_out);
    }
    if (message.type == MessageType::button || message.type == MessageType::interactive) {
        return classify_reply(message.text, message.payload, words, opted_out);
    }
    return Keyword::none;
}

/// The payload of a button or list reply, or empty.
std::string reply_payload(const boost::json::value& message) {
    for (const char* path :
         {"/button/payload", "/interactive/button_reply/id", "/interactive/list_reply/id"}) {
        boost::system::error_code missing;
        const boost::json::value* found = message.find_pointer(path, missing);
        if (found != nullptr && found->is_string()) {
            return std::string(found->as_string());
        }
    }
    return {};
}

bool means_start(const messages::InboundWords& message, const Words& words) {
    boost::system::error_code failed;
    const boost::json::value content = boost::json::parse(message.content, failed);
    if (!failed && content.is_object() && content.as_object().contains("group_id")) {
        return false;
    }
    if (message.type == "text") {
        return classify(message.text, words, true) == Keyword::start;
    }
    return (message.type == "button" || message.type == "interactive") &&
           classify_reply(message.text, reply_payload(content), words, true) == Keyword::start;
}

/// "yes" means START only to who is opted out. One that was written after a STOP but was stored
/// before it was passed over then, and counts now.
void apply_late_yes(db::WorkspaceTxn& txn, IdGenerator& ids, const ContactId& contact,
                    const std::optional<PhoneNumberId>& confirm_from, Timestamp now) {
    const auto stored = contacts::lock_opt_out(txn, contact);
    if (!stored || !stored->opted_out_at || stored->decided_at > *stored->opted_out_at) {
        return;  // never out, or back by a START
    }
    const std::shared_ptr<const Words> words = workspace_words(txn);
    const auto later = messages::find_inbound_after(
        txn, contact, *stored->opted_out_at,
        [&words](const messages::InboundWords& message) { return means_start(message, *words); });
    if (later) {
        apply(txn, ids, audit::system_context(txn.workspace(), ""),
              {.contact = contact,
               .confirm_from = confirm_from,
               .event = {.keyword = Keyword::start,
                         .at = *later,
                         .via = OptOutVia::message,
                         .only_while_opted_out = true}},
              now);
    }
}

/// The contact of somebody who has decided, made when nobody knows them yet.
contacts::Resolved resolve_person(db::WorkspaceTxn& txn, IdGenerator& ids,
                                  const contacts::Claim& claim, Timestamp now) {
    contacts::Resolved contact = contacts::resolve(txn, ids, claim, now);
    for (const ContactId& gone : contact.merged) {
        messages::merge_contact(txn, gone, contact.id, now);
    }
    if (contact.created) {
        audit::record(txn, audit::system_context(txn.workspace(), ""),
                      {.action = audit::actions::contact_created,
                       .resource_type = "contact",
                       .resource_id = contact.id.value,
                       .details = R"({"source":"webhook"})"},
                      now);
    }
    return contact;
}

}  // namespace

void settle_merged(db::WorkspaceTxn& txn, IdGenerator& ids, const ContactId& contact,
                   Timestamp now) {
    apply_late_yes(txn, ids, contact, std::nullopt, now);
}

/// Nearly every message means neither, whatever the state.
bool may_decide(const whatsapp::InboundMessage& message, const Words& words) {
    return classify_message(message, words, true) != Keyword::none;
}

void apply_message(db::WorkspaceTxn& txn, IdGenerator& ids, const CustomerMessage& where,
                   const whatsapp::InboundMessage& message, Timestamp now) {
    const std::shared_ptr<const Words> words = where.words ? where.words : workspace_words(txn);
    if (!may_decide(message, *words)) {
        return;
    }
    const Keyword to_everybody = classify_message(message, *words, false);
    const bool yes = to_everybody == Keyword::none;
    const Decision decision{.contact = where.contact,
                            .confirm_from = where.confirm_from,
                            .event = {.keyword = yes ? Keyword::start : to_everybody,
                                      .at = message.timestamp,
                                      .via = OptOutVia::message,
                                      .only_while_opted_out = yes}};
    apply(txn, ids, audit::system_context(txn.workspace(), ""), decision, now);
    if (decision.event.keyword == Keyword::stop) {
        apply_late_yes(txn, ids, where.contact, where.confirm_from, now);
    }
}

bool may_decide(const whatsapp::PartialMessage& message, const Words& words) {
    return message.group_id.empty() && says_stop(message.words, words);
}

void apply_partial(db::WorkspaceTxn& txn, IdGenerator& ids, const Notice& notice,
                   const whatsapp::PartialMessage& message, Timestamp now) {
    if (!may_decide(message, *workspace_words(txn))) {
        return;
    }
    const Timestamp at = message.timestamp.value_or(now);
    const contacts::Resolved contact = resolve_person(txn, ids,
                                                      {.phone = message.sender.phone,
                                                       .bsuid = message.sender.user_id,
                                                       .username = message.sender.username,
                                                       .name = message.sender.profile_name,
                                                       .seen_at = at},
                                                      now);
    apply(txn, ids, audit::system_context(txn.workspace(), ""),
          {.contact = contact.id,
           .confirm_from = notice.confirm_from,
           .event = {.keyword = Keyword::stop, .at = at, .via = OptOutVia::message},
           .arrival = notice.event},
          now);
    apply_late_yes(txn, ids, contact.id, notice.confirm_from, now);
}

void apply_preference(db::WorkspaceTxn& txn, IdGenerator& ids, const Notice& notice,
                      const whatsapp::UserPreference& preference, Timestamp now) {
    const bool marketing =
        preference.category.empty() || preference.category == "marketing_messages";
    if (preference.value == whatsapp::PreferenceValue::unknown || !marketing) {
        return;  // about something else: kept in the raw event
    }
    const contacts::Resolved contact = resolve_person(txn, ids,
                                                      {.phone = preference.phone,
                                                       .bsuid = preference.user_id,
                                                       .username = {},
                                                       .name = {},
                                                       .seen_at = preference.timestamp},
                                                      now);
    const Keyword keyword =
        preference.value == whatsapp::PreferenceValue::stop ? Keyword::stop : Keyword::start;
    // Meta's screen speaks of marketing only; that we stop altogether is for us to say.
    apply(txn, ids, audit::system_context(txn.workspace(), ""),
          {.contact = contact.id,
           .confirm_from = notice.confirm_from,
           .event = {.keyword = keyword, .at = preference.timestamp, .via = OptOutVia::meta},
           .arrival = notice.event},
          now);
    if (keyword == Keyword::stop || !contact.merged.empty()) {
        apply_late_yes(txn, ids, contact.id, notice.confirm_from, now);
    }
}

namespace {

/// A member's decision. `known`: what they could know of when they asked for an opt-in;
/// `expected`: what they say that they knew of.
struct ByHand {
    Context context;
    ContactId contact;
    Keyword keyword = Keyword::none;
    std::optional<Expected> expected = {};
    store::Stops known = {};
    Timestamp now;
};

/// What waits to be processed may be a STOP of this person, which nobody can have seen.
bool is_unread(db::WorkspaceTxn& txn, const ContactId& id) {
    const Result<contacts::Contact> contact = contacts::get(txn, id);
    return contact &&
           webhook_events::may_have_written(txn.txn(), contacts::names_in_webhooks(*contact));
}

Result<contacts::Contact> decide_by_hand(db::WorkspaceTxn& txn, IdGenerator& ids,
                                         const ByHand& act) {
    const ContactId& id = act.contact;
    const auto stored = contacts::lock_opt_out(txn, id);
    if (!stored || !contacts::check_seen(txn, id, act.context.restrictions)) {
        return fail(contacts::errors::contact_not_found);
    }
    if (act.expected &&
        render_time(act.expected->opted_out_at) != render_time(stored->opted_out_at)) {
        return fail(errors::opt_out_changed);
    }
    if (stored->status == (act.keyword == Keyword::stop)) {
        return contacts::get(txn, id);  // how and when it came to be stays on record
    }
    if (stored->status && (stored->opted_out_via == contacts::erased_via ||
                           contacts::find_binding_erasure(txn, id))) {
        return fail(errors::contact_was_erased);
    }
    if (act.keyword == Keyword::start && store::find_stops(txn, id) != act.known) {
        if (act.expected) {
            return fail(errors::opt_out_changed);
        }
        return contacts::get(txn, id);  // the STOP that has come in since holds
    }
    if (act.keyword == Keyword::start && is_unread(txn, id)) {
        return fail(errors::messages_unread);
    }
    // A member decides now, whatever time an earlier decision claims to have.
    const Timestamp newest =
        std::max(stored->decided_at, stored->opted_back_in_at.value_or(Timestamp{}));
    const Timestamp at = std::max(act.now, newest + std::chrono::microseconds(1));
    const auto latest = inbox::find_latest_of_contact(txn, id);
    apply(txn, ids, act.context,
          {.contact = id,
           .confirm_from = latest ? std::optional(latest->phone_number_id) : std::nullopt,
           .event = {.keyword = act.keyword, .at = at, .via = OptOutVia::manual}},
          act.now);
    return contacts::get(txn, id);
}

}  // namespace

async::Task<Result<contacts::Contact>> Service::opt_out(Context context, ContactId id) {
    const WorkspaceId workspace = context.workspace;
    const ByHand act{.context = std::move(context),
                     .contact = std::move(id),
                     .keyword = Keyword::stop,
                     .now = clock_.now()};
    co_return co_await db_.write(
        workspace, "opt_out.by_hand",
        [&ids = ids_, act](db::WorkspaceTxn& txn) { return decide_by_hand(txn, ids, act); });
}

async::Task<Result<contacts::Contact>> Service::opt_in(Context context, ContactId id,
                                                       std::optional<Expected> expected) {
    const WorkspaceId workspace = context.workspace;
    ByHand act{.context = std::move(context),
               .contact = std::move(id),
               .keyword = Keyword::start,
               .expected = expected,
               .now = {}};
    act.known = co_await db_.read(
        workspace, "opt_out.find_stops",
        [id = act.contact](db::WorkspaceTxn& txn) { return store::find_stops(txn, id); });
    act.now = clock_.now();  // a STOP that is known came in before
    co_return co_await db_.write(
        workspace, "opt_in.by_hand",
        [&ids = ids_, act](db::WorkspaceTxn& txn) { return decide_by_hand(txn, ids, act); });
}

}  // namespace wapi::opt_out
