// One keep-alive HTTP connection to 127.0.0.1, never blocking: writes a request, reads its answer.
//
// Knows nothing of rates or repeats; the runner asks it to send and is told what came of it. Lives
// on one epoll instance, edge triggered, so that a request costs one write, one read and no
// epoll_ctl.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "bench/load/request_source.hpp"
#include "bench/load/response_parser.hpp"

namespace wapi::load {

class Connection {
  public:
    enum class State { closed, connecting, idle, busy };
    enum class Outcome {
        nothing,    ///< wait for the next event
        connected,  ///< idle now
        answered,   ///< status() tells the answer; idle or closed now
        refused,    ///< nobody listens; closed now
        lost,       ///< the server closed or broke the connection; closed now
        malformed,  ///< the answer is not HTTP; closed now
    };

    Connection() = default;
    ~Connection() { close(); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Starts to connect. `epoll_data` comes back with this connection's events.
    /// Errors: Fault `load.socket` when the system has no more sockets.
    Outcome open(std::uint16_t port, int epoll, std::uint64_t epoll_data);
    void close();

    /// Sends a request; the connection must be idle.
    Outcome send(Request request);

    /// Handles what epoll told: `lost`, `refused` and `malformed` leave the request to
    /// take_request().
    Outcome on_event(bool readable, bool broken);

    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] int status() const { return parser_.status(); }
    [[nodiscard]] SteadyTime since() const { return since_; }
    /// When to try again after a failure; the runner's to set.
    SteadyTime rest_until{};

    /// The request that was answered or lost, if there was one.
    std::optional<Request> take_request();

  private:
    Outcome finish_connect();
    Outcome write_more();
    Outcome read_more();

    int socket_ = -1;
    State state_ = State::closed;
    std::optional<Request> request_;
    std::size_t written_ = 0;
    ResponseParser parser_;
    SteadyTime since_{};  ///< start of connecting or of the request
};

}  // namespace wapi::load
