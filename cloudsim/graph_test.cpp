// Goal: every Graph endpoint answers over real HTTP as Meta's does. Method: a running simulator.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cloudsim/limits.hpp"
#include "cloudsim/test_world.hpp"

namespace wapi::cloudsim::test {
namespace {

const std::string waba(waba_id);
const std::string phone(phone_id);

json::object hello_template() {
    return {{"name", "hello_world"}, {"language", json::object{{"code", "en_US"}}}};
}

TEST(GraphAccess, a_call_needs_a_token_that_is_known_and_not_expired) {
    TestWorld world;
    const Answer missing = world.call("GET", "/v25.0/" + waba);
    EXPECT_EQ(missing.status, 401);
    EXPECT_EQ(missing.error_code(), 104);
    EXPECT_EQ(world.call("GET", "/v25.0/" + waba, nullptr, "EAAJx").error_code(), 190);
    world.clock.advance(token_lifetime + std::chrono::seconds(1));
    const Answer expired = world.graph("GET", waba);
    EXPECT_EQ(expired.status, 401);
    EXPECT_EQ(expired.error_code(), 190);
    EXPECT_EQ(expired.text("error.error_subcode"), "463");
}

TEST(GraphAccess, a_node_of_another_business_looks_like_one_that_is_not_there) {
    TestWorld world;
    for (const char* path : {"2090000000002", "2090000000002/phone_numbers", "1080000000003", "42",
                             "1080000000001/unknown_edge"}) {
        const Answer answer = world.graph("GET", path);
        EXPECT_EQ(answer.status, 400) << path;
        EXPECT_EQ(answer.error_code(), 100) << path;
        EXPECT_EQ(answer.text("error.error_subcode"), "33") << path;
    }
}

TEST(GraphAccess, every_version_is_served_and_a_broken_body_is_refused) {
    TestWorld world;
    EXPECT_EQ(world.call("GET", "/v19.0/" + waba, nullptr, world.token).status, 200);
    EXPECT_EQ(world.call("GET", "/v26.0/" + waba, nullptr, world.token).status, 200);
    EXPECT_EQ(world.graph("POST", phone + "/messages", json::value("text")).error_code(), 100);
}

TEST(GraphOauth, a_code_becomes_a_token_that_debug_token_describes) {
    TestWorld world;
    const Answer made = world.call("POST", "/sim/codes", json::object{{"waba_id", waba}});
    const std::string path =
        fmt::format("/v25.0/oauth/access_token?client_id=670000000001&client_secret={}&code={}",
                    app_secret, made.text("code"));
    const Answer traded = world.call("GET", path);
    ASSERT_EQ(traded.status, 200);
    EXPECT_EQ(traded.text("token_type"), "bearer");
    EXPECT_EQ(world.call("GET", path).text("error.error_subcode"), "36009");
    const std::string token = traded.text("access_token");
    const Answer described = world.call("GET", "/v25.0/debug_token?input_token=" + token, nullptr,
                                        "670000000001|" + std::string(app_secret));
    EXPECT_EQ(described.text("data.is_valid"), "true");
    EXPECT_EQ(described.body.at("data").at("granular_scopes").at(0).at("target_ids").at(0),
              json::value(waba_id));
    EXPECT_EQ(world.call("GET", "/v25.0/" + phone, nullptr, token).status, 200);
}

TEST(GraphAssets, fields_select_and_unknown_fields_are_refused) {
    TestWorld world;
    const Answer selected = world.graph("GET", phone + "?fields=verified_name,throughput{level}");
    EXPECT_EQ(selected.text("verified_name"), "Demo Shop");
    EXPECT_EQ(selected.text("throughput.level"), "STANDARD");
    EXPECT_EQ(selected.text("id"), phone);
    EXPECT_EQ(selected.body.as_object().size(), 3U);
    EXPECT_EQ(world.graph("GET", phone + "?fields=nonsense").error_code(), 100);
    EXPECT_EQ(world.graph("GET", waba + "?fields=owner_business_info").text("id"), waba);
    const Answer numbers = world.graph("GET", waba + "/phone_numbers");
    EXPECT_EQ(numbers.body.at("data").as_array().size(), 2U);
}

TEST(GraphAssets, subscribing_checks_an_own_callback_at_once) {
    TestWorld world;
    const std::string path = waba + "/subscribed_apps";
    EXPECT_EQ(world.graph("GET", path).body.at("data").as_array().size(), 0U);
    json::object body{{"override_callback_uri", world.receiver.url()}, {"verify_token", "wrong"}};
    EXPECT_EQ(world.graph("POST", path, body).error_code(), 100);
    body["verify_token"] = "verify-me";
    EXPECT_EQ(world.graph("POST", path, body).text("success"), "true");
    const Answer listed = world.graph("GET", path);
    EXPECT_EQ(listed.body.at("data").at(0).at("override_callback_uri"),
              json::value(world.receiver.url()));
    EXPECT_EQ(world.graph("DELETE", path).status, 200);
    EXPECT_EQ(world.graph("GET", path).body.at("data").as_array().size(), 0U);
}

TEST(GraphAssets, a_number_checks_an_own_callback_at_once_and_an_empty_one_removes_it) {
    TestWorld world;
    const std::string path(phone_id);
    const auto set = [&](std::string url, std::string verify_token) {
        const json::object override{{"override_callback_uri", url}, {"verify_token", verify_token}};
        return world.graph("POST", path, json::object{{"webhook_configuration", override}});
    };
    const auto callback = [&] {
        return world.graph("GET", path + "?fields=webhook_configuration")
            .text("webhook_configuration.phone_number");
    };
    EXPECT_EQ(set(world.receiver.url(), "wrong").error_code(), 100);
    EXPECT_EQ(callback(), "");
    EXPECT_EQ(set(world.receiver.url() + std::string(200, 'x'), "verify-me").error_code(), 100);
    EXPECT_EQ(set(world.receiver.url(), "verify-me").text("success"), "true");
    EXPECT_EQ(callback(), world.receiver.url());
    EXPECT_EQ(set("", "").text("success"), "true");
    EXPECT_EQ(callback(), "");
}

TEST(GraphAssets, a_reset_while_a_callback_is_checked_does_no_harm) {
    TestWorld world;
    world.receiver.on_challenge = [&] { world.simulator.reset(); };
    const json::object override{{"override_callback_uri", world.receiver.url()},
                                {"verify_token", "verify-me"}};
    EXPECT_EQ(world.graph("POST", waba + "/subscribed_apps", override).text("success"), "true");
    EXPECT_TRUE(world.simulator.world().find_waba(waba)->subscribed);
    const json::object settings{{"webhook_configuration", override}};
    EXPECT_EQ(world.graph("POST", std::string(phone_id), settings).status, 200);
    EXPECT_EQ(world.simulator.world().find_phone(phone_id)->callback.url, world.receiver.url());
}

TEST(GraphRegister, the_first_pin_is_kept_and_another_one_is_refused) {
    TestWorld world;
    const std::string path = "1080000000002/register";
    const auto with_pin = [&](const char* pin) {
        return world.graph("POST", path,
                           json::object{{"messaging_product", "whatsapp"}, {"pin", pin}});
    };
    EXPECT_EQ(world.graph("POST", path, json::object{{"pin", "123456"}}).error_code(), 100);
    EXPECT_EQ(with_pin("12345").error_code(), 100);
    EXPECT_EQ(with_pin("123456").text("success"), "true");
    EXPECT_EQ(with_pin("654321").error_code(), 133005);
    EXPECT_EQ(world.graph("POST", "1080000000002/deregister").status, 200);
    EXPECT_EQ(world.graph("POST", "1080000000002/deregister").error_code(), 133010);
}

TEST(GraphRegister, ten_calls_in_72_hours_are_the_limit) {
    TestWorld world;
    const json::object body{{"messaging_product", "whatsapp"}, {"pin", "123456"}};
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(world.graph("POST", phone + "/register", body).status, 200);
    }
    EXPECT_EQ(world.graph("POST", phone + "/register", body).error_code(), 133016);
    world.clock.advance(std::chrono::hours(73));
    world.token =
        world.simulator.tokens().issue(world.simulator.world(), {waba}, world.clock.now()).value;
    EXPECT_EQ(world.graph("POST", phone + "/register", body).status, 200);
}

TEST(GraphTemplates, pages_cover_every_template_once) {
    TestWorld world;
    std::vector<std::string> names;
    std::string after;
    do {
        const Answer page =
            world.graph("GET", waba + "/message_templates?fields=name&limit=4&after=" + after);
        for (const json::value& entry : page.body.at("data").as_array()) {
            names.emplace_back(entry.at("name").as_string());
        }
        after = page.text("paging.next").empty() ? "" : page.text("paging.cursors.after");
    } while (!after.empty());
    EXPECT_EQ(names.size(), 6U);
    EXPECT_EQ(world.graph("GET", waba + "/message_templates?after=nonsense").error_code(), 131059);
    const Answer paused = world.graph("GET", waba + "/message_templates?status=paused");
    EXPECT_EQ(paused.body.at("data").at(0).at("name"), "winter_sale");
}

TEST(GraphTemplates, a_new_template_is_reviewed_and_the_result_comes_as_a_webhook) {
    TestWorld world;
    world.subscribe();
    const auto create = [&](const char* name) {
        return world.graph("POST", waba + "/message_templates",
                           boost::json::parse(fmt::format(
                               R"({{"name":"{}","language":"de","category":"UTILITY",
                "components":[{{"type":"BODY","text":"Hallo"}}]}})",
                               name)));
    };
    const Answer made = create("fresh");
    EXPECT_EQ(made.text("status"), "PENDING");
    EXPECT_EQ(create("to_reject").status, 200);
    EXPECT_EQ(create("Bad Name").error_code(), 100);
    ASSERT_TRUE(world.wait_until([&] { return world.receiver.values().size() == 2; }));
    EXPECT_EQ(world.receiver.values().at(0).at("event"), "APPROVED");
    EXPECT_EQ(world.receiver.values().at(1).at("event"), "REJECTED");
    EXPECT_EQ(world.graph("GET", made.text("id")).text("status"), "APPROVED");
    EXPECT_EQ(world.graph("DELETE", waba + "/message_templates?name=fresh").status, 200);
    EXPECT_EQ(world.graph("DELETE", waba + "/message_templates?name=fresh").error_code(), 100);
}

