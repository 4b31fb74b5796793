// Goal: a connection is for one person with the rights of the moment: who they are is asked first,
// rights that change are read before anything more is sent, and every bound holds.
// Method: the service on both engines with clients in memory and short limits.
#include <gtest/gtest.h>

#include "features/realtime/realtime_test_support.hpp"

namespace wapi::realtime {
namespace {

using namespace testing;
using namespace std::chrono_literals;

constexpr int try_again = 1013;
constexpr int bad_message = 4400;
constexpr int unauthorized = 4401;
constexpr int forbidden = 4403;
constexpr int too_many_messages = 4429;
constexpr int too_many_connections = 4430;

class RealtimeSessionTest : public RealtimeTest {
  protected:
    RealtimeSessionTest() {
        person("olga");
        person("paul");
    }
};

TEST_P(RealtimeSessionTest, hello_comes_first_is_well_formed_and_of_somebody_known) {
    expect_closed(enter("nobody"), unauthorized);
    const Client early = connect();
    early->say({{"type", "ping"}});
    expect_closed(early, unauthorized);
    for (const char* text :
         {"", "[]", "{", "{}", R"({"type":1})", R"({"type":"hello"})",
          R"({"type":"hello","token":7})", R"({"type":"hello","token":"olga","lastEventId":{}})"}) {
        const Client client = connect();
        client->say_text(text);
        expect_closed(client, bad_message);
    }
    restart({.hello_max = 30ms});
    expect_closed(connect(), unauthorized);
}

TEST_P(RealtimeSessionTest, a_ping_beside_the_hello_waits_for_its_answer) {
    asking_takes_ = 20ms;
    const Client client = connect();
    say_hello(client, "olga");
    client->say({{"type", "ping"}});
    client->say({{"type", "ping"}});
    wait_for(client, "pong");
    ASSERT_FALSE(client->heard().empty());
    EXPECT_EQ(FakePeer::type_of(client->heard().front()), "ready");
    EXPECT_FALSE(client->closed());
    asking_takes_ = 0ms;
    const Client stranger = connect();
    say_hello(stranger, "nobody");
    stranger->say({{"type", "ping"}});
    expect_closed(stranger, unauthorized);
}

TEST_P(RealtimeSessionTest, an_expired_token_ends_it_unless_a_hello_brings_a_fresh_one) {
    people_["olga"].expires_at = clock_.now() + 15min;
    people_["later"] = people_["olga"];
    people_["later"].expires_at = clock_.now() + 30min;
    const Client renewed = enter("olga");
    const Client left = enter("olga");
    EXPECT_EQ(left->last("ready").at("expiresAt"), "2026-01-01T00:15:00.000Z");
    say_hello(renewed, "later");
    wait_for(renewed, "ready", 2);
    EXPECT_EQ(renewed->last("ready").at("expiresAt"), "2026-01-01T00:30:00.000Z");
    clock_.advance(16min);
    expect_closed(left, unauthorized);
    settle(renewed);
    EXPECT_EQ(renewed->count("resync"), 0U);
    clock_.advance(16min);
    expect_closed(renewed, unauthorized);
}

TEST_P(RealtimeSessionTest, a_connection_does_not_change_hands) {
    const Client client = enter("olga");
    say_hello(client, "paul");
    expect_closed(client, bad_message);
}

TEST_P(RealtimeSessionTest, rights_that_are_withdrawn_are_felt_by_the_next_event) {
    const Client owner = enter("olga");
    const Client paul = enter("paul");
    people_["paul"].restrictions = {.member = "paul", .assigned_only = true};
    audit(audit::actions::team_permissions_changed);
    receive("not for paul any more");
    wait_for(owner, "message.created");
    wait_for(paul, "resync");
    EXPECT_EQ(paul->last("resync").at("reason"), "rights_changed");
    settle(paul);
    EXPECT_EQ(paul->count("message.created"), 0U);
    EXPECT_EQ(owner->count("resync"), 0U) << "whose rights are the same";

    people_["paul"].permissions = 0;
    people_["paul"].restrictions = {};
    audit(audit::actions::team_permissions_changed);
    receive("nor without viewContacts");
    wait_for(owner, "message.created", 2);
    wait_for(paul, "resync", 2);
    settle(paul);
    EXPECT_EQ(paul->count("message.created"), 0U);
}

TEST_P(RealtimeSessionTest, a_role_that_may_other_things_is_felt_at_once) {
    const Client paul = enter("paul");
    people_["paul"].permissions |= access::bit(access::Permission::manage_integrations);
    audit(audit::actions::team_permissions_changed);
    wait_for(paul, "resync");
    people_["paul"].role = "supervisor";
    audit(audit::actions::team_permissions_changed);
    wait_for(paul, "resync", 2);
    EXPECT_EQ(paul->last("resync").at("reason"), "rights_changed");
}

TEST_P(RealtimeSessionTest, who_is_no_longer_there_is_closed) {
    const Client olga = enter("olga");
    const Client paul = enter("paul");
    people_.erase("paul");
    audit(audit::actions::user_logout, "paul");
    expect_closed(paul, unauthorized);
    people_["olga"].suspended = true;
    audit(audit::actions::workspace_suspended);
    expect_closed(olga, forbidden);
}

TEST_P(RealtimeSessionTest, a_logout_asks_again_for_that_person_only) {
    enter("olga");
    const Client paul = enter("paul");
    const int asked = asked_;
    audit(audit::actions::user_logout, "paul");
    wait([&] { return asked_ > asked; });
    settle(paul);
    EXPECT_EQ(asked_, asked + 1);
}

TEST_P(RealtimeSessionTest, rights_are_read_now_and_then_even_if_nobody_tells) {
    restart({.rights_kept = 20ms});
    const Client paul = enter("paul");
    people_.erase("paul");
    expect_closed(paul, unauthorized);
}

TEST_P(RealtimeSessionTest, an_ended_session_is_felt_in_whatever_workspace_it_listens_to) {
    person("paul", other_shop);
    const Client paul = enter("paul");
    people_.erase("paul");
    audit(audit::actions::user_logout, "paul");  // told in the workspace of the login
    expect_closed(paul, unauthorized);
}

TEST_P(RealtimeSessionTest, rights_that_take_longer_to_read_than_a_tick_are_read_to_their_end) {
    restart({.rights_kept = 20ms});
    const Client paul = enter("paul");
    asking_takes_ = 50ms;
    const int asked = asked_;
    wait([&] { return asked_ > asked; });
    receive("to who is asked about again and again");
    wait_for(paul, "message.created");
    asking_takes_ = 0ms;
}

TEST_P(RealtimeSessionTest, a_hello_that_cannot_be_answered_in_time_may_be_tried_again) {
    restart({.hello_max = 30ms, .answer_max = 30ms});
    down_ = true;
    expect_closed(enter("olga"), try_again);
    down_ = false;
}

TEST_P(RealtimeSessionTest, answers_to_who_does_not_read_are_bounded) {
    restart({.messages_in_interval_max = 1'000, .answers_waiting_max = 4});
    const Client client = enter("olga");
    client->stall(true);
    for (int hellos = 0; hellos < 8 && !client->closed(); ++hellos) {
        const int asked = asked_;
        say_hello(client, "olga");
        wait([&] { return asked_ > asked || client->closed(); });
    }
    expect_closed(client, too_many_messages);
}

TEST_P(RealtimeSessionTest, nothing_is_sent_while_rights_cannot_be_read) {
    const Client olga = enter("olga");
    const Client paul = enter("paul");
    down_ = true;
    const int asked = asked_;
    audit(audit::actions::user_password_changed, "paul");
    wait([&] { return asked_ > asked; });
    receive("held back");
    wait_for(olga, "message.created");
    EXPECT_EQ(paul->count("message.created"), 0U);
    paul->say({{"type", "ping"}});
    wait_for(paul, "pong");
    EXPECT_EQ(paul->count("message.created"), 0U);
    down_ = false;
    wait_for(paul, "message.created");
}

TEST_P(RealtimeSessionTest, connections_of_a_person_and_of_a_workspace_are_bounded) {
    restart({.connections_of_person_max = 2, .connections_of_workspace_max = 3});
    enter("olga");
    const Client second = enter("olga");
    expect_closed(enter("olga"), too_many_connections);
    enter("paul");
    expect_closed(enter("paul"), too_many_connections);
    second->hang_up();
    wait([&] { return service_->stats().connections == 2; });
    EXPECT_FALSE(enter("paul")->closed());
}

TEST_P(RealtimeSessionTest, a_flood_of_messages_ends_the_connection) {
    restart({.messages_in_interval_max = 5});
    const Client client = enter("olga");
    for (int index = 0; index < 5; ++index) {
        client->say({{"type", "ping"}});
    }
    expect_closed(client, too_many_messages);
}

TEST_P(RealtimeSessionTest, typing_is_told_to_colleagues_who_see_the_conversation) {
    agent("adam");
    const messages::InboundResult ann = receive("hi");
    const Client olga = enter("olga");
    const Client paul = enter("paul");
    const Client adam = enter("adam");
    olga->say({{"type", "typing"}, {"conversationId", ann.conversation.value}});
    olga->say({{"type", "typing"}, {"conversationId", ann.conversation.value}});
    wait_for(paul, "typing");
    EXPECT_EQ(paul->last("typing").at("userId"), "olga");
    settle(olga);
    settle(paul);
    settle(adam);
    EXPECT_EQ(paul->count("typing"), 1U) << "the second came too soon";
    EXPECT_EQ(adam->count("typing"), 0U);
    EXPECT_EQ(olga->count("typing"), 0U) << "not to oneself";
    adam->say({{"type", "typing"}, {"conversationId", ann.conversation.value}});
    wait_for(adam, "error");
    EXPECT_EQ(adam->last("error").at("code"), "conversation_not_found");
    adam->say({{"type", "dance"}});
    wait_for(adam, "error", 2);
    EXPECT_EQ(adam->last("error").at("field"), "type");
}

TEST_P(RealtimeSessionTest, who_typed_is_not_told_after_the_rights_have_changed) {
    person("eve");
    const messages::InboundResult ann = receive("hi");
    const Client olga = enter("olga");
    const Client paul = enter("paul");
    const Client eve = enter("eve");
    settle(paul);
    paul->stall(true);
    receive("on its way when paul stalls");
    wait_for(eve, "message.created");
    olga->say({{"type", "typing"}, {"conversationId", ann.conversation.value}});
    wait_for(eve, "typing");
    people_["paul"].restrictions = {.member = "paul", .assigned_only = true};
    const int asked = asked_;
    audit(audit::actions::team_permissions_changed);
    wait([&] { return asked_ > asked; });
    paul->stall(false);
    wait_for(paul, "resync");
    settle(paul);
    EXPECT_EQ(paul->count("typing"), 0U);
}

TEST_P(RealtimeSessionTest, who_left_during_the_hello_takes_no_place) {
    restart({.connections_of_person_max = 1});
    asking_takes_ = 200ms;
    const Client gone = connect();
    say_hello(gone, "olga");
    wait([&] { return asked_ > 0; });
    gone->hang_up();
    asking_takes_ = 0ms;
    wait([&] { return answered_ > 0; });
    const Client olga = enter("olga");
    wait_for(olga, "ready");
}

TEST_P(RealtimeSessionTest, presence_is_told_and_the_place_only_to_who_sees_it) {
    agent("adam");
    const messages::InboundResult ann = receive("hi");
    const Client paul = enter("paul");
    const Client adam = enter("adam");
    const Client olga = enter("olga");
    const json::array& present = olga->last("ready").at("present").as_array();
    const auto at = [](std::string_view person, const json::value& conversation) {
        return json::value{
            {"userId", person}, {"state", "online"}, {"conversationId", conversation}};
    };
    EXPECT_EQ(present, (json::array{at("adam", nullptr), at("paul", nullptr)}));
    wait([&] { return paul->count("presence") == 2; });
    olga->say(
        {{"type", "presence"}, {"state", "online"}, {"conversationId", ann.conversation.value}});
    wait([&] {
        return paul->last("presence").at("conversationId") == json::value(ann.conversation.value);
    });
    settle(adam);
    EXPECT_EQ(adam->last("presence").at("conversationId"), json::value(nullptr));

    person("late");
    agent("blind");
    const json::value seen(ann.conversation.value);
    const Client late = enter("late");
    EXPECT_EQ(late->last("ready").at("present").at(1), at("olga", seen));
    const Client blind = enter("blind");
    EXPECT_EQ(blind->last("ready").at("present").at(2), at("olga", nullptr));
    olga->hang_up();
    wait([&] { return paul->last("presence").at("state") == "offline"; });
}

TEST_P(RealtimeSessionTest, another_connection_of_somebody_who_is_there_is_no_news) {
    const Client paul = enter("paul");
    const Client olga = enter("olga");
    wait_for(paul, "presence");
    const Client second = enter("olga");
    settle(paul);
    EXPECT_EQ(paul->count("presence"), 1U);
    second->hang_up();
    wait([&] { return service_->stats().connections == 2; });
    settle(paul);
    EXPECT_EQ(paul->count("presence"), 1U);
    olga->hang_up();
    wait_for(paul, "presence", 2);
    EXPECT_EQ(paul->last("presence").at("state"), "offline");
}

TEST_P(RealtimeSessionTest, presence_that_changes_again_and_again_is_told_now_and_then) {
    restart({.messages_in_interval_max = 1'000, .presence_every = 200ms});
    const Client paul = enter("paul");
    const Client olga = enter("olga");
    wait_for(paul, "presence");
    paul->forget();
    for (int change = 0; change < 51; ++change) {
        olga->say({{"type", "presence"}, {"state", change % 2 == 0 ? "away" : "online"}});
    }
    settle(olga);
    wait([&] {
        return paul->count("presence") > 0 && paul->last("presence").at("state") == "away";
    });
    settle(paul);
    EXPECT_LE(paul->count("presence"), 5U) << "of 51 changes";
}

WAPI_ON_BOTH_ENGINES(RealtimeSessionTest);

}  // namespace
}  // namespace wapi::realtime
