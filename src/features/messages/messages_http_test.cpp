// Goal: the routes of conversations and their messages give what they document and refuse the rest.
// Method: the handlers in process on both engines.
#include "features/messages/messages_http.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "features/messages/messages_test_support.hpp"

namespace wapi::messages {
namespace {

using namespace testing;
using namespace std::chrono_literals;

class MessagesHttpTest : public MessagesTest {
  protected:
    MessagesHttpTest() { ann_ = receive("hi"); }
    struct Ask {
        net::Verb verb = net::Verb::post;
        std::string_view path;
        std::string id = {};
        std::vector<std::pair<std::string, std::string>> query = {};
        WorkspaceId workspace = shop;
    };
    Result<net::Response> call(const Ask& ask) {
        for (const net::Route& route : routes_) {
            if (route.path == ask.path && route.verb == ask.verb) {
                net::Call request;
                request.request.path = ask.path;
                request.request.query = ask.query;
                request.request.params = {{"id", ask.id}};
                request.context = context_of(ask.workspace);
                return run(route.handler(request));
            }
        }
        throw std::runtime_error("no such route");
    }
    static json::object parsed(const Result<net::Response>& response) {
        return json::parse_object(response.value().body).value();
    }
    /// Code and field of a refusal.
    static std::string refusal(const Result<net::Response>& response) {
        return response ? "ok"
                        : std::string(response.error().kind->code) + " " + response.error().field;
    }

    Service service_{database()};
    std::vector<net::Route> routes_ = messages_routes(service_);
    InboundResult ann_;
};

TEST_P(MessagesHttpTest, conversations_and_messages_are_listed_read_and_marked) {
    clock_.advance(1s);
    reply(ann_, {.text = "Hello"});
    const json::object list =
        parsed(call({.verb = net::Verb::get, .path = "/api/v1/conversations"}));
    ASSERT_EQ(list.at("conversations").as_array().size(), 1U);
    const json::object& view = list.at("conversations").as_array()[0].as_object();
    EXPECT_EQ(view.at("unreadCount"), 1);
    EXPECT_EQ(view.at("lastMessage").as_object().at("body"), "Hello");
    EXPECT_EQ(view.at("windowExpiresAt"), "2026-01-02T00:00:00.000Z");
    const std::string id = ann_.conversation.value;
    const json::object marked = parsed(call({.path = "/api/v1/conversations/{id}/read", .id = id}));
    EXPECT_EQ(marked.at("unreadCount"), 0);
    const json::object thread = parsed(
        call({.verb = net::Verb::get, .path = "/api/v1/conversations/{id}/messages", .id = id}));
    EXPECT_EQ(thread.at("messages").as_array().size(), 2U);
}

TEST_P(MessagesHttpTest, another_workspace_sees_none_of_it) {
    const std::string id = ann_.conversation.value;
    for (const auto& [verb, path] :
         {std::pair{net::Verb::get, "/api/v1/conversations/{id}"},
          std::pair{net::Verb::get, "/api/v1/conversations/{id}/messages"},
          std::pair{net::Verb::post, "/api/v1/conversations/{id}/read"}}) {
        EXPECT_EQ(refusal(call({.verb = verb, .path = path, .id = id, .workspace = other_shop})),
                  "conversation_not_found ")
            << path;
    }
    const json::object list = parsed(
        call({.verb = net::Verb::get, .path = "/api/v1/conversations", .workspace = other_shop}));
    EXPECT_TRUE(list.at("conversations").as_array().empty());
}

TEST_P(MessagesHttpTest, pages_have_limits) {
    for (const std::string& limit : {std::string("0"), std::string("201"), std::string("x")}) {
        EXPECT_EQ(refusal(call({.verb = net::Verb::get,
                                .path = "/api/v1/conversations",
                                .query = {{"limit", limit}}})),
                  "invalid_request limit");
    }
}

WAPI_ON_BOTH_ENGINES(MessagesHttpTest);

}  // namespace
}  // namespace wapi::messages
