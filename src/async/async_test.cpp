// Signals, spawned tasks, the thread pool and block_on.
//
// Where time matters only order is checked, never how long something took, except that a limit was
// kept.
#include "async/async.hpp"

#include <gtest/gtest.h>
#include <boost/asio/post.hpp>

#include <stdexcept>
#include <thread>

namespace wapi::async {
namespace {

using namespace std::chrono_literals;

Task<> add(std::vector<int>& order, int value) {
    order.push_back(value);
    co_return;
}

Task<> throw_runtime_error() {
    throw std::runtime_error("for the log");
    co_return;
}

Task<int> seven() { co_return 7; }

Task<> wait_forever(Signal& signal) {
    while (!co_await signal.wait_for(24h)) {
    }
}

TEST(BlockOn, returns_the_value_or_throws_what_the_task_threw) {
    boost::asio::io_context io;
    EXPECT_EQ(block_on(io, seven()), 7);
    EXPECT_THROW(block_on(io, throw_runtime_error()), std::runtime_error);
    EXPECT_EQ(block_on(io, seven()), 7);  // and again on the same io_context
}

TEST(SignalTest, a_notification_before_the_wait_is_kept_once) {
    boost::asio::io_context io;
    Signal signal(io);
    signal.notify();
    signal.notify();
    EXPECT_TRUE(block_on(io, signal.wait_for(1h)));
    EXPECT_FALSE(block_on(io, signal.wait_for(1ms)));
}

TEST(SignalTest, a_notification_wakes_the_waiting_task) {
    boost::asio::io_context io;
    Signal signal(io);
    boost::asio::post(io, [&] { signal.notify(); });
    EXPECT_TRUE(block_on(io, signal.wait_for(1h)));
}

TEST(TasksTest, are_counted_until_they_end) {
    boost::asio::io_context io;
    Tasks tasks(io);
    Signal signal(io);
    std::vector<int> order;
    tasks.spawn("waits", wait_forever(signal));
    tasks.spawn("adds", add(order, 1));
    EXPECT_EQ(tasks.running(), 2U);
    EXPECT_FALSE(block_on(io, tasks.join(1ms)));
    EXPECT_EQ(tasks.running(), 1U);
    EXPECT_EQ(order, std::vector{1});
    signal.notify();
    EXPECT_TRUE(block_on(io, tasks.join(1h)));
    EXPECT_EQ(tasks.running(), 0U);
}

TEST(TasksTest, a_task_that_throws_is_logged_and_costs_no_other_task) {
    boost::asio::io_context io;
    Tasks tasks(io);
    std::vector<int> order;
    ::testing::internal::CaptureStderr();
    tasks.spawn("breaks", throw_runtime_error());
    tasks.spawn("adds", add(order, 2));
    EXPECT_TRUE(block_on(io, tasks.join(1h)));
    const std::string logged = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(order, std::vector{2});
    EXPECT_NE(logged.find(R"("task":"breaks","error":"for the log")"), std::string::npos);
}

TEST(TasksTest, stop_runs_its_hooks_once) {
    boost::asio::io_context io;
    Tasks tasks(io);
    int calls = 0;
    tasks.on_stop([&] { ++calls; });
    EXPECT_FALSE(tasks.stopping());
    tasks.stop();
    tasks.stop();
    EXPECT_TRUE(tasks.stopping());
    EXPECT_EQ(calls, 1);
}

TEST(ThreadPoolTest, runs_on_another_thread_and_comes_back_with_the_value) {
    boost::asio::io_context io;
    ThreadPool pool(io, "test", 2);
    const auto worker = block_on(io, pool.run([] { return std::this_thread::get_id(); }));
    EXPECT_NE(worker, std::this_thread::get_id());
}

Task<std::thread::id> thread_after_pool(ThreadPool& pool) {
    co_await pool.run([] { return 0; });
    co_return std::this_thread::get_id();
}

TEST(ThreadPoolTest, the_awaiting_task_goes_on_on_the_network_thread) {
    boost::asio::io_context io;
    ThreadPool pool(io, "test", 1);
    EXPECT_EQ(block_on(io, thread_after_pool(pool)), std::this_thread::get_id());
}

TEST(ThreadPoolTest, an_exception_comes_out_of_the_await) {
    boost::asio::io_context io;
    ThreadPool pool(io, "test", 1);
    const auto fails = []() -> int { throw std::invalid_argument("wrong"); };
    EXPECT_THROW(block_on(io, pool.run(fails)), std::invalid_argument);
}

Task<> sum_from_pool(ThreadPool& pool, int value, int& sum) {
    sum += co_await pool.run([value] { return value; });
}

TEST(ThreadPoolTest, many_functions_at_once_all_come_back) {
    boost::asio::io_context io;
    ThreadPool pool(io, "test", 4);
    Tasks tasks(io);
    int sum = 0;
    for (int i = 1; i <= 1'000; ++i) {
        tasks.spawn("sum", sum_from_pool(pool, i, sum));
    }
    EXPECT_TRUE(block_on(io, tasks.join(1h)));
    EXPECT_EQ(sum, 500'500);
}

}  // namespace
}  // namespace wapi::async
