// Every type of inbound message and every way to name its sender: which fields become what.
//
// Method: each test writes one object in the shapes of meta-facts, "Webhooks", and reads the item.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "whatsapp/webhook_parser_test_support.hpp"

namespace wapi::whatsapp {
namespace {

/// A message of one type; `rest` are its other members.
InboundMessage message_of(std::string_view type, std::string_view rest) {
    return content_of<InboundMessage>(
        item_of("messages", fmt::format(R"({{"messages":[{{"from":"15550002222","id":"wamid.1",)"
                                        R"("timestamp":"1759400001","type":"{}"{}{}}}]}})",
                                        type, rest.empty() ? "" : ",", rest)));
}

/// A message with these members beside id, time and type, and these contacts.
WebhookItem from_contacts(std::string_view members, std::string_view contacts) {
    return item_of("messages",
                   fmt::format(R"({{"contacts":[{}],"messages":[{{{}"id":"wamid.1",)"
                               R"("timestamp":"1759400001","type":"request_welcome"}}]}})",
                               contacts, members));
}

TEST(InboundMessages, text_with_its_sender_and_context) {
    const InboundMessage message = content_of<InboundMessage>(item_of(
        "messages",
        fmt::format(
            R"({{"contacts":[{}],"messages":[{{"from":"15550002222","from_user_id":"US.1349",)"
            R"("from_parent_user_id":"US.ENT.77","group_id":"G1","id":"wamid.1",)"
            R"("timestamp":"1759400001","context":{{"from":"1","id":"wamid.0"}},)"
            R"("type":"text","text":{{"body":"hi \ud83d\ude00 \"you\"\n"}}}}]}})",
            ann)));
    EXPECT_EQ(message.type, MessageType::text);
    EXPECT_EQ(message.type_name, "text");
    EXPECT_EQ(message.text, "hi 😀 \"you\"\n");
    EXPECT_EQ(message.sender.phone, "15550002222");
    EXPECT_EQ(message.sender.user_id, "US.1349");
    EXPECT_EQ(message.sender.parent_user_id, "US.ENT.77");
    EXPECT_EQ(message.sender.username, "annlee");
    EXPECT_EQ(message.sender.profile_name, "Ann Lee");
    EXPECT_EQ(message.sender.identity_key_hash, "DF2l=");
    EXPECT_EQ(message.group_id, "G1");
    EXPECT_EQ(message.context_message_id, "wamid.0");
    EXPECT_FALSE(message.forwarded);
    EXPECT_FALSE(message.has_referral);
    EXPECT_TRUE(message.json.starts_with(R"({"from":"15550002222")"));
}

TEST(InboundMessages, forwarded_and_referred_messages_are_marked) {
    const std::string_view body = R"("text":{"body":"x"})";
    EXPECT_TRUE(
        message_of("text", fmt::format(R"({},"context":{{"forwarded":true}})", body)).forwarded);
    EXPECT_TRUE(
        message_of("text", fmt::format(R"({},"context":{{"frequently_forwarded":true}})", body))
            .forwarded);
    EXPECT_TRUE(message_of("text", fmt::format(R"({},"referral":{{"source_type":"ad"}})", body))
                    .has_referral);
}

TEST(InboundMessages, escapes_that_are_no_text_are_replaced) {
    EXPECT_EQ(message_of("text", R"("text":{"body":"a\u0000b\ud83dc\ude00d\/\u00e9"})").text,
              "a\uFFFDb\uFFFDc\uFFFDd/é");
}

TEST(InboundMessages, media_of_every_kind) {
    for (const MessageType type : {MessageType::image, MessageType::video, MessageType::document,
                                   MessageType::sticker, MessageType::audio}) {
        const std::string_view name = name_of(type);
        const InboundMessage message = message_of(
            name, fmt::format(R"("{}":{{"caption":"look","mime_type":"a/b","sha256":"b64=",)"
                              R"("id":"M1","url":"https:\/\/x\/y","filename":"a.pdf",)"
                              R"("voice":true,"animated":true}})",
                              name));
        EXPECT_EQ(message.type, type);
        EXPECT_EQ(message.text, "look");
        ASSERT_TRUE(message.media);
        EXPECT_EQ(message.media->id, "M1");
        EXPECT_EQ(message.media->mime_type, "a/b");
        EXPECT_EQ(message.media->sha256, "b64=");
        EXPECT_EQ(message.media->url, "https://x/y");
        EXPECT_EQ(message.media->filename, "a.pdf");
        EXPECT_TRUE(message.media->voice);
        EXPECT_TRUE(message.media->animated);
    }
}

