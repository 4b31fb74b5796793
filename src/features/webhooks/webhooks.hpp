// Webhooks from Meta: taken in durably, processed exactly once in effect, repeated when they fail.
//
// Intake (webhook_intake.hpp) commits the raw body before it is answered 200. The worker
// (webhook_worker.hpp) parses stored events and applies each item on its own: a bad item goes
// through the retries to the dead letters and never costs its neighbours. Sources:
// meta/webhooks.md; invariants 1 to 3 of the architecture.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "db/db.hpp"
#include "queue/queue.hpp"

namespace wapi::webhooks {

namespace errors {
inline const ErrorKind bad_signature{"bad_signature", 403, RetryClass::never,
                                     "The signature is missing or does not fit the body."};
inline const ErrorKind bad_verify_token{"bad_verify_token", 403, RetryClass::never,
                                        "The verify token is wrong."};
inline const ErrorKind backlog_full{"backlog_full", 503, RetryClass::wait,
                                    "Too many events wait to be processed; deliver again later."};
inline const ErrorKind disk_full{"disk_full", 503, RetryClass::wait,
                                 "The disk is nearly full; deliver again later."};
inline const ErrorKind number_not_routed{"number_not_routed", 409, RetryClass::wait,
                                         "No workspace has connected this number."};
inline const ErrorKind item_invalid{"item_invalid", 422, RetryClass::never,
                                    "This update cannot be understood."};
}  // namespace errors

inline constexpr std::string_view queue_name = "webhooks";
inline constexpr std::string_view kind_event =
    "webhook.event";  ///< a whole body; job id = event id
inline constexpr std::string_view kind_events =
    "webhook.events";                                          ///< bodies that were stored together
inline constexpr std::string_view kind_item = "webhook.item";  ///< one update of a body

/// One update inside a stored body, as a job names it.
struct ItemRef {
    EventId event;
    std::uint32_t ordinal = 0;
};
std::string render_item_ref(const ItemRef& ref);
std::optional<ItemRef> parse_item_ref(std::string_view payload);
/// The stored event that a job of a body or an item is about.
std::optional<EventId> event_of(const queue::Job& job);

/// The events of a kind_events job as its payload: a JSON array, the first id and then the distance
/// of each from the one before. Errors of parsing: none, a damaged payload gives no ids.
std::string render_event_ids(std::span<const EventId> ids);
std::vector<EventId> parse_event_ids(std::string_view payload);

/// Which stored events to process again.
struct ReplayRequest {
    std::vector<EventId> ids;       ///< either these
    std::optional<Timestamp> from;  ///< or those received in [from, to)
    std::optional<Timestamp> to;
};
/// Errors: not_found for an id that is not stored or, with a workspace, names none of its numbers.
/// Reads in pages of a few events.
async::Task<Result<void>> check_replay(db::Db& db, std::optional<WorkspaceId> workspace,
                                       std::vector<EventId> ids);

/// Starts the replay as a job `id` that goes on in bounded steps, whatever the number of events.
/// Safe at any time: effects are idempotent. A workspace's replay touches only items of its own
/// numbers and leaves an audit entry with the number of events at its end; without a workspace
/// (operators) everything is processed again.
void enqueue_replay(db::Txn& txn, const std::optional<WorkspaceId>& workspace, EventId id,
                    const ReplayRequest& request, Timestamp now);

/// What GET /queues/status and /health show. Of webhooks, `pending` and its age are those of the
/// queue that all workspaces share: nobody knows whose an event is before it is processed.
struct QueueStatus {
    queue::Counts webhooks;
    queue::Counts outbox;
};
QueueStatus read_queue_status(db::Txn& txn, const std::optional<WorkspaceId>& workspace,
                              Timestamp now);
/// {pending, delayed, dead, oldestAgeMs} as both show it.
boost::json::object render_counts(const queue::Counts& counts, Timestamp now);

/// Removes up to `limit` raw events received before `before`. Returns how many.
std::int64_t prune_events(db::Txn& txn, Timestamp before, std::int64_t limit);

}  // namespace wapi::webhooks
