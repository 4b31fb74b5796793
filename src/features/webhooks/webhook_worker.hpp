// The worker: turns stored webhook bodies into effects, many in one transaction.
//
// A batch is taken from the queue and applied in the transaction that removes it from the queue, so
// a crash repeats it whole and a commit does it once. First all items run without savepoints, which
// is fast; when one throws, the batch is rolled back and repeated with a savepoint around each
// item, so that only the bad one goes to the retries (1 s, 5 s, 30 s, 2 min, 10 min) and then to
// the dead letters.
#pragma once

#include "async/async.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "queue/queue.hpp"

namespace wapi::webhooks {

struct WorkerOptions {
    queue::RetryPolicy retries{{std::chrono::seconds(1), std::chrono::seconds(5),
                                std::chrono::seconds(30), std::chrono::minutes(2),
                                std::chrono::minutes(10)}};
    std::size_t concurrency = 10;  ///< batches at once; SQLite has one writer and uses one
    std::chrono::milliseconds busy_time_max{4};    ///< of a transaction while others wait to write
    std::chrono::milliseconds idle_time_max{250};  ///< of a transaction when nobody waits
    std::chrono::milliseconds poll{200};           ///< how often delayed jobs are looked for
    bool enabled = true;
};

/// How a batch treats an item that throws: pass the exception on, or undo the item alone and retry
/// it; `each_conflict` also when what it met was another transaction, as it did every time before.
enum class Care { none, each_item, each_conflict };

class Worker {
  public:
    Worker(async::Tasks& tasks, db::Db& db, IdGenerator& ids, const Clock& clock,
           WorkerOptions options);

    void start();
    /// Something was stored.
    void wake();
    /// One batch; for tests and the loop. Returns how many events and items were taken.
    async::Task<std::size_t> run_batch();

  private:
    async::Task<std::size_t> run_batch(Care care);
    async::Task<> run(async::Signal& signal);
    /// When a transaction that begins now has run long enough.
    std::function<bool()> budget();

    async::Tasks& tasks_;
    db::Db& db_;
    IdGenerator& ids_;
    const Clock& clock_;
    WorkerOptions options_;
    std::vector<std::unique_ptr<async::Signal>> signals_;
};

struct BatchRequest {
    Timestamp now;
    const queue::RetryPolicy* retries = nullptr;
    Care care = Care::none;
    std::size_t limit = 4'096;  ///< events and items in one transaction
    /// Asked after each job: true ends the batch. Empty: go on to the limit.
    std::function<bool()> enough = {};
    /// Others apply batches at the same time: a few jobs, with the locks in one order.
    bool side_by_side = false;
};

struct DeadNote {
    EventId id;
    std::string kind;
};

/// What one batch did; true once its transaction is committed.
struct BatchTally {
    std::size_t taken = 0;    ///< events and items
    std::size_t applied = 0;  ///< items
    std::size_t failed = 0;   ///< attempts
    std::vector<DeadNote> dead;
};

/// True for failures of the database itself: no item is to blame, the whole batch must wait.
bool is_outage(const Fault& fault);

/// Takes and applies one batch in the transaction. Database thread.
BatchTally process_batch(db::Txn& txn, IdGenerator& ids, const BatchRequest& request);

/// Counts and logs a batch, after its commit: a transaction may be rolled back and run again.
void count_committed(const BatchTally& tally);

}  // namespace wapi::webhooks
