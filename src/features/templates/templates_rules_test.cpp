// Goal: a template is sent only when approved and filled as it needs, and its preview reads as the
// customer will read it. Method: the templates of meta/templates.md with components as
// meta/sending.md shows them, right and wrong.
#include "features/templates/templates_rules.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace wapi::templates {
namespace {

Template make(std::string components, std::string format = "POSITIONAL") {
    Template stored;
    stored.name = "order_ready";
    stored.language = "en_US";
    stored.status = "APPROVED";
    stored.parameter_format = std::move(format);
    stored.components = std::move(components);
    return stored;
}

boost::json::array given(std::string_view text) { return boost::json::parse(text).as_array(); }

std::string check(const Template& stored, std::string_view components) {
    const Result<void> result = check_parameters(stored, given(components));
    return result ? "ok" : result.error().message;
}

const Template order =
    make(R"([{"type":"HEADER","format":"TEXT","text":"Order {{1}}"},)"
         R"({"type":"BODY","text":"Hi {{1}}, order {{2}} is ready."},)"
         R"({"type":"FOOTER","text":"Demo Shop"},)"
         R"({"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Thanks"},)"
         R"({"type":"URL","text":"Track","url":"https://h/t/{{1}}"},)"
         R"({"type":"URL","text":"Home","url":"https://h"}]}])");

constexpr std::string_view header_part =
    R"({"type":"header","parameters":[{"type":"text","text":"77"}]})";
constexpr std::string_view body_part =
    R"({"type":"body","parameters":[{"type":"text","text":"Ann"},{"type":"text","text":"77"}]})";
constexpr std::string_view button_part =
    R"({"type":"button","sub_type":"url","index":"1","parameters":[{"type":"text","text":"77"}]})";

std::string parts(std::initializer_list<std::string_view> items) {
    std::string text = "[";
    for (const std::string_view item : items) {
        text += (text.size() > 1 ? "," : "") + std::string(item);
    }
    return text + "]";
}

TEST(TemplateRules, a_template_filled_in_every_place_is_accepted) {
    EXPECT_EQ(check(order, parts({header_part, body_part, button_part})), "ok");
}

TEST(TemplateRules, only_an_approved_template_is_sent) {
    const auto kind = [](std::string_view status) {
        Template stored = make("[]");
        stored.status = status;
        const Result<void> result = check_parameters(stored, {});
        return result ? std::string_view("ok") : result.error().kind->code;
    };
    EXPECT_EQ(kind("APPROVED"), "ok");
    EXPECT_EQ(kind("PAUSED"), "template_paused");
    EXPECT_EQ(kind("DISABLED"), "template_disabled");
    for (const std::string_view status :
         {"PENDING", "REJECTED", "ARCHIVED", "IN_APPEAL", "", "NEW"}) {
        EXPECT_EQ(kind(status), "template_not_approved") << status;
    }
}

TEST(TemplateRules, each_missing_part_is_named) {
    EXPECT_EQ(check(order, parts({body_part, button_part})), "The header has 1 variable, 0 given.");
    EXPECT_EQ(check(order, parts({header_part, button_part})),
              "The body has 2 variables, 0 given.");
    EXPECT_EQ(check(order, parts({header_part, body_part})),
              "Button 1 needs one parameter of type text.");
}

TEST(TemplateRules, too_many_parameters_are_refused) {
    EXPECT_EQ(check(make(R"([{"type":"BODY","text":"Hello."}])"), parts({body_part})),
              "The body has 0 variables, 2 given.");
    EXPECT_EQ(check(make("[]"), parts({button_part})),
              "A button component needs an index below 0.");
}

TEST(TemplateRules, a_repeated_variable_is_given_once) {
    EXPECT_EQ(
        check(make(R"([{"type":"BODY","text":"{{1}} and {{2}} and {{1}}"}])"), parts({body_part})),
        "ok");
}

TEST(TemplateRules, named_parameters_match_by_name_in_any_order) {
    const Template named =
        make(R"([{"type":"BODY","text":"Hi {{first_name}}, {{order_id}}"}])", "NAMED");
    EXPECT_EQ(check(named, R"([{"type":"body","parameters":[)"
                           R"({"type":"text","parameter_name":"order_id","text":"7"},)"
                           R"({"type":"text","parameter_name":"first_name","text":"Ann"}]}])"),
              "ok");
    EXPECT_EQ(check(named, parts({body_part})),
              R"(The body needs a parameter with parameter_name "first_name".)");
    EXPECT_EQ(check(named, R"([{"type":"body","parameters":[)"
                           R"({"type":"text","parameter_name":"first_name","text":"7"},)"
                           R"({"type":"text","parameter_name":"first_name","text":"Ann"}]}])"),
              R"(The body needs a parameter with parameter_name "order_id".)");
}

TEST(TemplateRules, a_media_header_needs_its_own_kind) {
    const Template picture =
        make(R"([{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Hi"}])");
    EXPECT_EQ(check(picture, "[]"), "The header needs one parameter of type image.");
    EXPECT_EQ(check(picture, parts({header_part})),
              "The header needs one parameter of type image.");
    EXPECT_EQ(
        check(picture, R"([{"type":"header","parameters":[{"type":"image","image":{"id":"1"}}]}])"),
        "ok");
    EXPECT_EQ(check(make(R"([{"type":"HEADER","format":"GIF"}])"),
                    R"([{"type":"header","parameters":[{"type":"video","video":{"id":"1"}}]}])"),
              "ok");
}

