// Runs a coroutine to its end on the calling thread, for tests.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <stdexcept>

#include "async/async.hpp"

namespace wapi::test {

inline constexpr std::chrono::seconds task_limit{60};

/// What is left behind when the task ends; shared, since a task may outlive a failed run.
template <class T>
struct TaskOutcome {
    std::optional<T> value;
    std::exception_ptr failure;
    bool ended = false;
};
struct Nothing {};

template <class T>
async::Task<> store_outcome(async::Task<T> task, std::shared_ptr<TaskOutcome<T>> outcome) {
    outcome->value.emplace(co_await std::move(task));
}
inline async::Task<> store_outcome(async::Task<> task,
                                   std::shared_ptr<TaskOutcome<Nothing>> /*outcome*/) {
    co_await std::move(task);
}

/// Runs handlers of `io` until `outcome` has ended. Throws when that takes longer than a minute.
template <class Outcome>
void run_until_ended(boost::asio::io_context& io, Outcome& outcome) {
    const auto deadline = std::chrono::steady_clock::now() + task_limit;
    const auto guard = boost::asio::make_work_guard(io);
    io.restart();
    while (!outcome.ended && std::chrono::steady_clock::now() < deadline) {
        io.run_one_until(deadline);
    }
    if (!outcome.ended) {
        throw std::runtime_error("the task did not end within a minute");
    }
    if (outcome.failure) {
        std::rethrow_exception(outcome.failure);
    }
}

/// Runs `task` and returns its value, or throws what it threw.
template <class T>
T run_task(boost::asio::io_context& io, async::Task<T> task) {
    using Stored = std::conditional_t<std::is_void_v<T>, Nothing, T>;
    auto outcome = std::make_shared<TaskOutcome<Stored>>();
    boost::asio::co_spawn(io, store_outcome(std::move(task), outcome),
                          [outcome](std::exception_ptr failure) {
                              outcome->failure = std::move(failure);
                              outcome->ended = true;
                          });
    run_until_ended(io, *outcome);
    if constexpr (!std::is_void_v<T>) {
        return std::move(*outcome->value);
    }
}

}  // namespace wapi::test
