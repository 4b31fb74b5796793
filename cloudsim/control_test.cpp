// Goal: the control API and the phone page do what the README says. Method: a running simulator.
#include <gtest/gtest.h>

#include "cloudsim/message_view.hpp"
#include "cloudsim/routes.hpp"
#include "cloudsim/test_world.hpp"

namespace wapi::cloudsim::test {
namespace {

TEST(Control, the_state_shows_what_a_demo_needs_to_connect) {
    TestWorld world;
    const Answer state = world.call("GET", "/sim/state");
    EXPECT_EQ(state.body.at("tokens").as_array().size(), 2U);
    EXPECT_EQ(state.body.at("wabas").as_array().size(), 2U);
    EXPECT_EQ(state.body.at("numbers").as_array().size(), 3U);
    EXPECT_EQ(state.body.at("customers").as_array().size(), 5U);
    EXPECT_EQ(state.text("webhook_url"), world.receiver.url());
}

TEST(Control, a_webhook_url_can_be_set_and_checked) {
    TestWorld world;
    const json::object good{{"url", world.receiver.url()}, {"verify", true}};
    EXPECT_EQ(world.call("POST", "/sim/webhook", good).text("verified"), "true");
    const json::object bad{{"url", world.receiver.url() + "/nowhere"}, {"verify", true}};
    EXPECT_EQ(world.call("POST", "/sim/webhook", bad).status, 422);
    EXPECT_EQ(world.call("GET", "/sim/state").text("webhook_url"), world.receiver.url());
}

TEST(Control, a_reset_brings_the_first_webhook_url_back) {
    TestWorld world;
    world.call("POST", "/sim/webhook", json::object{{"url", "http://127.0.0.1:1/other"}});
    EXPECT_EQ(world.call("GET", "/sim/state").text("webhook_url"), "http://127.0.0.1:1/other");
    world.call("POST", "/sim/reset", json::object{});
    EXPECT_EQ(world.call("GET", "/sim/state").text("webhook_url"), world.receiver.url());
}

TEST(MessageView, elements_that_are_no_objects_show_as_choices_without_words) {
    const auto world = make_default_world(1);
    Message message;
    message.type = "interactive";
    message.body = R"({"interactive":{"type":"product_list","body":{"text":"Look"},"action":{
        "buttons":[1,"x",{"reply":{"id":"a","title":"A"}}],"sections":[7,{"rows":[null]}]}}})";
    const json::object view = render_message_view(*world, message);
    EXPECT_EQ(view.at("text"), "Look");
    EXPECT_EQ(view.at("choices").as_array().size(), 4U);
    EXPECT_EQ(view.at("choices").at(2).at("title"), "A");
}

TEST(MessageView, a_template_with_parts_that_are_no_objects_is_shown_all_the_same) {
    const auto world = make_default_world(1);
    Message message;
    message.type = "template";
    for (const Template& entry : world->wabas().front().templates) {
        message.template_id = entry.id;
        for (const char* body : {R"({"template":{"components":[1,"x",null]}})", R"({"template":5})",
                                 R"({})", R"({"template":{"components":[{"type":"button",
                                 "sub_type":"quick_reply","index":"0","parameters":[3]}]}})"}) {
            message.body = body;
            EXPECT_EQ(render_message_view(*world, message).at("type"), "template") << body;
        }
    }
}

TEST(Control, a_message_for_a_business_nobody_connected_is_kept_but_not_passed_on) {
    TestWorld world;
    const Answer answer =
        world.call("POST", "/sim/customers/15550002222/write", json::object{{"text", "hi"}});
    EXPECT_EQ(answer.text("webhook"), "not_subscribed");
    EXPECT_FALSE(answer.text("waMessageId").empty());
}

TEST(Control, customers_are_made_found_by_every_identity_and_not_doubled) {
    TestWorld world;
    const json::object rosa{
        {"wa_id", "+393331112222"}, {"user_id", "IT.77"}, {"name", "Rosa"}, {"username", "rosa"}};
    EXPECT_EQ(world.call("POST", "/sim/customers", rosa).text("key"), "393331112222");
    EXPECT_EQ(world.call("POST", "/sim/customers", rosa).status, 409);
    for (const char* key : {"393331112222", "+393331112222", "IT.77", "rosa"}) {
        const Answer thread = world.call("GET", std::string("/sim/customers/") + key + "/messages");
        EXPECT_EQ(thread.text("customer"), "393331112222") << key;
    }
    EXPECT_EQ(world.call("GET", "/sim/customers/nobody/messages").status, 404);
}

TEST(Control, a_pressed_button_refers_to_the_message_it_was_on) {
    TestWorld world;
    world.subscribe();
    const std::string hello = world.write_as_ann();
    const json::value content = boost::json::parse(R"({"type":"button","body":{"text":"Sure?"},
        "action":{"buttons":[{"type":"reply","reply":{"id":"yes","title":"Yes"}}]}})");
    const Answer sent =
        world.send({{"to", "+15550002222"}, {"type", "interactive"}, {"interactive", content}});
    const json::object press{{"type", "interactive"}, {"id", "yes"}, {"title", "Yes"}};
    world.call("POST", "/sim/customers/15550002222/write", press);
    const Answer thread = world.call("GET", "/sim/customers/15550002222/messages");
    const json::array& messages = thread.body.at("messages").as_array();
    ASSERT_EQ(messages.size(), 3U);
    EXPECT_EQ(messages.at(1).at("choices").at(0).at("title"), "Yes");
    EXPECT_EQ(messages.at(2).at("text"), "Yes");
    EXPECT_EQ(messages.at(2).at("context_id"), sent.body.at("messages").at(0).at("id"));
}

