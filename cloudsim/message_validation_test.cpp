// Goal: bodies of /messages get Meta's code for what is wrong, in the documented order.
// Method: the pure checks on hand-written bodies.
#include "cloudsim/message_validation.hpp"

#include <gtest/gtest.h>

namespace wapi::cloudsim {
namespace {

json::object parse(std::string_view text) { return boost::json::parse(text).as_object(); }

int content_code(std::string_view text) {
    const auto checked = check_content(parse(text));
    return checked ? 0 : checked.error().code;
}

std::expected<Recipient, GraphError> recipient_of(std::string_view text) {
    return read_recipient(parse(text), "15550001111", "1");
}

TEST(RecipientRules, a_number_with_plus_is_taken_as_it_is) {
    EXPECT_EQ(recipient_of(R"({"to":"+49 (155) 5000-4444"})")->digits, "4915550004444");
}

TEST(RecipientRules, a_number_without_plus_gets_the_country_code_of_the_business) {
    EXPECT_EQ(recipient_of(R"({"to":"5550002222"})")->digits, "15550002222");
    EXPECT_EQ(recipient_of(R"({"to":"15550002222"})")->digits, "115550002222");
}

TEST(RecipientRules, refusals_carry_the_documented_codes) {
    EXPECT_EQ(recipient_of("{}").error().code, 100);
    EXPECT_EQ(recipient_of(R"({"to":"+1555x"})").error().code, 131009);
    EXPECT_EQ(recipient_of(R"({"to":"+15"})").error().code, 131009);
    EXPECT_EQ(recipient_of(R"({"to":7})").error().code, 131009);
    EXPECT_EQ(recipient_of(R"({"to":"+15550001111"})").error().code, 131021);
    EXPECT_EQ(recipient_of(R"({"recipient":"US1349"})").error().code, 131009);
}

TEST(RecipientRules, a_user_id_serves_but_a_number_goes_before_it) {
    EXPECT_EQ(recipient_of(R"({"recipient":"US.1349"})")->user_id, "US.1349");
    EXPECT_EQ(recipient_of(R"({"recipient":"US.ENT.77"})")->user_id, "US.ENT.77");
    const auto both = recipient_of(R"({"to":"+15550002222","recipient":"US.1349"})");
    EXPECT_EQ(both->digits, "15550002222");
    EXPECT_TRUE(both->user_id.empty());
}

TEST(FrameRules, the_product_is_needed_and_must_be_whatsapp) {
    EXPECT_EQ(check_frame(parse("{}")).error().code, 100);
    EXPECT_EQ(check_frame(parse(R"({"messaging_product":"sms"})")).error().code, 100);
    EXPECT_TRUE(check_frame(parse(R"({"messaging_product":"whatsapp"})")));
}

TEST(ContentRules, a_text_needs_a_body_of_at_most_4096_characters) {
    EXPECT_EQ(content_code(R"({"type":"text","text":{"body":"hi"}})"), 0);
    EXPECT_EQ(content_code(R"({"text":{"body":"the type defaults to text"}})"), 0);
    EXPECT_EQ(content_code(R"({"type":"text"})"), 131008);
    EXPECT_EQ(content_code(R"({"type":"text","text":{"body":""}})"), 131008);
    EXPECT_EQ(content_code(R"({"type":"text","text":{"body":7}})"), 131009);
    json::object body = parse(R"({"type":"text","text":{}})");
    std::string longest;
    for (int i = 0; i < 4096; ++i) {
        longest += "é";
    }
    body["text"] = json::object{{"body", longest}};
    EXPECT_TRUE(check_content(body)) << "characters count, not bytes";
    body["text"] = json::object{{"body", longest + "x"}};
    EXPECT_EQ(check_content(body).error().code, 131009);
}

TEST(ContentRules, an_unknown_type_is_unsupported) {
    EXPECT_EQ(content_code(R"({"type":"hologram","hologram":{}})"), 131051);
}

TEST(ContentRules, media_takes_exactly_one_of_id_and_link) {
    EXPECT_EQ(content_code(R"({"type":"image","image":{"id":"1","caption":"c"}})"), 0);
    EXPECT_EQ(content_code(R"({"type":"image","image":{"link":"https://h/x.jpg"}})"), 0);
    EXPECT_EQ(content_code(R"({"type":"image","image":{}})"), 131008);
    EXPECT_EQ(content_code(R"({"type":"image","image":{"id":"1","link":"https://h"}})"), 131009);
    EXPECT_EQ(content_code(R"({"type":"image","image":{"link":"ftp://h"}})"), 131009);
    EXPECT_EQ(content_code(R"({"type":"audio","audio":{"id":"1","caption":"c"}})"), 131009);
}

TEST(ContentRules, other_plain_types_are_held_to_their_fields) {
    EXPECT_EQ(content_code(R"({"type":"location","location":{"latitude":1,"longitude":"2"}})"), 0);
    EXPECT_EQ(content_code(R"({"type":"location","location":{"latitude":1}})"), 131008);
    EXPECT_EQ(content_code(R"({"type":"reaction","reaction":{"message_id":"w","emoji":""}})"), 0);
    EXPECT_EQ(content_code(R"({"type":"reaction","reaction":{"emoji":"x"}})"), 131008);
    EXPECT_EQ(content_code(R"({"type":"contacts","contacts":[{"name":{"formatted_name":"A"}}]})"),
              0);
    EXPECT_EQ(content_code(R"({"type":"contacts","contacts":[]})"), 131009);
    EXPECT_EQ(content_code(R"({"type":"contacts","contacts":[{}]})"), 131008);
    EXPECT_EQ(content_code(R"({"type":"template","template":{"name":"n"}})"), 131008);
}

TEST(ContentRules, callback_data_has_at_most_512_characters) {
    json::object body = parse(R"({"type":"text","text":{"body":"hi"}})");
    body["biz_opaque_callback_data"] = std::string(512, 'x');
    EXPECT_TRUE(check_content(body));
    body["biz_opaque_callback_data"] = std::string(513, 'x');
    EXPECT_EQ(check_content(body).error().code, 131009);
}

std::string buttons(std::string_view list) {
    return R"({"type":"interactive","interactive":{"type":"button","body":{"text":"b"},)"
           R"("action":{"buttons":[)" +
           std::string(list) + "]}}}";
}

TEST(InteractiveRules, buttons_are_at_most_three_with_unique_short_titles) {
    const std::string yes = R"({"type":"reply","reply":{"id":"y","title":"Yes"}})";
    const std::string no = R"({"type":"reply","reply":{"id":"n","title":"No"}})";
    const std::string long_title =
        R"({"type":"reply","reply":{"id":"l","title":"longer than twenty characters"}})";
    EXPECT_EQ(content_code(buttons(yes + "," + no)), 0);
    EXPECT_EQ(content_code(buttons("")), 131009);
    EXPECT_EQ(content_code(buttons(yes + "," + yes)), 131009);
    EXPECT_EQ(content_code(buttons(long_title)), 131009);
    EXPECT_EQ(content_code(buttons(yes + "," + no + "," + yes + "," + no)), 131009);
}

TEST(InteractiveRules, a_list_takes_ten_rows_in_total) {
    const auto list = [](int sections, int rows) {
        json::array all;
        for (int section = 0; section < sections; ++section) {
            json::array entries;
            for (int row = 0; row < rows; ++row) {
                const std::string id = std::to_string(section) + "-" + std::to_string(row);
                entries.push_back(json::object{{"id", id}, {"title", id}});
            }
            all.push_back(json::object{{"title", "s"}, {"rows", std::move(entries)}});
        }
        json::object interactive = parse(R"({"type":"list","body":{"text":"b"},"action":{}})");
        interactive["action"] = json::object{{"button", "Choose"}, {"sections", std::move(all)}};
        const auto checked = check_interactive(interactive);
        return checked ? 0 : checked.error().code;
    };
    EXPECT_EQ(list(2, 5), 0);
    EXPECT_EQ(list(1, 10), 0);
    EXPECT_EQ(list(2, 6), 131009);
    EXPECT_EQ(list(11, 1), 131009);
}

}  // namespace
}  // namespace wapi::cloudsim
