// Sleeping, signals, spawned tasks and the thread pool, on Asio.
//
// Everything that starts a coroutine goes through this file, so that no task runs unnamed,
// uncounted or with an exception nobody sees.
#include "async/async.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include "base/error.hpp"
#include "base/log.hpp"

namespace wapi::async {
namespace asio = boost::asio;

Task<> sleep_for(Duration duration) {
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

void Signal::notify() {
    notified_ = true;
    timer_.cancel();
}

Task<bool> Signal::wait_for(Duration limit) {
    if (!notified_) {
        timer_.expires_after(limit);
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_return std::exchange(notified_, false);
}

void Tasks::spawn(std::string name, Task<> task) {
    ++running_;
    asio::co_spawn(io_, std::move(task),
                   [this, name = std::move(name)](const std::exception_ptr& failure) {
                       ended(name, failure);
                   });
}

void Tasks::ended(const std::string& name, const std::exception_ptr& failure) {
    --running_;
    if (running_ == 0) {
        idle_.notify();
    }
    if (failure == nullptr) {
        return;
    }
    try {
        std::rethrow_exception(failure);
    } catch (const Fault& fault) {
        log::error("task.failed",
                   {{"task", name}, {"code", fault.code()}, {"error", fault.what()}});
    } catch (const std::exception& error) {
        log::error("task.failed", {{"task", name}, {"error", error.what()}});
    } catch (...) {
        log::error("task.failed", {{"task", name}, {"error", "not a std::exception"}});
    }
}

void Tasks::stop() {
    if (std::exchange(stopping_, true)) {
        return;
    }
    for (const auto& hook : hooks_) {
        hook();
    }
}

Task<bool> Tasks::join(Duration limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (running_ > 0) {
        const auto left = deadline - std::chrono::steady_clock::now();
        if (left <= Duration::zero()) {
            co_return false;
        }
        co_await idle_.wait_for(left);
    }
    co_return true;
}

struct ThreadPool::State {
    State(asio::io_context& io_, std::string name_, std::size_t threads)
        : io(io_), name(std::move(name_)), pool(threads) {}
    asio::io_context& io;
    std::string name;  // shown by debuggers
    asio::thread_pool pool;
};

ThreadPool::ThreadPool(asio::io_context& io, std::string name, std::size_t threads)
    : state_(std::make_unique<State>(io, std::move(name), threads)) {}

ThreadPool::~ThreadPool() {
    state_->pool.stop();
    state_->pool.join();
}

namespace {

/// One function on its way to a pool thread and back.
template <class Completion>
struct PoolWork {
    asio::io_context& io;
    std::function<void()> function;
    Completion completion;
    // Keeps the io_context running while the function is on the other thread.
    asio::executor_work_guard<asio::io_context::executor_type> guard;

    void operator()() {
        std::exception_ptr failure;
        try {
            function();
        } catch (...) {
            failure = std::current_exception();
        }
        asio::post(io,
                   [done = std::move(completion), failure]() mutable { std::move(done)(failure); });
    }
};

}  // namespace

Task<> ThreadPool::run_erased(std::function<void()> function) {
    State& state = *state_;
    auto start = [&state, &function](auto completion) {
        using Completion = decltype(completion);
        asio::post(state.pool,
                   PoolWork<Completion>{state.io, std::move(function), std::move(completion),
                                        asio::make_work_guard(state.io)});
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
        start, asio::use_awaitable);
}

namespace detail {

void block_on_erased(asio::io_context& io, Task<> task) {
    bool done = false;
    std::exception_ptr failure;
    asio::co_spawn(io, std::move(task), [&](const std::exception_ptr& thrown) {
        done = true;
        failure = thrown;
        io.stop();
    });
    io.restart();
    io.run();
    if (!done) {
        throw std::logic_error("block_on: nothing is left that could wake the task");
    }
    if (failure != nullptr) {
        std::rethrow_exception(failure);
    }
}

}  // namespace detail
}  // namespace wapi::async
