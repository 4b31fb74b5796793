// The heap of things to come. See scheduler.hpp.
#include "cloudsim/scheduler.hpp"

#include <algorithm>

namespace wapi::cloudsim {

Scheduler::Scheduler(async::Tasks& tasks) : tasks_(tasks), signal_(tasks.io()) {}

void Scheduler::start() {
    tasks_.on_stop([this] { signal_.notify(); });
    tasks_.spawn("cloudsim.scheduler", run());
}

bool Scheduler::later(const Item& left, const Item& right) {
    return left.due != right.due ? left.due > right.due : left.order > right.order;
}

void Scheduler::after(std::chrono::milliseconds delay, std::function<void()> action) {
    const auto due = std::chrono::steady_clock::now() + delay;
    const bool first = heap_.empty() || due < heap_.front().due;
    heap_.push_back({due, ++order_, std::move(action)});
    std::ranges::push_heap(heap_, later);
    if (first) {
        signal_.notify();
    }
}

void Scheduler::run_due() {
    const auto now = std::chrono::steady_clock::now();
    while (!heap_.empty() && heap_.front().due <= now) {
        std::ranges::pop_heap(heap_, later);
        // Taken out first: the action may add to the heap or clear it.
        const std::function<void()> action = std::move(heap_.back().action);
        heap_.pop_back();
        action();
    }
}

async::Task<> Scheduler::run() {
    while (!tasks_.stopping()) {
        run_due();
        const async::Duration idle = std::chrono::minutes(1);
        const async::Duration wait =
            heap_.empty() ? idle : heap_.front().due - std::chrono::steady_clock::now();
        co_await signal_.wait_for(std::max(wait, async::Duration::zero()));
    }
}

}  // namespace wapi::cloudsim
