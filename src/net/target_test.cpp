// Request targets and forms: decoding, limits, and that no input changes which segments there are.
#include "net/target.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "net/http.hpp"

namespace wapi::net {
namespace {

using Segments = std::vector<std::string>;

Segments segments_of(std::string_view target) {
    const auto parsed = parse_target(target);
    return parsed ? parsed->segments : Segments{"refused: " + parsed.error().message};
}

TEST(RequestTarget, is_split_at_slashes_and_then_decoded) {
    EXPECT_EQ(segments_of("/"), Segments{""});
    EXPECT_EQ(segments_of("/a/b"), (Segments{"a", "b"}));
    EXPECT_EQ(segments_of("/a/"), (Segments{"a", ""}));
    EXPECT_EQ(segments_of("//a"), (Segments{"", "a"}));
    EXPECT_EQ(segments_of("/a%2Fb/%63?x=1"), (Segments{"a/b", "c"}));
    EXPECT_EQ(segments_of("/a+b"), Segments{"a+b"});
    EXPECT_EQ(segments_of("/%C3%A9"), Segments{"é"});
}

TEST(RequestTarget, the_absolute_form_means_its_path) {
    EXPECT_EQ(segments_of("http://example.org/a?b"), Segments{"a"});
    EXPECT_EQ(segments_of("https://example.org"), Segments{""});
    EXPECT_EQ(segments_of("HTTPS://[::1]:80/a"), Segments{"a"});
}

TEST(RequestTarget, what_is_no_path_or_holds_control_characters_is_refused) {
    for (const std::string_view target :
         {"", "*", "a", "example.org:443", "/a#b", "/%00", "/%0a", "/%7f", "/%", "/%1", "/%g1",
          "/a?%4", "http://x?", "http:///a", "http://u@x/a", "http://x y/a", "ftp://x/a"}) {
        const auto parsed = parse_target(target);
        ASSERT_FALSE(parsed.has_value()) << target;
        EXPECT_EQ(parsed.error().kind, &http_errors::malformed_request) << target;
    }
}

TEST(RequestTarget, lengths_and_counts_have_limits) {
    EXPECT_TRUE(parse_target("/" + std::string(target_bytes_max - 1, 'a')));
    const auto too_long = parse_target("/" + std::string(target_bytes_max, 'a'));
    ASSERT_FALSE(too_long);
    EXPECT_EQ(too_long.error().kind, &http_errors::target_too_long);
    std::string deep;
    for (std::size_t i = 0; i < path_segments_max; ++i) {
        deep += "/a";
    }
    EXPECT_TRUE(parse_target(deep));
    EXPECT_FALSE(parse_target(deep + "/a"));
}

TEST(FormText, pairs_keep_their_order_and_plus_is_a_space) {
    const auto form = parse_form("b=2&a=x+y%2B&empty=&flag&&b=3%0A");
    ASSERT_TRUE(form);
    const Params expected{{"b", "2"}, {"a", "x y+"}, {"empty", ""}, {"flag", ""}, {"b", "3\n"}};
    EXPECT_EQ(*form, expected);
}

TEST(FormText, takes_a_hundred_parameters_and_no_more) {
    std::string text;
    for (std::size_t i = 0; i < query_params_max; ++i) {
        text += fmt::format("p{}=v&", i);
    }
    EXPECT_TRUE(parse_form(text));
    EXPECT_FALSE(parse_form(text + "one=more"));
}

TEST(FormText, nul_is_refused_everywhere_and_line_ends_in_names) {
    EXPECT_FALSE(parse_form("a=%00"));
    EXPECT_FALSE(parse_form("%00=a"));
    EXPECT_FALSE(parse_form("a%0A=b"));
}

std::string encode_all(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        encoded += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    return encoded;
}

TEST(RequestTarget, any_text_without_control_characters_survives_encoding) {
    SeededRng rng(7);
    for (int round = 0; round < 500; ++round) {
        std::string text;
        for (auto left = rng.next_u64() % 40; left > 0; --left) {
            const auto byte = static_cast<unsigned char>(rng.next_u64());
            if (byte >= 0x20 && byte != 0x7F) {
                text.push_back(static_cast<char>(byte));
            }
        }
        const std::string target = "/" + encode_all(text) + "/b?k=" + encode_all(text);
        const auto parsed = parse_target(target);
        ASSERT_TRUE(parsed) << target;
        EXPECT_EQ(parsed->segments, (Segments{text, "b"})) << target;
        EXPECT_EQ(parsed->query, (Params{{"k", text}})) << target;
    }
}

}  // namespace
}  // namespace wapi::net
