// The database: runs functions in transactions on database threads, awaited from the network
// thread.
//
//   auto contact = co_await db.write(workspace, "contacts.create",
//                                    [=](db::WorkspaceTxn& txn) { return create(txn, draft); });
//
// The function captures values only (it runs on another thread, and may run again after a
// conflict). When it returns a Result that holds an Error, its changes are rolled back and the
// Result is passed on. SQLite: one writer thread; all waiting functions run in one transaction, a
// savepoint each, one sync for all. PostgreSQL: a pool of connections, one transaction a function,
// repeated on conflicts, writes at READ COMMITTED. Reads see one snapshot on both.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "async/async.hpp"
#include "base/error.hpp"
#include "db/notices.hpp"
#include "db/txn.hpp"

namespace wapi::db {

enum class Access { read, write };

/// One function waiting for its transaction.
struct Work {
    std::string_view name;  ///< static text, for logs and metrics
    /// Runs on a database thread; returns false to roll back its own changes.
    std::move_only_function<bool(Txn&)> run;
    /// Called once after commit or failure: on the network thread for awaited work, on the database
    /// thread for blocking work.
    std::move_only_function<void(std::exception_ptr)> done;
    Access access = Access::write;
    bool blocking = false;  ///< a thread waits for it, not a coroutine
    std::chrono::steady_clock::time_point queued_at{};
};

struct Options {
    std::string url = {};     ///< `sqlite:///path/to/file.db` or `postgres://user@host:port/name`
    std::size_t readers = 2;  ///< SQLite reader threads
    std::size_t connections_max = 8;  ///< PostgreSQL pool
    /// For PostgreSQL to answer a statement, which it ends by itself after 30 s; then the server
    /// counts as gone: Fault `db.down`.
    std::chrono::milliseconds answer_max{40'000};
    std::size_t waiting_max =
        20'000;  ///< functions waiting; more are refused: Fault `db.overloaded`
    std::int64_t cache_bytes = 64 << 20;  ///< SQLite page cache of the writer
};

/// Counters since start, for /metrics and benchmarks.
struct Stats {
    std::uint64_t commits = 0;
    std::uint64_t functions = 0;
    std::uint64_t conflicts = 0;
    std::size_t waiting = 0;
};

template <class T>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<Result<T>> = true;

class Db {
  public:
    explicit Db(boost::asio::io_context& io) : io_(io) {}
    virtual ~Db() = default;
    Db(const Db&) = delete;
    Db& operator=(const Db&) = delete;

    [[nodiscard]] virtual Engine engine() const = 0;
    [[nodiscard]] virtual Stats stats() const = 0;
    /// True when several write functions run at once; SQLite has one writer.
    [[nodiscard]] bool parallel_writes() const { return engine() == Engine::postgres; }
    /// True when nothing waits for this thread: nothing to be written, on PostgreSQL no read
    /// either. Long functions ask it and end early when not.
    [[nodiscard]] virtual bool quiet() const = 0;
    /// Who hears what committed transactions announce; before that nobody does. Network thread.
    virtual void on_announced(AnnouncementListener listener) = 0;
    /// The channel to other programs on this database; null where there can be none. To be
    /// destroyed on the network thread, before the io_context.
    virtual std::unique_ptr<Notices> open_notices(NoticesListener /*listener*/) { return nullptr; }

    template <class Fn>
    auto write(std::string_view name, Fn fn) -> async::Task<std::invoke_result_t<Fn&, Txn&>> {
        return run(Access::write, name, std::move(fn));
    }
    template <class Fn>
    auto read(std::string_view name, Fn fn) -> async::Task<std::invoke_result_t<Fn&, Txn&>> {
        return run(Access::read, name, std::move(fn));
    }
    template <class Fn>
    auto write(WorkspaceId workspace, std::string_view name, Fn fn)
        -> async::Task<std::invoke_result_t<Fn&, WorkspaceTxn&>> {
        return run(Access::write, name, bind(std::move(workspace), std::move(fn)));
    }
    template <class Fn>
    auto read(WorkspaceId workspace, std::string_view name, Fn fn)
        -> async::Task<std::invoke_result_t<Fn&, WorkspaceTxn&>> {
        return run(Access::read, name, bind(std::move(workspace), std::move(fn)));
    }

    /// For the command line, migrations and tests; never on the network thread.
    template <class Fn>
    auto blocking_write(std::string_view name, Fn fn) -> std::invoke_result_t<Fn&, Txn&> {
        return blocking_run(Access::write, name, std::move(fn));
    }
    template <class Fn>
    auto blocking_read(std::string_view name, Fn fn) -> std::invoke_result_t<Fn&, Txn&> {
        return blocking_run(Access::read, name, std::move(fn));
    }

  protected:
    /// Queues the work. False, and the work untouched, when `waiting_max` functions wait already.
    [[nodiscard]] virtual bool submit(Work& work) = 0;
    boost::asio::io_context& io_;

  private:
    template <class Returned>
    struct Slot {
        std::optional<Returned> value;
    };
    template <class Fn>
    static auto bind(WorkspaceId workspace, Fn fn) {
        return [workspace = std::move(workspace), fn = std::move(fn)](Txn& txn) mutable {
            WorkspaceTxn bound(txn, workspace);
            return fn(bound);
        };
    }
    template <class Returned, class Fn>
    static std::move_only_function<bool(Txn&)> into_slot(std::shared_ptr<Slot<Returned>> slot,
                                                         Fn fn) {
        return [slot = std::move(slot), fn = std::move(fn)](Txn& txn) mutable {
            slot->value.emplace(fn(txn));
            if constexpr (is_result<Returned>) {
                if (!slot->value->has_value()) {
                    return false;
                }
            }
            txn.run_commit_hooks();
            return true;
        };
    }
    /// Submits and waits. Rethrows the Fault when the transaction failed.
    async::Task<> wait(Access access, std::string_view name,
                       std::move_only_function<bool(Txn&)> fn);
    void blocking_wait(Access access, std::string_view name,
                       std::move_only_function<bool(Txn&)> fn);

    template <class Fn>
    auto run(Access access, std::string_view name, Fn fn)
        -> async::Task<std::invoke_result_t<Fn&, Txn&>> {
        using Returned = std::invoke_result_t<Fn&, Txn&>;
        static_assert(!std::is_void_v<Returned>, "return something, such as Result<void> or int");
        auto slot = std::make_shared<Slot<Returned>>();
        co_await wait(access, name, into_slot<Returned>(slot, std::move(fn)));
        co_return std::move(*slot->value);
    }
    template <class Fn>
    auto blocking_run(Access access, std::string_view name, Fn fn)
        -> std::invoke_result_t<Fn&, Txn&> {
        using Returned = std::invoke_result_t<Fn&, Txn&>;
        auto slot = std::make_shared<Slot<Returned>>();
        blocking_wait(access, name, into_slot<Returned>(slot, std::move(fn)));
        return std::move(*slot->value);
    }
};

/// Opens the database the URL names, and applies migrations that are missing.
/// Errors: Fault `db.url`, `db.down`, `db.migration`, `backup.unfinished`.
std::unique_ptr<Db> open(boost::asio::io_context& io, const Options& options);

}  // namespace wapi::db