TEST(GraphTemplates, a_paused_template_can_be_sent_after_unpause) {
    TestWorld world;
    json::object content = hello_template();
    content["name"] = "winter_sale";
    content["components"] =
        boost::json::parse(R"([{"type":"body","parameters":[{"type":"text","text":"Ann"}]}])");
    const json::object fields{{"to", "+15550002222"}, {"type", "template"}, {"template", content}};
    EXPECT_EQ(world.send(fields).error_code(), 132015);
    const Answer listed = world.graph("GET", waba + "/message_templates?name=winter_sale");
    const std::string id(listed.body.at("data").at(0).at("id").as_string());
    EXPECT_EQ(world.graph("POST", id + "/unpause").status, 200);
    EXPECT_EQ(world.send(fields).status, 200);
}

TEST(GraphMessages, an_accepted_text_has_the_documented_answer) {
    TestWorld world;
    world.write_as_ann();
    const Answer answer = world.send_text("+1 (555) 000-2222");
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body.at("contacts").at(0).at("input"), "+1 (555) 000-2222");
    EXPECT_EQ(answer.body.at("contacts").at(0).at("wa_id"), json::value(ann));
    EXPECT_TRUE(answer.body.at("messages").at(0).at("id").as_string().starts_with("wamid."));
}

TEST(GraphMessages, checks_run_in_the_documented_order) {
    TestWorld world;
    // Everything is wrong at once; each step mends one thing.
    json::object fields{{"to", "+1555x"}, {"type", "hologram"}};
    const std::string off = "1080000000002/messages";
    EXPECT_EQ(world.graph("POST", off, fields).error_code(), 133010);
    EXPECT_EQ(world.graph("POST", phone + "/messages", fields).error_code(), 100);
    EXPECT_EQ(world.send(fields).error_code(), 131009);
    fields["to"] = "+15550001111";
    EXPECT_EQ(world.send(fields).error_code(), 131021);
    fields["to"] = "+15550009999";
    EXPECT_EQ(world.send(fields).error_code(), 131051);
    fields["type"] = "text";
    EXPECT_EQ(world.send(fields).error_code(), 131008);
    fields["text"] = json::object{{"body", "hi"}};
    EXPECT_EQ(world.send(fields).error_code(), 131047);
    fields["type"] = "template";
    fields["template"] = hello_template();
    fields["template"].as_object()["name"] = "nobody";
    EXPECT_EQ(world.send(fields).error_code(), 132001);
    fields["template"] = hello_template();
    EXPECT_EQ(world.send(fields).body.at("messages").at(0).at("message_status"), "accepted");
}

