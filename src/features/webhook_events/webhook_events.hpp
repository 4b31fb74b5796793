// Webhook events: the bodies as they came from Meta, the jobs that name them, and their replay.
//
// Events are appended together with their jobs, in one transaction, and read by the worker
// (features/webhooks) until retention removes them. A replay is a job of its own that goes through
// stored events in bounded steps: each step processes a few and leaves a job for the rest in the
// same transaction, so that a replay of any length survives a crash, never adds to the backlog and
// lets live events pass, as its jobs have the lowest priority.
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
#include "whatsapp/webhook.hpp"

namespace wapi::webhook_events {

// Jobs: how they name events and items.

inline constexpr std::string_view queue_name = "webhooks";
inline constexpr std::string_view kind_event =
    "webhook.event";  ///< a whole body; job id = event id
inline constexpr std::string_view kind_events =
    "webhook.events";                                          ///< bodies that were stored together
inline constexpr std::string_view kind_item = "webhook.item";  ///< one update of a body
inline constexpr std::string_view kind_replay = "webhook.replay";  ///< what is left of a replay

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

// Stored events.

/// A body as it came, with what is needed to check it again.
struct StoredEvent {
    EventId id;
    Timestamp received_at;
    whatsapp::WebhookPriority priority = whatsapp::WebhookPriority::low;
    std::string signature;
    std::string body;
};

/// Appends the events, and a job for those of each priority. Database thread.
void insert(db::Txn& txn, std::span<const StoredEvent> events);

/// The raw body; nothing when retention has removed it.
std::optional<std::string> find_body(db::Txn& txn, EventId id);

/// What is known of a stored event without its body.
struct EventLine {
    EventId id;
    Timestamp received_at;
    whatsapp::WebhookPriority priority = whatsapp::WebhookPriority::low;
    std::int64_t bytes = 0;  ///< of the body
};
/// Those in [from, before), newest first.
std::vector<EventLine> list_lines(db::Txn& txn, EventId from, EventId before, std::size_t limit);

/// Removes up to `limit` raw events received before `before`. Returns how many.
std::int64_t prune_events(db::Txn& txn, Timestamp before, std::int64_t limit);

// What was answered 200 and is not processed yet: it may be a STOP.

/// Whether more messages have come since the first that waits to be processed than are looked
/// through for a person.
bool are_behind(db::Txn& txn);
/// Whether a message that waits to be processed may be of the person with these phones (digits) and
/// BSUIDs; everybody's when they are behind. One whose processing has failed, and what is replayed,
/// counts no more.
bool may_have_written(db::Txn& txn, std::span<const std::string> identities);

// Erasing a person from stored bodies.

/// What names a person in a workspace's bodies.
struct Traces {
    std::vector<PhoneNumberId> numbers = {};  ///< the workspace's: changes of others stay
    std::vector<std::string> phones = {};     ///< digits, in each form
    std::vector<std::string> bsuids = {};
    std::vector<std::string> usernames = {};  ///< without `@`
    /// Phones and BSUIDs.
    [[nodiscard]] std::vector<std::string> identities() const;
};

/// The body without what is about the person: each message, status, contact or other array element
/// that is from, to or of them becomes `{"wapi_erased":true}`, so that its neighbours stay where
/// they are. Nothing when there is nothing of theirs, or the body is no JSON object. Pure.
std::optional<std::string> redact_body(std::string_view body, const Traces& traces);
/// The body without this one update, as Meta sent it, and without the person's contacts beside it
/// once no other update there is theirs. Pure.
std::optional<std::string> redact_item(std::string_view body, const Traces& traces,
                                       std::string_view item);

/// Does so to a stored event, and removes the dead letters of the updates that are gone. True when
/// something was there. Database thread.
bool redact(db::Txn& txn, EventId id, const Traces& traces);
/// The same for one update (redact_item).
bool redact(db::Txn& txn, EventId id, const Traces& traces, std::string_view item);

/// The phones and BSUIDs that an update names, by the members that Meta uses for them. Pure.
std::vector<std::string> list_identities(std::string_view item);
/// Takes the person out of the event's changes of one field.
bool redact_field(db::Txn& txn, EventId id, const Traces& traces, std::string_view field);

inline constexpr std::size_t redact_step_events_max = 64;

/// Where a search through stored events has come to.
struct RedactStep {
    EventId next;                  ///< goes on here; behind `last` when all were looked at
    std::vector<EventId> matches;  ///< whose bodies hold one of the values
};
/// Looks at the first events in [from, last]. For a read.
RedactStep find_traces(db::Txn& txn, EventId from, EventId last, const Traces& traces);
/// The newest event stored; zero when there is none.
EventId newest_event(db::Txn& txn);

/// Removes the dead letter of this update (render_item_ref), if there is one: what fails again
/// replaces it.
void remove_item_letter(db::Txn& txn, std::string_view item_ref);

// Replay.

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

inline constexpr std::size_t replay_step_events_max = 64;

/// What is left of a replay: the payload of its job.
struct Replay {
    std::vector<EventId> ids;     ///< these, or
    std::optional<EventId> from;  ///< those in [from, to)
    EventId to;
    std::int64_t events = 0;  ///< processed so far: those that had something to apply
    [[nodiscard]] bool ended() const { return ids.empty() && !from; }
};
/// Nothing when the payload is damaged.
std::optional<Replay> parse_replay(std::string_view payload);

/// Takes the next events off the replay.
std::vector<EventId> take_step(db::Txn& txn, Replay& replay);

/// The job that goes on with the replay.
queue::NewJob replay_job(const Replay& replay, const std::optional<WorkspaceId>& workspace,
                         EventId id, Timestamp now);

// Figures.

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

}  // namespace wapi::webhook_events
