#include "features/webhooks/webhook_apply.hpp"

#include <algorithm>
#include <set>

#include "features/erased_updates/erased_updates.hpp"
#include "features/messages/messages.hpp"
#include "features/numbers/numbers.hpp"
#include "features/opt_out/opt_out.hpp"
#include "features/templates/templates.hpp"

namespace wapi::webhooks {
namespace {

/// Meta has not delivered it because the person stopped marketing messages from this business: as
/// much an opt-out as `user_preferences` (meta/errors.md).
bool says_marketing_stopped(const whatsapp::StatusUpdate& update) {
    constexpr int marketing_stopped = 131050;
    return !update.recipient_is_group &&
           !(update.recipient_phone.empty() && update.recipient_user_id.empty()) &&
           std::ranges::find(update.errors, marketing_stopped, &whatsapp::WebhookError::code) !=
               update.errors.end();
}

whatsapp::UserPreference stop_of_recipient(const whatsapp::StatusUpdate& update) {
    whatsapp::UserPreference preference;
    preference.phone = update.recipient_phone;
    preference.user_id = update.recipient_user_id;
    preference.category = "marketing_messages";
    preference.value = whatsapp::PreferenceValue::stop;
    preference.timestamp = update.timestamp;
    return preference;
}

/// What each kind of content does; one overload for each alternative of WebhookContent.
struct Apply {
    db::WorkspaceTxn& txn;
    IdGenerator& ids;
    PhoneNumberId number;
    EventId event;
    std::uint32_t ordinal;
    std::shared_ptr<const opt_out::Words> words;
    bool may_answer;  ///< false: another program of the business talks with the customer
    Timestamp now;

