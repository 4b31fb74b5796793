// Intake: makes webhook bodies durable, in groups, before they are answered.
//
// While one group is being committed the next one gathers, until its own transaction begins, so the
// number of syncs adapts to the load and both engines write many rows at once. Bodies wait in
// memory only until their commit. Network thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "features/webhook_events/webhook_events.hpp"
#include "features/webhooks/webhooks.hpp"

namespace wapi::webhooks {

struct IntakeOptions {
    std::int64_t backlog_max = 2'000'000;       ///< events waiting; more are answered 503
    std::size_t group_bytes_max = 16 << 20;     ///< of one commit
    std::size_t waiting_bytes_max = 256 << 20;  ///< bodies in memory; more are answered 503
    std::string disk_folder = {};               ///< watched for free space; empty: not watched
    std::uint64_t disk_free_bytes_min = 512ULL << 20;
    bool persist = true;  ///< false only for the benchmark that measures what durability costs
};

class Intake {
  public:
    Intake(async::Tasks& tasks, db::Db& db, IdGenerator& ids, const Clock& clock,
           IntakeOptions options);
    ~Intake();

    /// Reads the backlog that is there and starts watching it and the disk.
    void start();
    /// Returns when the body is committed and synced. Errors: backlog_full, disk_full. Throws Fault
    /// when the database failed: nothing is acknowledged then.
    async::Task<Result<void>> store(std::string signature, std::string body);
    /// Whether a body would be taken now. Errors: as store, with the time to wait.
    [[nodiscard]] Result<void> check() const;
    /// What makes webhooks fail at present, as /health shows it: `backlog_full`, `disk_full`, the
    /// code of the database's Fault when the last commits failed; empty when all is well.
    [[nodiscard]] std::string failing() const;
    /// Called after each commit, to wake the worker.
    void on_stored(std::function<void()> hook) { stored_hook_ = std::move(hook); }

  private:
    struct Group;
    std::shared_ptr<Group> gather(webhook_events::StoredEvent event);
    void hand_over(const std::shared_ptr<Group>& group);
    async::Task<> watch();
    async::Task<> commit(std::shared_ptr<Group> group);
    async::Task<> write(const std::shared_ptr<Group>& group);
    async::Task<> look();
    void look_at_disk();
    void log_changes();

    async::Tasks& tasks_;
    db::Db& db_;
    IdGenerator& ids_;
    const Clock& clock_;
    IntakeOptions options_;
    std::function<void()> stored_hook_;
    std::shared_ptr<Group> gathering_;
    unsigned commits_under_way_ = 0;
    std::size_t waiting_bytes_ = 0;
    std::int64_t backlog_ = 0;
    bool disk_full_ = false;
    bool disk_unknown_ = false;
    std::string commit_failure_;  ///< code of the last commit's Fault
    Timestamp commit_failed_at_;
    std::string logged_;  ///< what the log says is failing
    async::Signal watch_;
};

}  // namespace wapi::webhooks
