#include "features/outbox/outbox_steps.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "features/contacts/contacts.hpp"
#include "features/numbers/numbers.hpp"
#include "features/outbox/outbox.hpp"
#include "features/outbox/outbox_store.hpp"
#include "features/webhook_events/webhook_events.hpp"

namespace wapi::outbox {
namespace {

namespace json = boost::json;
namespace status = messages::status;

/// How long a number that cannot send keeps its messages before they are looked at again.
constexpr std::chrono::minutes number_pause{1};

/// Jobs looked at in one transaction to find one that can be sent: what an opt-out has cancelled
/// must not cost the number its pace.
constexpr std::size_t looked_at_max = 256;

/// Messages per second and number that the workspace's plan allows (product.md section 1.2).
int plan_pace(const std::string& plan) {
    if (plan == "enterprise") {
        return 80;
    }
    if (plan == "pro") {
        return 30;
    }
    return plan == "starter" ? 10 : 1;
}

/// The Graph request: the stored content plus recipient and our own id, which comes back in
/// statuses.
std::string graph_body(const messages::Message& message, const contacts::Contact& contact) {
    json::object body = json::parse(message.content).as_object();
    body["messaging_product"] = "whatsapp";
    body["recipient_type"] = "individual";
    if (!contact.phone.empty()) {
        body["to"] = "+" + contact.phone;
    } else {
        const auto bsuid = std::ranges::find(contact.identities, contacts::IdentityKind::bsuid,
                                             &contacts::Identity::kind);
        if (bsuid != contact.identities.end()) {
            body["recipient"] = bsuid->value;
        }
    }
    body["biz_opaque_callback_data"] = message.id.value;
    return json::serialize(body);
}

struct Drop {
    std::string_view status;
    std::string reason;
};

/// Why this message must not leave, or nothing.
std::optional<Drop> refuse(const messages::Message& message, const contacts::OptOut& opt_out) {
    if (opt_out.status && message.purpose != messages::Purpose::confirmation) {
        return Drop{status::cancelled, "opted_out"};
    }
    return std::nullopt;
}

/// Asked before the opt-out: what was processed in between has decided it.
bool may_have_decided(db::WorkspaceTxn& txn, const messages::Message& message) {
    if (message.purpose == messages::Purpose::confirmation) {
        return false;  // no opt-out keeps it
    }
    const Result<contacts::Contact> contact = contacts::get(txn, message.contact);
    return webhook_events::may_have_written(
        txn.txn(), contact ? contacts::names_in_webhooks(*contact) : std::vector<std::string>{});
}

/// Throws Fault `db.conflict`, on which the function runs again and finds the other contact, when
/// the contact has just been merged. Else the person was erased, and nobody is left to send to.
Drop without_contact(db::WorkspaceTxn& txn, const messages::Message& message) {
    const std::optional<messages::Message> again = messages::find(txn, message.id);
    if (again && again->contact != message.contact) {
        throw Fault("db.conflict", "the contact has just been merged");
    }
    return Drop{status::cancelled, "contact_not_found"};
}

/// Why an attempt failed: Meta's code when Meta said so, and a sentence for people.
struct Failure {
    std::optional<std::int64_t> code;
    std::string reason;
};

/// The end of an attempt: whose, and what the rules say about another.
struct Ending {
    const queue::Job& job;
    const messages::Message& message;
    const queue::RetryPolicy& retries;
    Timestamp now;
};

/// For the audit entry.
std::string render_details(const Failure& failure) {
    return json::serialize(failure.code ? json::object{{"code", *failure.code}} : json::object());
}

void end_failed(db::WorkspaceTxn& txn, const Ending& turn, const Failure& failure) {
    if (!messages::set_state(txn, turn.message.id, status::failed, failure.code, failure.reason)) {
        return;  // a status or an opt-out was faster
    }
    audit::record(txn, audit::system_context(txn.workspace(), ""),
                  {.action = audit::actions::message_failed,
                   .resource_type = "message",
                   .resource_id = turn.message.id.value,
                   .details = render_details(failure)},
                  turn.now);
}

enum class Again { by_the_rules, never };

void retry(db::WorkspaceTxn& txn, const Ending& turn, const Failure& failure,
           Again again = Again::by_the_rules) {
    const queue::Fate fate = queue::fail(txn.txn(), turn.job, failure.reason, turn.retries,
                                         turn.now, again == Again::never);
    if (fate == queue::Fate::dead) {
        end_failed(txn, turn, failure);
    } else {
        messages::set_state(txn, turn.message.id, status::retry_queued, failure.code,
                            failure.reason);
    }
}

/// It may have gone out: a status that comes before the repetition settles it, and marketing is not
/// repeated at all.
void record_uncertain(db::WorkspaceTxn& txn, const Ending& turn) {
    constexpr std::string_view reason = "The answer was lost; a delivery status will tell.";
    if (turn.message.purpose == messages::Purpose::marketing) {
        queue::finish(txn.txn(), turn.job);
        messages::set_state(txn, turn.message.id, status::uncertain, std::nullopt, reason);
    } else {
        retry(txn, turn, {std::nullopt, std::string(reason)});
    }
}

/// What became of a message that was not sent.
Dropped dropped(db::WorkspaceTxn& txn, const MessageId& id) {
    const std::optional<messages::Message> message = messages::find(txn, id);
    return message ? Dropped{id, message->status, message->error_message}
                   : Dropped{id, std::string(status::cancelled), "contact_not_found"};
}

void lease_one(db::Txn& txn, const queue::Job& job, const LeaseRequest& request,
               LeaseResult& result) {
    db::WorkspaceTxn bound(txn, *job.workspace);
    const std::optional<messages::Message> message = messages::find(bound, MessageId(job.payload));
    const bool waiting =
        message && message->wa_message_id.empty() &&
        (message->status == status::queued || message->status == status::retry_queued ||
         message->status == status::sending);
    if (!waiting) {
        queue::finish(txn, job);  // cancelled, settled by a status, or erased
        if (message && message->status == status::cancelled) {
            result.dropped.push_back({message->id, message->status, message->error_message});
        }
        return;
    }
    if (message->status == status::sending) {  // the process died during the call
        queue::Job died = job;
        --died.attempts;  // of that attempt; finding it is not another
        record_uncertain(bound, {died, *message, request.retries, request.now});
        result.dropped.push_back(dropped(bound, message->id));
        return;
    }
    const Result<contacts::Contact> contact = contacts::get(bound, message->contact);
    if (const auto drop = contact ? refuse(*message, contact->opt_out)
                                  : std::optional(without_contact(bound, *message))) {
        messages::set_state(bound, message->id, drop->status, std::nullopt, drop->reason);
        queue::finish(txn, job);
        result.dropped.push_back(dropped(bound, message->id));
        return;
    }
    const auto number = numbers::find_number(bound, message->phone_number_id);
    const store::Plan plan = store::find_plan(bound);
    if (!number || !number->able_to_send() || plan.suspended) {
        queue::put_back(txn, job, request.now + number_pause);
        return;
    }
    result.leased.push_back(
        {.job = job,
         .message = *message,
         .body = graph_body(*message, *contact),
         .token_name = number->token_name(),
         .per_second = std::min(plan_pace(plan.name), number->messages_per_second)});
}

Ending turn_of(const Attempt& attempt) {
    return {.job = attempt.leased.job,
            .message = attempt.leased.message,
            .retries = attempt.retries,
            .now = attempt.now};
}

void record_accepted(db::WorkspaceTxn& txn, const Attempt& attempt,
                     const whatsapp::Accepted& accepted) {
    const messages::Message& message = attempt.leased.message;
    messages::name_message(txn, message.id, message.phone_number_id, accepted.wa_message_id,
                           attempt.now);
    queue::finish(txn.txn(), attempt.leased.job);
}

/// The number must be connected again. One entry for all the messages that find it so.
void expire_token(db::WorkspaceTxn& txn, const Ending& turn, const Failure& failure) {
    const PhoneNumberId& id = turn.message.phone_number_id;
    const auto number = numbers::find_number(txn, id);
    if (!number || number->status == numbers::status::reconnect) {
        return;
    }
    numbers::set_status(txn, id, numbers::status::reconnect, failure.reason);
    audit::record(txn, audit::system_context(txn.workspace(), ""),
                  {.action = audit::actions::token_expired,
                   .resource_type = "phone_number",
                   .resource_id = id.value,
                   .details = render_details(failure)},
                  turn.now);
}

void record_refused(db::WorkspaceTxn& txn, const Attempt& attempt,
                    const whatsapp::Refused& refused) {
    using whatsapp::ErrorClass;
    const Ending turn = turn_of(attempt);
    const whatsapp::ErrorAdvice& advice = refused.advice();
    const Failure failure{refused.code, messages::explain(advice.message, refused.details)};
    if (turn.message.purpose == messages::Purpose::marketing &&
        !whatsapp::is_surely_refused(advice.error_class)) {
        record_uncertain(txn, turn);  // it may have gone out before it failed at Meta
    } else if (advice.error_class == ErrorClass::transient ||
               advice.error_class == ErrorClass::transient_refused) {
        retry(txn, turn, failure);
    } else if (advice.error_class == ErrorClass::wait) {
        // Repeating helps only after something has changed: a person replays the dead letter then.
        retry(txn, turn, failure, Again::never);
    } else {
        queue::finish(txn.txn(), turn.job);
        end_failed(txn, turn, failure);
    }
    if (whatsapp::is_token_refusal(refused)) {
        expire_token(txn, turn, failure);
    }
}

/// The person was erased during the call: why it failed is not kept either, as Meta's words may
/// name them. An erasure that is under way waits until this transaction has ended, or is waited
/// for.
bool was_erased(db::WorkspaceTxn& txn, const messages::Message& message) {
    return !contacts::hold_opt_out(txn, message.contact) && !messages::find(txn, message.id);
}

queue::NewJob job_of(const db::WorkspaceTxn& txn, IdGenerator& ids,
                     const messages::Message& message, Timestamp now) {
    return {.id = ids.event_id(),
            .queue = queue_of(message.phone_number_id),
            .kind = std::string(job_kind),
            .priority = message.purpose == messages::Purpose::marketing ? queue::Priority::low
                                                                        : queue::Priority::high,
            .run_at = now,
            .workspace = txn.workspace(),
            .subject = message.phone_number_id.value,
            .payload = message.id.value};
}

}  // namespace

std::string queue_of(const PhoneNumberId& phone_number_id) {
    return "outbox:" + phone_number_id.value;
}

void enqueue(db::WorkspaceTxn& txn, IdGenerator& ids, const messages::Message& message,
             Timestamp now) {
    queue::enqueue(txn.txn(), job_of(txn, ids, message, now), now);
}

LeaseResult lease(db::Txn& txn, const LeaseRequest& request) {
    LeaseResult result{.leased = {}, .dropped = {}, .waits = webhook_events::are_behind(txn)};
    if (result.waits) {
        return result;
    }
    std::size_t looked_at = 0;
    while (result.leased.size() < request.limit && looked_at < looked_at_max) {
        const std::vector<queue::Job> jobs = queue::lease(
            txn, request.queue, request.now, request.lease, request.limit - result.leased.size());
        for (const queue::Job& job : jobs) {
            lease_one(txn, job, request, result);
        }
        if (jobs.empty()) {
            break;
        }
        looked_at += jobs.size();
    }
    return result;
}

Begun begin(db::WorkspaceTxn& txn, const Leased& leased, Timestamp now) {
    const MessageId& id = leased.message.id;
    if (const std::optional<messages::Message> message = messages::find(txn, id)) {
        if (may_have_decided(txn, *message)) {
            queue::put_back(txn.txn(), leased.job, now + unread_pause);
            return {.turn = Turn::later};
        }
        const auto opt_out = contacts::hold_opt_out(txn, message->contact);
        const auto drop =
            opt_out ? refuse(*message, *opt_out) : std::optional(without_contact(txn, *message));
        if (drop) {
            messages::set_state(txn, id, drop->status, std::nullopt, drop->reason);
        } else if (messages::begin_sending(txn, id)) {
            return {.turn = Turn::call};
        }
    }
    queue::finish(txn.txn(), leased.job);
    return {.turn = Turn::over, .dropped = dropped(txn, id)};
}

bool Attempt::token_refused() const {
    const auto* refused = outcome ? std::get_if<whatsapp::Refused>(&*outcome) : nullptr;
    return refused != nullptr && whatsapp::is_token_refusal(*refused);
}

std::optional<messages::Message> record(db::WorkspaceTxn& txn, const Attempt& attempt) {
    const Ending turn = turn_of(attempt);
    const bool sent =
        attempt.outcome && std::holds_alternative<whatsapp::Accepted>(*attempt.outcome);
    if (!sent && was_erased(txn, attempt.leased.message)) {
        queue::finish(txn.txn(), attempt.leased.job);
        return std::nullopt;
    }
    if (!attempt.outcome) {
        retry(txn, turn, {std::nullopt, "The number's access token could not be read."});
    } else if (const auto* accepted = std::get_if<whatsapp::Accepted>(&*attempt.outcome)) {
        record_accepted(txn, attempt, *accepted);
    } else if (const auto* refused = std::get_if<whatsapp::Refused>(&*attempt.outcome)) {
        record_refused(txn, attempt, *refused);
    } else if (std::holds_alternative<whatsapp::NotSent>(*attempt.outcome)) {
        retry(txn, turn, {std::nullopt, "Meta could not be reached."});
    } else {
        record_uncertain(txn, turn);
    }
    return messages::find(txn, attempt.leased.message.id);
}

}  // namespace wapi::outbox
