// The WebSocket of a connection, on Beast. Included by connection.cpp and websocket.cpp only.
#pragma once

#include <memory>

#include "net/connection.hpp"
#include "net/websocket.hpp"

namespace wapi::net {

class BeastWebSocket final : public WebSocket, public std::enable_shared_from_this<BeastWebSocket> {
  public:
    static constexpr int switched = 101;

    BeastWebSocket(std::shared_ptr<Connection> connection, const WebSocketLimits& limits);
    ~BeastWebSocket() override;
    BeastWebSocket(const BeastWebSocket&) = delete;
    BeastWebSocket& operator=(const BeastWebSocket&) = delete;

    /// Answers the handshake. `switched`, or 400 when the handshake failed.
    async::Task<int> accept(const Request& request, std::string_view request_id);
    async::Task<std::optional<std::string>> read() override;
    async::Task<bool> write(std::string_view text) override;
    void close(std::uint16_t code, std::string_view reason) override;

  private:
    struct Stream;
    using Clock = Connection::Clock;
    static async::Task<> send_close(std::shared_ptr<BeastWebSocket> self, std::uint16_t code,
                                    std::string reason);
    void set_deadline();

    std::shared_ptr<Connection> connection_;  ///< owns the socket
    WebSocketLimits limits_;
    std::unique_ptr<Stream> stream_;
    Clock::time_point write_deadline_ = Clock::time_point::max();
    Clock::time_point close_deadline_ = Clock::time_point::max();
    bool closing_ = false;
};

}  // namespace wapi::net
