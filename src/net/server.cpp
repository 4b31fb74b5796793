// The server: accepts, sweeps deadlines, drains. What happens on a connection is in connection.cpp.
#include "net/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.hpp"
#include "net/connection.hpp"
#include "net/descriptors.hpp"

namespace wapi::net {
namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds sweep_interval{250};
constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::chrono::seconds accept_warning_interval{10};
/// A connection that has not said anything for so long may be closed to make room.
constexpr std::chrono::seconds silence_max{1};
/// Connections that are looked at to make room for one.
constexpr int waiting_looked_at_max = 8;
constexpr std::size_t refused_open_max = 256;

bool is_full(const boost::system::error_code& ec) {
    return ec == boost::system::errc::too_many_files_open ||
           ec == boost::system::errc::too_many_files_open_in_system ||
           ec == boost::system::errc::not_enough_memory ||
           ec == boost::system::errc::no_buffer_space;
}

}  // namespace

struct Server::State : ServerCore {
    State(async::Tasks& tasks_, ServerOptions options_, Dispatcher dispatcher_)
        : ServerCore(tasks_, std::move(options_), std::move(dispatcher_)),
          acceptor(tasks_.io()),
          wake(tasks_.io()) {}

    asio::ip::tcp::acceptor acceptor;
    SpareDescriptor spare;
    Connection::Clock::time_point warned_at;
    async::Signal wake;
    std::uint16_t port = 0;

    static async::Task<> accept_loop(std::shared_ptr<State> state);
    static async::Task<> sweep_loop(std::shared_ptr<State> state);
    static void take(const std::shared_ptr<State>& state, asio::ip::tcp::socket socket);
    static bool turn_next_away(const std::shared_ptr<State>& state);
    static bool close_one(WaitingList& waiting, Connection::Clock::time_point since);
    bool make_room();
    void warn_of_failed_accept(const boost::system::error_code& ec);
    void stop_accepting();
    void close_all();
    /// Short timeouts, as tests set them, are swept more often.
    [[nodiscard]] async::Duration sweep_every() const;
};

/// Closes the connection that waits longest for a request, if it does so at least since then.
bool Server::State::close_one(WaitingList& waiting, Connection::Clock::time_point since) {
    int looked_at = 0;
    for (auto at = waiting.begin(); at != waiting.end() && looked_at < waiting_looked_at_max;
         ++looked_at) {
        auto& connection = static_cast<Connection&>(*at++);
        if (connection.waiting_since() > since) {
            return false;
        }
        if (connection.close_when_idle()) {
            return true;
        }
    }
    return false;
}

/// Kept connections go first: who held one opens another when it has something to ask.
bool Server::State::make_room() {
    const auto now = Connection::Clock::now();
    const bool made = close_one(idle, now) || close_one(fresh, now - silence_max);
    stats.shed += made ? 1 : 0;
    return made;
}

void Server::State::take(const std::shared_ptr<State>& state, asio::ip::tcp::socket socket) {
    ++state->stats.connections;
    const std::size_t serving = state->connections.size() - state->refused_open;
    const std::size_t served_max = state->options.connections_max;
    if (serving < served_max || state->make_room()) {
        auto connection =
            std::make_shared<Connection>(state, std::move(socket), Connection::Admission::served);
        state->tasks.spawn("http.connection", Connection::serve(std::move(connection)));
        return;
    }
    ++state->stats.refused;
    if (state->refused_open < std::min(refused_open_max, served_max / 8 + 1)) {
        auto connection =
            std::make_shared<Connection>(state, std::move(socket), Connection::Admission::refused);
        state->tasks.spawn("http.refuse", Connection::refuse(std::move(connection)));
        return;
    }
    Connection::turn_away(state, std::move(socket));
}

/// Answers one connection with the spare descriptor. False when that did not work.
bool Server::State::turn_next_away(const std::shared_ptr<State>& state) {
    boost::system::error_code ec;
    if (!state->spare.release()) {
        return false;
    }
    asio::ip::tcp::socket socket(state->acceptor.get_executor());
    state->acceptor.accept(socket, ec);
    if (!ec) {
        ++state->stats.connections;
        ++state->stats.refused;
        Connection::turn_away(state, std::move(socket));
    }
    state->spare.hold();
    return !ec;
}