TEST(InboundMessages, buttons_and_lists_carry_title_and_id) {
    const InboundMessage button =
        message_of("button", R"("button":{"payload":"P1","text":"Stop"})");
    EXPECT_EQ(button.type, MessageType::button);
    EXPECT_EQ(button.text, "Stop");
    EXPECT_EQ(button.payload, "P1");
    const InboundMessage reply = message_of(
        "interactive",
        R"("interactive":{"type":"button_reply","button_reply":{"id":"yes","title":"Yes"}})");
    EXPECT_EQ(reply.type, MessageType::interactive);
    EXPECT_EQ(reply.subtype, "button_reply");
    EXPECT_EQ(reply.text, "Yes");
    EXPECT_EQ(reply.payload, "yes");
    const InboundMessage row =
        message_of("interactive",
                   R"("interactive":{"type":"list_reply","list_reply":{"id":"r1","title":"Row"}})");
    EXPECT_EQ(row.text, "Row");
    EXPECT_EQ(row.payload, "r1");
}

TEST(InboundMessages, flow_and_call_permission_replies) {
    const InboundMessage flow =
        message_of("interactive", R"("interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow",)"
                                  R"("body":"Sent","response_json":"{\"flow_token\":\"t1\"}"}})");
    EXPECT_EQ(flow.text, "Sent");
    EXPECT_EQ(flow.payload, R"({"flow_token":"t1"})");
    EXPECT_EQ(message_of("interactive", R"("interactive":{"type":"call_permission_reply",)"
                                        R"("call_permission_reply":{"response":"accept"}})")
                  .text,
              "accept");
    EXPECT_EQ(message_of("interactive", R"("interactive":{"type":"brand_new"})").subtype,
              "brand_new");
}

TEST(InboundMessages, reactions_edits_and_revokes_name_their_message) {
    const InboundMessage reaction =
        message_of("reaction", R"("reaction":{"message_id":"wamid.O","emoji":"👍"})");
    EXPECT_EQ(reaction.text, "👍");
    EXPECT_EQ(reaction.context_message_id, "wamid.O");
    EXPECT_EQ(message_of("reaction", R"("reaction":{"message_id":"wamid.O"})").text, "");
    const InboundMessage edit =
        message_of("edit", R"("edit":{"original_message_id":"wamid.I","message":{"type":"text",)"
                           R"("text":{"body":"new"}}})");
    EXPECT_EQ(edit.type, MessageType::edit);
    EXPECT_EQ(edit.text, "new");
    EXPECT_EQ(edit.context_message_id, "wamid.I");
    const InboundMessage revoke =
        message_of("revoke", R"("revoke":{"original_message_id":"wamid.I"})");
    EXPECT_EQ(revoke.type, MessageType::revoke);
    EXPECT_EQ(revoke.context_message_id, "wamid.I");
}

TEST(InboundMessages, places_contacts_and_orders_have_a_readable_text) {
    EXPECT_EQ(message_of("location", R"("location":{"latitude":1.5,"name":"Cafe"})").text, "Cafe");
    EXPECT_EQ(message_of("location", R"("location":{"latitude":1,"address":"St 1"})").text, "St 1");
    EXPECT_EQ(message_of("contacts", R"("contacts":[{"name":{"formatted_name":"Bo"}},{},)"
                                     R"({"name":{"formatted_name":"Al"}}])")
                  .text,
              "Bo, Al");
    EXPECT_EQ(message_of("order", R"("order":{"catalog_id":"C1","text":"please"})").text, "please");
}

