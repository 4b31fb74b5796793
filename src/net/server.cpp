// The server: accepts, sweeps deadlines, drains. What happens on a connection is in connection.cpp.
#include "net/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.hpp"
#include "net/connection.hpp"

namespace wapi::net {
namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

constexpr std::chrono::milliseconds sweep_interval{250};
constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::size_t refused_open_max = 256;

}  // namespace

struct Server::State : ServerCore {
    State(async::Tasks& tasks_, ServerOptions options_, Dispatcher dispatcher_)
        : ServerCore(tasks_, std::move(options_), std::move(dispatcher_)),
          acceptor(tasks_.io()),
          wake(tasks_.io()) {}

    tcp::acceptor acceptor;
    async::Signal wake;
    std::uint16_t port = 0;

    static async::Task<> accept_loop(std::shared_ptr<State> state);
    static async::Task<> sweep_loop(std::shared_ptr<State> state);
    static void take(const std::shared_ptr<State>& state, tcp::socket socket);
    void stop_accepting();
    void close_all();
    /// Short timeouts, as tests set them, are swept more often.
    [[nodiscard]] async::Duration sweep_every() const;
};

void Server::State::take(const std::shared_ptr<State>& state, tcp::socket socket) {
    ++state->stats.connections;
    const std::size_t serving = state->connections.size() - state->refused_open;
    if (serving < state->options.connections_max) {
        auto connection =
            std::make_unique<Connection>(state, std::move(socket), Connection::Admission::served);
        state->tasks.spawn("http.connection", Connection::serve(std::move(connection)));
        return;
    }
    ++state->stats.refused;
    if (state->refused_open < refused_open_max) {
        auto connection =
            std::make_unique<Connection>(state, std::move(socket), Connection::Admission::refused);
        state->tasks.spawn("http.refuse", Connection::refuse(std::move(connection)));
    }
}

async::Task<> Server::State::accept_loop(std::shared_ptr<State> state) {
    while (state->acceptor.is_open()) {
        auto [ec, socket] =
            co_await state->acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
        if (!ec) {
            take(state, std::move(socket));
        } else if (state->acceptor.is_open() && ec != asio::error::operation_aborted) {
            // Out of descriptors or memory: what is open goes on, and closing makes room.
            log::warn("http.accept_failed", {{"error", ec.message()}});
            co_await async::sleep_for(accept_pause);
        }
    }
}

async::Duration Server::State::sweep_every() const {
    const auto shortest = std::min({options.header_timeout, options.body_timeout,
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
               Authenticator* authenticator, std::function<std::string()> request_id)
    : state_(std::make_shared<State>(
          tasks, std::move(options),
          Dispatcher(std::move(routes), authenticator, std::move(request_id)))) {}

Server::~Server() {
    state_->stop_accepting();
    state_->close_all();
}

void Server::start() {
    const ServerOptions& options = state_->options;
    try {
        const tcp::endpoint endpoint(asio::ip::make_address(options.address), options.port);
        state_->acceptor.open(endpoint.protocol());
        state_->acceptor.set_option(asio::socket_base::reuse_address(true));
        state_->acceptor.bind(endpoint);
        state_->acceptor.listen(asio::socket_base::max_listen_connections);
        state_->port = state_->acceptor.local_endpoint().port();
    } catch (const boost::system::system_error& error) {
        throw Fault("http.bind", options.address + ":" + std::to_string(options.port) + ": " +
                                     error.code().message());
    }
    state_->tasks.spawn("http.accept", State::accept_loop(state_));
    state_->tasks.spawn("http.sweep", State::sweep_loop(state_));
    log::info("http.listening", {{"address", options.address}, {"port", state_->port}});
}

std::uint16_t Server::port() const { return state_->port; }

async::Task<> Server::drain(std::chrono::milliseconds limit) {
    const std::shared_ptr<State> state = state_;
    state->stop_accepting();
    for (Connection* connection : state->connections) {
        connection->close_when_idle();
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
