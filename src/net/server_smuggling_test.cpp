// Goal: no request is read in a way in which another server on the way could read it differently.
// Method: bytes written by hand over a real socket; behind each refused request waits a second one,
// which must not be answered: the connection ends with the refusal. Sources: RFC 9112 sections 2.2,
// 3.2, 5.1, 5.2, 6.1, 6.3 and 7.1; RFC 9110 section 5.3.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/net_test_support.hpp"

namespace wapi::net {
namespace {

using namespace std::string_view_literals;
using test::RawAnswer;
using test::RawConnection;

constexpr std::string_view post_start = "POST /echo HTTP/1.1\r\nHost: x\r\n";
constexpr std::string_view smuggled = "GET /things/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

struct Case {
    std::string_view what;
    std::string_view bytes;
};

/// Sends each case after `start`, with another request behind it: one refusal, then the end.
void expect_all_refused(std::string_view start, const std::vector<Case>& cases, int status = 400,
                        std::string_view code = "malformed_request") {
    NetTestServer server;
    for (const Case& one : cases) {
        SCOPED_TRACE(one.what);
        RawConnection connection(server.port());
        connection.send(fmt::format("{}{}{}", start, one.bytes, smuggled));
        expect_refused(connection.read_answer(), status, code);
        EXPECT_TRUE(connection.closed_by_peer());
    }
}

TEST(HttpSmuggling, a_length_that_could_be_read_in_two_ways_is_refused) {
    expect_all_refused(
        post_start, {{"length, then chunked",
                      "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
                     {"chunked, then length",
                      "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
                     {"length 0 and chunked",
                      "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
                     {"length and an unknown coding",
                      "Content-Length: 5\r\nTransfer-Encoding: gzip\r\n\r\nhello"},
                     {"two equal lengths", "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
                     {"two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"},
                     {"a list of equal lengths", "Content-Length: 5, 5\r\n\r\nhello"},
                     {"a list with a gap", "Content-Length: 5,\r\n\r\nhello"},
                     {"a sign", "Content-Length: +5\r\n\r\nhello"},
                     {"a negative length", "Content-Length: -1\r\n\r\n"},
                     {"a hexadecimal length", "Content-Length: 0x5\r\n\r\nhello"},
                     {"letters behind", "Content-Length: 5x\r\n\r\nhello"},
                     {"a parameter behind", "Content-Length: 5;a=b\r\n\r\nhello"},
                     {"a space within", "Content-Length: 1 0\r\n\r\nhello"},
                     {"in quotes", "Content-Length: \"5\"\r\n\r\nhello"},
                     {"empty", "Content-Length:\r\n\r\n"},
                     {"too large a number", "Content-Length: 99999999999999999999\r\n\r\n"}});
}

TEST(HttpSmuggling, a_transfer_encoding_that_does_not_end_in_one_chunked_is_refused) {
    expect_all_refused(
        post_start,
        {{"another coding", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
         {"chunked is not last", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"},
         {"chunked twice in a list", "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
         {"chunked in two fields",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
         {"two fields, chunked last",
          "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
         {"two fields, chunked first",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n"},
         {"in quotes", "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
         {"a control character before",
          "Transfer-Encoding: \x0b"
          "chunked\r\n\r\n0\r\n\r\n"},
         {"a parameter", "Transfer-Encoding: a;b=c, chunked\r\n\r\n0\r\n\r\n"},
         {"empty", "Transfer-Encoding:\r\n\r\n0\r\n\r\n"}});
    expect_all_refused("POST /echo HTTP/1.0\r\nHost: x\r\n",
                       {{"HTTP/1.0", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}});
}

TEST(HttpSmuggling, a_coding_below_chunked_is_501_because_it_would_stay_in_the_body) {
    expect_all_refused(post_start,
                       {{"gzip", "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
                        {"identity", "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n"}},
                       501, "transfer_encoding_unknown");
}

TEST(HttpSmuggling, chunked_in_any_case_and_with_spaces_around_it_is_read) {
    NetTestServer server;
    for (const std::string_view value : {"chunked", "Chunked", "CHUNKED", "  chunked\t "}) {
        const RawAnswer answer = server.ask(fmt::format(
            "{}Transfer-Encoding:{}\r\n\r\n5\r\nhello\r\n0\r\n\r\n", post_start, value));
        EXPECT_EQ(answer.body, "hello") << value;
    }
}

TEST(HttpSmuggling, chunks_that_could_be_read_in_two_ways_are_refused) {
    constexpr std::string_view start =
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    expect_all_refused(start, {{"a prefix", "0x5\r\nhello\r\n0\r\n\r\n"},
                               {"a sign", "+5\r\nhello\r\n0\r\n\r\n"},
                               {"a space before", " 5\r\nhello\r\n0\r\n\r\n"},
                               {"a space behind", "5 \r\nhello\r\n0\r\n\r\n"},
                               {"no size", "\r\nhello\r\n0\r\n\r\n"},
                               {"a bare LF behind the size", "5\nhello\r\n0\r\n\r\n"},
                               {"a bare CR behind the size", "5\rhello\r\n0\r\n\r\n"},
                               {"a bare LF in an extension", "5;a\nb\r\nhello\r\n0\r\n\r\n"},
                               {"a bare LF in quotes", "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"},
                               {"a NUL in quotes", "5;a=\"\0\"\r\nhello\r\n0\r\n\r\n"sv},
                               {"a bare LF in quotes of the last chunk", "0;a=\"\n\"\r\n\r\n"},
                               {"data without its end", "5\r\nhelloworld\r\n0\r\n\r\n"},
                               {"data with a bare LF behind", "5\r\nhello\n0\r\n\r\n"},
                               {"a bare LF in a trailer", "0\r\nX-A: b\nX-C: d\r\n\r\n"},
                               {"a length in a trailer", "0\r\nContent-Length: 5\r\n\r\n"}});
}

TEST(HttpSmuggling, lines_that_are_not_fields_are_refused) {
    expect_all_refused(
        post_start,
        {{"a space before the colon", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
         {"a tab before the colon", "Content-Length\t: 5\r\n\r\nhello"},
         {"no colon", "Content-Length 5\r\n\r\nhello"},
         {"no name", ": 5\r\n\r\n"},
         {"a NUL in the name", "X-N\0l: a\r\n\r\n"sv},
         {"a NUL in the value", "X-Nul: a\0b\r\n\r\n"sv},
         {"a bare LF behind a field", "Content-Length: 5\n\r\nhello"},
         {"a bare LF hides a field", "X-A: b\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
         {"a bare CR hides a field", "X-A: b\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
         {"a folded value", "X-A: b\r\n c\r\n\r\n"},
         {"a folded value by tab", "X-A: b\r\n\tc\r\n\r\n"},
         {"a folded encoding", "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"},
         {"a folded length", "Content-Length: 5\r\n 5\r\n\r\nhello"},
         {"a fold of nothing", "X-A: b\r\n \r\n\r\n"}});
    expect_all_refused("POST /echo HTTP/1.1\r\n",
                       {{"a space before the first field", " Host: x\r\n\r\n"},
                        {"a folded host", "Host: x\r\n y\r\n\r\n"}});
}

TEST(HttpSmuggling, a_fold_is_seen_although_its_bytes_come_one_by_one) {
    NetTestServer server;
    RawConnection connection(server.port());
    for (const char byte : "POST /echo HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n"sv) {
        connection.send(std::string_view(&byte, 1));
    }
    expect_refused(connection.read_answer(), 400, "malformed_request");
}

TEST(HttpSmuggling, fields_that_decide_who_asks_may_come_only_once) {
    expect_all_refused(
        "GET /me HTTP/1.1\r\nHost: x\r\n",
        {{"two tokens, the good one first",
          "Authorization: Bearer good\r\nAuthorization: Bearer bad\r\n\r\n"},
         {"two tokens, the good one last",
          "Authorization: Bearer bad\r\nAuthorization: Bearer good\r\n\r\n"},
         {"the same token twice",
          "Authorization: Bearer good\r\nauthorization: Bearer good\r\n\r\n"},
         {"an empty one first", "Authorization:\r\nAuthorization: Bearer good\r\n\r\n"},
         {"two hosts", "Host: y\r\n\r\n"},
         {"two cookies", "Cookie: a=b\r\nCookie: a=c\r\n\r\n"},
         {"two content types", "Content-Type: text/plain\r\nContent-Type: a/b\r\n\r\n"},
         {"two keys", "Idempotency-Key: a\r\nIdempotency-Key: b\r\n\r\n"},
         {"two signatures", "X-Hub-Signature-256: a\r\nX-Hub-Signature-256: b\r\n\r\n"}});
    NetTestServer server;
    EXPECT_EQ(server.get("/me", "Authorization: Bearer agent\r\nAccept: a\r\nAccept: b\r\n").body,
              "agent");
}

TEST(HttpSmuggling, a_host_that_is_none_is_refused) {
    expect_all_refused("GET /things/1 HTTP/1.1\r\n", {{"none", "\r\n"},
                                                      {"two names", "Host: x y\r\n\r\n"},
                                                      {"a path", "Host: x/y\r\n\r\n"},
                                                      {"a user", "Host: u@x\r\n\r\n"},
                                                      {"a query", "Host: x?y\r\n\r\n"},
                                                      {"a fragment", "Host: x#y\r\n\r\n"},
                                                      {"a backslash", "Host: x\\y\r\n\r\n"}});
    NetTestServer server;
    for (const std::string_view host : {"", "x.example:8080", "[2001:db8::1]:80", "a_b.c-d~e%41"}) {
        EXPECT_EQ(
            server.ask(fmt::format("GET /things/1 HTTP/1.1\r\nHost: {}\r\n\r\n", host)).status, 200)
            << host;
    }
}

TEST(HttpSmuggling, request_lines_of_another_form_are_refused) {
    expect_all_refused("",
                       {{"two spaces", "GET  /things/1 HTTP/1.1\r\nHost: x\r\n\r\n"},
                        {"a space behind", "GET /things/1 HTTP/1.1 \r\nHost: x\r\n\r\n"},
                        {"a space before", " GET /things/1 HTTP/1.1\r\nHost: x\r\n\r\n"},
                        {"a tab", "GET\t/things/1\tHTTP/1.1\r\nHost: x\r\n\r\n"},
                        {"a space in the target", "GET /things/1 2 HTTP/1.1\r\nHost: x\r\n\r\n"},
                        {"a bare LF", "GET /things/1 HTTP/1.1\nHost: x\r\n\r\n"},
                        {"no version", "GET /things/1\r\nHost: x\r\n\r\n"},
                        {"a version in small letters", "GET /things/1 http/1.1\r\nHost: x\r\n\r\n"},
                        {"a version of two digits", "GET /things/1 HTTP/1.10\r\nHost: x\r\n\r\n"}});
}

TEST(HttpSmuggling, a_target_that_is_no_path_is_400) {
    NetTestServer server;
    for (const Case& one : std::vector<Case>{
             {"a NUL", "GET /things/\0 HTTP/1.1\r\nHost: x\r\n\r\n"sv},
             {"a control character", "GET /things/\x01 HTTP/1.1\r\nHost: x\r\n\r\n"},
             {"DEL", "GET /things/\x7f HTTP/1.1\r\nHost: x\r\n\r\n"},
             {"asterisk form of GET", "GET * HTTP/1.1\r\nHost: x\r\n\r\n"},
             {"asterisk form of OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"},
             {"authority form", "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n"},
             {"a path without its slash", "GET things/1 HTTP/1.1\r\nHost: x\r\n\r\n"},
             {"another scheme", "GET ftp://x/things/1 HTTP/1.1\r\nHost: x\r\n\r\n"},
             {"a user", "GET http://u:p@x/things/1 HTTP/1.1\r\nHost: x\r\n\r\n"},
             {"no host", "GET http:///things/1 HTTP/1.1\r\nHost: x\r\n\r\n"},
             {"a backslash in the host", "GET http://x\\y/things/1 HTTP/1.1\r\nHost: x\r\n\r\n"}}) {
        SCOPED_TRACE(one.what);
        const RawAnswer answer = server.ask(one.bytes);
        EXPECT_EQ(answer.status, 400);
    }
    for (const std::string_view target : {"http://x/things/1", "HTTP://y:80/things/1"}) {
        EXPECT_NE(server.get(target).body.find("path=/things/1 id=1"), std::string::npos) << target;
    }
}

}  // namespace
}  // namespace wapi::net
