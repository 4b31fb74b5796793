// Goal: an answer made in pieces reaches its client whole or visibly broken, and never piles up
// here. Method: raw clients that read all, slowly, not at all, or go away; the source counts its
// pieces. Sources: RFC 9112 sections 6.3 and 7.1 (framing), RFC 9110 section 9.3.2 (HEAD).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/net_test_support.hpp"

namespace wapi::net {
namespace {

using std::chrono::milliseconds;
using test::RawAnswer;
using test::RawConnection;

constexpr int piece_bytes = 64 * 1024;
/// Far more than the sockets of both sides hold.
constexpr int many_pieces = 4'000;

std::string request_for(std::string_view query, std::string_view verb = "GET",
                        std::string_view version = "1.1") {
    return fmt::format("{} /stream?{} HTTP/{}\r\nHost: x\r\n\r\n", verb, query, version);
}

/// Asks in a connection that ends with the answer, and gives everything that came.
std::string ask_once(NetTestServer& server, std::string_view query) {
    RawConnection connection(server.port());
    connection.send(
        fmt::format("GET /stream?{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", query));
    return connection.read_to_end();
}

std::string body_of(const std::string& answer) {
    return answer.substr(answer.find("\r\n\r\n") + 4);
}

TEST(HttpStream, pieces_become_chunks_with_an_end) {
    NetTestServer server;
    const std::string answer = ask_once(server, "pieces=3&bytes=20");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_NE(answer.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
    EXPECT_EQ(answer.find("Content-Length"), std::string::npos);
    EXPECT_EQ(body_of(answer),
              fmt::format("14\r\n{}\r\n14\r\n{}\r\n14\r\n{}\r\n0\r\n\r\n", std::string(20, 'a'),
                          std::string(20, 'b'), std::string(20, 'c')));
    EXPECT_TRUE(server.streams().all_closed());
}

TEST(HttpStream, the_connection_is_kept_for_the_next_request) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send(request_for("pieces=2&bytes=1") +
                    "GET /things/7 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string both = connection.read_to_end();
    EXPECT_NE(both.find("1\r\na\r\n1\r\nb\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n"), std::string::npos)
        << both;
}

TEST(HttpStream, a_body_without_pieces_is_an_empty_body) {
    NetTestServer server;
    const RawAnswer answer = server.get("/stream?pieces=0");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Content-Length"), "0");
    EXPECT_EQ(answer.field("Transfer-Encoding"), "");
}

TEST(HttpStream, http_1_0_gets_the_bare_body_until_the_end_of_the_connection) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send(
        "GET /stream?pieces=3&bytes=2 HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n");
    const std::string answer = connection.read_to_end();
    EXPECT_EQ(answer.find("Transfer-Encoding"), std::string::npos);
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
    EXPECT_EQ(body_of(answer), "aabbcc");
}

TEST(HttpStream, head_gets_the_head_and_asks_the_source_for_nothing) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send(request_for("pieces=3&bytes=2", "HEAD"));
    const RawAnswer answer = connection.read_answer(true);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Transfer-Encoding"), "chunked");
    connection.send("GET /things/7 HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(connection.read_answer().status, 200);  // no body came between
    EXPECT_EQ(server.streams().pieces(), 0);
}

TEST(HttpStream, a_failure_before_the_first_piece_is_an_error_answer) {
    NetTestServer server;
    const RawAnswer answer = server.get("/stream?pieces=3&bytes=2&failing=1");
    EXPECT_EQ(answer.status, 503);
    EXPECT_NE(answer.body.find(R"("code":"unavailable")"), std::string::npos) << answer.body;
    EXPECT_EQ(answer.body.find("secret"), std::string::npos);
}

TEST(HttpStream, a_failure_later_leaves_the_chunks_without_their_end) {
    NetTestServer server;
    const std::string answer = ask_once(server, "pieces=3&bytes=2&failing=3");
    EXPECT_EQ(answer.find("0\r\n\r\n"), std::string::npos) << answer;
    EXPECT_EQ(answer.find("secret"), std::string::npos);
    EXPECT_TRUE(server.streams().all_closed());
}

TEST(HttpStream, a_failure_later_is_a_reset_for_http_1_0) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send(request_for("pieces=3&bytes=2&pause=20&failing=3", "GET", "1.0"));
    EXPECT_FALSE(connection.ended_cleanly());
    EXPECT_TRUE(server.streams().all_closed());
}

TEST(HttpStream, a_large_body_arrives_whole) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send(request_for(fmt::format("pieces=400&bytes={}", piece_bytes), "GET", "1.0"));
    const std::string body = body_of(connection.read_to_end());
    ASSERT_EQ(body.size(), 400U * piece_bytes);
    for (std::size_t piece = 0; piece < 400; ++piece) {
        const std::string_view part(body.data() + piece * piece_bytes, piece_bytes);
        ASSERT_EQ(part.find_first_not_of(static_cast<char>('a' + piece % 26)),
                  std::string_view::npos)
            << piece;
    }
}

