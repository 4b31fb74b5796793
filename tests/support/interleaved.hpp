// A transaction of another connection that has done its work and is held open until somebody waits
// for it: the moment in which two writers of PostgreSQL meet, without luck; on SQLite the second
// one waits to be the writer.
//
//   test::Interleaved stop(database(), shop, [&](db::WorkspaceTxn& txn) { ... });
//   begin(...);   // runs into the locks of `stop`, which commits when it does
//   stop.join();
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>

#include "base/ids.hpp"
#include "db/db.hpp"

namespace wapi::test {

/// Whether another transaction waits for this one.
inline const db::Sql somebody_waits{{
    .name = "interleaved_test.somebody_waits",
    .text = {},
    .scope = db::Scope::system,
    .sqlite = "SELECT 0",
    .postgres = "SELECT CASE WHEN EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted"
                " AND pg_backend_pid() = ANY(pg_blocking_pids(pid))) THEN 1 ELSE 0 END",
}};

class Interleaved {
  public:
    /// Returns when `work` is done; once somebody waits for it, does `rest` and commits. At the
    /// latest after ten seconds, and then fails.
    template <class Work, class Rest = void (*)(db::WorkspaceTxn&)>
    Interleaved(
        db::Db& db, const WorkspaceId& workspace, Work work, Rest rest = [](db::WorkspaceTxn&) {}) {
        const auto worked = std::make_shared<std::promise<void>>();
        const std::future<void> begun = worked->get_future();
        other_ = std::async(std::launch::async, [&db, workspace, work, rest, worked] {
            return db.blocking_write("test.interleaved", [&](db::Txn& txn) {
                db::WorkspaceTxn bound(txn, workspace);
                work(bound);
                worked->set_value();
                const bool waited_for = wait_for_somebody(db, txn);
                rest(bound);
                return waited_for;
            });
        });
        begun.wait_for(limit);
    }
    /// Waits for the commit.
    void join() {
        if (!other_.get()) {
            throw std::runtime_error("nobody waited for the other transaction");
        }
    }

  private:
    static bool wait_for_somebody(db::Db& db, db::Txn& txn) {
        const auto deadline = std::chrono::steady_clock::now() + limit;
        while (std::chrono::steady_clock::now() < deadline) {
            const bool queued = db.engine() == db::Engine::sqlite && !db.quiet();
            if (queued || txn.query(somebody_waits)[0].boolean(0)) {
                return true;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        return false;
    }
    static constexpr std::chrono::seconds limit{10};
    std::future<bool> other_;
};

}  // namespace wapi::test
