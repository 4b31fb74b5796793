// Things that happen later: statuses, retries, scripted customers. One heap, one task.
//
// A coroutine for each would cost more than the event itself when thousands of messages a second
// each bring three statuses. Network thread only.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "async/async.hpp"

namespace wapi::cloudsim {

class Scheduler {
  public:
    explicit Scheduler(async::Tasks& tasks);
    /// Starts the task that runs what is due.
    void start();
    void after(std::chrono::milliseconds delay, std::function<void()> action);
    /// Forgets everything that has not run yet.
    void clear() { heap_.clear(); }
    [[nodiscard]] std::size_t pending() const { return heap_.size(); }

  private:
    struct Item {
        std::chrono::steady_clock::time_point due;
        std::uint64_t order;  ///< keeps the order of equal times
        std::function<void()> action;
    };
    static bool later(const Item& left, const Item& right);
    async::Task<> run();
    void run_due();

    async::Tasks& tasks_;
    async::Signal signal_;
    std::uint64_t order_ = 0;
    std::vector<Item> heap_;
};

}  // namespace wapi::cloudsim
