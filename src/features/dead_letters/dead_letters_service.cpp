// Acts on dead letters: the letter, what it stood for, and the audit entry in one transaction.
#include "base/time_text.hpp"
#include "features/audit/audit.hpp"
#include "features/dead_letters/dead_letters.hpp"
#include "features/messages/messages.hpp"
#include "features/outbox/outbox.hpp"

namespace wapi::dead_letters {
namespace {

/// In the log of the workspace that the letter belongs to. What the command line does to letters of
/// nobody is in no log.
void record(db::Txn& txn, const Act& wanted, const queue::Job& job, Timestamp now) {
    if (!job.workspace && !wanted.by) {
        return;
    }
    const WorkspaceId owner = job.workspace.value_or(WorkspaceId(platform_workspace));
    db::WorkspaceTxn log(txn, owner);
    Context context = wanted.by.value_or(audit::system_context(owner, ""));
    context.workspace = owner;
    audit::record(log, context,
                  {.action = wanted.replay ? audit::actions::webhook_replayed
                                           : audit::actions::webhook_discarded,
                   .resource_type = "dead_letter",
                   .resource_id = std::to_string(job.id.value)},
                  now);
}

}  // namespace

Result<queue::Job> act(db::Txn& txn, const Act& wanted, EventId id, Timestamp now) {
    Result<queue::Job> job = wanted.replay ? queue::replay_dead(txn, wanted.workspace, id, now)
                                           : queue::discard_dead(txn, wanted.workspace, id);
    if (!job) {
        return job;
    }
    if (wanted.replay && job->workspace && job->kind == outbox::job_kind) {
        db::WorkspaceTxn bound(txn, *job->workspace);
        messages::requeue(bound, MessageId(job->payload));
    }
    record(txn, wanted, *job, now);
    return job;
}

std::vector<Outcome> act_on_all(db::Txn& txn, const Act& wanted, std::span<const EventId> ids,
                                Timestamp now) {
    std::vector<Outcome> outcomes;
    for (const EventId id : ids) {
        const Result<queue::Job> job = act(txn, wanted, id, now);
        outcomes.push_back({.id = id, .error = job ? nullptr : job.error().kind});
    }
    return outcomes;
}

Result<std::vector<EventId>> parse_letter_ids(const json::object& body) {
    const auto texts = json::optional_strings(body, "ids", letters_max, {.bytes_max = 20});
    if (!texts) {
        return std::unexpected(texts.error());
    }
    if (texts->empty()) {
        return fail_field(wapi::errors::invalid_request, "ids", "Name at least one.");
    }
    std::vector<EventId> ids;
    for (const std::string& text : *texts) {
        const Result<EventId> id = parse_event_id(text, "ids");
        if (!id) {
            return std::unexpected(id.error());
        }
        ids.push_back(*id);
    }
    return ids;
}

json::object render_outcomes(std::span<const Outcome> outcomes) {
    json::array results;
    for (const Outcome& outcome : outcomes) {
        results.push_back(
            json::object{{"id", std::to_string(outcome.id.value)},
                         {"error", outcome.error == nullptr ? json::value(nullptr)
                                                            : json::value(outcome.error->code)}});
    }
    return {{"results", std::move(results)}};
}

json::object render_letter(const queue::DeadLetter& letter) {
    const queue::Job& job = letter.job;
    const std::optional<EventId> event = webhook_events::event_of(job);
    return {{"id", std::to_string(job.id.value)},
            {"kind", job.kind},
            {"queue", job.queue},
            {"subject", job.subject},
            {"attempts", job.attempts},
            {"lastError", letter.last_error},
            {"payload", job.payload},
            // As text: JavaScript would round the number inside the payload.
            {"eventId", event ? json::value(std::to_string(event->value)) : json::value(nullptr)},
            {"createdAt", render_time(job.created_at)},
            {"diedAt", render_time(letter.died_at)}};
}

}  // namespace wapi::dead_letters
