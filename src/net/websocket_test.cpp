// Goal: a connection turns into a WebSocket and keeps the server's bounds: what breaks the protocol
// or is too large is answered with the right code, who does not read or leave is cut, and a stop
// says goodbye.
// Method: Beast's client for what is well-formed, raw bytes for what is not, against a real server.
#include "net/websocket.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include "net/net_test_support.hpp"

namespace wapi::net {
namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

constexpr std::string_view good_fields =
    "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// Blocking, on the test's thread.
class Client {
  public:
    explicit Client(std::uint16_t port) : stream_(io_) {
        stream_.next_layer().connect({asio::ip::make_address("127.0.0.1"), port});
        stream_.handshake("127.0.0.1", "/websocket");
    }
    void say(std::string_view text) { stream_.write(asio::buffer(text)); }
    /// The next message, or `closed <code>`.
    std::string hear() {
        boost::beast::flat_buffer buffer;
        boost::system::error_code failure;
        stream_.read(buffer, failure);
        if (failure == websocket::error::closed) {
            return "closed " + std::to_string(stream_.reason().code);
        }
        return failure ? failure.message() : boost::beast::buffers_to_string(buffer.data());
    }
    auto& stream() { return stream_; }

  private:
    asio::io_context io_;
    websocket::stream<asio::ip::tcp::socket> stream_;
};

/// Frames as bytes, masked with zeros; RFC 6455 section 5.2.
std::string frame(unsigned char first, std::string_view payload) {
    std::string bytes{static_cast<char>(first), static_cast<char>(0x80 | payload.size())};
    return bytes + std::string(4, '\0') + std::string(payload);
}

/// What the server answers to raw bytes behind the handshake.
std::string answer_to(NetTestServer& server, std::string_view bytes) {
    test::RawConnection connection(server.port());
    connection.send("GET /websocket HTTP/1.1\r\nHost: x\r\n" + std::string(good_fields) + "\r\n");
    EXPECT_EQ(connection.read_answer().status, 101);
    connection.send(bytes);
    return connection.read_to_end();
}

std::string close_frame(std::uint16_t code) {
    return {'\x88', '\x02', static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
}

TEST(WebSocketTest, messages_go_both_ways_and_the_client_may_leave) {
    NetTestServer server;
    Client client(server.port());
    client.say("hello");
    EXPECT_EQ(client.hear(), "hello");
    client.say("long");
    EXPECT_EQ(client.hear().size(), 300'000U);
    client.stream().close(websocket::close_code::normal);
    EXPECT_EQ(server.get("/things/1").status, 200) << "and the server goes on";
}

TEST(WebSocketTest, nothing_of_the_handshake_is_kept_while_it_lasts) {
    NetTestServer server;
    Client client(server.port());
    client.say("request");
    EXPECT_EQ(client.hear(), "0 headers");
}

TEST(WebSocketTest, a_message_in_pieces_is_one_message) {
    NetTestServer server;
    Client client(server.port());
    client.stream().write_some(false, asio::buffer(std::string_view("one ")));
    client.stream().write_some(true, asio::buffer(std::string_view("message")));
    EXPECT_EQ(client.hear(), "one message");
}

TEST(WebSocketTest, the_handler_closes_with_a_code) {
    NetTestServer server;
    Client client(server.port());
    client.say("close");
    EXPECT_EQ(client.hear(), "closed 4401");
}

TEST(WebSocketTest, what_is_too_large_or_binary_or_compressed_is_closed_with_its_code) {
    NetTestServer server;
    Client large(server.port());
    large.say(std::string(101, 'x'));
    EXPECT_EQ(large.hear(), "closed 1009");
    Client pieces(server.port());
    for (int count = 0; count < 3; ++count) {
        boost::system::error_code failure;
        pieces.stream().write_some(false, asio::buffer(std::string(60, 'x')), failure);
    }
    EXPECT_EQ(pieces.hear(), "closed 1009") << "in pieces, too";
    Client binary(server.port());
    binary.stream().binary(true);
    binary.say("\x01\x02");
    EXPECT_EQ(binary.hear(), "closed 1003");
    Client not_text(server.port());
    not_text.say("\xC3\x28");
    EXPECT_EQ(not_text.hear(), "closed 1007");
    EXPECT_EQ(answer_to(server, frame(0xC1, "x")), close_frame(1002)) << "compressed, unasked";
    EXPECT_EQ(answer_to(server, frame(0x83, "x")), close_frame(1002)) << "opcode 3";
    EXPECT_EQ(answer_to(server, frame(0x80, "x")), close_frame(1002)) << "continues nothing";
    EXPECT_EQ(answer_to(server, std::string("\x81\x01x")), close_frame(1002)) << "not masked";
    EXPECT_EQ(server.get("/things/1").status, 200);
}

TEST(WebSocketTest, what_is_no_handshake_is_refused) {
    NetTestServer server;
    EXPECT_EQ(server.get("/websocket").status, 426);
    EXPECT_EQ(server
                  .get("/websocket",
                       "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Version: 8\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
                  .status,
              426);
    const std::string fields(good_fields);
    EXPECT_EQ(server.ask("GET /websocket HTTP/1.0\r\nHost: x\r\n" + fields + "\r\n").status, 400);
    EXPECT_EQ(
        server
            .ask("GET /websocket HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n" + frame(0x81, "early"))
            .status,
        400);
}

TEST(WebSocketTest, who_does_not_read_is_cut_and_costs_nobody_else) {
    NetTestServer server;
    Client stalled(server.port());
    stalled.say("flood");
    Client other(server.port());
    other.say("hello");
    EXPECT_EQ(other.hear(), "hello");
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (server.stats().connections_open > 1 && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
    }
    EXPECT_EQ(server.stats().connections_open, 1U) << "the one that reads";
    other.say("again");
    EXPECT_EQ(other.hear(), "again");
}

TEST(WebSocketTest, little_is_kept_for_who_does_not_read) {
    NetTestServer server;
    asio::io_context io;
    websocket::stream<asio::ip::tcp::socket> stalled(io);
    stalled.next_layer().open(asio::ip::tcp::v4());
    stalled.next_layer().set_option(asio::socket_base::receive_buffer_size(4096));
    stalled.next_layer().connect({asio::ip::make_address("127.0.0.1"), server.port()});
    stalled.handshake("127.0.0.1", "/websocket");
    stalled.write(asio::buffer(std::string_view("drip")));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (server.stats().connections_open > 0 && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
    }
    EXPECT_EQ(server.stats().connections_open, 0U);
    EXPECT_GT(server.streams().pieces(), 0);
    EXPECT_LT(server.streams().pieces(), 256) << "thousands of bytes, in the system's buffers";
}

TEST(WebSocketTest, who_does_not_answer_a_close_is_cut) {
    NetTestServer server;
    const std::string bytes = answer_to(server, frame(0x81, "close"));
    EXPECT_TRUE(bytes.starts_with("\x88")) << "and the end came without our answer";
}

TEST(WebSocketTest, a_stop_says_goodbye_to_who_is_connected) {
    NetTestServer server;
    Client client(server.port());
    client.say("hello");
    EXPECT_EQ(client.hear(), "hello");
    auto drained = server.drain(std::chrono::seconds(5));
    EXPECT_EQ(client.hear(), "closed 1001");
    drained.get();
    EXPECT_EQ(server.stats().connections_open, 0U);
}

TEST(WebSocketTest, it_counts_among_the_connections_of_the_server) {
    NetTestServer server({.connections_max = 2});
    Client first(server.port());
    Client second(server.port());
    EXPECT_EQ(server.get("/things/1").status, 503) << "it makes no room for others";
    first.say("hello");
    EXPECT_EQ(first.hear(), "hello");
}

}  // namespace
}  // namespace wapi::net
