// What a well-behaved client sees of the server: routing, keep-alive, errors, authentication,
// drain.
//
// Real sockets on a free port of 127.0.0.1; the server's network thread is its own.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "net/net_test_support.hpp"

namespace wapi::net {
namespace {

using test::RawAnswer;
using test::RawConnection;

std::string post(std::string_view target, std::string_view body) {
    return fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{}", target,
                       body.size(), body);
}

boost::json::value error_of(const RawAnswer& answer) {
    return boost::json::parse(answer.body).at("error");
}

TEST(HttpServer, a_body_comes_back_and_the_connection_stays_open) {
    NetTestServer server;
    RawConnection connection(server.port());
    for (const std::string_view body : {"first", "", "third"}) {
        connection.send(post("/echo", body));
        const RawAnswer answer = connection.read_answer();
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body, body);
        EXPECT_EQ(answer.field("Connection"), "");
    }
    EXPECT_EQ(server.stats().connections, 1U);
    EXPECT_EQ(server.stats().requests, 3U);
}

TEST(HttpServer, pipelined_requests_are_answered_in_order) {
    NetTestServer server;
    RawConnection connection(server.port());
    std::string bytes;
    for (int i = 0; i < 50; ++i) {
        bytes += post("/echo", fmt::format("body {}", i));
    }
    connection.send(bytes);
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(connection.read_answer().body, fmt::format("body {}", i));
    }
}

TEST(HttpServer, a_request_may_arrive_byte_by_byte) {
    NetTestServer server;
    RawConnection connection(server.port());
    constexpr std::string_view chunked =
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nslow \r\n9\r\nbut whole\r\n0\r\n\r\n";
    for (const std::string& bytes : {post("/echo", "slow but whole"), std::string(chunked)}) {
        for (const char byte : bytes) {
            connection.send(std::string_view(&byte, 1));
        }
        EXPECT_EQ(connection.read_answer().body, "slow but whole");
    }
}

TEST(HttpServer, a_chunked_body_is_put_together) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send(
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n6;name=value\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n");
    EXPECT_EQ(connection.read_answer().body, "hello world");
    connection.send(post("/echo", "next"));
    EXPECT_EQ(connection.read_answer().body, "next");
}

TEST(HttpServer, a_body_of_four_megabytes_passes_where_the_route_takes_it) {
    NetTestServer server;
    std::string body(4 << 20, 'a');
    body[1'000'000] = '\0';
    const RawAnswer answer = server.ask(post("/echo/large", body));
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.body == body);
}

