// Escapes as Meta writes them; Boost.JSON reads them back to the same text.
#include "bench/load/meta_json.hpp"

#include <string>

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace wapi::load {
namespace {

std::string escaped(std::string_view text) {
    std::string out;
    append_string(out, text);
    return out;
}

TEST(MetaJson, letters_beyond_ascii_become_lower_case_escapes) {
    EXPECT_EQ(escaped("Zoé"), R"("Zo\u00e9")");
    EXPECT_EQ(escaped("नम"), R"("\u0928\u092e")");
}

TEST(MetaJson, emoji_become_surrogate_pairs) { EXPECT_EQ(escaped("👍"), R"("\ud83d\udc4d")"); }

TEST(MetaJson, slashes_quotes_and_control_characters_are_escaped) {
    EXPECT_EQ(escaped("a/b\"c\\d\ne\x01"), R"("a\/b\"c\\d\ne\u0001")");
}

TEST(MetaJson, a_parser_reads_back_what_was_written) {
    for (const std::string_view text :
         {"", "plain", "Ñandú / \"Ω\"", "🌹 مرحبا", "tab\tand\r\nlines", "\x1f"}) {
        EXPECT_EQ(std::string(boost::json::parse(escaped(text)).as_string()), text);
    }
}

TEST(MetaJson, fields_are_parted_by_commas_but_not_after_a_bracket) {
    std::string out = "{";
    append_field(out, "a", "1");
    append_field(out, "b", "2");
    EXPECT_EQ(out, R"({"a":"1","b":"2")");
}

}  // namespace
}  // namespace wapi::load
