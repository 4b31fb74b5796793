// Goal: only what Meta signed is stored, and a workspace sees, replays and discards its own events
// and dead letters only. Method: the handlers in process on both engines, with the worker run by
// hand.
#include "features/webhooks/webhooks_http.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "features/webhooks/webhooks_test_support.hpp"

namespace wapi::webhooks {
namespace {

using namespace testing;

const db::Sql count_events{{
    .name = "webhooks_http_test.count_events",
    .text = "SELECT count(*) FROM webhook_events",
    .scope = db::Scope::system,
}};
const db::Sql count_messages{{
    .name = "webhooks_http_test.count_messages",
    .text = "SELECT count(*) FROM messages",
    .scope = db::Scope::system,
}};
const db::Sql count_replays{{
    .name = "webhooks_http_test.count_replays",
    .text = "SELECT count(*) FROM audit_logs WHERE action = 'webhook.replayed'",
    .scope = db::Scope::system,
}};

class WebhooksHttpTest : public WebhooksTest {
  protected:
    WebhooksHttpTest() {
        make_workspace(shop);
        connect(shop, shop_number);
        make_workspace(other_shop);
        connect(other_shop, other_number);
    }
    ~WebhooksHttpTest() override {
        tasks_.stop();
        EXPECT_TRUE(run(tasks_.join(std::chrono::seconds(10))));
    }
    struct Ask {
        net::Verb verb = net::Verb::get;
        std::string_view path;
        std::string body = {};
        std::string id = {};
        std::vector<std::pair<std::string, std::string>> query = {};
        std::string signature = {};
        WorkspaceId workspace = shop;
    };
    Result<net::Response> call(const Ask& ask) {
        for (const net::Route& route : routes_) {
            if (route.path == ask.path && route.verb == ask.verb) {
                net::Call request;
                request.request.body = ask.body;
                request.request.query = ask.query;
                request.request.params = {{"id", ask.id}};
                if (!ask.signature.empty()) {
                    request.request.headers = {{"x-hub-signature-256", ask.signature}};
                }
                request.context.workspace = ask.workspace;
                return run(route.handler(request));
            }
        }
        throw std::runtime_error("no such route");
    }
    static std::string sign(std::string_view body, std::string_view secret) {
        return "sha256=" + crypto::hex_encode(crypto::hmac_sha256(secret, body));
    }
    Result<net::Response> deliver(const std::string& body, const std::string& signature) {
        return call({.verb = net::Verb::post,
                     .path = "/api/v1/webhook",
                     .body = body,
                     .signature = signature});
    }
    Result<net::Response> replay(const std::string& body, const WorkspaceId& workspace = shop) {
        return call({.verb = net::Verb::post,
                     .path = "/api/v1/webhook-events/replay",
                     .body = body,
                     .workspace = workspace});
    }
    static json::object parsed(const Result<net::Response>& response) {
        return wapi::json::parse_object(response.value().body).value();
    }
    static std::string code(const Result<net::Response>& response) {
        return response ? std::to_string(response->status)
                        : std::string(response.error().kind->code);
    }
    std::string text_body(const std::string& number, const std::string& wamid) {
        return body_of(text_change(number, {.phone = "15550002222"}, wamid, now_s(), "hello"));
    }
    /// A dead letter of the shop; returns its id.
    std::string dead_letter() {
        json::object broken =
            text_change(shop_number, {.phone = "15550002222"}, "wamid.X", now_s(), "hello");
        broken["value"].as_object()["messages"].as_array()[0].as_object().erase("id");
        store_body(body_of(std::move(broken)));
        drain();
        for (int i = 0; i < 5; ++i) {
            clock_.advance(std::chrono::minutes(10));
            drain();
        }
        const json::object page = parsed(call({.path = "/api/v1/queues/dead"}));
        return std::string(page.at("jobs").as_array().at(0).as_object().at("id").as_string());
    }

