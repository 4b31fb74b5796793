// Decisions on opt-out with all their effects, in the transaction of the event that brought them.
//
// Rules: opt_out_rules.hpp; effects: product.md section 1.3; what order must not change: README.md.
#include <boost/json/parse.hpp>
#include <tuple>

#include "features/audit/audit.hpp"
#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"
#include "features/opt_out/opt_out.hpp"
#include "features/opt_out/opt_out_store.hpp"
#include "features/sending/sending.hpp"

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
};

constexpr std::array<std::string_view, 4> word_lists{"stopAdded", "stopRemoved", "startAdded",
                                                     "startRemoved"};

bool is_word(const boost::json::value& item) {
    return item.is_string() && !item.get_string().empty() &&
           item.get_string().size() <= word_bytes_max;
}

std::vector<std::string> strings(const boost::json::object& object, std::string_view name) {
    std::vector<std::string> list;
    const boost::json::value* found = object.if_contains(name);
    if (found != nullptr && found->is_array()) {
        for (const boost::json::value& item : found->as_array()) {
            if (item.is_string()) {
                list.emplace_back(item.as_string());
            }
        }
    }
    return list;
}

Words parse_words(std::string_view settings_text) {
    boost::system::error_code failed;
    const boost::json::value settings = boost::json::parse(settings_text, failed);
    const boost::json::value* own =
        !failed && settings.is_object() ? settings.as_object().if_contains("optOut") : nullptr;
    if (own == nullptr || !own->is_object()) {
        return {};
    }
    const boost::json::object& changes = own->as_object();
    return Words({.stop_added = strings(changes, "stopAdded"),
                  .stop_removed = strings(changes, "stopRemoved"),
                  .start_added = strings(changes, "startAdded"),
                  .start_removed = strings(changes, "startRemoved")});
}

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

/// Applies the decision with all effects, as far as it changes something.
void apply(db::WorkspaceTxn& txn, IdGenerator& ids, const Context& context,
           const Decision& decision, Timestamp now) {
    const auto stored = contacts::lock_opt_out(txn, decision.contact);
    if (!stored) {  // the decision belongs to the contact that is left: it is taken again
        throw Fault("db.conflict", "another transaction has just merged this contact");
    }
    const OptOutState before = state_of(*stored);
    const OptOutState after = decide_opt_out(before, decision.event);
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

Keyword classify_message(const whatsapp::InboundMessage& message, const Words& words,
                         bool opted_out) {
    using whatsapp::MessageType;
    if (!message.group_id.empty()) {
        return Keyword::none;  // said to a group
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

}  // namespace

/// The workspace's words: settings.optOut.{stopAdded, stopRemoved, startAdded, startRemoved}.
/// Parsed once per distinct settings text and thread: this is asked for every inbound message.
std::shared_ptr<const Words> workspace_words(db::WorkspaceTxn& txn) {
    constexpr std::size_t cache_entries_max = 1'000;
    thread_local std::map<std::string, std::shared_ptr<const Words>, std::less<>> cache;
    const std::string settings = store::find_settings(txn);
    const auto found = cache.find(settings);
    if (found != cache.end()) {
        return found->second;
    }
    if (cache.size() >= cache_entries_max) {
        cache.clear();
    }
    auto words = std::make_shared<const Words>(parse_words(settings));
    cache.emplace(settings, words);
    return words;
}

Result<void> check_settings(const boost::json::object& settings) {
    const boost::json::value* own = settings.if_contains("optOut");
    if (own == nullptr) {
        return {};
    }
    if (!own->is_object()) {
        return fail_field(wapi::errors::invalid_request, "settings.optOut", "Must be an object.");
    }
    for (const auto& [name, list] : own->get_object()) {
        const std::string field = fmt::format("settings.optOut.{}", std::string_view(name));
        if (std::ranges::find(word_lists, std::string_view(name)) == word_lists.end()) {
            return fail_field(wapi::errors::invalid_request, field,
                              "There is no such list of words.");
        }
        if (!list.is_array() || !std::ranges::all_of(list.get_array(), is_word)) {
            return fail_field(
                wapi::errors::invalid_request, field,
                fmt::format("Must be a list of words of at most {} bytes.", word_bytes_max));
        }
    }
    return {};
}

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

void apply_preference(db::WorkspaceTxn& txn, IdGenerator& ids, const PhoneNumberId& phone_number_id,
                      const whatsapp::UserPreference& preference, Timestamp now) {
    const bool marketing =
        preference.category.empty() || preference.category == "marketing_messages";
    if (preference.value == whatsapp::PreferenceValue::unknown || !marketing) {
        return;  // about something else: kept in the raw event
    }
    const contacts::Resolved contact = contacts::resolve(txn, ids,
                                                         {.phone = preference.phone,
                                                          .bsuid = preference.user_id,
                                                          .username = {},
                                                          .name = {},
                                                          .seen_at = preference.timestamp},
                                                         now);
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
    const Keyword keyword =
        preference.value == whatsapp::PreferenceValue::stop ? Keyword::stop : Keyword::start;
    // Meta's screen speaks of marketing only; that we stop altogether is for us to say.
    apply(txn, ids, audit::system_context(txn.workspace(), ""),
          {.contact = contact.id,
           .confirm_from = phone_number_id,
           .event = {.keyword = keyword, .at = preference.timestamp, .via = OptOutVia::meta}},
          now);
    if (keyword == Keyword::stop || !contact.merged.empty()) {
        apply_late_yes(txn, ids, contact.id, phone_number_id, now);
    }
}

async::Task<Result<contacts::Contact>> Service::decide(Context context, ContactId id,
                                                       Keyword keyword) {
    co_return co_await db_.write(
        context.workspace, "opt_out.by_hand",
        [&ids = ids_, context, id, keyword,
         now = clock_.now()](db::WorkspaceTxn& txn) -> Result<contacts::Contact> {
            const auto stored = contacts::lock_opt_out(txn, id);
            if (!stored || !contacts::check_seen(txn, id, context.restrictions)) {
                return fail(contacts::errors::contact_not_found);
            }
            if (stored->status == (keyword == Keyword::stop)) {
                return contacts::get(txn, id);  // how and when it came to be stays on record
            }
            if (stored->status && (stored->opted_out_via == contacts::erased_via ||
                                   contacts::find_binding_erasure(txn, id))) {
                return fail(errors::contact_was_erased);
            }
            // A member decides now, whatever time an earlier decision claims to have.
            const Timestamp newest =
                std::max(stored->decided_at, stored->opted_back_in_at.value_or(Timestamp{}));
            const Timestamp at = std::max(now, newest + std::chrono::microseconds(1));
            const auto latest = inbox::find_latest_of_contact(txn, id);
            apply(txn, ids, context,
                  {.contact = id,
                   .confirm_from = latest ? std::optional(latest->phone_number_id) : std::nullopt,
                   .event = {.keyword = keyword, .at = at, .via = OptOutVia::manual}},
                  now);
            return contacts::get(txn, id);
        });
}

async::Task<Result<contacts::Contact>> Service::opt_out(Context context, ContactId id) {
    return decide(std::move(context), std::move(id), Keyword::stop);
}

async::Task<Result<contacts::Contact>> Service::opt_in(Context context, ContactId id) {
    return decide(std::move(context), std::move(id), Keyword::start);
}

}  // namespace wapi::opt_out
