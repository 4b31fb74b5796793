// Reading request bodies: what is accepted, what is refused, and that a refusal names its field.
#include "base/json.hpp"

#include <gtest/gtest.h>

#include <set>

namespace wapi::json {
namespace {

object body_of(std::string_view text) { return parse_object(text).value(); }

template <class T>
std::string field_of(const Result<T>& outcome) {
    return outcome ? "no error" : outcome.error().field;
}

TEST(Json, an_object_is_parsed_and_rendered_back) {
    const std::string text = R"({"name":"Ann \u00e9","tags":["a","b"],"age":41,"vip":true})";
    EXPECT_EQ(render(body_of(text)), R"({"name":"Ann é","tags":["a","b"],"age":41,"vip":true})");
}

TEST(Json, what_is_not_an_object_is_malformed) {
    for (const std::string_view bad :
         {"", "null", "[]", "\"x\"", "12", "{", "{}x", "{\"a\":1,}", "{'a':1}", "{\"a\":tru}",
          "{\"a\":\"\xff\"}", "{\"a\":\"\\ud800\"}", "{\"a\":01}", "\xef\xbb\xbf{}"}) {
        const Result<object> parsed = parse_object(bad);
        ASSERT_FALSE(parsed) << bad;
        EXPECT_EQ(parsed.error().kind, &errors::malformed_json) << bad;
    }
}

TEST(Json, a_number_beyond_any_range_is_malformed) {
    EXPECT_FALSE(parse_object(R"({"a":[{"b":1e999}]})"));
    EXPECT_FALSE(parse_object(R"({"a":-1e99999})"));
    EXPECT_TRUE(parse_object(R"({"a":[{"b":1e300}]})"));
}

TEST(Json, depth_is_limited_to_32_levels) {
    const auto nested = [](std::size_t levels) {
        return "{\"a\":" + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}";
    };
    EXPECT_TRUE(parse_object(nested(depth_max)));
    const Result<object> too_deep = parse_object(nested(depth_max + 1));
    ASSERT_FALSE(too_deep);
    EXPECT_EQ(too_deep.error().kind, &errors::malformed_json);
}

TEST(Json, of_repeated_keys_the_last_counts) {
    EXPECT_EQ(require_int(body_of(R"({"a":1,"a":2})"), "a").value(), 2);
}

TEST(Json, arrays_are_parsed_where_they_are_expected) {
    EXPECT_EQ(parse_array("[1,2]").value().size(), 2U);
    EXPECT_FALSE(parse_array("{}"));
}

TEST(Json, a_string_is_trimmed_and_held_to_its_lengths) {
    const object body = body_of(R"({"name":"  Ann ","blank":"  ","long":"abcdef"})");
    EXPECT_EQ(require_string(body, "name").value(), "Ann");
    EXPECT_EQ(require_string(body, "name", {.trim = false}).value(), "  Ann ");
    EXPECT_EQ(field_of(require_string(body, "blank")), "blank");
    EXPECT_EQ(require_string(body, "blank", {.bytes_min = 0}).value(), "");
    EXPECT_EQ(require_string(body, "long", {.bytes_max = 6}).value(), "abcdef");
    EXPECT_EQ(field_of(require_string(body, "long", {.bytes_max = 5})), "long");
}

TEST(Json, a_string_with_a_nul_character_is_refused) {
    EXPECT_EQ(field_of(parse_object(R"({"name":"a\u0000b"})")), "name");
    EXPECT_EQ(field_of(parse_object(R"({"a":{"b":[1,{"c":["x","\u0000"]}]}})")), "a.b[1].c[1]");
    EXPECT_EQ(field_of(parse_object(R"({"a":{"b\u0000":1}})")), "a");
    EXPECT_EQ(parse_object(R"({"\u0000":1})").error().kind, &errors::invalid_request);
    EXPECT_EQ(field_of(parse_array(R"(["x","\u0000"])")), "[1]");
    EXPECT_EQ(require_string(body_of(R"({"name":"a\\u0000b"})"), "name").value(), "a\\u0000b")
        << "an escaped backslash before it makes it text";
    const std::string long_name(1'000, 'n');
    EXPECT_EQ(field_of(parse_object("{\"" + long_name + "\":\"\\u0000\"}")), "");
    EXPECT_TRUE(parse_value(R"({"stored":"\u0000"})")) << "what is stored stays readable";
}

TEST(Json, a_missing_or_null_field_is_refused_or_absent) {
    const object body = body_of(R"({"gone":null})");
    for (const std::string_view field : {"gone", "never"}) {
        EXPECT_EQ(field_of(require_string(body, field)), field);
        EXPECT_EQ(field_of(require_int(body, field)), field);
        EXPECT_EQ(field_of(require_bool(body, field)), field);
        EXPECT_EQ(field_of(require_object(body, field)), field);
        EXPECT_EQ(field_of(require_array(body, field)), field);
        EXPECT_EQ(optional_string(body, field).value(), std::nullopt);
        EXPECT_EQ(optional_int(body, field).value(), std::nullopt);
        EXPECT_EQ(optional_bool(body, field).value(), std::nullopt);
        EXPECT_EQ(optional_object(body, field).value(), nullptr);
        EXPECT_EQ(optional_array(body, field).value(), nullptr);
        EXPECT_TRUE(optional_strings(body, field).value().empty());
    }
}

TEST(Json, a_value_of_another_type_is_refused_even_when_optional) {
    const object body = body_of(R"({"s":"x","n":1})");
    EXPECT_EQ(field_of(optional_string(body, "n")), "n");
    EXPECT_EQ(field_of(optional_int(body, "s")), "s");
    EXPECT_EQ(field_of(optional_bool(body, "s")), "s");
    EXPECT_EQ(field_of(optional_object(body, "s")), "s");
    EXPECT_EQ(field_of(optional_array(body, "s")), "s");
    EXPECT_EQ(optional_string(body, "n").error().kind, &errors::invalid_request);
}

TEST(Json, whole_numbers_are_held_to_their_range) {
    const object body = body_of(R"({"n":10,"half":0.5,"whole":3.0,"huge":1e30})");
    EXPECT_EQ(require_int(body, "n", {.min = 1, .max = 10}).value(), 10);
    EXPECT_EQ(field_of(require_int(body, "n", {.max = 9})), "n");
    EXPECT_EQ(field_of(require_int(body, "n", {.min = 11})), "n");
    EXPECT_EQ(field_of(require_int(body, "half")), "half");
    EXPECT_EQ(require_int(body, "whole").value(), 3);
    EXPECT_EQ(field_of(require_int(body, "huge")), "huge");
}

TEST(Json, a_dotted_path_reads_nested_objects) {
    const object body = body_of(R"({"template":{"name":"promo","language":{"code":"en"}},"x":1})");
    EXPECT_EQ(require_string(body, "template.name").value(), "promo");
    EXPECT_EQ(require_string(body, "template.language.code").value(), "en");
    EXPECT_EQ(field_of(require_string(body, "template.language.policy")),
              "template.language.policy");
    EXPECT_EQ(field_of(require_string(body, "x.y")), "x.y");
    EXPECT_EQ(require_object(body, "template").value()->size(), 2U);
}

TEST(Json, a_bad_element_is_named_by_its_place) {
    const object body = body_of(R"({"tags":["a"," b ",3]})");
    EXPECT_EQ(field_of(optional_strings(body, "tags")), "tags[2]");
    EXPECT_EQ(field_of(optional_strings(body, "tags", 2)), "tags");
    EXPECT_EQ(optional_strings(body_of(R"({"tags":["a"," b "]})"), "tags").value(),
              (std::vector<std::string>{"a", "b"}));
    const Result<std::string> inner = require_string(object(), "type");
    EXPECT_EQ(at_path(inner.error(), "components[2]").field, "components[2].type");
}

}  // namespace
}  // namespace wapi::json