void Server::State::warn_of_failed_accept(const boost::system::error_code& ec) {
    const auto now = Connection::Clock::now();
    if (now - warned_at >= accept_warning_interval) {
        warned_at = now;
        log::warn("http.accept_failed", {{"error", ec.message()}});
    }
}

async::Task<> Server::State::accept_loop(std::shared_ptr<State> state) {
    while (state->acceptor.is_open()) {
        state->spare.hold();
        auto [ec, socket] =
            co_await state->acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
        if (!ec) {
            take(state, std::move(socket));
        } else if (state->acceptor.is_open() && ec != asio::error::operation_aborted) {
            // Out of descriptors or memory: what is open goes on, and closing makes room.
            state->warn_of_failed_accept(ec);
            async::Duration pause = accept_pause;
            if (is_full(ec) && (state->make_room() || turn_next_away(state))) {
                pause = {};  // who was asked to end has done so at the next turn
            }
            co_await async::sleep_for(pause);
        }
    }
}

async::Duration Server::State::sweep_every() const {
    const auto shortest =
        std::min({options.header_timeout, options.body_timeout, options.handler_timeout,
                  options.idle_timeout, options.write_timeout});
    return std::clamp<std::chrono::milliseconds>(shortest / 4, std::chrono::milliseconds(5),
                                                 sweep_interval);
}

async::Task<> Server::State::sweep_loop(std::shared_ptr<State> state) {
    const async::Duration every = state->sweep_every();
    while (state->acceptor.is_open() || !state->connections.empty()) {
        co_await state->wake.wait_for(every);
        const auto now = Connection::Clock::now();
        for (Connection* connection : state->connections) {
            connection->expire(now);  // only asks its coroutine to end; the list does not change
        }
    }
}

void Server::State::stop_accepting() {
    draining = true;
    boost::system::error_code ec;
    acceptor.close(ec);
    wake.notify();
}

void Server::State::close_all() {
    for (Connection* connection : connections) {
        connection->close();
    }
}

Server::Server(async::Tasks& tasks, ServerOptions options, std::vector<Route> routes,
               Authenticator* authenticator, std::function<std::string()> request_id) {
    Dispatcher dispatcher(std::move(routes), authenticator, std::move(request_id),
                          options.rate_limiter);
    state_ = std::make_shared<State>(tasks, std::move(options), std::move(dispatcher));
}

Server::~Server() {
    state_->stop_accepting();
    state_->close_all();
}

void Server::start() {
    const ServerOptions& options = state_->options;
    try {
        const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(options.address),
                                               options.port);
        state_->acceptor.open(endpoint.protocol());
        state_->acceptor.set_option(asio::socket_base::reuse_address(true));
        state_->acceptor.bind(endpoint);
        state_->acceptor.non_blocking(true);
        state_->acceptor.listen(asio::socket_base::max_listen_connections);
        state_->port = state_->acceptor.local_endpoint().port();
    } catch (const boost::system::system_error& error) {
        throw Fault("http.bind", options.address + ":" + std::to_string(options.port) + ": " +
                                     error.code().message());
    }
    state_->tasks.spawn("http.accept", State::accept_loop(state_));
    state_->tasks.spawn("http.sweep", State::sweep_loop(state_));
    log::info("http.listening", {{"address", options.address},
                                 {"port", state_->port},
                                 {"connectionsMax", options.connections_max}});
}

std::uint16_t Server::port() const { return state_->port; }

async::Task<> Server::drain(std::chrono::milliseconds limit) {
    const std::shared_ptr<State> state = state_;
    state->stop_accepting();
    for (Connection* connection : state->connections) {
        connection->go_away();
    }
    const auto deadline = Connection::Clock::now() + limit;
    constexpr std::chrono::milliseconds look_again{10};
    while (!state->connections.empty() && Connection::Clock::now() < deadline) {
        co_await async::sleep_for(look_again);
    }
    if (!state->connections.empty()) {
        log::warn("http.drain_cut_short", {{"connections", state->connections.size()}});
    }
    state->close_all();
}

ServerStats Server::stats() const {
    ServerStats stats = state_->stats;
    stats.connections_open = state_->connections.size();
    return stats;
}

}  // namespace wapi::net
