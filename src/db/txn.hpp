// Transactions as the stores see them: Txn runs any statement, WorkspaceTxn only those of one
// workspace.
//
// Both live on a database thread, are synchronous, and are valid only inside the function that got
// them. A function may run again after a conflict, so it must have no effect outside the
// transaction.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string_view>
#include <typeindex>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/announcement.hpp"
#include "db/sql.hpp"

namespace wapi::db {

/// True of what waits for a database that cannot go on now, or works when the transaction is
/// repeated: `db.conflict`, `db.down`, `db.full`, `db.busy`, `db.overloaded`. Nothing is wrong with
/// what was to be done.
bool is_passing(const Fault& fault);

/// One database connection, inside a transaction. Implemented by sqlite/ and postgres/.
/// Errors: throws Fault `db.conflict` (the caller's function is run again), `db.busy`, `db.full`,
/// `db.constraint`, `db.down`, `db.failed`.
class Txn;

class Connection {
  public:
    virtual ~Connection() = default;
    [[nodiscard]] virtual Engine engine() const = 0;
    virtual Rows query(const Sql& sql, std::span<const Value> values) = 0;
    /// Returns the number of rows changed.
    virtual std::int64_t execute(const Sql& sql, std::span<const Value> values) = 0;
    /// Runs the statement once for each `per_row` values. PostgreSQL sends all before it waits.
    virtual void execute_many(const Sql& sql, std::span<const Value> values, std::size_t per_row) {
        for (; !values.empty(); values = values.subspan(per_row)) {
            execute(sql, values.first(per_row));
        }
    }
    /// Runs text that is not a registered statement: migrations, savepoints, tests.
    virtual void execute_text(const std::string& text) = 0;
    /// Prepares without running; for the test that prepares every statement.
    virtual void prepare(const Sql& sql) = 0;
};

/// Work that a transaction does last, just before its commit: what would hold a contended lock for
/// long if it were done where it arises. One of each kind per transaction.
class CommitHook {
  public:
    virtual ~CommitHook() = default;
    virtual void run(Txn& txn) = 0;
    /// How much was added so far; `cut` goes back to it when a savepoint is undone.
    [[nodiscard]] virtual std::size_t size() const = 0;
    virtual void cut(std::size_t size) = 0;
};

class Txn {
  public:
    explicit Txn(Connection& connection) : connection_(connection) {}
    Txn(const Txn&) = delete;
    Txn& operator=(const Txn&) = delete;

    template <class... Args>
    Rows query(const Sql& sql, const Args&... args) {
        const std::array<Value, sizeof...(Args)> values{detail::to_value(args)...};
        return connection_.query(sql, values);
    }
    template <class... Args>
    std::int64_t execute(const Sql& sql, const Args&... args) {
        const std::array<Value, sizeof...(Args)> values{detail::to_value(args)...};
        return connection_.execute(sql, values);
    }
    /// For statements whose number of parameters is known only at run time (multi-row inserts).
    std::int64_t execute_span(const Sql& sql, std::span<const Value> values) {
        return connection_.execute(sql, values);
    }

    /// Runs the statement once for each `per_row` values; for bulk inserts.
    void execute_many(const Sql& sql, std::span<const Value> values, std::size_t per_row) {
        connection_.execute_many(sql, values, per_row);
    }

    /// Runs `function` so that a Fault inside it undoes only what it did, then passes the Fault on.
    void savepoint(const std::function<void()>& function);

    /// This transaction's hook of one kind, made at first use.
    template <class Hook>
    Hook& hook() {
        std::unique_ptr<CommitHook>& slot = hooks_[std::type_index(typeid(Hook))];
        if (!slot) {
            slot = std::make_unique<Hook>();
        }
        return static_cast<Hook&>(*slot);
    }
    /// Called by Db when the function has succeeded.
    void run_commit_hooks();

    /// Tells it to the listener of Db once this transaction is committed; never when it, or the
    /// savepoint around the call, is rolled back.
    void announce(Announcement announcement) { announcements_.push_back(std::move(announcement)); }
    /// Called by Db when the function has succeeded.
    std::vector<Announcement> take_announcements() { return std::move(announcements_); }

    [[nodiscard]] Connection& connection() { return connection_; }
    [[nodiscard]] Engine engine() const { return connection_.engine(); }

  private:
    Connection& connection_;
    int depth_ = 0;
    std::map<std::type_index, std::unique_ptr<CommitHook>> hooks_;
    std::vector<Announcement> announcements_;
};

/// A transaction bound to one workspace: binds its id as `$1` of every statement, so a store cannot
/// reach another workspace's rows. Refuses statements of system scope (assertion, also in release).
class WorkspaceTxn {
  public:
    WorkspaceTxn(Txn& txn, const WorkspaceId& workspace);

    template <class... Args>
    Rows query(const Sql& sql, const Args&... args) {
        check_scope(sql);
        return txn_.query(sql, workspace_, args...);
    }
    template <class... Args>
    std::int64_t execute(const Sql& sql, const Args&... args) {
        check_scope(sql);
        return txn_.execute(sql, workspace_, args...);
    }

    /// Runs the statement once for each `per_row` values, which do not hold the workspace id.
    void execute_many(const Sql& sql, std::span<const Value> values, std::size_t per_row);

    /// As Txn::announce, about a thing of this workspace.
    void announce(std::string_view kind, std::string id, std::string detail = {}) {
        txn_.announce({kind, workspace_, std::move(id), std::move(detail)});
    }

    [[nodiscard]] const WorkspaceId& workspace() const { return workspace_; }
    /// For what is global by nature, such as enqueueing a job.
    [[nodiscard]] Txn& txn() { return txn_; }

  private:
    static void check_scope(const Sql& sql);
    Txn& txn_;
    WorkspaceId workspace_;
};

}  // namespace wapi::db
