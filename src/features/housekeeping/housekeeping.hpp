// Housekeeping: what is past its time is removed, in bounded steps, and dead letters that came
// without a workspace go to the one that has their number by now.
#pragma once

#include <chrono>

#include "async/async.hpp"
#include "base/clock.hpp"
#include "db/db.hpp"
#include "features/idempotency/idempotency.hpp"

namespace wapi::housekeeping {

/// How long things are kept.
struct Retention {
    std::chrono::hours events{30 * 24};          ///< raw bodies, for replay; WEBHOOK_KEEP_DAYS
    std::chrono::hours dead_letters{90 * 24};    ///< that nobody replayed or discarded
    std::chrono::hours early_statuses{30 * 24};  ///< whose message never came
    std::chrono::hours idempotency_keys = idempotency::key_time;
};
inline constexpr std::int64_t prune_rows_max = 2'000;  ///< of each kind in one step

/// Removes some of what is past its time. True when there is more.
bool prune_step(db::Txn& txn, const Retention& retention, Timestamp now);

/// Keeps house every ten minutes: removes all that is past its time, then gives letters to who has
/// their number by now. An attempt may fail for the last time while its number is being connected;
/// its letter belongs to nobody until then.
class Housekeeper {
  public:
    Housekeeper(async::Tasks& tasks, db::Db& db, const Clock& clock, Retention retention)
        : tasks_(tasks), db_(db), clock_(clock), retention_(retention), wake_(tasks.io()) {}
    void start();

  private:
    async::Task<> run();
    async::Task<> keep_house();
    async::Task<bool> prune();
    async::Task<bool> prune_audit();
    async::Task<> adopt_letters();
    async::Tasks& tasks_;
    db::Db& db_;
    const Clock& clock_;
    Retention retention_;
    async::Signal wake_;
};

}  // namespace wapi::housekeeping
