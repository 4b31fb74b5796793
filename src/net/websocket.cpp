// Beast's WebSocket code, compiled here and nowhere else. See websocket.hpp.
//
// The stream works on the connection's own socket, so that the sweep, the drain and the limit of
// connections go on to apply: a client that takes too long is cut by the sweep.
#include "net/websocket.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_static_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/websocket.hpp>

#include "base/text.hpp"
#include "net/websocket_beast.hpp"

namespace wapi::net {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view version = "13";
constexpr std::size_t key_bytes = 24;  ///< 16 bytes in Base64

using Handshake = http::request<http::empty_body>;

Handshake handshake_of(const Request& request) {
    Handshake handshake{http::verb::get, request.target, 11};
    for (const auto& [name, value] : request.headers) {
        handshake.insert(name, value);
    }
    return handshake;
}

/// Whether a list such as `keep-alive, Upgrade` names the word, whatever its case.
bool names(std::string_view list, std::string_view word) {
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        if (text::to_lower_ascii(text::trim(list.substr(0, end))) == word) {
            return true;
        }
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

}  // namespace

struct BeastWebSocket::Stream {
    explicit Stream(Connection::Socket& socket) : websocket(socket) {}
    beast::websocket::stream<Connection::Socket&, false> websocket;
};

bool asks_for_websocket(const Request& request) {
    return request.verb == Verb::get && names(request.header("upgrade"), "websocket") &&
           names(request.header("connection"), "upgrade") &&
           request.header("sec-websocket-version") == version &&
           request.header("sec-websocket-key").size() == key_bytes;
}

Response websocket_response(WebSocketUpgrade upgrade) {
    Response response;
    response.status = BeastWebSocket::switched;
    response.upgrade = std::make_shared<WebSocketUpgrade>(std::move(upgrade));
    return response;
}

BeastWebSocket::BeastWebSocket(std::shared_ptr<Connection> connection,
                               const WebSocketLimits& limits)
    : connection_(std::move(connection)),
      limits_(limits),
      stream_(std::make_unique<Stream>(connection_->socket())) {
    boost::system::error_code ec;  // refused: the system keeps as much as it likes
    connection_->socket().set_option(asio::socket_base::send_buffer_size(limits_.send_bytes), ec);
    auto& websocket = stream_->websocket;
    websocket.read_message_max(limits_.message_bytes_max);
    websocket.auto_fragment(false);
    beast::websocket::stream_base::timeout timeout{};
    timeout.handshake_timeout = limits_.close_timeout;
    timeout.idle_timeout = limits_.idle_timeout;
    timeout.keep_alive_pings = true;
    websocket.set_option(timeout);
}

BeastWebSocket::~BeastWebSocket() = default;

async::Task<int> BeastWebSocket::accept(const Request& request, std::string_view request_id) {
    const Handshake handshake = handshake_of(request);
    const std::string id(request_id);
    stream_->websocket.set_option(beast::websocket::stream_base::decorator(
        [id](beast::websocket::response_type& answer) { answer.set("X-Request-Id", id); }));
    const auto [failure] = co_await stream_->websocket.async_accept(handshake, as_result);
    co_return failure ? 400 : switched;
}

async::Task<std::optional<std::string>> BeastWebSocket::read() {
    std::string message;
    auto buffer = asio::dynamic_buffer(message);
    const auto [failure, count] = co_await stream_->websocket.async_read(buffer, as_result);
    if (failure) {
        co_return std::nullopt;
    }
    if (!stream_->websocket.got_text()) {
        close(close_unsupported, "Text messages only.");
        co_return std::nullopt;
    }
    co_return message;
}

async::Task<bool> BeastWebSocket::write(std::string_view text) {
    if (closing_) {
        co_return false;
    }
    write_deadline_ = Clock::now() + limits_.write_timeout;
    set_deadline();
    stream_->websocket.text(true);
    const auto [failure, count] =
        co_await stream_->websocket.async_write(asio::buffer(text), as_result);
    write_deadline_ = Clock::time_point::max();
    set_deadline();
    co_return !failure;
}

void BeastWebSocket::close(std::uint16_t code, std::string_view reason) {
    if (std::exchange(closing_, true)) {
        return;
    }
    close_deadline_ = Clock::now() + limits_.close_timeout;
    set_deadline();
    connection_->tasks().spawn("http.websocket_close",
                               send_close(shared_from_this(), code, std::string(reason)));
}

async::Task<> BeastWebSocket::send_close(std::shared_ptr<BeastWebSocket> self, std::uint16_t code,
                                         std::string reason) {
    const beast::websocket::close_reason why(static_cast<beast::websocket::close_code>(code),
                                             reason);
    co_await self->stream_->websocket.async_close(why, as_result);
    self->connection_->close();
}

void BeastWebSocket::set_deadline() {
    connection_->set_deadline(std::min(write_deadline_, close_deadline_));
}

}  // namespace wapi::net
