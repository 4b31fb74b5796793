// Goal: a filter that is saved or asked for means one thing or is refused by its field. Method:
// examples, and random conditions that are written and read again.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/json.hpp"
#include "features/segments/segments.hpp"

namespace wapi::segments {
namespace {

std::string refused_field(std::string_view filter) {
    const Result<Conditions> parsed = parse(json::parse_object(filter).value());
    return parsed ? "" : parsed.error().field;
}

TEST(Segments, what_is_wrong_is_named) {
    EXPECT_EQ(refused_field(R"({"tags":"vip"})"), "filter.tags");
    EXPECT_EQ(refused_field(R"({"withoutTags":[1]})"), "filter.withoutTags[0]");
    EXPECT_EQ(refused_field(R"({"attributes":{"a":{}}})"), "filter.attributes");
    EXPECT_EQ(refused_field(R"({"wroteWithinDays":0})"), "filter.wroteWithinDays");
    EXPECT_EQ(refused_field(R"({"silentForDays":4000})"), "filter.silentForDays");
    EXPECT_EQ(refused_field(R"({"neverWrote":true,"silentForDays":1})"), "neverWrote");
    EXPECT_EQ(refused_field(R"({"attributes":{"a":1,"b":true,"c":"x"},"optedOut":false})"), "");
}

TEST(Segments, a_number_is_compared_in_decimals) {
    const auto parsed = parse(json::parse_object(R"({"attributes":{"a":40.5,"b":7}})").value());
    EXPECT_EQ(parsed->attributes, (std::map<std::string, std::string>{{"a", "40.5"}, {"b", "7"}}));
}

TEST(Segments, a_query_says_the_same) {
    const auto parsed = parse_query({{"tag", "vip"},
                                     {"tag", "gold"},
                                     {"withoutTag", "x"},
                                     {"attribute.city", "Vienna"},
                                     {"silentForDays", "30"},
                                     {"optedOut", "false"},
                                     {"q", "left alone"},
                                     {"tag", ""}});
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, (Conditions{.tags = {"vip", "gold"},
                                   .without_tags = {"x"},
                                   .attributes = {{"city", "Vienna"}},
                                   .silent_for_days = 30,
                                   .opted_out = false}));
    EXPECT_EQ(parse_query({{"silentForDays", "x"}}).error().field, "silentForDays");
    EXPECT_EQ(parse_query({{"optedOut", "maybe"}}).error().field, "optedOut");
    EXPECT_FALSE(parse_query(std::vector<std::pair<std::string, std::string>>(21, {"tag", "a"})));
}

TEST(Segments, two_filters_together_keep_what_both_say) {
    const Conditions one{.tags = {"vip"}, .attributes = {{"city", "Graz"}}, .silent_for_days = 7};
    const Conditions other{.tags = {"fair"},
                           .attributes = {{"city", "Graz"}, {"age", "40"}},
                           .silent_for_days = 30,
                           .opted_out = false};
    EXPECT_EQ(join(one, other), (Conditions{.tags = {"vip", "fair"},
                                            .attributes = {{"city", "Graz"}, {"age", "40"}},
                                            .silent_for_days = 30,
                                            .opted_out = false}));
}

TEST(Segments, nobody_fits_two_filters_that_contradict_each_other) {
    EXPECT_FALSE(join({.attributes = {{"city", "Graz"}}}, {.attributes = {{"city", "Vienna"}}}));
    EXPECT_FALSE(join({.opted_out = false}, {.opted_out = true}));
    EXPECT_FALSE(join({.opted_out = true}, {.opted_out = false}));
}

RC_GTEST_PROP(Segments, what_is_saved_is_read_again, ()) {
    const auto word = rc::gen::nonEmpty(
        rc::gen::container<std::string>(rc::gen::inRange('a', static_cast<char>('z' + 1))));
    const auto words = rc::gen::container<std::vector<std::string>>(3, word);
    Conditions conditions{.tags = *words, .without_tags = *words};
    conditions.attributes[*word] = *word;
    switch (*rc::gen::inRange(0, 4)) {
        case 0: conditions.wrote_within_days = *rc::gen::inRange(1, 3'651); break;
        case 1: conditions.silent_for_days = *rc::gen::inRange(1, 3'651); break;
        case 2: conditions.never_wrote = true; break;
        default: break;
    }
    if (*rc::gen::arbitrary<bool>()) {
        conditions.opted_out = *rc::gen::arbitrary<bool>();
    }
    const Result<Conditions> again = parse(render(conditions));
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == conditions);
}

}  // namespace
}  // namespace wapi::segments