TEST(GraphMessages, the_window_closes_24_hours_after_the_customers_message) {
    TestWorld world;
    world.write_as_ann();
    world.clock.advance(std::chrono::hours(24) - std::chrono::seconds(1));
    EXPECT_EQ(world.send_text("+15550002222").status, 200);
    world.clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(world.send_text("+15550002222").error_code(), 131047);
}

TEST(GraphMessages, limits_refuse_what_is_too_fast_unless_switched_off) {
    for (const bool no_limits : {false, true}) {
        TestWorld world({.no_limits = no_limits, .quiet_statuses = true});
        world.write_as_ann();
        int code = 0;
        for (int i = 0; i <= pair_burst; ++i) {
            code = world.send_text("+15550002222").error_code();
        }
        EXPECT_EQ(code, no_limits ? 0 : 131056);
        const json::object fields{{"type", "template"}, {"template", hello_template()}};
        for (int i = 0; code != 130429 && i < 80; ++i) {
            json::object to = fields;
            to["to"] = fmt::format("+1555000{:04}", 3000 + i);
            code = world.send(to).error_code();
        }
        EXPECT_EQ(code, no_limits ? 0 : 130429);
    }
}

TEST(GraphMessages, a_user_id_reaches_a_customer_without_a_phone) {
    TestWorld world;
    world.call("POST", "/sim/customers/hanako/write", json::object{{"text", "hi"}});
    const Answer answer = world.send(
        {{"recipient", "JP.50293847561029384756"}, {"text", json::object{{"body", "hello"}}}});
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body.at("contacts").at(0).at("user_id"), "JP.50293847561029384756");
    const Answer nobody =
        world.send({{"recipient", "JP.1"}, {"text", json::object{{"body", "hello"}}}});
    EXPECT_EQ(nobody.error_code(), 131009);
}

TEST(GraphMessages, read_marks_reach_the_message_and_all_before_it) {
    TestWorld world;
    world.write_as_ann("first");
    const std::string second = world.write_as_ann("second");
    const Answer marked = world.send({{"status", "read"},
                                      {"message_id", second},
                                      {"typing_indicator", json::object{{"type", "text"}}}});
    EXPECT_EQ(marked.text("success"), "true");
    const Answer thread = world.call("GET", "/sim/customers/15550002222/messages");
    EXPECT_EQ(thread.text("typing"), "true");
    for (const json::value& message : thread.body.at("messages").as_array()) {
        EXPECT_EQ(message.at("status"), "read");
    }
    EXPECT_EQ(world.send({{"status", "read"}, {"message_id", "wamid.none"}}).error_code(), 131009);
}

}  // namespace
}  // namespace wapi::cloudsim::test
