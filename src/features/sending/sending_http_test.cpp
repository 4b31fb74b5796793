// Goal: the routes that send take what they document and refuse the rest, and a send waits for
// Meta's answer. Method: the handlers in process on both engines, the whole sender behind them, and
// a stand-in for Meta.
#include "features/sending/sending_http.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "features/sending/sending_test_support.hpp"
#include "features/vault/vault.hpp"
#include "tests/support/fake_graph.hpp"

namespace wapi::sending {
namespace {

using namespace testing;
using namespace std::chrono_literals;

constexpr std::string_view key_hex =
    "3f8a1c5e9b7d204f6a8c1e3b5d7f90a2c4e6f8091b2d3f4a5c6e7f8192a3b4c5";

/// Secrets that take so long to read that something else happens meanwhile.
class SlowBackend final : public vault::SecretBackend {
  public:
    explicit SlowBackend(vault::SecretBackend& inner) : inner_(inner) {}
    async::Task<Result<void>> store(Context context, std::string name,
                                    SecretString secret) override {
        return inner_.store(std::move(context), std::move(name), std::move(secret));
    }
    async::Task<Result<SecretString>> read(Context context, std::string name) override {
        if (meanwhile) {
            meanwhile();
        }
        return inner_.read(std::move(context), std::move(name));
    }
    async::Task<Result<void>> remove(Context context, std::string name) override {
        return inner_.remove(std::move(context), std::move(name));
    }
    std::function<void()> meanwhile;

  private:
    vault::SecretBackend& inner_;
};

class SendingHttpTest : public SendingTest {
  protected:
    SendingHttpTest() {
        EXPECT_TRUE(run(
            vault_.store(context_of(shop), "token:209", SecretString(std::string_view("EAAJ-1")))));
        sender_.start();
        ann_ = receive("hi");
    }
    ~SendingHttpTest() override {
        tasks_.stop();
        EXPECT_TRUE(run(tasks_.join(10s)));
    }
    struct Ask {
        std::string_view path;
        std::string body = {};
        std::string key = {};
        WorkspaceId workspace = shop;
    };
    Result<net::Response> call(const Ask& ask) {
        for (const net::Route& route : routes_) {
            if (route.path == ask.path) {
                net::Call request;
                request.request.path = ask.path;
                request.request.body = ask.body;
                if (!ask.key.empty()) {
                    request.request.headers = {{"idempotency-key", ask.key}};
                }
                request.context = context_of(ask.workspace);
                return run(route.handler(request));
            }
        }
        throw std::runtime_error("no such route");
    }
    Result<net::Response> send(const std::string& body, const std::string& key = {}) {
        return call({.path = "/api/v1/messages/send", .body = body, .key = key});
    }
    static json::object parsed(const Result<net::Response>& response) {
        return json::parse_object(response.value().body).value();
    }
    /// Code and field of a refusal.
    static std::string refusal(const Result<net::Response>& response) {
        return response ? "ok"
                        : std::string(response.error().kind->code) + " " + response.error().field;
    }

    async::Tasks tasks_{io_};
    test::FakeGraph graph_;
    vault::DatabaseBackend secrets_{database(), vault::MasterKey(SecretString(key_hex)), rng_,
                                    clock_};
    SlowBackend backend_{secrets_};
    vault::Vault vault_{backend_, database(), clock_};
    outbox::Sender sender_{{tasks_, database(), vault_, graph_, clock_},
                           {.poll = std::chrono::milliseconds(20)}};
    Service service_{database(), ids_, clock_, sender_};
    std::vector<net::Route> routes_ = sending_routes(service_);
    InboundResult ann_;
};

const std::string hello = R"({"phone":"+15550002222","body":"Hello"})";

TEST_P(SendingHttpTest, a_send_waits_for_meta_and_answers_200_with_the_wamid) {
    const Result<net::Response> response = send(hello);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 200);
    const json::object body = parsed(response);
    EXPECT_EQ(body.at("success"), true);
    EXPECT_EQ(body.at("status"), "sent");
    EXPECT_EQ(body.at("waMessageId"), "wamid.1");
    EXPECT_EQ(body.at("conversationId").as_string(), ann_.conversation.value);
    EXPECT_EQ(graph_.sent.size(), 1U);
}

TEST_P(SendingHttpTest, what_meta_refuses_for_good_is_an_error) {
    whatsapp::Refused refused;
    refused.code = 131026;
    refused.http_status = 400;
    graph_.send_outcome = refused;
    const Result<net::Response> response = send(hello);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, &errors::message_refused);
}

TEST_P(SendingHttpTest, what_meta_refuses_for_now_is_answered_202_with_the_reason) {
    graph_.send_outcome = whatsapp::NotSent{"no route"};
    const Result<net::Response> response = send(hello);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 202);
    EXPECT_EQ(parsed(response).at("status"), "retry_queued");
    EXPECT_TRUE(parsed(response).contains("reason"));
}

TEST_P(SendingHttpTest, without_a_token_the_message_waits) {
    EXPECT_TRUE(run(vault_.remove(context_of(shop), "token:209")));
    const Result<net::Response> response = send(hello);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 202);
    EXPECT_NE(parsed(response).at("reason").as_string().find("token"), std::string::npos);
    EXPECT_TRUE(graph_.sent.empty());
}

TEST_P(SendingHttpTest, a_stop_while_the_token_is_read_keeps_the_message_back) {
    clock_.advance(vault::cache_time + 1s);
    backend_.meanwhile = [this] { set_opt_out(ann_.contact, true); };
    EXPECT_EQ(refusal(send(hello)), "contact_opted_out ");
    EXPECT_TRUE(graph_.sent.empty());
}