    int woken_ = 0;
    Intake intake_{tasks_, database(), ids_, clock_, {}};
    std::vector<net::Route> routes_ =
        webhooks_routes({.intake = intake_,
                         .db = database(),
                         .clock = clock_,
                         .verify_token = SecretString(std::string_view("verify-me")),
                         .app_secrets = {SecretString(std::string_view("new-secret")),
                                         SecretString(std::string_view("old-secret"))},
                         .wake_worker = [this] { ++woken_; }});
};

TEST_P(WebhooksHttpTest, metas_handshake_is_answered_with_its_challenge) {
    const auto ask = [&](const std::string& mode, const std::string& token) {
        return call({.path = "/api/v1/webhook",
                     .query = {{"hub.mode", mode},
                               {"hub.verify_token", token},
                               {"hub.challenge", "1158201444"}}});
    };
    EXPECT_EQ(ask("subscribe", "verify-me")->body, "1158201444");
    EXPECT_EQ(code(ask("subscribe", "wrong")), "bad_verify_token");
    EXPECT_EQ(code(ask("subscribe", "")), "bad_verify_token");
    EXPECT_EQ(code(ask("unsubscribe", "verify-me")), "bad_verify_token");
}

TEST_P(WebhooksHttpTest, only_a_body_that_meta_signed_is_stored) {
    const std::string body = text_body(shop_number, "wamid.1");
    EXPECT_EQ(code(deliver(body, "")), "bad_signature");
    EXPECT_EQ(code(deliver(body, sign(body, "another"))), "bad_signature");
    EXPECT_EQ(code(deliver(body + " ", sign(body, "new-secret"))), "bad_signature");
    EXPECT_EQ(count(count_events), 0);
    EXPECT_EQ(code(deliver(body, sign(body, "new-secret"))), "200");
    EXPECT_EQ(code(deliver(body, sign(body, "old-secret"))), "200");
    EXPECT_EQ(count(count_events), 2);
    EXPECT_EQ(drain(), 2U);
    EXPECT_EQ(count(count_messages), 1) << "a body that came twice counts once";
}

TEST_P(WebhooksHttpTest, a_dead_letter_is_listed_shown_replayed_and_discarded) {
    const std::string id = dead_letter();
    const json::object letter = parsed(call({.path = "/api/v1/queues/dead/{id}", .id = id}));
    EXPECT_EQ(letter.at("attempts"), 6);
    EXPECT_EQ(letter.at("subject").as_string(), shop_number);
    EXPECT_NE(letter.at("lastError").as_string().find("id is missing"), std::string::npos);
    EXPECT_EQ(
        code(call({.verb = net::Verb::post, .path = "/api/v1/queues/dead/{id}/replay", .id = id})),
        "200");
    EXPECT_EQ(woken_, 1);
    EXPECT_EQ(code(call({.path = "/api/v1/queues/dead/{id}", .id = id})), "dead_letter_not_found");
    const json::object status = parsed(call({.path = "/api/v1/queues/status"}));
    EXPECT_EQ(status.at("webhooks").as_object().at("pending"), 1);
    const std::string again = dead_letter();
    EXPECT_EQ(
        code(call({.verb = net::Verb::delete_, .path = "/api/v1/queues/dead/{id}", .id = again})),
        "200");
    EXPECT_EQ(code(call({.path = "/api/v1/queues/dead/{id}", .id = again})),
              "dead_letter_not_found");
}

TEST_P(WebhooksHttpTest, dead_letters_of_another_workspace_are_not_there) {
    const std::string id = dead_letter();
    for (const auto& [verb, path] : {std::pair{net::Verb::get, "/api/v1/queues/dead/{id}"},
                                     std::pair{net::Verb::post, "/api/v1/queues/dead/{id}/replay"},
                                     std::pair{net::Verb::delete_, "/api/v1/queues/dead/{id}"}}) {
        EXPECT_EQ(code(call({.verb = verb, .path = path, .id = id, .workspace = other_shop})),
                  "dead_letter_not_found")
            << path;
    }
    const json::object page =
        parsed(call({.path = "/api/v1/queues/dead", .workspace = other_shop}));
    EXPECT_TRUE(page.at("jobs").as_array().empty());
    const json::object status =
        parsed(call({.path = "/api/v1/queues/status", .workspace = other_shop}));
    EXPECT_EQ(status.at("webhooks").as_object().at("dead"), 0);
    EXPECT_EQ(code(call({.path = "/api/v1/queues/dead/{id}", .id = "x"})), "dead_letter_not_found");
}

TEST_P(WebhooksHttpTest, events_are_replayed_by_id_and_change_nothing_twice) {
    const EventId event = store_body(text_body(shop_number, "wamid.1"));
    drain();
    const std::string body = fmt::format(R"({{"ids":["{}"]}})", event.value);
    const Result<net::Response> response = replay(body);
    EXPECT_EQ(code(response), "202");
    EXPECT_EQ(parsed(response).at("queued"), 1);
    EXPECT_EQ(drain(), 1U);
    EXPECT_EQ(count(count_messages), 1);
    EXPECT_EQ(count(count_replays), 1);
    EXPECT_EQ(code(replay(body, other_shop)), "not_found") << "not an event of theirs";
    EXPECT_EQ(code(replay(R"({"ids":["1"]})")), "not_found");
    EXPECT_EQ(drain(), 0U);
}

TEST_P(WebhooksHttpTest, an_event_that_still_waits_is_replayed_without_harm) {
    const EventId event = store_body(text_body(shop_number, "wamid.1"));
    const std::string id = std::to_string(event.value);
    clock_.advance(std::chrono::milliseconds(1));
    EXPECT_EQ(code(replay(R"({"ids":[")" + id + R"("]})")), "202");
    clock_.advance(std::chrono::milliseconds(1));
    EXPECT_EQ(code(replay(R"({"ids":[")" + id + R"(",")" + id + R"("]})")), "202");
    drain();
    EXPECT_EQ(count(count_messages), 1);
}

TEST_P(WebhooksHttpTest, a_time_range_replays_the_workspaces_own_events_only) {
    const Timestamp from = clock_.now();
    store_body(text_body(shop_number, "wamid.1"));
    store_body(text_body(other_number, "wamid.2"));
    clock_.advance(std::chrono::minutes(1));
    store_body(text_body(shop_number, "wamid.3"));
    const Timestamp to = clock_.now();
    store_body(text_body(shop_number, "wamid.4"));
    drain();
    clock_.advance(std::chrono::seconds(1));
    const auto range = [](Timestamp first, Timestamp last) {
        return fmt::format(R"({{"from":"{}","to":"{}"}})", render_time(first), render_time(last));
    };
    EXPECT_EQ(parsed(replay(range(from, to))).at("queued"), 1) << "`to` is excluded";
    clock_.advance(std::chrono::seconds(1));
    EXPECT_EQ(parsed(replay(range(from, clock_.now()))).at("queued"), 3);
    EXPECT_EQ(parsed(replay(range(from, clock_.now()), other_shop)).at("queued"), 1);
    drain();
    EXPECT_EQ(count(count_messages), 4);
}

TEST_P(WebhooksHttpTest, a_replay_names_ids_or_a_range) {
    for (const char* body : {"{}", R"({"ids":[]})", R"({"ids":["x"]})", R"({"ids":["1x"]})",
                             R"({"from":"2026-01-01T00:00:00Z"})",
                             R"({"from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"})",
                             R"({"from":"yesterday","to":"today"})",
                             R"({"ids":["1"],"from":"2026-01-01T00:00:00Z",)"
                             R"("to":"2026-01-02T00:00:00Z"})"}) {
        EXPECT_EQ(code(replay(body)), "invalid_request") << body;
    }
}

WAPI_ON_BOTH_ENGINES(WebhooksHttpTest);

}  // namespace
}  // namespace wapi::webhooks
