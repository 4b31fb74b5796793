// Files of the program: forms, tags, caching.
#include "net/static_files.hpp"

#include <gtest/gtest.h>

#include "tests/support/run_task.hpp"

namespace wapi::net {
namespace {

StaticFile script() {
    return {.content_type = "text/javascript",
            .plain = "plain",
            .brotli = "br!",
            .gzip = "gz!",
            .caching = Caching::immutable,
            .tag = "0123"};
}

Request asking(std::string accept_encoding, std::string if_none_match = "") {
    Request request;
    request.headers.emplace_back("accept-encoding", std::move(accept_encoding));
    request.headers.emplace_back("if-none-match", std::move(if_none_match));
    return request;
}

std::string header_of(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) {
            return value;
        }
    }
    return "";
}

TEST(StaticFiles, the_smallest_form_that_is_accepted_is_sent) {
    EXPECT_EQ(serve(script(), asking("gzip, deflate, br, zstd")).body, "br!");
    EXPECT_EQ(serve(script(), asking("gzip, deflate")).body, "gz!");
    EXPECT_EQ(serve(script(), asking("*")).body, "br!");
    EXPECT_EQ(serve(script(), asking("br;q=0, *")).body, "gz!");
    EXPECT_EQ(serve(script(), asking("BR ; Q=0.000 , gzip;q=0.5")).body, "gz!");
    EXPECT_EQ(serve(script(), asking("identity")).body, "plain");
    EXPECT_EQ(serve(script(), asking("")).body, "plain");
    EXPECT_EQ(serve(script(), asking("brotli, xgzip")).body, "plain");
}

TEST(StaticFiles, caches_keep_the_forms_apart) {
    const Response packed = serve(script(), asking("br"));
    EXPECT_EQ(header_of(packed, "Content-Encoding"), "br");
    EXPECT_EQ(header_of(packed, "Vary"), "Accept-Encoding");
    EXPECT_EQ(header_of(packed, "ETag"), "\"0123-br\"");
    const Response plain = serve(script(), asking(""));
    EXPECT_EQ(header_of(plain, "Content-Encoding"), "");
    EXPECT_EQ(header_of(plain, "Vary"), "Accept-Encoding");
    EXPECT_EQ(header_of(plain, "ETag"), "\"0123\"");
}

TEST(StaticFiles, who_has_the_form_already_gets_304_without_it) {
    for (const std::string tag : {"\"0123-br\"", "W/\"0123-br\"", "\"x\", \"0123-br\"", "*"}) {
        const Response response = serve(script(), asking("br", tag));
        EXPECT_EQ(response.status, 304) << tag;
        EXPECT_EQ(response.body, "") << tag;
    }
    for (const std::string tag : {"", "\"0123\"", "\"0123-gzip\"", "0123-br"}) {
        EXPECT_EQ(serve(script(), asking("br", tag)).status, 200) << tag;
    }
}

TEST(StaticFiles, a_large_file_goes_out_in_pieces_and_whole) {
    const std::string large(200 * 1024, 'x');
    StaticFile file = script();
    file.brotli = large;
    const Response response = serve(file, asking("br"));
    EXPECT_EQ(response.body, "");
    ASSERT_NE(response.source, nullptr);
    boost::asio::io_context io;
    std::string sent;
    for (std::string piece = "first"; !piece.empty();) {
        piece = test::run_task(io, response.source->next());
        EXPECT_LE(piece.size(), 64U * 1024);
        sent += piece;
    }
    EXPECT_EQ(sent, large);
    EXPECT_EQ(serve(file, asking("br", "\"0123-br\"")).source, nullptr);
}

TEST(StaticFiles, what_changes_under_its_name_is_asked_for_each_time) {
    StaticFile file = script();
    EXPECT_EQ(header_of(serve(file, asking("br")), "Cache-Control"),
              "public, max-age=31536000, immutable");
    file.caching = Caching::revalidate;
    EXPECT_EQ(header_of(serve(file, asking("br")), "Cache-Control"),
              "public, max-age=0, must-revalidate");
}

TEST(StaticFiles, the_tag_is_the_content_s) {
    EXPECT_EQ(tag_of("a"), tag_of("a"));
    EXPECT_NE(tag_of("a"), tag_of("b"));
    EXPECT_EQ(tag_of("a").size(), 32U);
}

}  // namespace
}  // namespace wapi::net
