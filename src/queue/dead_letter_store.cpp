// Jobs that gave up, kept until a person replays or discards them, in the order they were enqueued.
#include "queue/queue_rules.hpp"

namespace wapi::queue {

namespace {

using db::Scope;
using db::Sql;

const Sql list_all{{.name = "dead_letters.list_all",
                    .text = "SELECT id, queue, kind, priority, died_us, workspace_id, subject,"
                            " attempts, payload, created_us, last_error FROM dead_letters"
                            " WHERE id < $1 ORDER BY id DESC LIMIT $2",
                    .scope = Scope::system}};
const Sql list_workspace{{.name = "dead_letters.list_workspace",
                          .text =
                              "SELECT id, queue, kind, priority, died_us, workspace_id, subject,"
                              " attempts, payload, created_us, last_error FROM dead_letters"
                              " WHERE workspace_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                          .scope = Scope::system}};
const Sql select_one{{.name = "dead_letters.get",
                      .text = "SELECT id, queue, kind, priority, died_us, workspace_id, subject,"
                              " attempts, payload, created_us, last_error FROM dead_letters"
                              " WHERE id = $1 AND (CAST($2 AS TEXT) IS NULL OR workspace_id = $2)",
                      .scope = Scope::system}};
const Sql delete_one{{.name = "dead_letters.delete",
                      .text = "DELETE FROM dead_letters WHERE id = $1",
                      .scope = Scope::system}};
const Sql adopt{{.name = "dead_letters.adopt",
                 .text = "UPDATE dead_letters SET workspace_id = $2"
                         " WHERE subject = $1 AND workspace_id IS NULL",
                 .scope = Scope::system}};

// Jumps from subject to subject along the index, however many letters one has.
const Sql list_ownerless{
    {.name = "dead_letters.list_ownerless",
     .text = "WITH RECURSIVE found(subject, place) AS (SELECT MIN(subject), 1 FROM dead_letters"
             "   WHERE workspace_id IS NULL AND subject > $1"
             " UNION ALL SELECT (SELECT MIN(dead_letters.subject) FROM dead_letters"
             "   WHERE workspace_id IS NULL AND dead_letters.subject > found.subject), place + 1"
             "   FROM found WHERE found.subject IS NOT NULL AND place < CAST($2 AS BIGINT))"
             " SELECT subject FROM found WHERE subject IS NOT NULL ORDER BY subject",
     .scope = Scope::system}};
// A letter is never older than its id says, so that the key narrows what is looked at.
const Sql prune{{.name = "dead_letters.prune",
                 .text = "DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters"
                         " WHERE id < $1 AND died_us < $2 ORDER BY id LIMIT $3)",
                 .scope = Scope::system}};

DeadLetter read_letter(const db::Row& row) {
    DeadLetter letter;
    letter.job.id = EventId{row.integer(0)};
    letter.job.queue = row.string(1);
    letter.job.kind = row.string(2);
    letter.job.priority = static_cast<Priority>(row.integer(3));
    letter.died_at = from_us(row.integer(4));
    letter.job.run_at = letter.died_at;
    if (!row.is_null(5)) {
        letter.job.workspace = row.id<WorkspaceId>(5);
    }
    letter.job.subject = row.string(6);
    letter.job.attempts = static_cast<int>(row.integer(7));
    letter.job.payload = row.string(8);
    letter.job.created_at = from_us(row.integer(9));
    letter.last_error = row.string(10);
    return letter;
}

}  // namespace

DeadLetterPage list_dead(db::Txn& txn, const std::optional<WorkspaceId>& workspace,
                         std::optional<EventId> after, std::size_t limit) {
    const std::int64_t before = after ? after->value : std::numeric_limits<std::int64_t>::max();
    const auto count = static_cast<std::int64_t>(limit) + 1;
    const db::Rows rows = workspace ? txn.query(list_workspace, *workspace, before, count)
                                    : txn.query(list_all, before, count);
    DeadLetterPage page;
    for (const db::Row row : rows) {
        if (page.letters.size() == limit) {
            page.next = page.letters.back().job.id;
            break;
        }
        page.letters.push_back(read_letter(row));
    }
    return page;
}

Result<DeadLetter> get_dead(db::Txn& txn, const std::optional<WorkspaceId>& workspace, EventId id) {
    const db::Rows rows = txn.query(select_one, id, workspace);
    if (rows.empty()) {
        return wapi::fail(errors::dead_letter_not_found);
    }
    return read_letter(rows[0]);
}

Result<Job> discard_dead(db::Txn& txn, const std::optional<WorkspaceId>& workspace, EventId id) {
    Result<DeadLetter> letter = get_dead(txn, workspace, id);
    // Another node may have been faster between the two statements.
    if (!letter || txn.execute(delete_one, id) == 0) {
        return wapi::fail(errors::dead_letter_not_found);
    }
    return std::move(letter->job);
}

Result<Job> replay_dead(db::Txn& txn, const std::optional<WorkspaceId>& workspace, EventId id,
                        Timestamp now) {
    Result<Job> job = discard_dead(txn, workspace, id);
    if (job) {
        job->attempts = 0;
        job->run_at = now;
        const NewJob again{.id = job->id,
                           .queue = job->queue,
                           .kind = job->kind,
                           .priority = job->priority,
                           .run_at = now,
                           .workspace = job->workspace,
                           .subject = job->subject,
                           .payload = job->payload};
        enqueue(txn, again, job->created_at);
    }
    return job;
}

std::int64_t adopt_dead(db::Txn& txn, std::string_view subject, const WorkspaceId& workspace) {
    return txn.execute(adopt, subject, workspace);
}

std::vector<std::string> list_ownerless_subjects(db::Txn& txn, std::string_view after,
                                                 std::size_t limit) {
    std::vector<std::string> subjects;
    for (const db::Row row : txn.query(list_ownerless, after, static_cast<std::int64_t>(limit))) {
        subjects.push_back(row.string(0));
    }
    return subjects;
}

std::int64_t prune_dead(db::Txn& txn, Timestamp before, std::int64_t limit) {
    return txn.execute(prune, first_event_at(before), before, limit);
}

}  // namespace wapi::queue
