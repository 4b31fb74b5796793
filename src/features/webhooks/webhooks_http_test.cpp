// Goal: the handshake is answered and only what Meta signed is stored. Method: the handlers in
// process on both engines, with the worker run by hand.
#include "features/webhooks/webhooks_http.hpp"

#include <gtest/gtest.h>

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
class WebhooksHttpTest : public WebhooksTest {
  protected:
    WebhooksHttpTest() {
        make_workspace(shop);
        connect(shop, shop_number);
    }
    ~WebhooksHttpTest() override {
        tasks_.stop();
        EXPECT_TRUE(run(tasks_.join(std::chrono::seconds(10))));
    }
    struct Ask {
        net::Verb verb = net::Verb::get;
        std::string_view path;
        std::string body = {};
        std::vector<std::pair<std::string, std::string>> query = {};
        std::string signature = {};
    };
    Result<net::Response> call(const Ask& ask) {
        for (const net::Route& route : routes_) {
            if (route.path == ask.path && route.verb == ask.verb) {
                net::Call request;
                request.request.body = ask.body;
                request.request.query = ask.query;
                if (!ask.signature.empty()) {
                    request.request.headers = {{"x-hub-signature-256", ask.signature}};
                }
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
    static std::string code(const Result<net::Response>& response) {
        return response ? std::to_string(response->status)
                        : std::string(response.error().kind->code);
    }
    std::string text_body(const std::string& number, const std::string& wamid) {
        return body_of(text_change(number, {.phone = "15550002222"}, wamid, now_s(), "hello"));
    }
    Intake intake_{tasks_, database(), ids_, clock_, {}};
    std::vector<net::Route> routes_ =
        webhooks_routes({.intake = intake_,
                         .verify_token = SecretString(std::string_view("verify-me")),
                         .app_secrets = {SecretString(std::string_view("new-secret")),
                                         SecretString(std::string_view("old-secret"))}});
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

WAPI_ON_BOTH_ENGINES(WebhooksHttpTest);

}  // namespace
}  // namespace wapi::webhooks