TEST(HttpServer, a_large_answer_arrives_whole_though_the_client_reads_late) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(connection.readable_within(10'000));
    EXPECT_TRUE(connection.read_answer().body == std::string(3'000'000, 'x'));
}

TEST(HttpServer, the_handler_sees_decoded_path_query_and_context) {
    NetTestServer server;
    const RawAnswer answer =
        server.get("/things/a%2Fb%20c?q=x+%26y", "X-Request-Id: caller_id-1\r\nUser-Agent: me\r\n");
    EXPECT_EQ(answer.body,
              "path=/things/a/b c id=a/b c q=x &y ip=127.0.0.1 context=caller_id-1 127.0.0.1 me");
}

TEST(HttpServer, every_answer_carries_the_security_headers) {
    NetTestServer server;
    for (const std::string_view target : {"/things/1", "/nowhere"}) {
        const RawAnswer answer = server.get(target);
        EXPECT_EQ(answer.field("X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(answer.field("Cache-Control"), "no-store");
        EXPECT_EQ(answer.field("Referrer-Policy"), "no-referrer");
        EXPECT_EQ(answer.field("Server"), "");
        EXPECT_TRUE(answer.field("Date").ends_with(" GMT"));
    }
}

TEST(HttpServer, a_handlers_header_replaces_the_default_but_cannot_split_the_answer) {
    NetTestServer server;
    const RawAnswer answer = server.get("/own-headers");
    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(answer.field("Cache-Control"), "max-age=60");
    EXPECT_EQ(answer.field("Set-Cookie"), "");
    EXPECT_EQ(answer.field("X-Split"), "aSet-Cookie: evil=1");
    EXPECT_EQ(answer.field("Content-Length"), "2");
}

TEST(HttpServer, the_request_id_is_the_callers_when_well_formed_else_new) {
    NetTestServer server;
    EXPECT_EQ(server.get("/things/1", "X-Request-Id: abc-DEF_123\r\n").field("X-Request-Id"),
              "abc-DEF_123");
    for (const std::string_view bad : {"short", "has space in it", "quote\"quote"}) {
        const std::string field = fmt::format("X-Request-Id: {}\r\n", bad);
        EXPECT_EQ(server.get("/things/1", field).field("X-Request-Id"), "made-by-the-server");
    }
    const std::string long_id = fmt::format("X-Request-Id: {}\r\n", std::string(65, 'a'));
    EXPECT_EQ(server.get("/things/1", long_id).field("X-Request-Id"), "made-by-the-server");
}

TEST(HttpServer, an_unknown_path_is_404_in_the_one_error_shape) {
    NetTestServer server;
    const RawAnswer answer = server.get("/nowhere", "X-Request-Id: request-77\r\n");
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.body,
              R"({"success":false,"error":{"code":"not_found",)"
              R"("message":"There is no such thing here.","requestId":"request-77"}})");
}

TEST(HttpServer, an_unknown_path_with_a_body_keeps_the_connection) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send(post("/nowhere", "a body to skip") + post("/echo", "still here"));
    EXPECT_EQ(connection.read_answer().status, 404);
    EXPECT_EQ(connection.read_answer().body, "still here");
}

TEST(HttpServer, a_wrong_verb_is_405_and_names_the_right_ones) {
    NetTestServer server;
    const RawAnswer answer = server.ask("DELETE /things/1 HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.field("Allow"), "OPTIONS, GET, HEAD, PUT");
    EXPECT_EQ(error_of(answer).at("code"), "method_not_allowed");
}

TEST(HttpServer, options_names_the_verbs_without_a_body) {
    NetTestServer server;
    const RawAnswer answer = server.ask("OPTIONS /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.field("Allow"), "OPTIONS, POST");
}

TEST(HttpServer, head_has_the_header_of_get_and_no_body) {
    NetTestServer server;
    const RawAnswer with_body = server.get("/things/1");
    RawConnection connection(server.port());
    connection.send("HEAD /things/1 HTTP/1.1\r\nHost: x\r\n\r\n" + post("/echo", "after"));
    const RawAnswer answer = connection.read_answer(true);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Content-Length"), with_body.field("Content-Length"));
    EXPECT_EQ(connection.read_answer().body, "after");
}

TEST(HttpServer, a_session_route_refuses_strangers_with_401) {
    NetTestServer server;
    for (const std::string_view fields : {"", "Authorization: Bearer bad\r\n"}) {
        const RawAnswer answer = server.get("/me", fields);
        EXPECT_EQ(answer.status, 401);
        EXPECT_EQ(answer.field("WWW-Authenticate"), "Bearer");
        EXPECT_EQ(error_of(answer).at("code"), "unauthorized");
    }
    EXPECT_EQ(server.get("/me", "Authorization: Bearer agent\r\n").body, "agent");
}

TEST(HttpServer, a_route_with_a_permission_refuses_members_without_it) {
    NetTestServer server;
    EXPECT_EQ(server.get("/team").status, 401);
    EXPECT_EQ(server.get("/team", "Authorization: Bearer agent\r\n").status, 403);
    EXPECT_EQ(server.get("/team", "Authorization: Bearer good\r\n").body, "owner");
}

TEST(HttpServer, an_exception_is_500_and_tells_nothing_of_itself) {
    NetTestServer server;
    const RawAnswer answer = server.get("/throw");
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(error_of(answer).at("code"), "internal_error");
    EXPECT_EQ(answer.body.find("hunter2"), std::string::npos);
    const RawAnswer fault = server.get("/fault?code=vault.broken");
    EXPECT_EQ(fault.status, 500);
    EXPECT_EQ(fault.body.find("secret"), std::string::npos);
    EXPECT_EQ(fault.body.find("vault"), std::string::npos);
}

TEST(HttpServer, a_database_that_is_full_down_or_overloaded_is_503_with_a_time_to_wait) {
    NetTestServer server;
    for (const std::string_view code : {"db.overloaded", "db.busy", "db.down", "db.full"}) {
        const RawAnswer answer = server.get(fmt::format("/fault?code={}", code));
        EXPECT_EQ(answer.status, 503) << code;
        EXPECT_GE(std::stoi(answer.field("Retry-After")), 1) << code;
    }
}

TEST(HttpServer, an_error_names_its_field_and_escapes_its_text) {
    NetTestServer server;
    const RawAnswer answer = server.get("/refused");
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(error_of(answer).at("field"), "contact.phone");
    EXPECT_EQ(error_of(answer).at("message"), "Not a \"phone\" number.");
    EXPECT_EQ(error_of(answer).at("requestId"), "made-by-the-server");
}

TEST(HttpServer, an_abandoned_answer_is_a_closed_connection) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send("GET /abandoned HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(connection.closed_by_peer());
}

TEST(HttpServer, a_client_that_asks_to_close_is_obeyed) {
    NetTestServer server;
    RawConnection connection(server.port());
    connection.send("GET /things/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const RawAnswer answer = connection.read_answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(connection.closed_by_peer());
}

TEST(HttpServer, http_1_0_closes_unless_it_asks_to_stay) {
    NetTestServer server;
    RawConnection closing(server.port());
    closing.send("GET /things/1 HTTP/1.0\r\n\r\n");
    EXPECT_EQ(closing.read_answer().status, 200);
    EXPECT_TRUE(closing.closed_by_peer());
    RawConnection staying(server.port());
    staying.send("GET /things/1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(staying.read_answer().field("Connection"), "keep-alive");
    staying.send(post("/echo", "still here"));
    EXPECT_EQ(staying.read_answer().body, "still here");
}

TEST(HttpServer, drain_lets_a_running_request_finish_and_closes_idle_connections) {
    NetTestServer server;
    RawConnection idle(server.port());
    idle.send(post("/echo", "x"));
    EXPECT_EQ(idle.read_answer().status, 200);
    RawConnection busy(server.port());
    busy.send("GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
    server.wait_until_held();

    std::future<void> drained = server.drain(std::chrono::seconds(20));
    EXPECT_TRUE(idle.closed_by_peer());
    EXPECT_THROW(RawConnection(server.port()), std::runtime_error);
    server.release_held();
    const RawAnswer answer = busy.read_answer();
    EXPECT_EQ(answer.body, "released");
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(busy.closed_by_peer());
    drained.get();
    EXPECT_EQ(server.stats().connections_open, 0U);
}

TEST(HttpServer, drain_gives_the_answer_whole_though_another_request_waits_behind_it) {
    NetTestServer server;
    RawConnection busy(server.port());
    busy.send("GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
    server.wait_until_held();
    std::future<void> drained = server.drain(std::chrono::seconds(20));
    busy.send(post("/echo/large", std::string(100'000, 'b')));
    server.release_held();
    EXPECT_EQ(busy.read_answer().body, "released");
    EXPECT_TRUE(busy.ended_cleanly());
}

TEST(HttpServer, drain_answers_a_request_that_has_arrived_on_an_idle_connection) {
    NetTestServer server;
    RawConnection idle(server.port());
    idle.send(post("/echo", "x"));
    EXPECT_EQ(idle.read_answer().status, 200);
    std::promise<void> go;
    server.hold_up_until(go.get_future().share());
    std::future<void> drained = server.drain(std::chrono::seconds(20));
    idle.send(post("/echo", "just in time"));
    go.set_value();
    EXPECT_EQ(idle.read_answer().body, "just in time");
    EXPECT_TRUE(idle.ended_cleanly());
}

TEST(HttpServer, drain_ends_at_its_limit_though_a_request_still_runs) {
    NetTestServer server;
    RawConnection busy(server.port());
    busy.send("GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
    server.wait_until_held();
    server.drain(std::chrono::milliseconds(50)).get();
    EXPECT_TRUE(busy.closed_by_peer());
    server.release_held();
}

TEST(HttpServer, a_port_in_use_is_a_fault_at_start) {
    NetTestServer server;
    boost::asio::io_context io;
    async::Tasks tasks(io);
    ServerOptions options;
    options.address = "127.0.0.1";
    options.port = server.port();
    Server second(tasks, options, {}, nullptr, [] { return std::string("id"); });
    EXPECT_THROW(second.start(), Fault);
}

TEST(HttpServer, answers_are_counted_by_class) {
    NetTestServer server;
    EXPECT_EQ(server.get("/things/1").status, 200);
    EXPECT_EQ(server.get("/nowhere").status, 404);
    EXPECT_EQ(server.get("/throw").status, 500);
    const ServerStats stats = server.stats();
    EXPECT_EQ(stats.responses_by_class[2], 1U);
    EXPECT_EQ(stats.responses_by_class[4], 1U);
    EXPECT_EQ(stats.responses_by_class[5], 1U);
}

}  // namespace
}  // namespace wapi::net
