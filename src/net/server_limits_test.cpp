// What the server does with clients that are slow, too big, too many or malicious.
//
// Bytes are written by hand; short timeouts are set by options. Sources: RFC 9112 (framing),
// architecture invariant 11 (what is refused at a limit gets a clear answer).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/net_test_support.hpp"

namespace wapi::net {
namespace {

using std::chrono::milliseconds;
using test::RawAnswer;
using test::RawConnection;

constexpr std::string_view chunked_head =
    "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST(HttpLimits, a_content_length_over_the_limit_is_413_before_the_body_is_sent) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1025\r\n\r\n");
    expect_refused(connection.read_answer(), 413, "body_too_large");
    EXPECT_TRUE(connection.closed_by_peer());
}

TEST(HttpLimits, a_body_of_exactly_the_limit_passes) {
    NetTestServer server;
    const RawAnswer answer =
        server.ask(fmt::format("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1024\r\n\r\n{}",
                               std::string(1024, 'b')));
    EXPECT_EQ(answer.body.size(), 1024U);
}

TEST(HttpLimits, a_client_that_sends_all_of_a_large_body_first_still_sees_the_413) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n");
    connection.send(std::string(3'000'000, 'b'));
    expect_refused(connection.read_answer(), 413, "body_too_large");
}

TEST(HttpLimits, a_chunk_that_announces_too_much_is_413) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send(std::string(chunked_head) + "401\r\n");
    expect_refused(connection.read_answer(), 413, "body_too_large");
}

TEST(HttpLimits, small_chunks_that_add_up_to_too_much_are_413) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send(chunked_head);
    for (int i = 0; i < 65; ++i) {
        connection.send("10\r\n0123456789abcdef\r\n");
    }
    expect_refused(connection.read_answer(), 413, "body_too_large");
}

TEST(HttpLimits, chunks_of_exactly_the_limit_pass) {
    NetTestServer server;
    std::string bytes(chunked_head);
    for (int i = 0; i < 64; ++i) {
        bytes += "10\r\n0123456789abcdef\r\n";
    }
    EXPECT_EQ(server.ask(bytes + "0\r\n\r\n").body.size(), 1024U);
}

TEST(HttpLimits, a_chunk_size_that_overflows_is_refused) {
    NetTestServer server;
    const RawAnswer answer = server.ask(std::string(chunked_head) + "ffffffffffffffff\r\nx");
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(server.ask(std::string(chunked_head) + "1ffffffffffffffff\r\nx").status, 400);
}