TEST_P(SendingHttpTest, the_same_key_and_body_give_the_same_message_for_24_hours) {
    const json::object first = parsed(send(hello, "order-7"));
    EXPECT_EQ(parsed(send(hello, "order-7")).at("messageId"), first.at("messageId"));
    EXPECT_EQ(graph_.sent.size(), 1U);
    EXPECT_EQ(refusal(send(R"({"phone":"+15550002222","body":"Other"})", "order-7")),
              "idempotency_key_reused ");
    EXPECT_NE(parsed(send(hello, "order-8")).at("messageId"), first.at("messageId"));
    clock_.advance(24h + 1us);
    receive("still there");
    EXPECT_NE(parsed(send(hello, "order-7")).at("messageId"), first.at("messageId"));
    EXPECT_EQ(graph_.sent.size(), 3U);
}

TEST_P(SendingHttpTest, the_same_key_gives_the_same_answer_whatever_became_of_the_message) {
    const Result<net::Response> accepted = send(hello, "order-7");
    apply("wamid.1", whatsapp::DeliveryStatus::failed, clock_.now(), "", 131026);
    const Result<net::Response> again = send(hello, "order-7");
    ASSERT_TRUE(again) << "what was accepted is not an error later";
    EXPECT_EQ(again->status, accepted->status);
    EXPECT_EQ(again->body, accepted->body);
    graph_.send_outcome = whatsapp::NotSent{"no route"};
    const Result<net::Response> waiting = send(hello, "order-8");
    set_opt_out(ann_.contact, true);
    write(shop, [&](db::WorkspaceTxn& txn) {
        return messages::cancel_queued(txn, ann_.contact, "opted_out");
    });
    EXPECT_EQ(send(hello, "order-8").value().body, waiting->body);
    EXPECT_EQ(send(hello, "order-8")->status, 202);
}

TEST_P(SendingHttpTest, a_refusal_by_meta_is_the_answer_for_the_same_key_too) {
    whatsapp::Refused refused;
    refused.code = 131026;
    refused.http_status = 400;
    graph_.send_outcome = refused;
    const Result<net::Response> first = send(hello, "order-7");
    graph_.send_outcome.reset();
    const Result<net::Response> second = send(hello, "order-7");
    EXPECT_EQ(refusal(second), "message_refused ");
    EXPECT_EQ(second.error().message, first.error().message);
    EXPECT_EQ(graph_.sent.size(), 1U);
}

TEST_P(SendingHttpTest, a_key_whose_answer_was_never_given_is_answered_by_what_is_known) {
    const json::object first = parsed(send(hello, "order-7"));
    write([](db::Txn& txn) {
        txn.connection().execute_text("UPDATE idempotency_keys SET answer = ''");
        return true;
    });
    apply("wamid.1", whatsapp::DeliveryStatus::read, clock_.now());
    EXPECT_EQ(parsed(send(hello, "order-7")).at("status"), "read");
    EXPECT_EQ(parsed(send(hello, "order-7")).at("messageId"), first.at("messageId"));
}

TEST_P(SendingHttpTest, a_refused_send_does_not_use_up_its_key) {
    clock_.advance(25h);
    EXPECT_EQ(refusal(send(hello, "order-7")), "window_closed ");
    receive("I am back");
    EXPECT_EQ(parsed(send(hello, "order-7")).at("status"), "sent");
}

TEST_P(SendingHttpTest, keys_of_two_workspaces_do_not_meet) {
    save_number(other_shop, second_number);
    receive("hi", ann_phone, other_shop, second_number);
    ASSERT_TRUE(send(hello, "order-7"));
    const Result<net::Response> other = call({.path = "/api/v1/messages/send",
                                              .body = R"({"phone":"+15550002222","body":"X"})",
                                              .key = "order-7",
                                              .workspace = other_shop});
    EXPECT_EQ(refusal(other), "ok");
}

TEST_P(SendingHttpTest, bodies_that_are_wrong_are_refused_by_field) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"nonsense", "malformed_json "},
        {R"({"body":"x"})", "invalid_request contactId"},
        {R"({"phone":"+15550002222","contactId":"c","body":"x"})", "invalid_request contactId"},
        {R"({"phone":"+15550002222"})", "invalid_request body"},
        {R"({"phone":7,"body":"x"})", "invalid_request phone"},
        {R"({"phone":"+15550002222","body":"x","type":"image"})", "invalid_request type"},
        {R"({"phone":"+15550002222","body":"x","previewUrl":"yes"})", "invalid_request previewUrl"},
        {R"({"phone":"no number","body":"x"})", "invalid_phone phone"},
    };
    for (const auto& [body, expected] : cases) {
        EXPECT_EQ(refusal(send(body)), expected) << body;
    }
    EXPECT_EQ(refusal(send(hello, std::string(256, 'k'))), "invalid_request Idempotency-Key");
    EXPECT_EQ(refusal(call({.path = "/api/v1/messages/template",
                            .body = R"({"phone":"+15550002222","template":{"name":"x"}})"})),
              "invalid_request template.language");
    EXPECT_TRUE(graph_.sent.empty());
}

TEST_P(SendingHttpTest, a_template_is_sent_with_its_components) {
    save_template("sale", "MARKETING");
    clock_.advance(25h);
    const Result<net::Response> response =
        call({.path = "/api/v1/messages/template",
              .body = R"({"phone":"+15550002222","template":{"name":"sale","language":"en"}})"});
    EXPECT_EQ(refusal(response), "ok");
    ASSERT_EQ(graph_.sent.size(), 1U);
    EXPECT_NE(graph_.sent[0].find(R"("template":{"name":"sale")"), std::string::npos);
}

WAPI_ON_BOTH_ENGINES(SendingHttpTest);

}  // namespace
}  // namespace wapi::sending
