// Durable jobs: enqueued in the transaction of their cause, run at least once, retried, then dead
// letters.
//
// Two ways to run a job. `take` removes it in the transaction that has its effects: exactly once,
// for jobs that touch only the database. `lease` hides it until a deadline: at least once, for jobs
// that call the outside; `finish` or `fail` ends the attempt in a second transaction. Queues:
// "webhooks", "tasks", and "outbox:<phone number id>" for each business number.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/txn.hpp"

namespace wapi::queue {

namespace errors {
inline const ErrorKind dead_letter_not_found{"dead_letter_not_found", 404, RetryClass::never,
                                             "There is no such dead letter."};
}

enum class Priority { high = 0, normal = 1, low = 2 };

/// What to enqueue. `id` decides the order among jobs due at the same time.
struct NewJob {
    EventId id;
    std::string queue;
    std::string kind;
    Priority priority = Priority::normal;
    Timestamp run_at;
    std::optional<WorkspaceId> workspace;
    std::string
        subject;  ///< what it is about, searchable among dead letters: a phone number id, or empty
    std::string payload;     ///< JSON text, at most 64 KiB, or empty
    std::int64_t items = 1;  ///< how many pieces of work it stands for, for counts
};

/// A job that was taken or leased. `run_at` is part of its key: after `lease` it is the lease's
/// end.
struct Job {
    EventId id;
    std::string queue;
    std::string kind;
    Priority priority = Priority::normal;
    Timestamp run_at;
    std::optional<WorkspaceId> workspace;
    std::string subject;
    int attempts = 0;  ///< attempts begun, including the present one
    std::string payload;
    std::int64_t items = 1;
    Timestamp created_at;
    bool leased = false;  ///< its row is still there, under `run_at`; false after `take`
};

/// Delays before the 2nd, 3rd, ... attempt; after the last the job is dead.
struct RetryPolicy {
    std::vector<std::chrono::milliseconds> delays;
};

/// Errors: Fault `queue.payload_too_large`.
void enqueue(db::Txn& txn, const NewJob& job, Timestamp now);
/// As enqueue for each, in one round trip to the database.
void enqueue_many(db::Txn& txn, std::span<const NewJob> jobs, Timestamp now);

/// Removes and returns due jobs, highest priority first, then oldest.
std::vector<Job> take(db::Txn& txn, std::string_view queue, Timestamp now, std::size_t limit);

/// Hides due jobs until now + lease and returns them with `attempts` raised by one.
std::vector<Job> lease(db::Txn& txn, std::string_view queue, Timestamp now,
                       std::chrono::milliseconds lease, std::size_t limit);

/// Ends a leased job. False when the lease was lost to another node.
bool finish(db::Txn& txn, const Job& job);

enum class Fate { delayed, dead };

/// Records a failed attempt of a taken or leased job: put back with the policy's delay, or made a
/// dead letter when the attempts are used up or `final` says that repeating is useless. A job whose
/// lease was lost is left to the node that has it now, and counts as delayed.
Fate fail(db::Txn& txn, const Job& job, std::string_view reason, const RetryPolicy& policy,
          Timestamp now, bool final = false);

/// Puts a taken or leased job back to run at `at` without counting the attempt (pacing, shutdown).
void put_back(db::Txn& txn, const Job& job, Timestamp at);

/// In items: a job that stands for several counts as several.
struct Counts {
    std::int64_t pending = 0;  ///< due now
    std::int64_t delayed = 0;  ///< waiting for a retry or a lease
    std::int64_t dead = 0;
    std::optional<Timestamp> oldest_due;
};

/// `queue` may end in '*' for a prefix ("outbox:*"). Workspace nullopt: all workspaces.
Counts count(db::Txn& txn, std::string_view queue, const std::optional<WorkspaceId>& workspace,
             Timestamp now);
/// Names of queues under a prefix that have a job.
std::vector<std::string> list_queues(db::Txn& txn, std::string_view prefix);
/// Time of the next job of a queue, to sleep until.
std::optional<Timestamp> next_due(db::Txn& txn, std::string_view queue);

struct DeadLetter {
    Job job;
    std::string last_error;
    Timestamp died_at;
};
struct DeadLetterPage {
    std::vector<DeadLetter> letters;
    std::optional<EventId> next;
};

/// Newest first. Workspace nullopt: all, for the operator's command line.
DeadLetterPage list_dead(db::Txn& txn, const std::optional<WorkspaceId>& workspace,
                         std::optional<EventId> after, std::size_t limit);
Result<DeadLetter> get_dead(db::Txn& txn, const std::optional<WorkspaceId>& workspace, EventId id);
/// Puts the job back with no attempts counted. Errors: dead_letter_not_found.
Result<Job> replay_dead(db::Txn& txn, const std::optional<WorkspaceId>& workspace, EventId id,
                        Timestamp now);
Result<Job> discard_dead(db::Txn& txn, const std::optional<WorkspaceId>& workspace, EventId id);
/// Gives dead letters without a workspace about `subject` to a workspace. Returns how many.
std::int64_t adopt_dead(db::Txn& txn, std::string_view subject, const WorkspaceId& workspace);
/// What dead letters without a workspace are about, without repetition, in order: what comes after
/// `after`, which is empty for the beginning.
std::vector<std::string> list_ownerless_subjects(db::Txn& txn, std::string_view after,
                                                 std::size_t limit);
/// Removes up to `limit` letters that died before `before`. Returns how many.
std::int64_t prune_dead(db::Txn& txn, Timestamp before, std::int64_t limit);

}  // namespace wapi::queue
