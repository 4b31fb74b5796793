// Dead letters: what used up its retries and waits for a person, who replays or discards it.
//
// The letters are the queue's (queue.hpp). Here is what people do to them: members of a workspace
// to its own, operators to all, over HTTP (features/operator_desk) and on the command line. Beside
// it the replay of stored webhook events, which both start.
#pragma once

#include <span>
#include <vector>

#include "base/context.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "db/txn.hpp"
#include "features/webhook_events/webhook_events.hpp"
#include "queue/queue.hpp"

namespace wapi::dead_letters {

/// Letters that one request may replay or discard.
inline constexpr std::size_t letters_max = 100;
inline constexpr std::size_t replay_ids_max = 1'000;

/// What is done to letters. Without a workspace: to letters of anybody, by an operator.
struct Act {
    std::optional<WorkspaceId> workspace;
    bool replay = true;         ///< false: discard
    std::optional<Context> by;  ///< for the audit entry; nothing: the command line
};
/// Replays or discards the letter, with an audit entry in the log of the workspace it belongs to,
/// or for a letter of nobody in the installation's. A message goes back to `queued`.
/// Errors: dead_letter_not_found.
Result<queue::Job> act(db::Txn& txn, const Act& wanted, EventId id, Timestamp now);

/// What came of one letter of several; no error: done.
struct Outcome {
    EventId id;
    const ErrorKind* error = nullptr;
};
/// Each by itself: one that is gone does not keep the others from being done.
std::vector<Outcome> act_on_all(db::Txn& txn, const Act& wanted, std::span<const EventId> ids,
                                Timestamp now);

/// `ids` of a request: 1 to letters_max. Errors: invalid_request.
Result<std::vector<EventId>> parse_letter_ids(const json::object& body);
/// `{"results": [{id, error}]}`.
json::object render_outcomes(std::span<const Outcome> outcomes);
/// A letter as the API shows it.
json::object render_letter(const queue::DeadLetter& letter);

/// An id in decimal digits. Errors: invalid_request for `field`.
Result<EventId> parse_event_id(std::string_view text, std::string_view field);
/// Either `ids`, at most replay_ids_max, or `from` and `to`. Errors: invalid_request.
Result<webhook_events::ReplayRequest> parse_replay_request(const json::object& body);
/// Starts the replay as job `id`, with an audit entry in the workspace's log or, for the events of
/// all, in the installation's.
void start_replay(db::Txn& txn, const std::optional<WorkspaceId>& workspace, const Context& by,
                  EventId id, const webhook_events::ReplayRequest& request, Timestamp now);
/// `{success, replayId, queued}`; `queued`: how many events, null for a range, whose events the job
/// finds as it goes.
json::object render_started(EventId id, const webhook_events::ReplayRequest& request);

}  // namespace wapi::dead_letters
