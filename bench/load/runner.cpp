// The loop of the load generator: see runner.hpp.
#include "bench/load/runner.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <optional>
#include <string>
#include <utility>

#include <sys/epoll.h>
#include <unistd.h>

#include "base/error.hpp"

namespace wapi::load {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds reconnect_delay{20};
constexpr std::chrono::milliseconds sweep_interval{10};
constexpr std::chrono::milliseconds drain_max{5'000};
constexpr int ok_status = 200;
constexpr int too_many_status = 429;
constexpr int server_error_status = 500;

timespec to_timespec(nanoseconds time) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    return timespec{seconds.count(), (time - seconds).count()};
}

}  // namespace

Runner::Runner(RunPlan plan, RequestSource& source, Ledger& ledger)
    : plan_(plan), source_(source), ledger_(ledger), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) {
        throw Fault("load.socket", "cannot make an epoll instance");
    }
    for (unsigned number = 0; number < plan_.connections; ++number) {
        connections_.push_back(std::make_unique<Connection>());
    }
    report_.mode = plan_.rate > 0 ? "open" : "closed";
    report_.wanted_rate = plan_.rate;
}

Runner::~Runner() {
    connections_.clear();
    ::close(epoll_);
}

Report Runner::run() {
    start_ = steady_clock::now();
    measure_from_ = start_ + plan_.warmup;
    end_ = plan_.duration.count() > 0 ? start_ + plan_.duration : SteadyTime::max();
    last_answer_ = start_;
    SteadyTime drain_until = SteadyTime::max();
    for (;;) {
        const SteadyTime now = steady_clock::now();
        if (!draining_ && now >= end_) {
            draining_ = true;
            drain_until = now + std::min(plan_.timeout, drain_max);
        }
        const bool finished = source_empty_ || (draining_ && !has_due_left());
        if ((finished && busy_ == 0) || now >= drain_until) {
            break;
        }
        if (now >= next_sweep_) {
            next_sweep_ = now + sweep_interval;
            expire_requests(now);
            reconnect_closed(now);
        }
        dispatch(now);
        wait_for_events(now);
        ledger_.flush();
    }
    const SteadyTime stop = std::min(end_, source_empty_ ? last_answer_ : end_);
    report_.measured_time = std::max(nanoseconds(0), nanoseconds(stop - measure_from_));
    count_unsent();
    if (busy_ > 0) {
        report_.errors["timeout"] += busy_;
    }
    return std::move(report_);
}

void Runner::reconnect_closed(SteadyTime now) {
    for (std::size_t place = 0; place < connections_.size(); ++place) {
        Connection& connection = *connections_[place];
        if (connection.state() == Connection::State::closed && now >= connection.rest_until) {
            handle(connection, connection.open(plan_.port, epoll_, place));
            if (connection.state() == Connection::State::idle) {
                idle_.push_back(place);
            }
        }
    }
}

void Runner::dispatch(SteadyTime now) {
    std::vector<std::size_t> resting;
    while (!idle_.empty() && may_send(now)) {
        const std::size_t place = idle_.back();
        idle_.pop_back();
        Connection& connection = *connections_[place];
        if (connection.state() != Connection::State::idle) {
            continue;
        }
        if (now < connection.rest_until) {
            resting.push_back(place);
        } else if (!dispatch_one(connection, now)) {
            idle_.push_back(place);
            break;
        }
    }
    idle_.insert(idle_.end(), resting.begin(), resting.end());
}

bool Runner::dispatch_one(Connection& connection, SteadyTime now) {
    std::optional<Request> request = source_.next();
    source_empty_ = !request.has_value();
    if (source_empty_) {
        return false;
    }
    request->due = plan_.rate > 0 ? due_time(sent_) : now;
    ++sent_;
    ++busy_;
    handle(connection, connection.send(std::move(*request)));
    return true;
}

