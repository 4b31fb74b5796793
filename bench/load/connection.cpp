// One connection of the load generator: see connection.hpp.
#include "bench/load/connection.hpp"

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.hpp"

namespace wapi::load {

Connection::Outcome Connection::open(std::uint16_t port, int epoll, std::uint64_t epoll_data) {
    close();
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) {
        throw Fault("load.socket", "cannot open a socket");
    }
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | static_cast<std::uint32_t>(EPOLLET);
    event.data.u64 = epoll_data;
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, socket_, &event) != 0) {
        throw Fault("load.socket", "cannot watch a socket");
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    since_ = std::chrono::steady_clock::now();
    state_ = State::connecting;
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (::connect(socket_, generic, sizeof address) == 0) {
        return finish_connect();
    }
    if (errno == EINPROGRESS) {
        return Outcome::nothing;
    }
    close();
    return Outcome::refused;
}

void Connection::close() {
    if (socket_ >= 0) {
        ::close(socket_);  // leaves epoll by itself
        socket_ = -1;
    }
    state_ = State::closed;
}

Connection::Outcome Connection::finish_connect() {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        close();
        return Outcome::refused;
    }
    state_ = State::idle;
    return Outcome::connected;
}

Connection::Outcome Connection::send(Request request) {
    request_ = std::move(request);
    written_ = 0;
    parser_.reset();
    state_ = State::busy;
    since_ = std::chrono::steady_clock::now();
    return write_more();
}

Connection::Outcome Connection::on_event(bool readable, bool broken) {
    if (state_ == State::connecting) {
        return finish_connect();
    }
    if (state_ == State::busy && written_ < request_->bytes.size()) {
        const Outcome outcome = write_more();
        if (outcome != Outcome::nothing) {
            return outcome;
        }
    }
    if (readable && state_ != State::closed) {
        return read_more();
    }
    if (broken && state_ != State::closed) {
        close();
        return Outcome::lost;
    }
    return Outcome::nothing;
}

Connection::Outcome Connection::write_more() {
    while (written_ < request_->bytes.size()) {
        const std::string_view rest = std::string_view(request_->bytes).substr(written_);
        const ssize_t count = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (count >= 0) {
            written_ += static_cast<std::size_t>(count);
        } else if (errno == EAGAIN) {
            return Outcome::nothing;
        } else {
            close();
            return Outcome::lost;
        }
    }
    return Outcome::nothing;
}

Connection::Outcome Connection::read_more() {
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), 0);
        if (count < 0 && errno == EAGAIN) {
            return Outcome::nothing;
        }
        if (count <= 0 || state_ != State::busy) {
            close();
            return Outcome::lost;
        }
        const auto size = static_cast<std::size_t>(count);
        const auto progress = parser_.feed(std::string_view(buffer.data(), size));
        if (progress == ResponseParser::Progress::malformed) {
            close();
            return Outcome::malformed;
        }
        if (progress == ResponseParser::Progress::done) {
            state_ = State::idle;
            if (!parser_.keep_alive() || written_ < request_->bytes.size()) {
                close();
            }
            return Outcome::answered;
        }
        if (size < buffer.size()) {
            return Outcome::nothing;  // the next edge tells of more
        }
    }
}

std::optional<Request> Connection::take_request() { return std::exchange(request_, std::nullopt); }

}  // namespace wapi::load
