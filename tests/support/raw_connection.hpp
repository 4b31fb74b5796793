// A client of plain bytes, for tests that send what no well-behaved HTTP client would.
//
// Blocking, on the test's own thread. Every read gives up after ten seconds, so a server that never
// answers fails the test instead of holding it up.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace wapi::test {

/// One answer as read from the wire.
struct RawAnswer {
    int status = 0;
    std::string head;  ///< status line and header fields
    std::string body;

    /// Value of the first field of that name, spelled as the server spells it; empty when absent.
    [[nodiscard]] std::string field(std::string_view name) const {
        const std::string start = "\r\n" + std::string(name) + ": ";
        const std::size_t at = head.find(start);
        if (at == std::string::npos) {
            return {};
        }
        const std::size_t value = at + start.size();
        return head.substr(value, head.find("\r\n", value) - value);
    }
};

class RawConnection {
  public:
    explicit RawConnection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            ::close(socket_);
            throw std::runtime_error("cannot connect to the test server");
        }
    }
    ~RawConnection() { ::close(socket_); }
    RawConnection(const RawConnection&) = delete;
    RawConnection& operator=(const RawConnection&) = delete;

    /// False when the other side does not take all of it.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// Reads one answer with a Content-Length (or none). `head_only`: the answer to a HEAD request.
    /// Status 0 when the connection ended first.
    RawAnswer read_answer(bool head_only = false) {
        RawAnswer answer;
        while (received_.find("\r\n\r\n") == std::string::npos) {
            if (!read_more()) {
                return answer;
            }
        }
        answer.head = received_.substr(0, received_.find("\r\n\r\n") + 2);
        received_.erase(0, answer.head.size() + 2);
        answer.status = std::stoi(answer.head.substr(9, 3));
        const std::string length = answer.field("Content-Length");
        const std::size_t body_bytes = length.empty() || head_only ? 0 : std::stoul(length);
        while (received_.size() < body_bytes && read_more()) {
        }
        answer.body = received_.substr(0, body_bytes);
        received_.erase(0, body_bytes);
        return answer;
    }

    /// Everything until the other side ends the connection, in order or with a reset.
    std::string read_to_end() {
        while (read_more()) {
        }
        return std::exchange(received_, {});
    }

    /// True when the other side has closed and nothing more was received.
    bool closed_by_peer() { return received_.empty() && !read_more() && received_.empty(); }

    /// True when nothing more was received and the other side has ended without a reset.
    bool ended_cleanly() {
        char byte = 0;
        return received_.empty() && readable_within(10'000) && ::recv(socket_, &byte, 1, 0) == 0;
    }

    /// True when a byte arrives within the limit.
    bool readable_within(int limit_ms) {
        pollfd waiting{socket_, POLLIN, 0};
        return ::poll(&waiting, 1, limit_ms) == 1;
    }

  private:
    bool read_more() {
        constexpr int limit_ms = 10'000;
        if (!readable_within(limit_ms)) {
            throw std::runtime_error("the server sent nothing for ten seconds");
        }
        char buffer[16 * 1024];
        const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
        if (count <= 0) {
            return false;
        }
        received_.append(buffer, static_cast<std::size_t>(count));
        return true;
    }

    int socket_;
    std::string received_;
};

}  // namespace wapi::test