void Runner::wait_for_events(SteadyTime now) {
    std::array<epoll_event, 256> events{};
    const nanoseconds wait = std::max(nanoseconds(0), nanoseconds(next_wakeup(now) - now));
    const timespec limit = to_timespec(wait);
    const int count =
        ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &limit, nullptr);
    for (int number = 0; number < count; ++number) {
        const epoll_event& event = events[static_cast<std::size_t>(number)];
        const auto place = static_cast<std::size_t>(event.data.u64);
        Connection& connection = *connections_[place];
        const Connection::State before = connection.state();
        const bool broken = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
        handle(connection, connection.on_event((event.events & EPOLLIN) != 0, broken));
        if (connection.state() == Connection::State::idle && before != Connection::State::idle) {
            idle_.push_back(place);
        }
    }
}

void Runner::handle(Connection& connection, Connection::Outcome outcome) {
    switch (outcome) {
        case Connection::Outcome::answered: {
            std::optional<Request> request = connection.take_request();
            record_answer(connection, std::move(*request));
            break;
        }
        case Connection::Outcome::refused: count_failure(connection, "refused"); break;
        case Connection::Outcome::lost: count_failure(connection, "no_answer"); break;
        case Connection::Outcome::malformed: count_failure(connection, "malformed"); break;
        case Connection::Outcome::nothing:
        case Connection::Outcome::connected: break;
    }
}

void Runner::record_answer(Connection& connection, Request request) {
    const SteadyTime now = steady_clock::now();
    --busy_;
    last_answer_ = now;
    if (connection.status() != ok_status) {
        ++report_.errors[std::to_string(connection.status())];
        if (connection.status() == too_many_status || connection.status() >= server_error_status) {
            connection.rest_until = now + reconnect_delay;
        }
        give_up(std::move(request));
        return;
    }
    ++report_.accepted;
    ledger_.add(request.wamid, request.status);
    if (now >= measure_from_ && now <= end_) {
        ++report_.measured;
    }
    if (request.due >= measure_from_) {
        report_.latency.record(now - request.due);
    }
}

void Runner::count_failure(Connection& connection, const char* kind) {
    connection.rest_until = steady_clock::now() + reconnect_delay;
    std::optional<Request> request = connection.take_request();
    if (request) {
        --busy_;
        ++report_.errors[kind];
        give_up(std::move(*request));
    } else if (std::string_view(kind) == "refused") {
        ++report_.errors[kind];  // an idle connection that the server closes is no error
    }
}

void Runner::give_up(Request request) {
    if (plan_.repeat) {
        source_.repeat(std::move(request));
        source_empty_ = false;
    }
}

void Runner::expire_requests(SteadyTime now) {
    for (const auto& connection : connections_) {
        const auto state = connection->state();
        const bool waiting =
            state == Connection::State::busy || state == Connection::State::connecting;
        if (waiting && now - connection->since() > plan_.timeout) {
            connection->close();
            count_failure(*connection, "timeout");
        }
    }
}

void Runner::count_unsent() {
    if (has_due_left() && !source_empty_) {
        const double seconds = std::chrono::duration<double>(end_ - due_time(sent_)).count();
        report_.errors["unsent"] += static_cast<std::uint64_t>(std::ceil(seconds * plan_.rate));
    }
}

bool Runner::has_due_left() const { return plan_.rate > 0 && due_time(sent_) < end_; }

bool Runner::may_send(SteadyTime now) const {
    return plan_.rate > 0 ? has_due_left() && due_time(sent_) <= now : !draining_;
}

SteadyTime Runner::due_time(std::uint64_t number) const {
    const double offset_ns = static_cast<double>(number) / plan_.rate * 1e9;
    return start_ + nanoseconds(static_cast<std::int64_t>(offset_ns));
}

SteadyTime Runner::next_wakeup(SteadyTime now) const {
    SteadyTime wakeup = next_sweep_;
    if (!draining_) {
        wakeup = std::min(wakeup, end_);
    }
    if (has_due_left() && !idle_.empty() && !source_empty_) {
        wakeup = std::min(wakeup, std::max(now, due_time(sent_)));
    }
    return wakeup;
}

}  // namespace wapi::load
