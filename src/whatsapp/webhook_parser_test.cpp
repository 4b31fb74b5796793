// The webhook parser on whole bodies: envelopes, routing, limits, damage and priorities.
//
// Goal: one bad item never costs its neighbours, and only broken JSON costs a body. Types of
// messages and statuses have their own tests (webhook_parser_items_test.cpp).
#include "whatsapp/webhook_parser.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "base/text.hpp"

namespace wapi::whatsapp {
namespace {

std::string message(int number) {
    return fmt::format(R"({{"from":"15550002222","id":"wamid.{}","timestamp":"1759400001",)"
                       R"("type":"text","text":{{"body":"hello {}"}}}})",
                       number, number);
}

std::string change(std::string_view field, std::string_view value) {
    return fmt::format(R"({{"field":"{}","value":{}}})", field, value);
}

std::string body_of(std::string_view changes) {
    return fmt::format(R"({{"object":"whatsapp_business_account","entry":[{{"id":"2090",)"
                       R"("time":1759400009,"changes":[{}]}}]}})",
                       changes);
}

std::string messages_body(std::string_view list) {
    return body_of(change(
        "messages",
        fmt::format(R"({{"messaging_product":"whatsapp","metadata":{{"display_phone_number":)"
                    R"("+1 555-000-1111","phone_number_id":"1080"}},"messages":[{}]}})",
                    list)));
}

std::vector<WebhookItem> items_of(std::string_view body) { return parse_webhook(body)->items; }

template <class T>
const T& only(const std::vector<WebhookItem>& items) {
    EXPECT_EQ(items.size(), 1U);
    return std::get<T>(items.at(0).content);
}

TEST(WebhookParser, an_item_knows_its_place_and_its_route) {
    const Webhook webhook = parse_webhook(messages_body(message(1) + "," + message(2))).value();
    EXPECT_EQ(webhook.object, "whatsapp_business_account");
    ASSERT_EQ(webhook.items.size(), 2U);
    const WebhookItem& item = webhook.items[1];
    EXPECT_EQ(item.ordinal, 1U);
    EXPECT_EQ(item.field, "messages");
    EXPECT_EQ(item.waba_id, "2090");
    EXPECT_EQ(item.phone_number_id, "1080");
    EXPECT_EQ(item.display_phone_number, "15550001111");
    EXPECT_EQ(item.entry_time, Timestamp(std::chrono::seconds(1759400009)));
    EXPECT_EQ(std::get<InboundMessage>(item.content).wa_message_id, "wamid.2");
}

TEST(WebhookParser, ids_and_times_may_be_numbers_or_strings) {
    const std::vector<WebhookItem> items = items_of(
        R"({"entry":[{"id":2090,"time":"1759400009","changes":[{"field":"messages","value":)"
        R"({"metadata":{"phone_number_id":1080},"messages":[{"from":15550002222,"id":77,)"
        R"("timestamp":1759400001,"type":"request_welcome"}]}}]}]})");
    const InboundMessage& found = only<InboundMessage>(items);
    EXPECT_EQ(items[0].waba_id, "2090");
    EXPECT_EQ(items[0].phone_number_id, "1080");
    EXPECT_EQ(items[0].entry_time, Timestamp(std::chrono::seconds(1759400009)));
    EXPECT_EQ(found.wa_message_id, "77");
    EXPECT_EQ(found.sender.phone, "15550002222");
    EXPECT_EQ(found.timestamp, Timestamp(std::chrono::seconds(1759400001)));
}

TEST(WebhookParser, a_bad_item_does_not_harm_its_neighbours) {
    const std::string bad[] = {
        "null",
        "7",
        "[]",
        R"({"timestamp":"1759400001","from":"15550002222","type":"request_welcome"})",
        R"({"id":"","timestamp":"1759400001","from":"15550002222","type":"request_welcome"})",
        R"({"id":"x","from":"15550002222","type":"request_welcome"})",
        R"({"id":"x","timestamp":"soon","from":"15550002222","type":"request_welcome"})",
        R"({"id":"x","timestamp":-5,"from":"15550002222","type":"request_welcome"})",
        R"({"id":"x","timestamp":1e9,"from":"15550002222","type":"request_welcome"})",
        R"({"id":"x","timestamp":99999999999999,"from":"1555","type":"request_welcome"})",
        R"({"id":"x","timestamp":"1759400001","type":"request_welcome"})",
        R"({"id":"x","timestamp":"1759400001","from":"Ann","type":"request_welcome"})",
        R"({"id":"x","timestamp":"1759400001","from":"1555","type":5})",
        R"({"id":"x","timestamp":"1759400001","from":"1555","type":"text"})",
        R"({"id":"x","timestamp":"1759400001","from":"1555","type":"text","text":"hi"})",
        R"({"id":"x","timestamp":"1759400001","from":"1555","type":"text","text":{"body":5}})",
        R"({"id":"x","timestamp":"1759400001","from":"1555","type":"image","image":[]})",
    };
    for (const std::string& item : bad) {
        const std::vector<WebhookItem> items =
            items_of(messages_body(message(1) + "," + item + "," + message(2)));
        ASSERT_EQ(items.size(), 3U) << item;
        EXPECT_TRUE(std::holds_alternative<InboundMessage>(items[0].content)) << item;
        EXPECT_TRUE(std::holds_alternative<InboundMessage>(items[2].content)) << item;
        const auto* error = std::get_if<ParseError>(&items[1].content);
        ASSERT_NE(error, nullptr) << item;
        EXPECT_TRUE(error->reason.starts_with("entry[0].changes[0]: messages[1]: "))
            << error->reason;
        EXPECT_EQ(error->json, item);
        EXPECT_EQ(items[1].phone_number_id, "1080");
    }
}

TEST(WebhookParser, a_phone_number_id_that_no_index_could_hold_costs_its_change_only) {
    const auto with_number = [](std::size_t bytes) {
        return change("messages", fmt::format(R"({{"metadata":{{"phone_number_id":"{}"}},)"
                                              R"("messages":[{}]}})",
                                              std::string(bytes, '1'), message(1)));
    };
    const std::vector<WebhookItem> items =
        items_of(body_of(with_number(65) + "," + with_number(64)));
    ASSERT_EQ(items.size(), 2U);
    EXPECT_TRUE(std::holds_alternative<ParseError>(items[0].content));
    EXPECT_EQ(items[0].phone_number_id, "");
    EXPECT_TRUE(std::holds_alternative<InboundMessage>(items[1].content));
    EXPECT_EQ(items[1].phone_number_id.size(), 64U);
}

TEST(WebhookParser, broken_json_fails_as_a_whole) {
    const std::string good = messages_body(message(1));
    for (std::size_t size = 0; size < good.size(); ++size) {
        EXPECT_FALSE(parse_webhook(good.substr(0, size))) << size;
    }
    for (const std::string& bad :
         {good + "x", good + good, std::string("null"), std::string("[]"), std::string("\"x\""),
          std::string(R"({"a":tru})"), std::string(R"({"a":01})"), std::string(R"({"a":1.})"),
          std::string(R"({"a":"\x"})"), std::string(R"({"a":"\u12g4"})"),
          std::string(R"({"a":+1})"), std::string(R"({"a" 1})"), std::string(R"({"a":1,})"),
          std::string(R"({"a":[1,]})"), std::string(R"({"a":"b":"c"})"), std::string(R"({a:1})"),
          std::string("{\"a\":\"\n\"}"), std::string("{\"a\":\"\xff\"}"),
          std::string("{\"a\":1\0}", 8)}) {
        const Result<Webhook> parsed = parse_webhook(bad);
        ASSERT_FALSE(parsed) << bad;
        EXPECT_EQ(parsed.error().kind, &wapi::errors::malformed_json);
    }
}

TEST(WebhookParser, json_that_no_one_reads_may_be_anything_valid) {
    const std::vector<WebhookItem> items = items_of(
        body_of(change("brand_new", R"({"a":[1,-0.5e+10,1e999,true,null,"\ud83d"],"b":{"":{}}})")));
    EXPECT_EQ(only<OtherField>(items).json,
              R"({"a":[1,-0.5e+10,1e999,true,null,"\ufffd"],"b":{"":{}}})");
    EXPECT_EQ(items[0].field, "brand_new");
}

TEST(WebhookParser, depth_is_limited) {
    const auto nested = [](std::size_t levels) {
        return body_of(change("x", std::string(levels, '[') + std::string(levels, ']')));
    };
    EXPECT_TRUE(parse_webhook(nested(webhook_depth_max - 5)));
    EXPECT_FALSE(parse_webhook(nested(webhook_depth_max - 4)));
    EXPECT_FALSE(parse_webhook(nested(100'000)));
}

TEST(WebhookParser, up_to_5000_items_are_accepted) {
    std::string list = message(0);
    for (int i = 1; i < 5000; ++i) {
        list += "," + message(i);
    }
    const Result<Webhook> most = parse_webhook(messages_body(list));
    ASSERT_TRUE(most);
    EXPECT_EQ(most->items.size(), 5000U);
    EXPECT_EQ(most->items.back().ordinal, 4999U);
    EXPECT_EQ(std::get<InboundMessage>(most->items.back().content).text, "hello 4999");
    const Result<Webhook> more = parse_webhook(messages_body(list + "," + message(5000)));
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().kind, &errors::webhook_too_many_items);
}

TEST(WebhookParser, a_damaged_envelope_becomes_an_item_with_its_reason) {
    const std::pair<std::string, std::string> cases[] = {
        {"{}", "entry is missing or not an array"},
        {R"({"entry":5})", "entry is missing or not an array"},
        {R"({"entry":[5]})", "entry[0]: changes is missing or not an array"},
        {R"({"entry":[{"id":"1"}]})", "entry[0]: changes is missing or not an array"},
        {body_of("5"), "entry[0].changes[0]: field is missing or not a string"},
        {body_of(R"({"value":{}})"), "entry[0].changes[0]: field is missing or not a string"},
        {body_of(change("messages", "5")),
         "entry[0].changes[0]: value is missing or not an object"},
        {body_of(R"({"field":"messages"})"),
         "entry[0].changes[0]: value is missing or not an object"},
        {body_of(change("messages", R"({"messages":{}})")),
         "entry[0].changes[0]: messages is not an array"},
    };
    for (const auto& [body, reason] : cases) {
        EXPECT_EQ(only<ParseError>(items_of(body)).reason, reason) << body;
    }
    EXPECT_TRUE(items_of(R"({"object":"x","entry":[]})").empty());
}

TEST(WebhookParser, a_damaged_change_does_not_harm_the_next) {
    const std::vector<WebhookItem> items =
        items_of(body_of("5," + change("account_update", R"({"event":"DISABLED_UPDATE"})")));
    ASSERT_EQ(items.size(), 2U);
    EXPECT_TRUE(std::holds_alternative<ParseError>(items[0].content));
    EXPECT_EQ(std::get<OtherField>(items[1].content).json, R"({"event":"DISABLED_UPDATE"})");
    EXPECT_EQ(items[1].ordinal, 1U);
}

TEST(WebhookParser, other_fields_are_kept_whole) {
    for (const std::string_view field :
         {"account_update", "history", "calls", "standby", "flows", "never_seen"}) {
        const std::string value =
            R"({"metadata":{"phone_number_id":"1080"},"messages":[{"id":"x"}]})";
        const std::vector<WebhookItem> items = items_of(body_of(change(field, value)));
        EXPECT_EQ(only<OtherField>(items).json, value);
        EXPECT_EQ(items[0].field, field);
        EXPECT_EQ(items[0].phone_number_id, "1080");
    }
}

TEST(WebhookParser, a_handover_is_routed_by_its_recipient) {
    const std::vector<WebhookItem> items = items_of(
        body_of(change("messaging_handovers", R"({"recipient":{"phone_number_id":"1080"}})")));
    EXPECT_EQ(items.at(0).phone_number_id, "1080");
}

TEST(WebhookParser, what_a_standby_hears_is_read_like_messages) {
    const std::vector<WebhookItem> items = items_of(body_of(
        change("standby",
               R"({"metadata":{"phone_number_id":"1080"},"standby":{"messages":[)" + message(1) +
                   R"(],"statuses":[{"id":"wamid.O","status":"sent","timestamp":"1759400002"}],)"
                   R"("message_echoes":[{"id":"wamid.E"}]}})")));
    ASSERT_EQ(items.size(), 3U);
    EXPECT_EQ(items[0].phone_number_id, "1080");
    EXPECT_EQ(std::get<InboundMessage>(items[0].content).text, "hello 1");
    EXPECT_EQ(std::get<StatusUpdate>(items[1].content).wa_message_id, "wamid.O");
    EXPECT_EQ(std::get<OtherField>(items[2].content).part, "message_echoes");
}

TEST(WebhookParser, what_comes_along_with_messages_is_kept) {
    const std::vector<WebhookItem> items = items_of(body_of(
        change("messages", R"({"messages":[],"user_actions":[{"a":1}],"errors":[{"code":1}]})")));
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(std::get<OtherField>(items[0].content).part, "errors");
    EXPECT_EQ(std::get<OtherField>(items[0].content).json, R"([{"code":1}])");
    EXPECT_EQ(std::get<OtherField>(items[1].content).part, "user_actions");
    const std::vector<WebhookItem> alone =
        items_of(body_of(change("messages", R"({"errors":[{"code":1}]})")));
    EXPECT_EQ(only<OtherField>(alone).part, "");
}

TEST(WebhookParser, white_space_and_key_order_do_not_matter) {
    const std::vector<WebhookItem> items = items_of(
        "\n{ \"entry\" : [ { \"changes\" : [ { \"value\" : { \"messages\" : [ { \"timestamp\" : "
        "\"1759400001\" , \"type\" : \"text\" , \"text\" : { \"body\" : \"hi\" } , \"id\" : \"w\" "
        "} "
        "] , \"contacts\" : [ { \"wa_id\" : \"15550002222\" } ] , \"metadata\" : { "
        "\"phone_number_id\" : \"1080\" } } , \"field\" : \"messages\" } ] , \"id\" : \"1\" } ] "
        "}\t");
    const InboundMessage& found = only<InboundMessage>(items);
    EXPECT_EQ(found.sender.phone, "15550002222");
    EXPECT_EQ(items[0].phone_number_id, "1080");
    EXPECT_TRUE(found.json.starts_with("{ \"timestamp\""));
    EXPECT_TRUE(found.json.ends_with("}"));
}

TEST(WebhookParser, a_poisoned_batch_of_1000_keeps_the_other_999) {
    std::mt19937 random(5);
    const auto poisoned = static_cast<int>(random() % 1000);
    std::string list;
    for (int i = 0; i < 1000; ++i) {
        list += (i == 0 ? "" : ",") + (i == poisoned ? R"({"id":["x"]})" : message(i));
    }
    int errors = 0;
    for (const WebhookItem& item : items_of(messages_body(list))) {
        const bool is_error = std::holds_alternative<ParseError>(item.content);
        errors += is_error ? 1 : 0;
        EXPECT_EQ(is_error, static_cast<int>(item.ordinal) == poisoned);
    }
    EXPECT_EQ(errors, 1);
}

TEST(ClassifyPriority, messages_come_first_and_statuses_second) {
    EXPECT_EQ(classify_priority(R"({"value":{"messages":[{}]}})"), WebhookPriority::high);
    EXPECT_EQ(classify_priority("{\"messages\" :\r\n\t [ ]}"), WebhookPriority::high);
    EXPECT_EQ(classify_priority(R"({"statuses":[{}]})"), WebhookPriority::normal);
    EXPECT_EQ(classify_priority(R"({"statuses":[{}],"messages":[{}]})"), WebhookPriority::high);
    EXPECT_EQ(classify_priority(R"({"history":[{"messages":[{}]}]})"), WebhookPriority::low);
    EXPECT_EQ(classify_priority(R"({"user_preferences":[{}]})"), WebhookPriority::high);
}

TEST(ClassifyPriority, everything_else_is_low) {
    for (const std::string_view body :
         {"", "{", R"({"field":"messages"})", R"({"messages":{}})", R"({"messages")",
          R"({"messages":)", R"({"field":"messages","value":[]})",
          R"({"body":"\"messages\":[","x":1})"}) {
        EXPECT_EQ(classify_priority(body), WebhookPriority::low) << body;
    }
}

}  // namespace
}  // namespace wapi::whatsapp
