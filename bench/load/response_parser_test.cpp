// Answers cut at every byte, with and without a body, and answers that are not HTTP.
#include "bench/load/response_parser.hpp"

#include <string>

#include <gtest/gtest.h>

namespace wapi::load {
namespace {

using Progress = ResponseParser::Progress;

constexpr std::string_view with_body =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\ncontent-length: 2\r\n\r\nOK";

TEST(ResponseParser, an_answer_ends_at_its_last_byte_wherever_it_is_cut) {
    for (std::size_t cut = 1; cut < with_body.size(); ++cut) {
        ResponseParser parser;
        ASSERT_EQ(parser.feed(with_body.substr(0, cut)), Progress::more) << cut;
        ASSERT_EQ(parser.feed(with_body.substr(cut)), Progress::done) << cut;
        EXPECT_EQ(parser.status(), 200);
        EXPECT_TRUE(parser.keep_alive());
    }
}

TEST(ResponseParser, a_reset_parser_reads_the_next_answer) {
    ResponseParser parser;
    ASSERT_EQ(parser.feed("HTTP/1.1 503 Busy\r\nConnection: close\r\n\r\n"), Progress::done);
    EXPECT_EQ(parser.status(), 503);
    EXPECT_FALSE(parser.keep_alive());
    parser.reset();
    ASSERT_EQ(parser.feed(with_body), Progress::done);
    EXPECT_EQ(parser.status(), 200);
    EXPECT_TRUE(parser.keep_alive());
}

TEST(ResponseParser, a_chunked_answer_ends_with_its_last_chunk) {
    ResponseParser parser;
    EXPECT_EQ(parser.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n"),
              Progress::more);
    EXPECT_EQ(parser.feed("0\r\n\r\n"), Progress::done);
}

TEST(ResponseParser, what_is_not_http_is_malformed) {
    for (const std::string_view bytes :
         {"SSH-2.0-server\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
          "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2z\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nOK"}) {
        EXPECT_EQ(ResponseParser().feed(bytes), Progress::malformed) << bytes;
    }
    EXPECT_EQ(ResponseParser().feed(std::string(17 * 1024, 'x')), Progress::malformed);
}

}  // namespace
}  // namespace wapi::load
