// Locks are held for moves only, never while a function or a callback runs.
#include "db/work_queue.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <iterator>

namespace wapi::db {

bool WorkQueue::push(Work& work) {
    work.queued_at = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(mutex_);
        if (closed_ || works_.size() >= waiting_max_) {
            return false;
        }
        works_.push_back(std::move(work));
        size_.store(works_.size(), std::memory_order_relaxed);
        filled_.notify_one();  // under the lock: whoever closes the queue then may destroy it
    }
    return true;
}

std::optional<Work> WorkQueue::take() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return closed_ || !works_.empty(); });
    if (works_.empty()) {
        return std::nullopt;
    }
    Work work = std::move(works_.front());
    works_.pop_front();
    size_.store(works_.size(), std::memory_order_relaxed);
    return work;
}

std::vector<Work> WorkQueue::take_many(std::size_t count_max) {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return closed_ || !works_.empty(); });
    const std::size_t count = std::min(count_max, works_.size());
    const auto end = works_.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<Work> taken(std::make_move_iterator(works_.begin()), std::make_move_iterator(end));
    works_.erase(works_.begin(), end);
    size_.store(works_.size(), std::memory_order_relaxed);
    return taken;
}

void WorkQueue::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    filled_.notify_all();
}

void Completions::listen(AnnouncementListener listener) {
    state_->listened = listener != nullptr;
    state_->listener = std::move(listener);
}

std::vector<Announcement> Completions::take_announcements(std::vector<Finished>& group) const {
    std::vector<Announcement> all;
    if (state_->listened.load(std::memory_order_relaxed)) {
        for (Finished& item : group) {
            std::ranges::move(item.announcements, std::back_inserter(all));
        }
    }
    return all;
}

void Completions::deliver(std::vector<Finished> group) {
    std::vector<Announcement> announced = take_announcements(group);
    std::vector<Finished> awaited;
    std::vector<Finished> blocking;
    awaited.reserve(group.size());
    for (Finished& item : group) {
        // The function's captures are freed here and not on the busier network thread.
        item.work.run = nullptr;
        (item.work.blocking ? blocking : awaited).push_back(std::move(item));
    }
    if (!awaited.empty() || !announced.empty()) {
        post(std::move(awaited), std::move(announced));
    }
    for (Finished& item : blocking) {
        item.work.done(std::move(item.failure));
    }
}

void Completions::post(std::vector<Finished> awaited, std::vector<Announcement> announced) {
    bool post_needed = false;
    {
        const std::lock_guard lock(state_->mutex);
        post_needed = state_->finished.empty() && state_->announcements.empty();
        std::ranges::move(awaited, std::back_inserter(state_->finished));
        std::ranges::move(announced, std::back_inserter(state_->announcements));
    }
    if (post_needed) {
        boost::asio::post(io_, [state = state_] { drain(*state); });
    }
}

void Completions::drain(State& state) {
    std::vector<Finished> finished;
    std::vector<Announcement> announced;
    {
        const std::lock_guard lock(state.mutex);
        finished.swap(state.finished);
        announced.swap(state.announcements);
    }
    if (!announced.empty() && state.listener != nullptr) {
        state.listener(std::move(announced));
    }
    for (Finished& item : finished) {
        item.work.done(std::move(item.failure));
    }
}

}  // namespace wapi::db
