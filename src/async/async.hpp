// The only wrapper of Asio's coroutines: tasks, named spawning, waiting with a deadline.
//
// One network thread runs the io_context and owns all in-memory state; nothing here is thread-safe
// except post. Rules for coroutines are in STYLE.md: functions taking values, no capturing lambdas,
// no mutex across co_await, every wait has a deadline, no asio::detached outside this folder.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace wapi::async {

template <class T = void>
using Task = boost::asio::awaitable<T>;

using Duration = std::chrono::steady_clock::duration;

/// Waits on the real clock. Ends early when the task is cancelled.
Task<> sleep_for(Duration duration);

/// Wakes tasks that wait for work. A notification without a waiter is kept for the next wait.
class Signal {
  public:
    explicit Signal(boost::asio::io_context& io) : timer_(io) {}
    /// Wakes the waiting task. Network thread only.
    void notify();
    /// Returns true when notified, false when `limit` has passed. One waiter at a time.
    Task<bool> wait_for(Duration limit);

  private:
    boost::asio::steady_timer timer_;
    bool notified_ = false;
};

/// Owns every running task: named, counted, logged when it fails, joined at shutdown. A task that
/// still waits at the end of the program is freed with what it waits for, the io_context at the
/// latest: the destructors of its locals must not name anything that may be gone by then.
class Tasks {
  public:
    explicit Tasks(boost::asio::io_context& io) : io_(io), idle_(io) {}
    Tasks(const Tasks&) = delete;
    Tasks& operator=(const Tasks&) = delete;

    /// Starts `task` on the network thread. A thrown exception is logged under `name`, not passed
    /// on.
    void spawn(std::string name, Task<> task);
    /// True once stop was called; loops check it after each wait.
    [[nodiscard]] bool stopping() const { return stopping_; }
    /// Asks loops to end and runs `on_stop` hooks once.
    void stop();
    /// Called by stop, to wake a loop that waits on its Signal.
    void on_stop(std::function<void()> hook) { hooks_.push_back(std::move(hook)); }
    [[nodiscard]] std::size_t running() const { return running_; }
    [[nodiscard]] boost::asio::io_context& io() { return io_; }
    /// Waits until no task runs, at most `limit`. True when all ended. Await it from block_on, not
    /// from a task that was spawned here: that one would wait for itself.
    Task<bool> join(Duration limit);

  private:
    void ended(const std::string& name, const std::exception_ptr& failure);
    boost::asio::io_context& io_;
    Signal idle_;
    std::size_t running_ = 0;
    bool stopping_ = false;
    std::vector<std::function<void()>> hooks_;
};

/// Runs functions on threads of its own and brings the result back to the network thread. For work
/// that would hold up the network thread: password hashing, large media.
class ThreadPool {
  public:
    ThreadPool(boost::asio::io_context& io, std::string name, std::size_t threads);
    /// Waits for functions that have begun. Those that have not are dropped, and the tasks that
    /// await them are freed.
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    /// Runs `function` on a pool thread; an exception it throws comes out of the await.
    template <class Function>
    auto run(Function function) -> Task<std::invoke_result_t<Function&>>;

  private:
    struct State;
    Task<> run_erased(std::function<void()> function);
    std::unique_ptr<State> state_;
};

namespace detail {
/// Runs the io_context on the calling thread until `task` has ended; rethrows what it threw.
void block_on_erased(boost::asio::io_context& io, Task<> task);

template <class T>
Task<> keep_result(Task<T> task, std::optional<T>& slot) {
    slot.emplace(co_await std::move(task));
}
}  // namespace detail

/// Runs the io_context on the calling thread until `task` has ended and returns its value: the
/// outermost call of a program or a test. Throws what the task threw, or std::logic_error when
/// nothing is left that could wake the task.
template <class T>
T block_on(boost::asio::io_context& io, Task<T> task) {
    if constexpr (std::is_void_v<T>) {
        detail::block_on_erased(io, std::move(task));
    } else {
        std::optional<T> slot;
        detail::block_on_erased(io, detail::keep_result<T>(std::move(task), slot));
        return std::move(*slot);
    }
}

template <class Function>
auto ThreadPool::run(Function function) -> Task<std::invoke_result_t<Function&>> {
    using Value = std::invoke_result_t<Function&>;
    auto slot = std::make_shared<std::optional<Value>>();
    std::function<void()> erased = [slot, work = std::move(function)]() mutable {
        slot->emplace(work());
    };
    co_await run_erased(std::move(erased));
    co_return std::move(**slot);
}

}  // namespace wapi::async
