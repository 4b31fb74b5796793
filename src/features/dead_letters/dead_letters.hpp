// Dead letters: what used up its retries and waits for a person, who replays or discards it.
//
// The letters are the queue's (queue.hpp). Here is what people do to them, over HTTP for a
// workspace's own and on the command line for every letter.
#pragma once

#include "base/context.hpp"
#include "base/error.hpp"
#include "db/txn.hpp"
#include "queue/queue.hpp"

namespace wapi::dead_letters {

/// What is done to one dead letter. Without a workspace: by the operator, to any letter.
struct LetterAct {
    std::optional<WorkspaceId> workspace;
    EventId id;
    bool replay = true;  ///< false: discard
    Context context;     ///< who acts, for the audit entry; unused without a workspace
};
/// Replays or discards the letter, with the audit entry of the workspace it belongs to. A message
/// goes back to `queued`. Errors: dead_letter_not_found.
Result<queue::Job> act(db::Txn& txn, const LetterAct& act, Timestamp now);

}  // namespace wapi::dead_letters
