// Statuses, marketing preferences and echoes from the phone app: which fields become what.
//
// Method: each test writes one object in the shapes of meta-facts, "Webhooks", and reads the item.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "whatsapp/webhook_parser_test_support.hpp"

namespace wapi::whatsapp {
namespace {

StatusUpdate status_of(std::string_view members) {
    return content_of<StatusUpdate>(
        item_of("messages",
                fmt::format(R"({{"statuses":[{{"id":"wamid.O","timestamp":"1759400002",{}}}]}})",
                            members)));
}

TEST(Statuses, all_of_metas_words_are_known_and_others_kept) {
    using enum DeliveryStatus;
    for (const DeliveryStatus known : {sent, delivered, read, played, failed, deleted}) {
        const StatusUpdate status =
            status_of(fmt::format(R"("status":"{}","recipient_id":"1555")", name_of(known)));
        EXPECT_EQ(status.status, known);
        EXPECT_EQ(status.status_name, name_of(known));
    }
    const StatusUpdate other = status_of(R"("status":"warning")");
    EXPECT_EQ(other.status, unknown);
    EXPECT_EQ(other.status_name, "warning");
}

TEST(Statuses, a_status_without_a_word_is_refused) {
    for (const std::string_view status : {R"("status":"")", R"("status":7)", R"("x":1)"}) {
        const WebhookItem item = item_of(
            "messages",
            fmt::format(R"({{"statuses":[{{"id":"wamid.O","timestamp":"1759400002",{}}}]}})",
                        status));
        ASSERT_TRUE(std::holds_alternative<ParseError>(item.content)) << status;
        EXPECT_TRUE(std::get<ParseError>(item.content).reason.contains("status is missing"));
    }
}

TEST(Statuses, recipient_callback_data_and_pricing) {
    const StatusUpdate status =
        status_of(R"("status":"sent","recipient_id":"15550002222","recipient_user_id":"US.1349",)"
                  R"("parent_recipient_user_id":"US.ENT.77","biz_opaque_callback_data":"m=42",)"
                  R"("conversation":{"id":"8f"},"pricing":{"billable":true,"pricing_model":"PMP",)"
                  R"("type":"regular","category":"utility"})");
    EXPECT_EQ(status.wa_message_id, "wamid.O");
    EXPECT_EQ(status.timestamp, Timestamp(std::chrono::seconds(1759400002)));
    EXPECT_EQ(status.recipient_phone, "15550002222");
    EXPECT_EQ(status.recipient_user_id, "US.1349");
    EXPECT_EQ(status.recipient_parent_user_id, "US.ENT.77");
    EXPECT_EQ(status.callback_data, "m=42");
    EXPECT_EQ(status.conversation_id, "8f");
    EXPECT_EQ(status.pricing_category, "utility");
    EXPECT_EQ(status.pricing_type, "regular");
    EXPECT_EQ(status.pricing_model, "PMP");
    EXPECT_EQ(status.billable, true);
    EXPECT_TRUE(status.errors.empty());
    EXPECT_EQ(status_of(R"("status":"read")").billable, std::nullopt);
}

TEST(Statuses, a_failure_carries_its_errors) {
    const StatusUpdate status = status_of(
        R"("status":"failed","errors":[{"code":131026,"title":"Undeliverable","message":"M"},)"
        R"("junk",{"code":"oops","error_data":{"details":"D"}},{"code":99999999999}])");
    ASSERT_EQ(status.errors.size(), 3U);
    EXPECT_EQ(status.errors[0].code, 131026);
    EXPECT_EQ(status.errors[0].details, "M");
    EXPECT_EQ(status.errors[1].code, 0);
    EXPECT_EQ(status.errors[1].details, "D");
    EXPECT_EQ(status.errors[2].code, 0);
}

TEST(Statuses, a_group_status_names_group_and_participant) {
    const StatusUpdate status = status_of(
        R"("status":"read","recipient_type":"group","recipient_id":"1203@g",)"
        R"("participant_recipient_id":"15550002222","recipient_participant_user_id":"US.1349",)"
        R"("conversation":{"pricing":{"category":"group_utility","billable":false}})");
    EXPECT_TRUE(status.recipient_is_group);
    EXPECT_EQ(status.recipient_phone, "1203@g");
    EXPECT_EQ(status.participant_phone, "15550002222");
    EXPECT_EQ(status.participant_user_id, "US.1349");
    EXPECT_EQ(status.pricing_category, "group_utility");
    EXPECT_EQ(status.billable, false);
}

TEST(Statuses, without_id_time_or_status_are_errors) {
    for (const std::string_view bad :
         {R"({"timestamp":"1","status":"read"})", R"({"id":"x","status":"read"})",
          R"({"id":"x","timestamp":"1"})", R"({"id":"x","timestamp":"1","status":3})", "3"}) {
        const WebhookItem item = item_of("messages", fmt::format(R"({{"statuses":[{}]}})", bad));
        EXPECT_TRUE(std::holds_alternative<ParseError>(item.content)) << bad;
    }
}

TEST(Preferences, stop_resume_and_words_of_the_future) {
    const auto value_of = [](std::string_view value) {
        return content_of<UserPreference>(item_of(
            "user_preferences",
            fmt::format(
                R"({{"user_preferences":[{{"wa_id":"15550002222","user_id":"US.1349",)"
                R"("category":"marketing_messages","value":"{}","timestamp":1759400000}}]}})",
                value)));
    };
    const UserPreference stop = value_of("stop");
    EXPECT_EQ(stop.value, PreferenceValue::stop);
    EXPECT_EQ(stop.phone, "15550002222");
    EXPECT_EQ(stop.user_id, "US.1349");
    EXPECT_EQ(stop.category, "marketing_messages");
    EXPECT_EQ(stop.timestamp, Timestamp(std::chrono::seconds(1759400000)));
    EXPECT_EQ(value_of("resume").value, PreferenceValue::resume);
    EXPECT_EQ(value_of("pause").value, PreferenceValue::unknown);
}

TEST(Preferences, the_user_may_be_named_by_the_contacts_alone) {
    const UserPreference preference = content_of<UserPreference>(item_of(
        "user_preferences",
        fmt::format(
            R"({{"contacts":[{}],"user_preferences":[{{"value":"stop","timestamp":"5"}}]}})",
            ann)));
    EXPECT_EQ(preference.phone, "15550002222");
    const WebhookItem nobody =
        item_of("user_preferences", R"({"user_preferences":[{"value":"stop","timestamp":"5"}]})");
    EXPECT_TRUE(std::holds_alternative<ParseError>(nobody.content));
}

TEST(Echoes, are_messages_of_the_business_to_a_customer) {
    const MessageEcho echo = content_of<MessageEcho>(
        item_of("smb_message_echoes",
                R"({"message_echoes":[{"from":"15550001111","to":"15550002222","id":"wamid.E",)"
                R"("timestamp":"1759400001","type":"text","text":{"body":"x"}}]})"));
    EXPECT_EQ(echo.recipient_phone, "15550002222");
    EXPECT_EQ(echo.message.sender.phone, "15550001111");
    EXPECT_EQ(echo.message.text, "x");
    const WebhookItem nobody =
        item_of("smb_message_echoes",
                R"({"message_echoes":[{"id":"w","timestamp":"5","type":"request_welcome"}]})");
    EXPECT_TRUE(std::holds_alternative<ParseError>(nobody.content));
}

}  // namespace
}  // namespace wapi::whatsapp