TEST(Control, a_template_shows_its_text_and_buttons_on_the_phone) {
    TestWorld world;
    const json::value content = boost::json::parse(R"({"name":"summer_sale",
        "language":{"code":"en_US"},"components":[
        {"type":"body","parameters":[{"type":"text","text":"Ann"}]},
        {"type":"button","sub_type":"quick_reply","index":"1",
         "parameters":[{"type":"payload","payload":"STOP_ADS"}]},
        {"type":"button","sub_type":"url","index":"2",
         "parameters":[{"type":"text","text":"x"}]}]})");
    ASSERT_EQ(
        world.send({{"to", "+15550002222"}, {"type", "template"}, {"template", content}}).status,
        200);
    const Answer thread = world.call("GET", "/sim/customers/15550002222/messages");
    const json::value& message = thread.body.at("messages").at(0);
    EXPECT_EQ(message.at("text"),
              "Summer sale\nHi Ann, everything for the beach is half price this week.\nDemo Shop");
    EXPECT_EQ(message.at("choices").at(1).at("id"), "STOP_ADS");
    EXPECT_EQ(message.at("choices").at(2).at("kind"), "link");
}

TEST(Control, a_raw_webhook_tells_what_the_receiver_answered_and_opens_windows) {
    TestWorld world;
    json::value body = boost::json::parse(R"({"object":"whatsapp_business_account","entry":[{
        "id":"2090000000001","changes":[{"field":"messages","value":{
        "metadata":{"phone_number_id":"1080000000001"},
        "messages":[{"from":"15550009999","id":"wamid.RAW","timestamp":"1767225600",
                     "type":"text","text":{"body":"hi"}}]}}]}]})");
    EXPECT_EQ(world.send_text("+15550009999").error_code(), 131047);
    for (const auto& [signature, status] :
         {std::pair{"good", 200}, {"bad", 403}, {"missing", 403}}) {
        const Answer answer =
            world.call("POST", "/sim/raw-webhook",
                       json::object{{"body", body}, {"signature", signature}, {"times", 2}});
        EXPECT_EQ(answer.body.at("statuses"), (json::array{status, status})) << signature;
    }
    EXPECT_EQ(world.send_text("+15550009999").status, 200);
}

TEST(Control, preferences_stop_and_resume_marketing) {
    TestWorld world;
    world.subscribe();
    const auto prefer = [&](const char* value) {
        return world.call("POST", "/sim/preference",
                          json::object{{"customer", ann}, {"value", value}});
    };
    EXPECT_EQ(prefer("never").status, 422);
    EXPECT_EQ(prefer("stop").text("webhook"), "queued");
    ASSERT_TRUE(world.wait_until([&] { return world.receiver.values().size() == 1; }));
    const json::object value = world.receiver.values().at(0);
    EXPECT_EQ(value.at("user_preferences").at(0).at("value"), "stop");
    EXPECT_TRUE(world.simulator.world().find_customer(ann)->marketing_stopped);
    prefer("resume");
    EXPECT_FALSE(world.simulator.world().find_customer(ann)->marketing_stopped);
}

TEST(Control, the_list_of_sent_messages_shows_repetitions) {
    TestWorld world;
    world.write_as_ann();
    for (const char* data : {"m=1", "m=2", "m=2"}) {
        world.send({{"to", "+15550002222"},
                    {"text", json::object{{"body", "x"}}},
                    {"biz_opaque_callback_data", data}});
    }
    const Answer sent = world.call("GET", "/sim/sent?limit=2");
    EXPECT_EQ(sent.text("total"), "3");
    EXPECT_EQ(sent.body.at("messages").as_array().size(), 2U);
    EXPECT_EQ(sent.body.at("per_recipient").at(ann), 3);
    EXPECT_EQ(sent.body.at("repeated_callback_data"), (json::object{{"m=2", 2}}));
}

TEST(Control, reset_brings_back_the_first_state) {
    TestWorld world;
    const std::string first = world.write_as_ann();
    world.call("POST", "/sim/faults", json::object{{"error_5xx_rate", 1}});
    world.call("POST", "/sim/reset", json::object{});
    EXPECT_EQ(world.call("GET", "/sim/sent").text("total"), "0");
    EXPECT_EQ(world.graph("GET", std::string(phone_id)).status, 200);
    EXPECT_EQ(world.write_as_ann(), first) << "the same seed gives the same ids";
}

TEST(Control, wrong_faults_change_nothing) {
    TestWorld world;
    const json::object wrong{{"latency_ms", 5}, {"duplicate_rate", 2}};
    EXPECT_EQ(world.call("POST", "/sim/faults", wrong).status, 422);
    EXPECT_EQ(world.simulator.faults().latency_ms, 0);
    EXPECT_EQ(world.call("POST", "/sim/nothing", json::object{}).status, 404);
}

TEST(PhonePage, is_served_whole_with_a_policy_against_foreign_code) {
    for (const char* path : {"/", "/phone.js", "/phone.css", "/favicon.svg"}) {
        const auto page = serve_phone_page(path);
        ASSERT_TRUE(page) << path;
        EXPECT_GT(page->body.size(), 100U);
        EXPECT_EQ(page->body.find("innerHTML"), std::string::npos);
        EXPECT_EQ(page->headers.at(0).first, "Content-Security-Policy");
        EXPECT_EQ(page->headers.at(0).second.find("unsafe"), std::string::npos);
    }
    EXPECT_FALSE(serve_phone_page("/other"));
    TestWorld world;
    EXPECT_EQ(world.call("GET", "/").status, 200);
    EXPECT_EQ(world.call("GET", "/other").status, 404);
}

}  // namespace
}  // namespace wapi::cloudsim::test
