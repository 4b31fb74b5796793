// The bounded queue between the callers and the database threads, and the way back.
//
// WorkQueue hands functions to threads. Completions brings finished ones to the network thread,
// many with one post, because a wake-up of the network thread costs more than a small transaction.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "db/db.hpp"

namespace wapi::db {

class WorkQueue {
  public:
    explicit WorkQueue(std::size_t waiting_max) : waiting_max_(waiting_max) {}
    /// False, and the work untouched, when the queue is full.
    bool push(Work& work);
    /// Blocks for the next work; empty when the queue is closed and drained.
    std::optional<Work> take();
    /// Blocks for at least one; empty when the queue is closed and drained.
    std::vector<Work> take_many(std::size_t count_max);
    /// No more comes; takers drain what is there and end.
    void close();
    /// Works not yet taken. Any thread.
    [[nodiscard]] std::size_t size() const { return size_.load(std::memory_order_relaxed); }

  private:
    std::size_t waiting_max_;
    std::mutex mutex_;
    std::condition_variable filled_;
    std::deque<Work> works_;
    std::atomic<std::size_t> size_ = 0;
    bool closed_ = false;
};

/// A work and what became of it.
struct Finished {
    Work work;
    std::exception_ptr failure;
    std::vector<Announcement> announcements = {};  ///< of a commit, also of one that may have been
};

class Completions {
  public:
    explicit Completions(boost::asio::io_context& io)
        : io_(io), state_(std::make_shared<State>()) {}
    /// Calls `done` of each: here for blocking work, on the network thread for awaited work, after
    /// the listener has heard what the group announces.
    void deliver(std::vector<Finished> group);
    /// Network thread.
    void listen(AnnouncementListener listener);

  private:
    /// Outlives the database: a post may run after it is closed.
    struct State {
        std::mutex mutex;
        std::vector<Finished> finished;
        std::vector<Announcement> announcements;
        std::atomic<bool> listened = false;
        AnnouncementListener listener;  ///< network thread only
    };
    void post(std::vector<Finished> awaited, std::vector<Announcement> announced);
    std::vector<Announcement> take_announcements(std::vector<Finished>& group) const;
    static void drain(State& state);
    boost::asio::io_context& io_;
    std::shared_ptr<State> state_;
};

}  // namespace wapi::db