TEST(InboundMessages, a_changed_number_is_an_identity_change) {
    const InboundMessage message = message_of(
        "system", R"("system":{"body":"changed","wa_id":"15550009999","user_id":"US.NEW",)"
                  R"("previous_user_id":"US.OLD","previous_parent_user_id":"US.ENT.O",)"
                  R"("type":"user_changed_number"})");
    EXPECT_EQ(message.type, MessageType::system);
    EXPECT_EQ(message.subtype, "user_changed_number");
    ASSERT_TRUE(message.identity_change);
    EXPECT_EQ(message.identity_change->old_phone, "15550002222");
    EXPECT_EQ(message.identity_change->new_phone, "15550009999");
    EXPECT_EQ(message.identity_change->old_user_id, "US.OLD");
    EXPECT_EQ(message.identity_change->new_user_id, "US.NEW");
    EXPECT_EQ(message.identity_change->old_parent_user_id, "US.ENT.O");
    const InboundMessage legacy = message_of(
        "system", R"("system":{"new_wa_id":"15550009999","type":"customer_changed_number"})");
    EXPECT_EQ(legacy.identity_change.value().new_phone, "15550009999");
}

TEST(InboundMessages, a_changed_user_id_needs_no_phone) {
    const InboundMessage message = content_of<InboundMessage>(item_of(
        "messages", R"({"messages":[{"id":"wamid.1","timestamp":1759400001,"type":"system",)"
                    R"("system":{"user_id":"US.NEW","parent_user_id":"US.ENT.N",)"
                    R"("previous_user_id":"US.OLD","type":"user_changed_user_id"}}]})"));
    ASSERT_TRUE(message.identity_change);
    EXPECT_EQ(message.identity_change->old_user_id, "US.OLD");
    EXPECT_EQ(message.identity_change->new_user_id, "US.NEW");
    EXPECT_EQ(message.identity_change->new_parent_user_id, "US.ENT.N");
    EXPECT_EQ(message.identity_change->new_phone, "");
}

TEST(InboundMessages, other_system_messages_change_no_identity) {
    EXPECT_FALSE(message_of("system", R"("system":{"body":"x","type":"customer_identity_changed"})")
                     .identity_change);
}

TEST(InboundMessages, unsupported_and_unknown_types_are_kept) {
    const InboundMessage unsupported =
        message_of("unsupported",
                   R"("errors":[{"code":"131051","title":"Message type unknown",)"
                   R"("error_data":{"details":"Not supported."}}],"unsupported":{"type":"poll"})");
    EXPECT_EQ(unsupported.type, MessageType::unsupported);
    EXPECT_EQ(unsupported.subtype, "poll");
    ASSERT_EQ(unsupported.errors.size(), 1U);
    EXPECT_EQ(unsupported.errors[0].code, 131051);
    EXPECT_EQ(unsupported.errors[0].title, "Message type unknown");
    EXPECT_EQ(unsupported.errors[0].details, "Not supported.");
    EXPECT_EQ(unsupported.text, "Not supported.");
    EXPECT_EQ(message_of("unsupported", "").type, MessageType::unsupported);
    EXPECT_EQ(message_of("unsupported", "").text, "Message type is currently not supported.");
    const InboundMessage unknown = message_of("hologram", R"("hologram":{"depth":3})");
    EXPECT_EQ(unknown.type, MessageType::unsupported);
    EXPECT_EQ(unknown.type_name, "hologram");
    EXPECT_EQ(unknown.text, "Message type is currently not supported.");
    EXPECT_NE(unknown.json.find(R"("depth":3)"), std::string::npos);
    EXPECT_EQ(message_of("request_welcome", "").type, MessageType::request_welcome);
    EXPECT_EQ(message_of("unknown", "").type, MessageType::unsupported);
}

