// Goal: what a text is indexed by and what a query asks for are the same words; a snippet marks
// what matches and gives nothing else away. Method: texts by hand.
#include "features/search/search_rules.hpp"

#include <gtest/gtest.h>

#include "tests/support/random_key.hpp"

namespace wapi::search {
namespace {

std::string shown(const std::vector<Part>& parts) {
    std::string text;
    for (const Part& part : parts) {
        text += part.matches ? '[' + part.text + ']' : part.text;
    }
    return text;
}

std::string snippet(std::string_view text, std::string_view query) {
    return shown(make_snippet(text, parse_terms(query).value()));
}

TEST(SearchRules, words_are_indexed_once_under_their_mark) {
    EXPECT_EQ(index_words("x", "Blue, blue Bicycle"), "xbicycle xblue");
    EXPECT_EQ(index_words("x", "🛑 …"), "");
}

TEST(SearchRules, marks_tell_workspaces_and_kinds_apart) {
    const WorkspaceId one("11111111-1111-7111-8111-111111111111");
    const WorkspaceId other("22222222-2222-7222-8222-222222222222");
    EXPECT_EQ(mark_of(one, Kind::message).size(), 9U);
    EXPECT_NE(mark_of(one, Kind::message), mark_of(other, Kind::message));
    EXPECT_NE(mark_of(one, Kind::message), mark_of(one, Kind::contact));
}

TEST(SearchRules, the_last_word_is_a_beginning_and_the_others_are_whole) {
    const Terms terms = parse_terms("Blue bic").value();
    EXPECT_EQ(render_match("x", terms), R"("xblue" AND "xbic" *)");
    EXPECT_EQ(render_tsquery("x", terms), "'xblue' & 'xbic':*");
    EXPECT_EQ(render_match("x", parse_terms("a").value()), R"("xa")");
}

TEST(SearchRules, a_last_word_is_as_long_as_the_index_has_beginnings_or_cut_to_it) {
    const auto last = [](std::string_view query) { return last_of(parse_terms(query).value()); };
    EXPECT_EQ(last("bi"), Last::indexed);
    EXPECT_EQ(last("blue зак"), Last::indexed);
    EXPECT_EQ(last("заказ"), Last::longer);
    EXPECT_EQ(last("김"), Last::indexed) << "a syllable is three letters";
    EXPECT_EQ(last("ж"), Last::shorter) << "a beginning, of one letter of two bytes";
    EXPECT_EQ(last("a"), Last::indexed) << "a whole word";
    EXPECT_EQ(cut_last(parse_terms("Blue заказ").value()).words,
              (std::vector<std::string>{"blue", "зак"}));
}

TEST(SearchRules, nothing_of_a_query_is_an_operator) {
    EXPECT_EQ(render_match("x", parse_terms(R"(a" OR "b* NEAR(c'd):* \)").value()),
              R"("xa" AND "xor" AND "xb" AND "xnear" AND "xcd" *)");
    EXPECT_FALSE(parse_terms("\"*':& ()"));
    EXPECT_EQ(parse_terms("").error().field, "q");
    EXPECT_EQ(parse_terms("1 2 3 4 5 6 7 8 9 10").value().words.size(), query_words_max);
}

TEST(SearchRules, strings_of_json_are_its_values) {
    EXPECT_EQ(strings_of(R"({"a":"one\ntwo","b":["three",{"c":"four"}],"d":5})"),
              "one\ntwo three four ");
    EXPECT_EQ(strings_of("{"), "");
}

TEST(SearchRules, a_snippet_marks_every_match_as_it_was_written) {
    EXPECT_EQ(snippet("I like the blue Bicycles!", "BLUE bicy"), "I like the [blue] [Bicycles]!");
    EXPECT_EQ(snippet("Crème <b>brûlée</b>", "brulee"), "Crème <b>[brûlée]</b>");
    EXPECT_EQ(snippet("no match at all", "zebra"), "no match at all");
    EXPECT_EQ(snippet("", "zebra"), "");
}

TEST(SearchRules, a_snippet_of_a_long_text_is_short_and_around_the_match) {
    std::string text;
    for (int index = 0; index < 500; ++index) {
        text += "word" + std::to_string(index) + " ";
    }
    const std::string found = snippet(text, "word300");
    EXPECT_TRUE(found.starts_with("…word294 ")) << found;
    EXPECT_NE(found.find("[word300]"), std::string::npos);
    EXPECT_TRUE(found.ends_with("…")) << found;
    EXPECT_LT(found.size(), 200U);
    EXPECT_LT(snippet("a " + std::string(60'000, '!'), "a").size(), 200U);
}

TEST(SearchRules, a_cursor_is_read_by_who_made_it_for_its_list_alone) {
    const SecretString key = test::random_key();
    const List list{.workspace = WorkspaceId("a"), .kind = Kind::message};
    const std::string cursor = seal_cursor(key, list, 1'234'567);
    EXPECT_EQ(open_cursor(key, list, cursor).value(), 1'234'567);
    EXPECT_EQ(open_cursor(key, list, "").value(), INT64_MAX);
    EXPECT_EQ(seal_cursor(key, list, 1'234'567), cursor) << "a page asked for again is the same";
    EXPECT_NE(seal_cursor(key, list, 1'234'568).substr(0, 12), cursor.substr(0, 12));
    EXPECT_EQ(seal_cursor(key, list, 7).size(), cursor.size());
    EXPECT_FALSE(open_cursor(test::random_key(), list, cursor));
    EXPECT_FALSE(open_cursor(key, {.workspace = WorkspaceId("b"), .kind = Kind::message}, cursor));
    EXPECT_FALSE(open_cursor(key, {.workspace = WorkspaceId("a"), .kind = Kind::contact}, cursor));
    for (std::size_t at = 0; at < cursor.size(); ++at) {
        std::string changed = cursor;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(open_cursor(key, list, changed)) << at;
        EXPECT_FALSE(open_cursor(key, list, cursor.substr(0, at)) && at > 0) << at;
    }
    EXPECT_FALSE(open_cursor(key, list, "1234567"));
}

TEST(SearchRules, a_snippet_is_the_same_wherever_in_a_long_text_the_match_stands) {
    constexpr int words = 500;
    std::string text;
    for (int index = 100; index < 100 + words; ++index) {
        text += "word" + std::to_string(index) + " ";
    }
    for (int index = 110; index < 100 + words - 20; ++index) {
        const std::string number = std::to_string(index);
        const std::string found = snippet(text, "word" + number);
        EXPECT_TRUE(found.starts_with("…word" + std::to_string(index - 6) + " ")) << found;
        EXPECT_NE(found.find("[word" + number + "]"), std::string::npos);
        EXPECT_TRUE(found.ends_with("word" + std::to_string(index + 13) + "…")) << found;
    }
}

}  // namespace
}  // namespace wapi::search