TEST(HttpStream, who_does_not_read_holds_up_the_source_and_is_cut_off) {
    NetTestServer server({.write_timeout = milliseconds(200)});
    RawConnection connection(server.port());
    connection.send(request_for(fmt::format("pieces={}&bytes={}", many_pieces, piece_bytes)));
    ASSERT_TRUE(connection.readable_within(10'000));
    EXPECT_TRUE(server.streams().all_closed());
    EXPECT_LT(server.streams().pieces(), many_pieces / 4);
    EXPECT_EQ(connection.read_to_end().find("\r\n0\r\n\r\n"), std::string::npos);
}

TEST(HttpStream, the_time_to_take_a_piece_begins_with_each) {
    NetTestServer server({.write_timeout = milliseconds(200)});
    const std::string answer = ask_once(server, "pieces=20&bytes=10&pause=20");
    EXPECT_TRUE(answer.ends_with("0\r\n\r\n"));
    EXPECT_EQ(server.streams().pieces(), 20);
}

TEST(HttpStream, a_piece_that_takes_longer_than_a_handler_may_ends_the_answer) {
    NetTestServer server({.handler_timeout = milliseconds(200)});
    const std::string cut = ask_once(server, "pieces=3&bytes=10&slow=2");
    EXPECT_TRUE(cut.ends_with("\r\naaaaaaaaaa\r\n")) << cut;
    EXPECT_NE(ask_once(server, "pieces=3&bytes=10&slow=1").find("deadline_exceeded"),
              std::string::npos);
    EXPECT_TRUE(server.streams().all_closed());
}

TEST(HttpStream, the_source_of_a_client_that_went_away_is_freed) {
    NetTestServer server;
    {
        RawConnection connection(server.port());
        connection.send(request_for(fmt::format("pieces={}&bytes={}", many_pieces, piece_bytes)));
        ASSERT_TRUE(connection.readable_within(10'000));
    }
    EXPECT_TRUE(server.streams().all_closed());
    EXPECT_LT(server.streams().pieces(), many_pieces);
    EXPECT_EQ(server.get("/things/7").status, 200);
}

TEST(HttpStream, an_answer_under_way_is_finished_at_shutdown_and_its_connection_ended) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send(request_for("pieces=20&bytes=10&pause=20"));
    ASSERT_TRUE(connection.readable_within(10'000));
    const auto drained = server.drain(std::chrono::seconds(10));
    EXPECT_TRUE(connection.read_to_end().ends_with("0\r\n\r\n"));
    drained.wait();
    EXPECT_EQ(server.streams().pieces(), 20);
}

TEST(HttpStream, one_that_takes_too_long_at_shutdown_is_cut_off) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send(request_for(fmt::format("pieces={}&bytes={}", many_pieces, piece_bytes)));
    ASSERT_TRUE(connection.readable_within(10'000));
    server.drain(milliseconds(100)).wait();
    EXPECT_TRUE(server.streams().all_closed());
    EXPECT_LT(server.streams().pieces(), many_pieces);
}

}  // namespace
}  // namespace wapi::net
