// Goal: a person is taken out of a body wherever Meta puts them, everybody else stays, byte for
// byte of meaning, and every update keeps its ordinal. Method: bodies of meta/webhooks.md through
// the redaction and the parser.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "features/webhook_events/webhook_events.hpp"
#include "whatsapp/webhook_parser.hpp"

namespace wapi::webhook_events {
namespace {

const Traces ann{.numbers = {PhoneNumberId("108")},
                 .phones = {"15550002222"},
                 .bsuids = {"US.1349"},
                 .usernames = {"annlee"}};

std::string body_of(const std::string& members, const std::string& number = "108",
                    const std::string& field = "messages") {
    return fmt::format(
        R"({{"object":"whatsapp_business_account","entry":[{{"id":"209","changes":[{{"field":"{}",)"
        R"("value":{{"metadata":{{"phone_number_id":"{}"}},{}}}}}]}}]}})",
        field, number, members);
}

const std::string two_messages =
    R"("contacts":[{"wa_id":"15550002222","profile":{"name":"Ann Lee"}},)"
    R"({"wa_id":"15550003333","profile":{"name":"Bob"}}],)"
    R"("messages":[{"from":"15550002222","id":"wamid.1","timestamp":"1759400001","type":"text",)"
    R"("text":{"body":"mine"}},{"from":"15550003333","id":"wamid.2","timestamp":"1759400002",)"
    R"("type":"text","text":{"body":"call 15550002222"}}])";

TEST(RedactBody, takes_out_the_person_and_leaves_the_neighbour_in_place) {
    const std::string body = body_of(two_messages);
    const auto redacted = redact_body(body, ann);
    ASSERT_TRUE(redacted);
    EXPECT_EQ(redacted->find("Ann Lee"), std::string::npos);
    EXPECT_EQ(redacted->find("mine"), std::string::npos);
    const whatsapp::Webhook before = whatsapp::parse_webhook(body).value();
    const whatsapp::Webhook after = whatsapp::parse_webhook(*redacted).value();
    ASSERT_EQ(after.items.size(), before.items.size());
    EXPECT_EQ(std::get<whatsapp::OtherField>(after.items[0].content).part, whatsapp::erased_mark);
    const auto& kept = std::get<whatsapp::InboundMessage>(after.items[1].content);
    EXPECT_EQ(after.items[1].ordinal, before.items[1].ordinal);
    EXPECT_EQ(kept.wa_message_id, "wamid.2");
    EXPECT_EQ(kept.sender.profile_name, "Bob");
    EXPECT_EQ(kept.text, "call 15550002222") << "what somebody else wrote is theirs";
    EXPECT_FALSE(redact_body(*redacted, ann)) << "twice changes nothing";
}

TEST(RedactBody, finds_the_person_in_every_kind_of_update) {
    for (const auto& [field, members] : std::vector<std::pair<std::string, std::string>>{
             {"messages", R"("statuses":[{"id":"w","recipient_id":"15550002222"}])"},
             {"messages", R"("statuses":[{"id":"w","recipient_user_id":"US.1349"}])"},
             {"messages", R"("messages":[{"from_user_id":"US.1349","id":"w"}])"},
             {"messages",
              R"("messages":[{"id":"w","system":{"previous_user_id":"US.1349"},"type":"system"}])"},
             {"messages", R"("contacts":[{"profile":{"username":"@annlee","name":"A"}}])"},
             {"user_preferences", R"("user_preferences":[{"wa_id":"15550002222"}])"},
             {"smb_message_echoes", R"("message_echoes":[{"to":"15550002222","id":"w"}])"},
             {"history",
              R"("history":[{"threads":[{"id":"15550002222","messages":[{"text":"x"}]}]}])"},
             {"smb_app_state_sync",
              R"("state_sync":[{"type":"contact","contact":{"phone_number":"+15550002222"}}])"},
             {"calls", R"("calls":[{"id":"wacid.1","from":"US.1349","event":"connect"}])"},
             {"messages",
              R"("statuses":[{"recipient_id":"G","recipient_participant_id":"15550002222"}])"},
             {"standby", R"("standby":{"message_echoes":[{"message":{"to":"15550002222"}}]})"},
             {"groups", R"("groups":[{"failed_participants":[{"input":"+15550002222"}]}])"},
             {"groups", R"("groups":[{"added_participants":[{"wa_id":"15550002222"}]}])"}}) {
        const auto redacted = redact_body(body_of(members, "108", field), ann);
        ASSERT_TRUE(redacted) << members;
        for (const char* trace : {"15550002222", "US.1349", "annlee"}) {
            EXPECT_EQ(redacted->find(trace), std::string::npos) << *redacted;
        }
    }
}

TEST(RedactBody, what_somebody_else_writes_does_not_make_them_the_person) {
    for (const std::string& content :
         {R"("type":"text","text":{"body":"15550002222"})",
          R"("type":"text","text":{"body":"annlee"})",
          R"("type":"button","button":{"text":"US.1349","payload":"15550002222"})",
          R"("type":"contacts","contacts":[{"phones":[{"wa_id":"15550002222"}]}])",
          R"("type":"text","text":{"body":"x"},"context":{"from":"15550002222","id":"wamid.1"})",
          R"("type":"15550002222")"}) {
        EXPECT_FALSE(redact_body(
            body_of(R"("contacts":[{"wa_id":"15550003333","profile":{"name":"15550002222"}}],)"
                    R"("messages":[{"from":"15550003333","id":"wamid.2",)" +
                    content + "}]"),
            ann))
            << content;
    }
}

TEST(RedactBody, a_username_counts_as_such_only_and_not_beside_another_person) {
    for (const char* username : {"text", "sent", "108", "15550003333", "messages", "wamid.2"}) {
        Traces odd = ann;
        odd.usernames = {username};
        const std::string others =
            R"("contacts":[{"wa_id":"15550003333","profile":{"name":"text"}}],)"
            R"("messages":[{"from":"15550003333","id":"wamid.2","type":"text",)"
            R"("text":{"body":"sent"}}],)"
            R"("statuses":[{"id":"wamid.3","recipient_id":"15550003333","status":"sent"}])";
        EXPECT_FALSE(redact_body(body_of(others), odd)) << username;
    }
    EXPECT_FALSE(redact_body(
        body_of(R"("contacts":[{"wa_id":"15550003333","profile":{"username":"annlee"}}])"), ann))
        << "it is Bob's by now";
}

const std::string old_and_new =
    R"("contacts":[{"wa_id":"15550002222","profile":{"name":"Ann Lee"}}],)"
    R"("messages":[{"from":"15550002222","id":"wamid.1","timestamp":"1759400001","type":"text",)"
    R"("text":{"body":"old"}},{"from":"15550002222","id":"wamid.2","timestamp":"1759400002",)"
    R"("type":"text","text":{"body":"new"}}])";

TEST(RedactItem, takes_out_one_update_and_the_contact_with_the_last) {
    const std::string body = body_of(old_and_new);
    const whatsapp::Webhook before = whatsapp::parse_webhook(body).value();
    const auto item = [&](std::size_t index) {
        return std::get<whatsapp::InboundMessage>(before.items[index].content).json;
    };
    const auto first = redact_item(body, ann, item(0));
    ASSERT_TRUE(first);
    EXPECT_EQ(first->find("old"), std::string::npos);
    const whatsapp::Webhook after = whatsapp::parse_webhook(*first).value();
    const auto& kept = std::get<whatsapp::InboundMessage>(after.items[1].content);
    EXPECT_EQ(kept.text, "new");
    EXPECT_EQ(kept.sender.profile_name, "Ann Lee");
    EXPECT_FALSE(redact_item(*first, ann, item(0))) << "twice changes nothing";
    const auto second = redact_item(*first, ann, item(1));
    ASSERT_TRUE(second);
    EXPECT_EQ(second->find("Ann Lee"), std::string::npos);
    EXPECT_EQ(second->find("15550002222"), std::string::npos);
    for (const char* other : {"", "null", "{", "{}"}) {
        EXPECT_FALSE(redact_item(body, ann, other)) << other;
    }
}

TEST(RedactItem, finds_it_in_standby_and_not_at_another_number) {
    const std::string item = R"({"from":"15550002222","id":"wamid.1"})";
    const std::string standby = R"("standby":{"messages":[)" + item + "]}";
    EXPECT_TRUE(redact_item(body_of(standby, "108", "standby"), ann, item));
    EXPECT_FALSE(redact_item(body_of(standby, "999", "standby"), ann, item));
}

TEST(RedactBody, leaves_other_numbers_and_what_is_no_webhook) {
    EXPECT_FALSE(redact_body(body_of(two_messages, "999"), ann));
    for (const char* bad : {"", "{", "[]", "{}", R"({"entry":1})", R"({"entry":[1,{"changes":2}]})",
                            R"({"entry":[{"changes":["15550002222"]}]})"}) {
        EXPECT_FALSE(redact_body(bad, ann)) << bad;
    }
}

}  // namespace
}  // namespace wapi::webhook_events
