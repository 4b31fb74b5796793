// Goal: each call goes to the documented path with its token in the header, and nothing secret
// elsewhere. Method: a fake HTTP client that keeps the requests and gives prepared answers.
#include "whatsapp/graph_client.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <deque>

#include "net/http_client.hpp"
#include "tests/support/run_task.hpp"

namespace wapi::whatsapp {
namespace {

using namespace std::string_view_literals;

class FakeHttp final : public net::HttpClient {
  public:
    async::Task<std::expected<net::IncomingAnswer, net::ClientFailure>> fetch(
        net::OutgoingRequest request) override {
        requests.push_back(std::move(request));
        if (answers.empty()) {
            co_return std::unexpected(net::ClientFailure{delivery, "prepared failure"});
        }
        net::IncomingAnswer answer{200, {}, answers.front()};
        answers.pop_front();
        co_return answer;
    }
    std::vector<net::OutgoingRequest> requests;
    std::deque<std::string> answers;
    net::Delivery delivery = net::Delivery::uncertain;
};

class GraphClientTest : public ::testing::Test {
  protected:
    template <class T>
    T run(async::Task<T> task) {
        return test::run_task(io_, std::move(task));
    }
    std::unique_ptr<GraphClient> make(std::string_view app_secret = "") {
        return make_graph_client(http_, {.base_url = "http://graph.test/",
                                         .version = "v25.0",
                                         .app_id = app_secret.empty() ? "" : "67",
                                         .app_secret = SecretString(app_secret)});
    }
    std::string header(std::string_view name) const {
        for (const auto& [key, value] : http_.requests.back().headers) {
            if (key == name) {
                return value;
            }
        }
        return {};
    }
    boost::asio::io_context io_;
    FakeHttp http_;
    const SecretString token_{"EAAJ-token"sv};
    const WabaId waba_{"209"sv};
    const PhoneNumberId phone_{"108"sv};
};

TEST_F(GraphClientTest, a_message_is_posted_with_the_token_in_the_header_only) {
    http_.answers = {R"({"messages":[{"id":"wamid.A"}]})"};
    const SendOutcome outcome = run(make()->send_message(phone_, token_, R"({"type":"text"})"));
    EXPECT_TRUE(std::holds_alternative<Accepted>(outcome));
    const net::OutgoingRequest& request = http_.requests.back();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "http://graph.test/v25.0/108/messages");
    EXPECT_EQ(request.body, R"({"type":"text"})");
    EXPECT_EQ(header("authorization"), "Bearer EAAJ-token");
    EXPECT_EQ(header("content-type"), "application/json");
}

TEST_F(GraphClientTest, the_proof_is_the_hmac_of_the_token_and_only_with_an_app_secret) {
    http_.answers = {R"({"success":true})", R"({"success":true})"};
    EXPECT_TRUE(run(make()->subscribe_app(waba_, token_)));
    EXPECT_EQ(http_.requests.back().url.find("appsecret_proof"), std::string::npos);
    EXPECT_TRUE(run(make("app secret")->subscribe_app(waba_, token_)));
    EXPECT_EQ(http_.requests.back().url,
              "http://graph.test/v25.0/209/subscribed_apps?appsecret_proof=" +
                  crypto::hex_encode(crypto::hmac_sha256("app secret", "EAAJ-token")));
}

TEST_F(GraphClientTest, a_failure_keeps_whether_the_message_may_have_left) {
    http_.delivery = net::Delivery::not_sent;
    EXPECT_TRUE(std::holds_alternative<NotSent>(run(make()->send_message(phone_, token_, "{}"))));
    http_.delivery = net::Delivery::uncertain;
    EXPECT_TRUE(std::holds_alternative<Uncertain>(run(make()->send_message(phone_, token_, "{}"))));
}

TEST_F(GraphClientTest, the_token_is_inspected_by_the_app_when_there_is_one) {
    http_.answers = {R"({"data":{"is_valid":true}})", R"({"data":{"is_valid":false}})"};
    EXPECT_TRUE(run(make("app secret")->debug_token(token_))->is_valid);
    EXPECT_EQ(header("authorization"), "Bearer 67|app secret");
    EXPECT_TRUE(http_.requests.back().url.starts_with(
        "http://graph.test/v25.0/debug_token?input_token=EAAJ-token"));
    EXPECT_FALSE(run(make()->debug_token(token_))->is_valid);
    EXPECT_EQ(header("authorization"), "Bearer EAAJ-token");
}

TEST_F(GraphClientTest, all_pages_of_numbers_are_read) {
    http_.answers = {R"({"data":[{"id":"1"},{"id":"2"}],)"
                     R"("paging":{"cursors":{"after":"a b"},"next":"https://x"}})",
                     R"({"data":[{"id":"3"}],"paging":{"cursors":{"after":"c"}}})"};
    const GraphResult<std::vector<PhoneInfo>> phones =
        run(make()->list_phone_numbers(waba_, token_));
    ASSERT_TRUE(phones);
    EXPECT_EQ(phones->size(), 3U);
    EXPECT_NE(http_.requests.back().url.find("&after=a%20b"), std::string::npos);
}

TEST_F(GraphClientTest, a_number_is_registered_with_its_pin_in_the_body) {
    http_.answers = {R"({"success":true})"};
    EXPECT_TRUE(run(make()->register_phone(phone_, token_, SecretString("581063"sv))));
    EXPECT_EQ(http_.requests.back().url, "http://graph.test/v25.0/108/register");
    EXPECT_EQ(http_.requests.back().body, R"({"messaging_product":"whatsapp","pin":"581063"})");
}

TEST_F(GraphClientTest, success_false_is_not_taken_for_success) {
    http_.answers = {R"({"success":false})"};
    EXPECT_FALSE(run(make()->subscribe_app(waba_, token_)));
}

TEST_F(GraphClientTest, a_page_of_templates_keeps_components_as_given) {
    http_.answers = {
        R"({"data":[{"name":"a","language":"en","status":"APPROVED","category":"UTILITY","id":1,)"
        R"("components":[{"type":"BODY","text":"Hi {{1}}"}]}],)"
        R"("paging":{"cursors":{"after":"n"},"next":"https://x"}})"};
    const GraphResult<TemplatePage> page = run(make()->list_templates(waba_, token_, ""));
    ASSERT_TRUE(page);
    EXPECT_EQ(page->next_cursor, "n");
    EXPECT_EQ(page->templates[0].id, "1");
    EXPECT_EQ(page->templates[0].parameter_format, "POSITIONAL");
    EXPECT_EQ(page->templates[0].components, R"([{"type":"BODY","text":"Hi {{1}}"}])");
}

TEST_F(GraphClientTest, an_id_cannot_leave_its_place_in_the_path) {
    http_.answers = {R"({"id":"1"})"};
    EXPECT_TRUE(run(make()->get_phone(PhoneNumberId("../me?x=1#"sv), token_)));
    EXPECT_TRUE(http_.requests.back().url.starts_with(
        "http://graph.test/v25.0/..%2Fme%3Fx%3D1%23?fields="));
}

}  // namespace
}  // namespace wapi::whatsapp