TEST(TemplateRules, a_one_time_password_needs_its_code_in_body_and_button) {
    const Template code = make(
        R"([{"type":"BODY","text":"*{{1}}* is your code."},)"
        R"({"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE","text":"Copy"}]}])");
    const std::string_view body = R"({"type":"body","parameters":[{"type":"text","text":"123"}]})";
    const std::string_view button = R"({"type":"button","sub_type":"url","index":0,)"
                                    R"("parameters":[{"type":"text","text":"123"}]})";
    EXPECT_EQ(check(code, parts({body, button})), "ok");
    EXPECT_EQ(check(code, parts({body})), "Button 0 needs one parameter of type text.");
}

TEST(TemplateRules, a_copy_code_button_needs_a_coupon_code) {
    const Template coupon = make(
        R"([{"type":"BODY","text":"Hi"},{"type":"BUTTONS","buttons":[{"type":"COPY_CODE"}]}])");
    EXPECT_EQ(check(coupon, R"([{"type":"button","sub_type":"COPY_CODE","index":"0",)"
                            R"("parameters":[{"type":"coupon_code","coupon_code":"25OFF"}]}])"),
              "ok");
    EXPECT_EQ(check(coupon, "[]"), "Button 0 needs one parameter of type coupon_code.");
}

TEST(TemplateRules, malformed_components_are_refused_without_a_crash) {
    for (const char* components :
         {"[1]", "[{}]", R"([{"type":1.5}])", R"([{"type":"body","parameters":[1,2]}])",
          R"([{"type":"body","parameters":[{"type":"text"},{"type":"text","text":""}]}])",
          R"([{"type":"body","parameters":[{"type":"image"},{"type":"image"}]}])",
          R"([{"type":"body","parameters":7}])", R"([{"type":"button","index":"-1"}])",
          R"([{"type":"button","index":"1x"}])", R"([{"type":"button"}])"}) {
        const Result<void> result = check_parameters(order, given(components));
        ASSERT_FALSE(result) << components;
        EXPECT_EQ(result.error().kind, &errors::template_parameters_invalid) << components;
    }
}

TEST(TemplateRules, stored_components_that_are_broken_need_nothing) {
    for (const char* components : {"", "{}", "[1,null]", R"([{"type":"BUTTONS","buttons":[1]}])",
                                   R"([{"type":"BODY","text":"{{"}])"}) {
        EXPECT_EQ(check(make(components), "[]"), "ok") << components;
    }
}

TEST(TemplateRules, the_preview_fills_header_body_and_footer) {
    EXPECT_EQ(render_preview(order, given(parts({header_part, body_part, button_part}))),
              "Order 77\nHi Ann, order 77 is ready.\nDemo Shop");
}

TEST(TemplateRules, the_preview_shows_fallback_values_and_keeps_what_is_missing) {
    const Template price = make(R"([{"type":"BODY","text":"{{1}} until {{2}}, {{3}}"}])");
    EXPECT_EQ(
        render_preview(price,
                       given(R"([{"type":"body","parameters":[)"
                             R"({"type":"currency","currency":{"fallback_value":"$10.99"}},)"
                             R"({"type":"date_time","date_time":{"fallback_value":"Friday"}}]}])")),
        "$10.99 until Friday, {{3}}");
}

TEST(TemplateRules, a_given_text_with_braces_is_not_filled_again) {
    EXPECT_EQ(fill("{{1}} {{2}}",
                   given(R"([{"type":"text","text":"{{2}}"},{"type":"text","text":"x"}])"), false),
              "{{2}} x");
}

}  // namespace
}  // namespace wapi::templates
