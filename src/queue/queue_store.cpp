// Jobs on the table `jobs`, whose primary key (queue, priority, run_at_us, id) is the order of
// taking.
//
// Each priority is asked for by itself: due jobs of one priority are one range of the key, whatever
// waits or is delayed beside them, so that taking costs the same with ten jobs and with ten
// million.
#include <fmt/format.h>

#include "queue/queue_rules.hpp"

namespace wapi::queue {

namespace {

using db::Scope;
using db::Sql;

const Sql insert_job{{.name = "jobs.insert",
                      .text =
                          "INSERT INTO jobs (queue, priority, run_at_us, id, kind, workspace_id,"
                          " subject, attempts, payload, created_us, items)"
                          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                      .scope = Scope::system}};

// SKIP LOCKED lets several nodes take from one queue without waiting for each other; SQLite has one
// writer and needs no such thing.
const Sql take_jobs{
    {.name = "jobs.take",
     .text = {},
     .scope = Scope::system,
     .sqlite = "DELETE FROM jobs WHERE queue = $1 AND priority = $2 AND (run_at_us, id) IN"
               " (SELECT run_at_us, id FROM jobs WHERE queue = $1 AND priority = $2"
               " AND run_at_us <= $3 ORDER BY run_at_us, id LIMIT $4)"
               " RETURNING id, queue, kind, priority, run_at_us, workspace_id, subject,"
               " attempts + 1, payload, created_us, items",
     .postgres = "WITH due AS MATERIALIZED (SELECT run_at_us, id FROM jobs"
                 " WHERE queue = $1 AND priority = $2 AND run_at_us <= $3"
                 " ORDER BY run_at_us, id LIMIT $4 FOR UPDATE SKIP LOCKED)"
                 " DELETE FROM jobs USING due WHERE jobs.queue = $1 AND jobs.priority = $2"
                 " AND jobs.run_at_us = due.run_at_us AND jobs.id = due.id"
                 " RETURNING jobs.id, queue, kind, priority, jobs.run_at_us, workspace_id, subject,"
                 " attempts + 1, payload, created_us, items"}};

const Sql lease_jobs{
    {.name = "jobs.lease",
     .text = {},
     .scope = Scope::system,
     .sqlite = "UPDATE jobs SET run_at_us = $5, attempts = attempts + 1"
               " WHERE queue = $1 AND priority = $2 AND (run_at_us, id) IN"
               " (SELECT run_at_us, id FROM jobs WHERE queue = $1 AND priority = $2"
               " AND run_at_us <= $3 ORDER BY run_at_us, id LIMIT $4)"
               " RETURNING id, queue, kind, priority, run_at_us, workspace_id, subject,"
               " attempts, payload, created_us, items",
     .postgres = "WITH due AS MATERIALIZED (SELECT run_at_us, id FROM jobs"
                 " WHERE queue = $1 AND priority = $2 AND run_at_us <= $3"
                 " ORDER BY run_at_us, id LIMIT $4 FOR UPDATE SKIP LOCKED)"
                 " UPDATE jobs SET run_at_us = $5, attempts = attempts + 1 FROM due"
                 " WHERE jobs.queue = $1 AND jobs.priority = $2"
                 " AND jobs.run_at_us = due.run_at_us AND jobs.id = due.id"
                 " RETURNING jobs.id, queue, kind, priority, jobs.run_at_us, workspace_id, subject,"
                 " attempts, payload, created_us, items"}};

const Sql delete_job{{.name = "jobs.delete",
                      .text = "DELETE FROM jobs WHERE queue = $1 AND priority = $2"
                              " AND run_at_us = $3 AND id = $4",
                      .scope = Scope::system}};

const Sql count_queue{
    {.name = "jobs.count_queue",
     .text = "SELECT CAST(COALESCE(SUM(CASE WHEN run_at_us <= $3 THEN items ELSE 0 END), 0)"
             " AS BIGINT), CAST(COALESCE(SUM(items), 0) AS BIGINT), MIN(run_at_us) FROM jobs WHERE "
             "queue = $1"
             " AND (CAST($2 AS TEXT) IS NULL OR workspace_id = $2)",
     .scope = Scope::system}};
// Jumps from name to name along the key, then reads the jobs of the queues it is asked for: the
// backlog of others costs nothing.
const Sql count_prefix{
    {.name = "jobs.count_prefix",
     .text = "WITH RECURSIVE names(queue) AS (SELECT MIN(queue) FROM jobs UNION ALL"
             " SELECT (SELECT MIN(jobs.queue) FROM jobs WHERE jobs.queue > names.queue)"
             " FROM names WHERE names.queue IS NOT NULL)"
             " SELECT CAST(COALESCE(SUM(CASE WHEN run_at_us <= $3 THEN items ELSE 0 END), 0)"
             " AS BIGINT), CAST(COALESCE(SUM(items), 0) AS BIGINT), MIN(run_at_us)"
             " FROM names CROSS JOIN jobs WHERE substr(names.queue, 1, length($1)) = $1"
             " AND jobs.queue = names.queue"
             " AND (CAST($2 AS TEXT) IS NULL OR workspace_id = $2)",
     .scope = Scope::system}};
const Sql count_dead_queue{{.name = "dead_letters.count_queue",
                            .text = "SELECT COUNT(*) FROM dead_letters WHERE queue = $1"
                                    " AND (CAST($2 AS TEXT) IS NULL OR workspace_id = $2)",
                            .scope = Scope::system}};
const Sql count_dead_prefix{
    {.name = "dead_letters.count_prefix",
     .text = "SELECT COUNT(*) FROM dead_letters WHERE substr(queue, 1, length($1)) = $1"
             " AND (CAST($2 AS TEXT) IS NULL OR workspace_id = $2)",
     .scope = Scope::system}};

// Jumps from name to name along the key instead of reading every job.
const Sql list_names{
    {.name = "jobs.list_queues",
     .text = "WITH RECURSIVE names(queue) AS (SELECT MIN(queue) FROM jobs UNION ALL"
             " SELECT (SELECT MIN(jobs.queue) FROM jobs WHERE jobs.queue > names.queue)"
             " FROM names WHERE names.queue IS NOT NULL)"
             " SELECT queue FROM names WHERE queue IS NOT NULL"
             " AND substr(queue, 1, length($1)) = $1 ORDER BY queue",
     .scope = Scope::system}};

const Sql select_next_due{
    {.name = "jobs.next_due",
     .text = "SELECT MIN(run_at_us) FROM ("
             "SELECT MIN(run_at_us) AS run_at_us FROM jobs WHERE queue = $1 AND priority = 0"
             " UNION ALL SELECT MIN(run_at_us) FROM jobs WHERE queue = $1 AND priority = 1"
             " UNION ALL SELECT MIN(run_at_us) FROM jobs WHERE queue = $1 AND priority = 2"
             ") AS each_priority",
     .scope = Scope::system}};

const Sql insert_dead{{.name = "dead_letters.insert",
                       .text = "INSERT INTO dead_letters (id, queue, kind, priority, workspace_id,"
                               " subject, attempts, payload, last_error, created_us, died_us)"
                               " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
                               " ON CONFLICT (id) DO UPDATE SET attempts = excluded.attempts,"
                               " last_error = excluded.last_error, died_us = excluded.died_us"
                               " WHERE dead_letters.queue = excluded.queue"
                               " AND dead_letters.kind = excluded.kind"
                               " AND dead_letters.payload = excluded.payload",
                       .scope = Scope::system}};

db::Rows take_or_lease(db::Txn& txn, const Sql& sql, std::string_view queue, int priority,
                       Timestamp now, std::size_t limit, std::optional<Timestamp> until) {
    const auto count = static_cast<std::int64_t>(limit);
    return until ? txn.query(sql, queue, priority, now, count, *until)
                 : txn.query(sql, queue, priority, now, count);
}

Job read_job(const db::Row& row) {
    Job job;
    job.id = EventId{row.integer(0)};
    job.queue = row.string(1);
    job.kind = row.string(2);
    job.priority = static_cast<Priority>(row.integer(3));
    job.run_at = from_us(row.integer(4));
    if (!row.is_null(5)) {
        job.workspace = row.id<WorkspaceId>(5);
    }
    job.subject = row.string(6);
    job.attempts = static_cast<int>(row.integer(7));
    job.payload = row.string(8);
    job.created_at = from_us(row.integer(9));
    job.items = row.integer(10);
    return job;
}

/// Due jobs of every priority, in order. `until`: the end of the lease, none to take.
std::vector<Job> collect(db::Txn& txn, const Sql& sql, std::string_view queue, Timestamp now,
                         std::size_t limit, std::optional<Timestamp> until) {
    std::vector<Job> jobs;
    for (int priority = 0; priority <= 2 && jobs.size() < limit; ++priority) {
        const auto first = static_cast<std::ptrdiff_t>(jobs.size());
        const db::Rows rows =
            take_or_lease(txn, sql, queue, priority, now, limit - jobs.size(), until);
        for (const db::Row row : rows) {
            jobs.push_back(read_job(row));
            jobs.back().leased = until.has_value();
        }
        // Neither engine promises an order of RETURNING; ids are in the order of enqueueing.
        std::sort(jobs.begin() + first, jobs.end(), [](const Job& left, const Job& right) {
            return std::tie(left.run_at, left.id) < std::tie(right.run_at, right.id);
        });
    }
    return jobs;
}

void insert(db::Txn& txn, const Job& job, Timestamp run_at, int attempts) {
    txn.execute(insert_job, job.queue, static_cast<int>(job.priority), run_at, job.id, job.kind,
                job.workspace, job.subject, attempts, job.payload, job.created_at, job.items);
}

/// Removes the row of a leased job. False when the lease was lost.
bool release(db::Txn& txn, const Job& job) { return !job.leased || finish(txn, job); }

/// The same job that dies again replaces its letter; another node's job of the same id does not.
void bury(db::Txn& txn, const Job& job, std::string_view reason, Timestamp now) {
    constexpr int tries_max = 64;
    EventId id = job.id;
    for (int i = 0; i < tries_max; ++i, ++id.value) {
        if (txn.execute(insert_dead, id, job.queue, job.kind, static_cast<int>(job.priority),
                        job.workspace, job.subject, job.attempts, job.payload,
                        reason.substr(0, error_bytes_max), job.created_at, now) == 1) {
            return;
        }
    }
    throw Fault("queue.no_free_id", fmt::format("for the dead letter of {}", job.kind));
}

}  // namespace

void enqueue(db::Txn& txn, const NewJob& job, Timestamp now) {
    enqueue_many(txn, std::span(&job, 1), now);
}

void enqueue_many(db::Txn& txn, std::span<const NewJob> jobs, Timestamp now) {
    constexpr std::size_t per_row = 11;
    std::vector<db::Value> values;
    values.reserve(jobs.size() * per_row);
    for (const NewJob& job : jobs) {
        if (job.payload.size() > payload_bytes_max) {
            throw Fault("queue.payload_too_large",
                        fmt::format("{} of {} bytes", job.kind, job.payload.size()));
        }
        const db::Value workspace =
            job.workspace ? db::Value(std::string_view(job.workspace->value)) : db::Value();
        values.insert(values.end(),
                      {std::string_view(job.queue), static_cast<std::int64_t>(job.priority),
                       to_us(job.run_at), job.id.value, std::string_view(job.kind), workspace,
                       std::string_view(job.subject), std::int64_t{0},
                       std::string_view(job.payload), to_us(now), job.items});
    }
    txn.execute_many(insert_job, values, per_row);
}

std::vector<Job> take(db::Txn& txn, std::string_view queue, Timestamp now, std::size_t limit) {
    return collect(txn, take_jobs, queue, now, limit, std::nullopt);
}

std::vector<Job> lease(db::Txn& txn, std::string_view queue, Timestamp now,
                       std::chrono::milliseconds lease, std::size_t limit) {
    return collect(txn, lease_jobs, queue, now, limit, now + lease);
}

bool finish(db::Txn& txn, const Job& job) {
    return txn.execute(delete_job, job.queue, static_cast<int>(job.priority), job.run_at, job.id) ==
           1;
}

Fate fail(db::Txn& txn, const Job& job, std::string_view reason, const RetryPolicy& policy,
          Timestamp now, bool final) {
    const Decision decision = decide_after_failure(policy, job.attempts, final);
    if (!release(txn, job)) {
        return Fate::delayed;
    }
    if (decision.fate == Fate::delayed) {
        insert(txn, job, now + decision.delay, job.attempts);
    } else {
        bury(txn, job, reason, now);
    }
    return decision.fate;
}

void put_back(db::Txn& txn, const Job& job, Timestamp at) {
    if (release(txn, job)) {
        insert(txn, job, at, std::max(job.attempts - 1, 0));
    }
}

Counts count(db::Txn& txn, std::string_view queue, const std::optional<WorkspaceId>& workspace,
             Timestamp now) {
    const bool prefix = queue.ends_with('*');
    const std::string_view name = prefix ? queue.substr(0, queue.size() - 1) : queue;
    const db::Rows jobs = txn.query(prefix ? count_prefix : count_queue, name, workspace, now);
    const db::Rows dead = txn.query(prefix ? count_dead_prefix : count_dead_queue, name, workspace);
    Counts counts;
    counts.pending = jobs[0].integer(0);
    counts.delayed = jobs[0].integer(1) - counts.pending;
    counts.dead = dead[0].integer(0);
    if (counts.pending > 0) {
        counts.oldest_due = from_us(jobs[0].integer(2));
    }
    return counts;
}

std::vector<std::string> list_queues(db::Txn& txn, std::string_view prefix) {
    std::vector<std::string> queues;
    for (const db::Row row : txn.query(list_names, prefix)) {
        queues.push_back(row.string(0));
    }
    return queues;
}

std::optional<Timestamp> next_due(db::Txn& txn, std::string_view queue) {
    const db::Rows rows = txn.query(select_next_due, queue);
    return rows[0].is_null(0) ? std::nullopt : std::optional(from_us(rows[0].integer(0)));
}

}  // namespace wapi::queue
