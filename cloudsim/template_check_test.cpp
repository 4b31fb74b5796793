// Goal: template messages and new templates get the documented codes; what the customer reads is
// right. Method: the pure checks on the default world's templates.
#include "cloudsim/template_check.hpp"

#include <gtest/gtest.h>

namespace wapi::cloudsim {
namespace {

class TemplateRules : public ::testing::Test {
  protected:
    static json::object message(std::string_view name, std::string_view components = "[]",
                                std::string_view language = "en_US") {
        json::object content{{"name", name}, {"language", json::object{{"code", language}}}};
        content["components"] = boost::json::parse(components);
        return content;
    }
    int code(const json::object& content) {
        const auto found = find_sendable_template(waba_, content);
        if (!found) {
            return found.error().code;
        }
        const auto checked = check_parameters(**found, content);
        return checked ? 0 : checked.error().code;
    }
    std::string text(const json::object& content) {
        return render_template_text(**find_sendable_template(waba_, content), content);
    }

    std::unique_ptr<World> world_ = make_default_world(1);
    Waba& waba_ = world_->wabas().front();
};

constexpr std::string_view two_texts =
    R"([{"type":"body","parameters":[{"type":"text","text":"Ann"},{"type":"text","text":"A-7"}]}])";

TEST_F(TemplateRules, only_an_approved_template_in_that_language_may_be_sent) {
    EXPECT_EQ(code(message("hello_world")), 0);
    EXPECT_EQ(code(message("hello_world", "[]", "de")), 132001);
    EXPECT_EQ(code(message("nobody")), 132001);
    EXPECT_EQ(code(message("free_money")), 132001);
    EXPECT_EQ(code(message("winter_sale")), 132015);
    waba_.templates.front().status = "DISABLED";
    EXPECT_EQ(code(message("hello_world")), 132016);
}

TEST_F(TemplateRules, the_number_of_parameters_must_fit) {
    EXPECT_EQ(code(message("order_ready", two_texts)), 0);
    EXPECT_EQ(code(message("order_ready")), 132000);
    EXPECT_EQ(code(message("hello_world", two_texts)), 132000);
}

TEST_F(TemplateRules, values_must_have_the_right_format) {
    EXPECT_EQ(code(message("order_ready", R"([{"type":"body","parameters":[
        {"type":"image","image":{"id":"1"}},{"type":"text","text":"x"}]}])")),
              132012);
    EXPECT_EQ(code(message("order_ready", R"([{"type":"body","parameters":[
        {"type":"text","text":"two\nlines"},{"type":"text","text":"x"}]}])")),
              132012);
    EXPECT_EQ(code(message("order_ready", R"([{"type":"body","parameters":[
        {"type":"text","text":"5     spaces"},{"type":"text","text":"x"}]}])")),
              132012);
}

TEST_F(TemplateRules, named_parameters_need_the_names_of_the_template) {
    EXPECT_EQ(code(message("appointment_reminder", R"([{"type":"body","parameters":[
        {"type":"text","parameter_name":"date","text":"Monday"},
        {"type":"text","parameter_name":"first_name","text":"Ann"}]}])")),
              0);
    EXPECT_EQ(code(message("appointment_reminder", two_texts)), 132012);
}

TEST_F(TemplateRules, a_button_with_a_variable_needs_its_parameter) {
    const std::string body = R"({"type":"body","parameters":[{"type":"text","text":"Ann"}]})";
    EXPECT_EQ(code(message("summer_sale", "[" + body + "]")), 132018);
    const std::string button = R"({"type":"button","sub_type":"url","index":2,
        "parameters":[{"type":"text","text":"beach"}]})";
    EXPECT_EQ(code(message("summer_sale", "[" + body + "," + button + "]")), 0);
}

TEST_F(TemplateRules, a_text_that_grows_too_long_is_refused) {
    json::object content = message("order_ready", two_texts);
    json::value& first = content["components"].at(0).at("parameters").at(0).at("text");
    first = std::string(1100, 'x');
    EXPECT_EQ(code(content), 132005);
}

TEST_F(TemplateRules, the_customer_reads_header_body_and_footer_filled_in) {
    EXPECT_EQ(text(message("order_ready", two_texts)),
              "Hi Ann, your order A-7 is ready for pickup.");
    EXPECT_EQ(text(message("appointment_reminder", R"([{"type":"body","parameters":[
        {"type":"text","parameter_name":"date","text":"Monday"},
        {"type":"text","parameter_name":"first_name","text":"Ann"}]}])")),
              "Hi Ann, we expect you on Monday at our shop.");
}

TEST_F(TemplateRules, a_new_template_is_held_to_the_rules_of_names_and_variables) {
    const auto refusal = [this](std::string_view body) {
        const auto checked = check_new_template(waba_, boost::json::parse(body).as_object());
        return checked ? 0 : checked.error().code * 10'000'000LL + checked.error().subcode;
    };
    EXPECT_EQ(refusal(R"({"name":"fresh","language":"en_US","category":"UTILITY",
        "components":[{"type":"BODY","text":"Hi {{1}}!","example":{"body_text":[["A"]]}}]})"),
              0);
    EXPECT_EQ(refusal(R"({"name":"Bad Name","language":"en_US","category":"UTILITY",
        "components":[{"type":"BODY","text":"Hi"}]})"),
              1'000'000'000LL);
    EXPECT_EQ(refusal(R"({"name":"order_ready","language":"en_US","category":"UTILITY",
        "components":[{"type":"BODY","text":"Hi"}]})"),
              1'000'000'000LL + 2388024);
    EXPECT_EQ(refusal(R"({"name":"edge","language":"en_US","category":"UTILITY",
        "components":[{"type":"BODY","text":"{{1}} is here","example":{"body_text":[["A"]]}}]})"),
              1'000'000'000LL + 2388299);
}

TEST(Variables, are_found_once_each_in_order) {
    const std::vector<std::string> expected = {"2", "1"};
    EXPECT_EQ(find_variables("a {{2}} b {{1}} c {{2}}"), expected);
    EXPECT_TRUE(find_variables("no {{end").empty());
}

}  // namespace
}  // namespace wapi::cloudsim