    void operator()(const whatsapp::InboundMessage& message) const {
        const auto afterwards = opt_out::may_decide(message, *words)
                                    ? messages::Afterwards::decide_opt_out
                                    : messages::Afterwards::nothing;
        const messages::InboundResult stored = messages::store_inbound(
            txn, ids,
            {.number = number, .event = event, .ordinal = ordinal, .afterwards = afterwards},
            message, now);
        if (stored.merged) {
            opt_out::settle_merged(txn, ids, stored.contact, now);
        }
        if (stored.fresh) {
            opt_out::apply_message(
                txn, ids,
                {.contact = stored.contact,
                 .confirm_from = may_answer ? std::optional(number) : std::nullopt,
                 .words = words},
                message, now);
        }
    }
    void operator()(const whatsapp::StatusUpdate& update) const {
        if (says_marketing_stopped(update)) {
            opt_out::apply_preference(txn, ids, {.confirm_from = number, .event = event},
                                      stop_of_recipient(update), now);
        }
        messages::apply_status(txn, number, update, now);
    }
    void operator()(const whatsapp::UserPreference& preference) const {
        opt_out::apply_preference(txn, ids, {.confirm_from = number, .event = event}, preference,
                                  now);
    }
    void operator()(const whatsapp::MessageEcho&) const {}     // kept in the raw event
    void operator()(const whatsapp::OtherField&) const {}      // kept in the raw event
    void operator()(const whatsapp::TemplateStatus&) const {}  // of an account, applied before
    /// The item fails all the same.
    void operator()(const whatsapp::ParseError& broken) const {
        if (broken.partial) {
            opt_out::apply_partial(
                txn, ids,
                {.confirm_from = may_answer ? std::optional(number) : std::nullopt, .event = event},
                *broken.partial, now);
        }
    }
};

bool needs_a_workspace(const whatsapp::WebhookContent& content) {
    return std::holds_alternative<whatsapp::InboundMessage>(content) ||
           std::holds_alternative<whatsapp::StatusUpdate>(content) ||
           std::holds_alternative<whatsapp::UserPreference>(content) ||
           std::holds_alternative<whatsapp::ParseError>(content);
}

}  // namespace

std::optional<WorkspaceId> Applier::find_workspace(const std::string& phone_number_id) {
    const auto known = routes_.find(phone_number_id);
    if (known != routes_.end()) {
        return known->second;
    }
    const auto route = numbers::find_route(txn_, PhoneNumberId(phone_number_id));
    const auto workspace = route ? std::optional(route->workspace) : std::nullopt;
    routes_.emplace(phone_number_id, workspace);
    return workspace;
}

std::shared_ptr<const opt_out::Words> Applier::words_of(db::WorkspaceTxn& txn) {
    std::shared_ptr<const opt_out::Words>& words = words_[txn.workspace()];
    if (!words) {
        words = opt_out::workspace_words(txn);
    }
    return words;
}

erasures::Recogniser& Applier::recogniser_of(db::WorkspaceTxn& txn) {
    const auto known = recognisers_.find(txn.workspace());
    return known != recognisers_.end()
               ? known->second
               : recognisers_.emplace(txn.workspace(), erasures::Recogniser::open(txn))
                     .first->second;
}

void Applier::gather_people(const whatsapp::WebhookItem& item, People& people) {
    const std::vector<erasures::Person> named = erased_updates::people_of(item.content);
    const auto workspace = named.empty() ? std::nullopt : find_workspace(item.phone_number_id);
    if (workspace) {
        std::vector<erasures::Person>& known = people[*workspace];
        known.insert(known.end(), named.begin(), named.end());
    }
}

void Applier::look_up_erased(const People& people) {
    for (const auto& [workspace, named] : people) {
        db::WorkspaceTxn bound(txn_, workspace);
        try {
            recogniser_of(bound).look_up(bound, named);
        } catch (const Fault& fault) {
            if (fault.code() != erasures::key_fault) {
                throw;
            }
            // Only this workspace's items fail of it, each in its turn.
        }
    }
}

void Applier::clean_kept(const whatsapp::WebhookItem& item, EventId event) {
    const bool is_echo = std::holds_alternative<whatsapp::MessageEcho>(item.content);
    const auto workspace = is_echo || erased_updates::is_copy_of_phone(item)
                               ? find_workspace(item.phone_number_id)
                               : std::nullopt;
    if (!workspace) {
        return;
    }
    db::WorkspaceTxn bound(txn_, *workspace);
    erasures::Recogniser& recogniser = recogniser_of(bound);
    if (is_echo && erased_updates::is_erased(bound, recogniser, item.content)) {
        erased_updates::redact_raw(txn_, event, item);
    } else if (!is_echo && !recogniser.empty()) {
        erased_updates::redact_copy(bound, recogniser, event, item);
    }
}

bool Applier::may_decide_opt_out(const whatsapp::WebhookItem& item) {
    if (const auto* update = std::get_if<whatsapp::StatusUpdate>(&item.content)) {
        return says_marketing_stopped(*update);
    }
    const auto* message = std::get_if<whatsapp::InboundMessage>(&item.content);
    const auto* broken = std::get_if<whatsapp::ParseError>(&item.content);
    const bool is_partial = broken != nullptr && broken->partial;
    if (message == nullptr && !is_partial) {
        return std::holds_alternative<whatsapp::UserPreference>(item.content);
    }
    const std::optional<WorkspaceId> workspace = find_workspace(item.phone_number_id);
    if (!workspace) {
        return false;
    }
    db::WorkspaceTxn bound(txn_, *workspace);
    return is_partial ? opt_out::may_decide(*broken->partial, *words_of(bound))
                      : opt_out::may_decide(*message, *words_of(bound));
}

void Applier::apply_to_account(const whatsapp::WebhookItem& item,
                               const whatsapp::TemplateStatus& status) {
    const templates::StatusEvent event{
        .waba_id = WabaId(item.waba_id), .update = status, .at = item.entry_time.value_or(now_)};
    std::set<WorkspaceId> workspaces;
    for (const numbers::Number& number : numbers::find_routes_of_waba(txn_, event.waba_id)) {
        workspaces.insert(number.workspace);
    }
    for (const WorkspaceId& workspace : workspaces) {
        db::WorkspaceTxn bound(txn_, workspace);
        templates::apply_status(bound, event, now_);
    }
}

Result<void> Applier::apply(const whatsapp::WebhookItem& item, EventId event) {
    const auto* broken = std::get_if<whatsapp::ParseError>(&item.content);
    const std::optional<WorkspaceId> hearer =
        broken != nullptr && broken->partial ? find_workspace(item.phone_number_id) : std::nullopt;
    if (broken != nullptr && !hearer) {
        return fail(errors::item_invalid, broken->reason);
    }
    if (const auto* status = std::get_if<whatsapp::TemplateStatus>(&item.content)) {
        apply_to_account(item, *status);
    }
    if (!needs_a_workspace(item.content)) {
        clean_kept(item, event);
        return {};
    }
    const std::optional<WorkspaceId> workspace = find_workspace(item.phone_number_id);
    if (!workspace) {
        return fail(errors::number_not_routed,
                    "No workspace has connected the number " + item.phone_number_id + ".");
    }
    db::WorkspaceTxn bound(txn_, *workspace);
    if (erased_updates::is_erased(bound, recogniser_of(bound), item.content)) {
        erased_updates::redact_raw(txn_, event, item);
        return {};
    }
    std::visit(Apply{.txn = bound,
                     .ids = ids_,
                     .number = PhoneNumberId(item.phone_number_id),
                     .event = event,
                     .ordinal = item.ordinal,
                     .words = words_of(bound),
                     .may_answer = item.field != "standby",
                     .now = now_},
               item.content);
    return broken == nullptr ? Result<void>() : fail(errors::item_invalid, broken->reason);
}

}  // namespace wapi::webhooks
