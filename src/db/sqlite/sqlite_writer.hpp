// The one thread that writes to SQLite: runs all waiting functions in one transaction with one
// sync.
//
// Each function of a group has a savepoint, so that one that fails undoes only its own changes.
// When SQLite gives up the whole transaction (full disk), the functions run again one by one, so
// that those that still fit succeed. A commit that fails fails all: nothing is acknowledged that is
// not on disk.
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "db/sqlite/checkpointer.hpp"
#include "db/work_queue.hpp"

namespace wapi::db::sqlite {

class SqliteWriter {
  public:
    /// Takes an open connection (migrated) and starts the thread.
    SqliteWriter(std::unique_ptr<SqliteConnection> connection, const std::string& path,
                 std::size_t waiting_max, Completions& completions);
    /// Finishes what is queued.
    ~SqliteWriter();
    SqliteWriter(const SqliteWriter&) = delete;
    SqliteWriter& operator=(const SqliteWriter&) = delete;

    [[nodiscard]] bool submit(Work& work) { return queue_.push(work); }
    [[nodiscard]] std::size_t waiting() const { return queue_.size() + unstarted_.load(); }
    [[nodiscard]] std::uint64_t commits() const { return commits_.load(); }
    [[nodiscard]] std::uint64_t functions() const { return functions_.load(); }

  private:
    void run();
    void run_group(std::vector<Finished>& group);
    /// All in one transaction. False when SQLite gave up the transaction.
    bool run_together(std::vector<Finished>& group);
    /// One in a transaction of its own.
    void run_alone(Finished& item);
    /// Runs the function; keeps the exception. True when its changes are to stay.
    bool run_function(Finished& item);
    void commit();

    std::unique_ptr<SqliteConnection> connection_;
    Checkpointer checkpointer_;
    WorkQueue queue_;
    Completions& completions_;
    std::atomic<std::size_t> unstarted_ = 0;  ///< taken from the queue, not yet run
    std::atomic<std::uint64_t> commits_ = 0;
    std::atomic<std::uint64_t> functions_ = 0;
    int log_frames_ = 0;
    std::thread thread_;
};

}  // namespace wapi::db::sqlite
