// Acts on dead letters: the letter, what it stood for, and the audit entry in one transaction.
#include "features/audit/audit.hpp"
#include "features/dead_letters/dead_letters.hpp"
#include "features/messages/messages.hpp"
#include "features/outbox/outbox.hpp"

namespace wapi::dead_letters {

Result<queue::Job> act(db::Txn& txn, const LetterAct& wanted, Timestamp now) {
    Result<queue::Job> job = wanted.replay
                                 ? queue::replay_dead(txn, wanted.workspace, wanted.id, now)
                                 : queue::discard_dead(txn, wanted.workspace, wanted.id);
    if (!job || !job->workspace) {
        return job;
    }
    db::WorkspaceTxn bound(txn, *job->workspace);
    if (wanted.replay && job->kind == outbox::job_kind) {
        messages::requeue(bound, MessageId(job->payload));
    }
    audit::record(bound,
                  wanted.workspace ? wanted.context : audit::system_context(*job->workspace, ""),
                  {.action = wanted.replay ? audit::actions::webhook_replayed
                                           : audit::actions::webhook_discarded,
                   .resource_type = "dead_letter",
                   .resource_id = std::to_string(wanted.id.value)},
                  now);
    return job;
}

}  // namespace wapi::dead_letters
