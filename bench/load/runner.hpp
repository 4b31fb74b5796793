// Sends requests over many connections from one thread, in a closed or an open loop.
//
// Closed loop: each connection sends its next request as soon as the last was answered, which finds
// the highest rate. Open loop: requests are due at a constant rate whatever the server does, and
// latency counts from when a request was due, so that a stall is charged to everyone who would have
// waited in it (no coordinated omission). A server that dies is waited for.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "bench/load/connection.hpp"
#include "bench/load/ledger.hpp"
#include "bench/load/report.hpp"
#include "bench/load/request_source.hpp"

namespace wapi::load {

struct RunPlan {
    std::uint16_t port = 0;
    unsigned connections = 64;
    double rate = 0;                            ///< requests per second; 0 is the closed loop
    std::chrono::nanoseconds duration{0};       ///< 0: until the source is empty
    std::chrono::nanoseconds warmup{0};         ///< the first part of the duration, not measured
    std::chrono::milliseconds timeout{10'000};  ///< for one answer
    bool repeat = false;  ///< send what was not acknowledged again, as Meta does
};

class Runner {
  public:
    Runner(RunPlan plan, RequestSource& source, Ledger& ledger);
    ~Runner();
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    /// Runs to the end of the duration or of the source, then waits for answers still out.
    /// Errors: Fault `load.socket` when the system refuses sockets.
    Report run();

  private:
    void reconnect_closed(SteadyTime now);
    void dispatch(SteadyTime now);
    bool dispatch_one(Connection& connection, SteadyTime now);
    void wait_for_events(SteadyTime now);
    void handle(Connection& connection, Connection::Outcome outcome);
    void record_answer(Connection& connection, Request request);
    void count_failure(Connection& connection, const char* kind);
    void give_up(Request request);
    void expire_requests(SteadyTime now);
    void count_unsent();
    /// Open loop: the next request is due before the end of the run.
    [[nodiscard]] bool has_due_left() const;
    [[nodiscard]] bool may_send(SteadyTime now) const;
    [[nodiscard]] SteadyTime due_time(std::uint64_t number) const;
    [[nodiscard]] SteadyTime next_wakeup(SteadyTime now) const;

    RunPlan plan_;
    RequestSource& source_;
    Ledger& ledger_;
    int epoll_ = -1;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::vector<std::size_t>
        idle_;                ///< places in connections_; may hold some that are no longer idle
    std::uint64_t sent_ = 0;  ///< first sends, repeats not counted
    std::size_t busy_ = 0;
    bool source_empty_ = false;
    bool draining_ = false;
    SteadyTime start_{};
    SteadyTime measure_from_{};
    SteadyTime end_{};
    SteadyTime last_answer_{};
    SteadyTime next_sweep_{};
    Report report_;
};

}  // namespace wapi::load
