// A WebSocket connection (RFC 6455) as features see it, and the answer by which a handler asks for
// one.
//
// No Beast types here: its WebSocket code is compiled in websocket.cpp only. Text messages only;
// compression is not offered, since its state would cost each of many quiet connections hundreds of
// KiB (docs/adr/0017-live-events.md). What breaks the protocol ends the connection with the code
// that RFC 6455 section 7.4 names: 1002, 1003 (binary), 1007, 1009.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "async/async.hpp"
#include "net/http.hpp"

namespace wapi::net {

struct WebSocketLimits {
    std::size_t message_bytes_max = 4096;  ///< of one message from the client
    /// Of what is sent and not yet taken the system keeps about this much, with its own data twice.
    int send_bytes = 64 * 1024;
    /// Without a sign of life the connection is closed; after half of it the client is pinged.
    std::chrono::milliseconds idle_timeout{60'000};
    std::chrono::milliseconds write_timeout{10'000};  ///< for the client to take one message
    std::chrono::milliseconds close_timeout{5'000};   ///< for the client to answer a close
};

/// Close codes of RFC 6455 that wApi itself sends.
inline constexpr std::uint16_t close_normal = 1000;
inline constexpr std::uint16_t close_going_away = 1001;
inline constexpr std::uint16_t close_unsupported = 1003;

/// One connection. Network thread only.
class WebSocket {
  public:
    virtual ~WebSocket() = default;
    /// The next message; nothing when the connection is over. One read at a time.
    virtual async::Task<std::optional<std::string>> read() = 0;
    /// Sends a message, which must live until then. False when the connection is over, also because
    /// the client did not take it in time. One write at a time.
    virtual async::Task<bool> write(std::string_view text) = 0;
    /// Asks the client to close, and cuts the connection when it does not. Reads end then. At most
    /// 123 bytes of reason.
    virtual void close(std::uint16_t code, std::string_view reason) = 0;
};

/// Serves a connection; when it returns, the connection is closed.
using WebSocketHandler = std::function<async::Task<>(std::shared_ptr<WebSocket>)>;

/// What a Response carries to turn its connection into a WebSocket.
struct WebSocketUpgrade {
    Request request;
    WebSocketLimits limits;
    WebSocketHandler serve;
};

/// True when the request asks for a WebSocket of the one version that there is.
bool asks_for_websocket(const Request& request);

/// The answer that switches protocols. The request must be one that asks for it.
Response websocket_response(WebSocketUpgrade upgrade);

}  // namespace wapi::net
