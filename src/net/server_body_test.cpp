// Goal: a body that a handler takes in pieces arrives whole and in order, is never piled up, keeps
// the limits of every other body, and leaves the connection usable or closed. Method: raw clients.
// Sources: RFC 9112 sections 6 and 7.1, RFC 9110 section 10.1.1 (100-continue).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/net_test_support.hpp"

namespace wapi::net {
namespace {

using std::chrono::milliseconds;
using test::RawAnswer;
using test::RawConnection;

std::string letters(std::size_t count) {
    std::string text(count, ' ');
    for (std::size_t at = 0; at < count; ++at) {
        text[at] = static_cast<char>('a' + at % 23);
    }
    return text;
}

std::string told(const std::string& body) {
    std::uint64_t sum = 0;
    for (const char letter : body) {
        sum = sum * 31 + static_cast<unsigned char>(letter);
    }
    return fmt::format("bytes={} sum={} small=true", body.size(), sum);
}

std::string with_length(std::string_view target, const std::string& body,
                        std::string_view fields = {}) {
    return fmt::format("POST {} HTTP/1.1\r\nHost: x\r\n{}Content-Length: {}\r\n\r\n{}", target,
                       fields, body.size(), body);
}

std::string chunked(std::string_view target, const std::string& body, std::size_t chunk_bytes) {
    std::string text =
        fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", target);
    for (std::size_t at = 0; at < body.size(); at += chunk_bytes) {
        const std::string chunk = body.substr(at, chunk_bytes);
        text += fmt::format("{:x}\r\n{}\r\n", chunk.size(), chunk);
    }
    return text + "0\r\n\r\n";
}

TEST(HttpBodyInPieces, a_body_of_any_framing_arrives_whole_and_in_small_pieces) {
    NetTestServer server;
    for (const std::size_t bytes : {0U, 1U, 65'535U, 65'536U, 65'537U, 3'000'000U}) {
        const std::string body = letters(bytes);
        EXPECT_EQ(server.ask(with_length("/pieces", body)).body, told(body)) << bytes;
        EXPECT_EQ(server.ask(chunked("/pieces", body, 10'007)).body, told(body)) << bytes;
    }
}

TEST(HttpBodyInPieces, the_connection_serves_the_next_request) {
    NetTestServer server;
    RawConnection connection(server.port());
    const std::string body = letters(300'000);
    connection.send(with_length("/pieces", body) +
                    "GET /things/7 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(connection.read_answer().body, told(body));
    EXPECT_NE(connection.read_answer().body.find("id=7"), std::string::npos);
}

TEST(HttpBodyInPieces, a_slow_handler_gets_all_of_it) {
    NetTestServer server;
    const std::string body = letters(1'500'000);
    EXPECT_EQ(server.ask(with_length("/pieces?pause=5", body)).body, told(body));
}

TEST(HttpBodyInPieces, what_is_over_the_limit_is_refused) {
    NetTestServer server;
    const std::string body = letters((4 << 20) + 1);
    RawConnection announced(server.port());
    announced.send(
        fmt::format("POST /pieces HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.size()));
    expect_refused(announced.read_answer(), 413, "body_too_large");
    expect_refused(server.ask(chunked("/pieces", body, 50'000)), 413, "body_too_large");
}

TEST(HttpBodyInPieces, a_broken_chunk_is_refused) {
    NetTestServer server;
    expect_refused(server.ask("POST /pieces HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                              "\r\n3\r\nabc\r\nnonsense\r\n\r\n"),
                   400, "malformed_request");
}

TEST(HttpBodyInPieces, a_client_that_stops_sending_is_told_so) {
    NetTestServer server({.body_timeout = milliseconds(200)});
    RawConnection connection(server.port());
    connection.send("POST /pieces HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc");
    expect_refused(connection.read_answer(), 408, "request_timeout");
}

TEST(HttpBodyInPieces, who_may_not_send_it_is_told_before_the_body) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send("POST /team/pieces HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
    expect_refused(connection.read_answer(), 401, "unauthorized");
}

TEST(HttpBodyInPieces, an_invitation_to_go_on_comes_when_the_handler_reads) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send(
        "POST /pieces HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    EXPECT_EQ(connection.read_answer(true).status, 100);
    connection.send("abc");
    EXPECT_EQ(connection.read_answer().body, told("abc"));
    RawConnection refused(server.port());
    refused.send(
        "POST /team/pieces HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
        "Content-Length: 3\r\n\r\n");
    EXPECT_EQ(refused.read_answer().status, 401);
}

TEST(HttpBodyInPieces, a_handler_that_leaves_the_rest_ends_the_connection) {
    NetTestServer server;
    const RawAnswer answer = server.ask(with_length("/pieces?pieces=1", letters(1'000'000)));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Connection"), "close");
}

}  // namespace
}  // namespace wapi::net
