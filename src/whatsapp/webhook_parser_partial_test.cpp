// Goal: of a message that cannot be used, or is of a kind that nobody knows, as much is kept as
// shows who wants no more messages, and no more than that. Method: messages with one thing wrong
// each, whole bodies in the form of meta/webhooks.md section 5.
#include "whatsapp/webhook_parser_content.hpp"
#include "whatsapp/webhook_parser_test_support.hpp"

namespace wapi::whatsapp {
namespace {

using Words = std::vector<std::string>;

constexpr Timestamp written = Timestamp(std::chrono::seconds(1759400001));

WebhookItem message_item(std::string_view message, std::string_view contacts = "[]",
                         std::string_view field = "messages") {
    return item_of(field,
                   fmt::format(R"({{"contacts":{},"{}":[{}]}})", contacts,
                               field == "messages" ? "messages" : "message_echoes", message));
}

/// What is kept of a message that is refused.
std::optional<PartialMessage> partial_of(std::string_view message,
                                         std::string_view contacts = "[]") {
    const WebhookItem item = message_item(message, contacts);
    const auto* error = std::get_if<ParseError>(&item.content);
    EXPECT_NE(error, nullptr) << message;
    return error == nullptr ? std::nullopt : error->partial;
}

/// A message of Ann's with everything around its content in order.
std::string from_ann(std::string_view members) {
    return fmt::format(R"({{"from":"15550002222","id":"wamid.1","timestamp":"1759400001",{}}})",
                       members);
}

TEST(PartialMessages, a_text_beside_something_of_the_wrong_type_is_kept) {
    for (const std::string_view members :
         {R"("type":5,"text":{"body":"STOP"})", R"("type":{},"text":{"body":"STOP"})",
          R"("type":"text","text":"STOP")", R"("type":"image","image":[],"text":{"body":"STOP"})",
          R"("type":"button","button":"STOP")",
          R"("type":"button","button":[],"text":{"body":"STOP"})",
          R"("type":"interactive","interactive":7,"button":{"text":"STOP"})",
          R"("type":"text","button":{"payload":"STOP"})",
          R"("type":"text","text":{"body":null},"interactive":{"button_reply":{"title":"STOP"}})",
          R"("type":"text","text":{"body":[]},"interactive":{"list_reply":{"id":"STOP"}})"}) {
        const auto partial = partial_of(from_ann(members));
        ASSERT_TRUE(partial) << members;
        EXPECT_EQ(partial->words, Words{"STOP"}) << members;
        EXPECT_EQ(partial->sender.phone, "15550002222");
        EXPECT_EQ(partial->timestamp, written);
    }
}

TEST(PartialMessages, a_message_without_id_or_time_keeps_text_and_reply) {
    const auto no_id =
        partial_of(R"({"from":"15550002222","timestamp":"1759400001","type":"interactive",)"
                   R"("interactive":{"type":"button_reply","button_reply":{"title":"Stop"}}})");
    ASSERT_TRUE(no_id);
    EXPECT_EQ(no_id->words, Words{"Stop"});
    const auto no_time =
        partial_of(R"({"from":"15550002222","id":"wamid.1","timestamp":"soon","type":"button",)"
                   R"("button":{"text":"No","payload":"STOP"}})");
    ASSERT_TRUE(no_time);
    EXPECT_EQ(no_time->words, (Words{"No", "STOP"}));
    EXPECT_EQ(no_time->timestamp, std::nullopt);
}

TEST(PartialMessages, without_a_time_of_its_own_that_of_the_entry_counts) {
    const Webhook webhook =
        parse_webhook(R"({"entry":[{"id":"1","time":1759400001,"changes":[{"field":"messages",)"
                      R"("value":{"messages":[{"from":"1555","id":"x","type":"text",)"
                      R"("text":{"body":"STOP"}}]}}]}]})")
            .value();
    EXPECT_EQ(std::get<ParseError>(webhook.items.at(0).content).partial.value().timestamp, written);
}

TEST(PartialMessages, the_sender_is_found_wherever_it_can_be_made_out) {
    const auto sender_of = [](std::string_view members, std::string_view contacts) {
        const auto partial = partial_of(
            fmt::format(R"({{{}"type":"text","text":{{"body":"STOP"}}}})", members), contacts);
        return partial ? partial->sender : Sender();
    };
    const std::string known = fmt::format("[{}]", ann);
    EXPECT_EQ(sender_of(R"("from":"+1 (555) 000-2222",)", "[]").phone, "15550002222");
    EXPECT_EQ(sender_of(R"("from":["15550002222"],)", known).phone, "15550002222");
    EXPECT_EQ(sender_of("", known).user_id, "US.1349");
    EXPECT_EQ(sender_of(R"("from_user_id":"US.7",)", "[]").user_id, "US.7");
    EXPECT_EQ(sender_of(R"("from":"15550002222",)", R"([{"profile":{"name":"Ann"}}])").profile_name,
              "Ann");
    EXPECT_EQ(sender_of(R"("from":"15550002222",)", R"({"wa_id":5})").phone, "15550002222");
}

TEST(PartialMessages, a_contact_without_wa_id_does_not_cost_a_message_with_from) {
    const InboundMessage message = content_of<InboundMessage>(message_item(
        from_ann(R"("type":"text","text":{"body":"STOP"})"), R"([{"profile":{"name":"Ann"}}])"));
    EXPECT_EQ(message.sender.phone, "15550002222");
    EXPECT_EQ(message.text, "STOP");
}

TEST(PartialMessages, nothing_is_kept_of_who_cannot_be_told_or_says_nothing) {
    for (const std::string_view message :
         {R"({"id":"x","type":"text","text":{"body":"STOP"}})",
          R"({"from":"Ann","id":"x","type":"text","text":{"body":"STOP"}})",
          R"({"from":"15550002222","id":"x","type":"text"})",
          R"({"from":"15550002222","id":"x","type":"text","text":{"body":""}})",
          R"({"from":"15550002222","type":"image","image":{"caption":"STOP"}})", "7", "[]",
          R"(["STOP"])"}) {
        EXPECT_FALSE(partial_of(message)) << message;
    }
    const std::string endless(200, '1');
    EXPECT_FALSE(partial_of(
        fmt::format(R"({{"from":"{}","type":"text","text":{{"body":"STOP"}}}})", endless)));
    const WebhookItem echo = message_item(R"({"from":"1555","to":"1556","text":{"body":"STOP"}})",
                                          "[]", "smb_message_echoes");
    EXPECT_FALSE(std::get<ParseError>(echo.content).partial) << "the business said it";
}

TEST(PartialMessages, what_is_too_long_for_a_word_is_left_out) {
    const auto words_of = [](std::size_t bytes) {
        return partial_of(
            fmt::format(R"({{"from":"1555","text":{{"body":"{}"}},"button":{{"text":"STOP"}}}})",
                        std::string(bytes, 'x')));
    };
    EXPECT_EQ(words_of(words_bytes_max - 2)->words.size(), 2U);
    EXPECT_EQ(words_of(words_bytes_max - 1)->words, Words{"STOP"});
    EXPECT_EQ(words_of(1'000'000)->words, Words{"STOP"});
}

TEST(PartialMessages, words_of_an_unknown_type_are_kept_beside_the_message) {
    const auto words_of = [](std::string_view members) {
        return content_of<InboundMessage>(message_item(from_ann(members))).words;
    };
    EXPECT_EQ(words_of(R"("type":"hologram","text":{"body":"STOP"})"), Words{"STOP"});
    EXPECT_EQ(words_of(R"("text":{"body":"STOP"})"), Words{"STOP"});
    EXPECT_EQ(words_of(R"("type":"unsupported","unsupported":{"type":"button"},)"
                       R"("button":{"text":"STOP","payload":"P1"})"),
              (Words{"STOP", "P1"}));
    EXPECT_EQ(words_of(R"("type":"interactive","interactive":{"button_reply":{"title":"STOP"}})"),
              Words{"STOP"});
    EXPECT_EQ(words_of(R"("type":"interactive","interactive":{"type":"new_reply",)"
                       R"("list_reply":{"title":"Stop","id":"r1"}})"),
              (Words{"Stop", "r1"}));
    EXPECT_TRUE(words_of(R"("type":"text","text":{"body":"STOP"})").empty()) << "it is the text";
    EXPECT_TRUE(words_of(R"("type":"hologram","hologram":{"depth":3})").empty());
}

}  // namespace
}  // namespace wapi::whatsapp