TEST(Senders, are_found_among_several_contacts_by_phone_or_user_id) {
    const std::string both = std::string(R"({"profile":{"name":"Bo"},"wa_id":"15550003333",)") +
                             R"("user_id":"US.2"},)" + std::string(ann);
    const auto name_for = [&](std::string_view members) {
        return content_of<InboundMessage>(from_contacts(members, both)).sender;
    };
    EXPECT_EQ(name_for(R"("from":"15550002222",)").profile_name, "Ann Lee");
    EXPECT_EQ(name_for(R"("from":"15550003333",)").user_id, "US.2");
    EXPECT_EQ(name_for(R"("from_user_id":"US.1349",)").phone, "15550002222");
    EXPECT_EQ(name_for(R"("from":"15550004444",)").profile_name, "");
}

TEST(Senders, a_sole_contact_serves_a_message_that_names_no_one) {
    const Sender sender = content_of<InboundMessage>(from_contacts("", ann)).sender;
    EXPECT_EQ(sender.phone, "15550002222");
    EXPECT_EQ(sender.user_id, "US.1349");
}

TEST(Senders, a_sole_contact_of_someone_else_is_not_taken) {
    const Sender sender =
        content_of<InboundMessage>(from_contacts(R"("from":"15550004444",)", ann)).sender;
    EXPECT_EQ(sender.phone, "15550004444");
    EXPECT_EQ(sender.profile_name, "");
}

TEST(Senders, a_sole_contact_may_write_a_brazilian_number_the_other_way) {
    const Sender sender = content_of<InboundMessage>(from_contacts(R"("from":"551181234567",)",
                                                                   R"({"wa_id":"5511981234567",)"
                                                                   R"("profile":{"name":"Rui"}})"))
                              .sender;
    EXPECT_EQ(sender.phone, "551181234567");
    EXPECT_EQ(sender.profile_name, "Rui");
}

TEST(Senders, may_be_known_by_user_id_alone) {
    const Sender sender =
        content_of<InboundMessage>(from_contacts(R"("from_user_id":"US.5",)",
                                                 R"({"profile":{"name":"Cy"},"user_id":"US.5"})"))
            .sender;
    EXPECT_EQ(sender.phone, "");
    EXPECT_EQ(sender.user_id, "US.5");
    EXPECT_EQ(sender.profile_name, "Cy");
}

TEST(Senders, a_plus_before_the_phone_is_dropped) {
    EXPECT_EQ(
        content_of<InboundMessage>(from_contacts(R"("from":"+15550002222",)", "")).sender.phone,
        "15550002222");
}

TEST(TemplateStatuses, name_the_template_as_the_api_does_and_say_why) {
    const auto status = [](const std::string& rest) {
        return content_of<TemplateStatus>(
            item_of("message_template_status_update",
                    R"({"message_template_id":99,"message_template_name":"promo",)" + rest + "}"));
    };
    const TemplateStatus rejected = status(
        R"("message_template_language":"en-US","event":"REJECTED","reason":"INVALID_FORMAT",)"
        R"("rejection_info":{"reason":"Two variables side by side."})");
    EXPECT_EQ(rejected.name, "promo");
    EXPECT_EQ(rejected.language, "en_US");
    EXPECT_EQ(rejected.event, "REJECTED");
    EXPECT_EQ(rejected.reason, "INVALID_FORMAT: Two variables side by side.");
    const std::string language = R"("message_template_language":"de","event":)";
    EXPECT_EQ(status(language + R"("APPROVED","reason":"NONE")").reason, "");
    EXPECT_EQ(status(language + R"("APPROVED","reason":null)").reason, "");
    EXPECT_EQ(status(language + R"("PAUSED","other_info":{"description":"Low quality."})").reason,
              "Low quality.");
}

TEST(TemplateStatuses, a_quality_in_the_field_of_a_status_is_kept_whole) {
    const std::string quality =
        R"({"message_template_name":"promo","new_quality_score":"RED","event":"x"})";
    EXPECT_EQ(content_of<OtherField>(item_of("message_template_status_update", quality)).json,
              quality);
}

TEST(TypeNames, every_known_type_has_metas_word) {
    EXPECT_EQ(name_of(MessageType::text), "text");
    EXPECT_EQ(name_of(MessageType::request_welcome), "request_welcome");
    EXPECT_EQ(name_of(DeliveryStatus::unknown), "unknown");
}

}  // namespace
}  // namespace wapi::whatsapp