TEST(HttpLimits, an_endless_chunk_extension_is_refused) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send(std::string(chunked_head) + "1;name=" + std::string(200'000, 'e'));
    expect_refused(connection.read_answer(), 400, "malformed_request");
}

TEST(HttpLimits, a_body_that_is_too_much_with_those_of_others_is_503_until_they_are_answered) {
    NetTestServer server(ServerOptions{.bodies_bytes_max = 3'500});
    const std::string small =
        fmt::format("POST /echo/large HTTP/1.1\r\nHost: x\r\nContent-Length: 1600\r\n\r\n{}",
                    std::string(1'600, 's'));
    RawConnection large(server.port());
    large.send(fmt::format("POST /echo/large HTTP/1.1\r\nHost: x\r\nContent-Length: 3000\r\n\r\n{}",
                           std::string(2'000, 'l')));
    const RawAnswer refused = server.ask(small);
    expect_refused(refused, 503, "overloaded");
    EXPECT_EQ(refused.field("Retry-After"), "1");
    EXPECT_EQ(server.get("/things/1").status, 200);
    large.send(std::string(1'000, 'l'));
    EXPECT_EQ(large.read_answer().body.size(), 3'000U);
    EXPECT_EQ(server.ask(small).status, 200);
}

TEST(HttpLimits, a_header_over_the_limit_is_431) {
    NetTestServer server;
    RawConnection one_field(server.port());
    one_field.send("GET /things/1 HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(17'000, 'h'));
    expect_refused(one_field.read_answer(), 431, "header_too_large");
}

TEST(HttpLimits, many_small_header_fields_over_the_limit_are_431) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send("GET /things/1 HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 99; ++i) {  // fewer than the number allowed, together over 16 KiB
        connection.send(fmt::format("X-{}: {}\r\n", i, std::string(200, 'h')));
    }
    connection.send("\r\n");
    expect_refused(connection.read_answer(), 431, "header_too_large");
}

TEST(HttpLimits, too_many_header_fields_are_431) {
    NetTestServer server;
    std::string bytes = "GET /things/1 HTTP/1.1\r\nHost: x\r\n";
    for (int i = 0; i < 100; ++i) {
        bytes += "a: b\r\n";
    }
    expect_refused(server.ask(bytes + "\r\n"), 431, "header_too_large");
}

TEST(HttpLimits, a_target_over_eight_kilobytes_is_414) {
    NetTestServer server;
    expect_refused(server.get("/things/" + std::string(9'000, 't')), 414, "target_too_long");
}

TEST(HttpLimits, bad_escapes_and_nul_in_the_target_are_400) {
    NetTestServer server;
    for (const std::string_view target : {"/things/%zz", "/things/%4", "/things/%00",
                                          "/things/%0d%0a", "things", "/things/1?q=%"}) {
        EXPECT_EQ(server.get(target).status, 400) << target;
    }
}

TEST(HttpLimits, an_escaped_slash_or_dots_do_not_change_the_route) {
    NetTestServer server;
    EXPECT_EQ(server.get("/things%2F1").status, 404);
    EXPECT_EQ(server.get("/things/x/../1").status, 404);
    EXPECT_NE(server.get("/things/..").body.find("id=.. "), std::string::npos);
}

TEST(HttpLimits, what_is_not_http_is_400_in_the_error_shape) {
    NetTestServer server;
    for (const std::string_view bytes :
         {"hello\r\n\r\n", "GET /things/1\r\n\r\n", "GET /things/1 HTTP/2.0\r\n\r\n",
          "GET /things/1 HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x01\x01\xfc\x03\x03\r\n\r\n",
          "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}) {
        expect_refused(server.ask(bytes), 400, "malformed_request");
    }
}

TEST(HttpLimits, a_client_that_waits_for_100_continue_gets_it) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send(
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(connection.read_answer().status, 100);
    connection.send("body");
    EXPECT_EQ(connection.read_answer().body, "body");
}

TEST(HttpLimits, a_client_that_waits_for_100_continue_gets_the_refusal_instead) {
    NetTestServer server;
    const std::string_view rest = "Host: x\r\nContent-Length: 2000\r\nExpect: 100-continue\r\n\r\n";
    expect_refused(server.ask(fmt::format("POST /echo HTTP/1.1\r\n{}", rest)), 413,
                   "body_too_large");
    expect_refused(server.ask(fmt::format("POST /nowhere HTTP/1.1\r\n{}", rest)), 404, "not_found");
    expect_refused(server.ask("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n"), 417,
                   "expectation_failed");
}

TEST(HttpLimits, a_header_that_does_not_end_in_time_is_408) {
    NetTestServer server(ServerOptions{.header_timeout = milliseconds(60)});
    RawConnection connection(server.port());
    connection.send("GET /things/1 HTTP/1.1\r\nHo");
    expect_refused(connection.read_answer(), 408, "request_timeout");
    EXPECT_TRUE(connection.closed_by_peer());
}

TEST(HttpLimits, trickling_bytes_do_not_extend_the_time_for_the_header) {
    NetTestServer server(ServerOptions{.header_timeout = milliseconds(150)});
    RawConnection connection(server.port());
    connection.send("GET /things/1 HTTP/1.1\r\n");
    const auto began = std::chrono::steady_clock::now();
    bool answered = false;
    while (!answered && std::chrono::steady_clock::now() - began < std::chrono::seconds(10)) {
        connection.send("a: b\r\n");
        answered = connection.readable_within(30);
    }
    expect_refused(connection.read_answer(), 408, "request_timeout");
}

TEST(HttpLimits, a_body_shorter_than_announced_is_408) {
    NetTestServer server(ServerOptions{.body_timeout = milliseconds(60)});
    RawConnection connection(server.port());
    connection.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly this");
    expect_refused(connection.read_answer(), 408, "request_timeout");
}

TEST(HttpLimits, a_silent_connection_is_closed_without_an_answer) {
    NetTestServer server(ServerOptions{.header_timeout = milliseconds(60)});
    RawConnection connection(server.port());
    EXPECT_TRUE(connection.closed_by_peer());
}

TEST(HttpLimits, an_idle_connection_is_closed_after_its_time) {
    NetTestServer server(ServerOptions{.idle_timeout = milliseconds(60)});
    RawConnection connection(server.port());
    connection.send("GET /things/1 HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(connection.read_answer().status, 200);
    EXPECT_TRUE(connection.closed_by_peer());
}

TEST(HttpLimits, a_handler_may_take_longer_than_any_of_the_connections_deadlines) {
    NetTestServer server(ServerOptions{.header_timeout = milliseconds(20),
                                       .body_timeout = milliseconds(20),
                                       .idle_timeout = milliseconds(20),
                                       .write_timeout = milliseconds(20)});
    RawConnection connection(server.port());
    connection.send("GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
    server.wait_until_held();
    EXPECT_FALSE(connection.readable_within(200));  // several sweeps pass
    server.release_held();
    EXPECT_EQ(connection.read_answer().body, "released");
}

TEST(HttpLimits, a_handler_that_does_not_end_in_time_runs_on_and_its_client_gets_503) {
    NetTestServer server(ServerOptions{.handler_timeout = milliseconds(60)});
    RawConnection connection(server.port());
    connection.send("GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
    const RawAnswer answer = connection.read_answer();
    expect_refused(answer, 503, "deadline_exceeded");
    EXPECT_EQ(answer.field("Retry-After"), "5");
    EXPECT_TRUE(connection.ended_cleanly());
    EXPECT_EQ(server.get("/things/1").status, 200);
    EXPECT_GE(server.stats().connections_open, 1U);  // the one that still runs counts
    server.release_held();
    server.drain(std::chrono::seconds(10)).get();
    EXPECT_EQ(server.stats().connections_open, 0U);
}

TEST(HttpLimits, a_request_behind_one_that_took_too_long_does_not_spoil_its_answer) {
    NetTestServer server(ServerOptions{.handler_timeout = milliseconds(60)});
    RawConnection connection(server.port());
    connection.send(
        "GET /held HTTP/1.1\r\nHost: x\r\n\r\nGET /things/1 HTTP/1.1\r\nHost: x\r\n\r\n");
    server.wait_until_held();
    connection.readable_within(10'000);
    server.release_held();
    expect_refused(connection.read_answer(), 503, "deadline_exceeded");
    EXPECT_TRUE(connection.ended_cleanly());
}

}  // namespace
}  // namespace wapi::net
