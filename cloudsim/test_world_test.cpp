// The receiver and the running simulator that the other tests use.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/crypto.hpp"
#include "cloudsim/test_world.hpp"

namespace wapi::cloudsim::test {
namespace {

constexpr std::chrono::seconds wait_limit{10};
constexpr std::chrono::milliseconds poll_interval{2};

std::function<std::string()> request_ids() {
    return [] { return std::string("receiver"); };
}

async::Task<bool> poll_until(std::function<bool()> done) {
    const auto deadline = std::chrono::steady_clock::now() + wait_limit;
    while (!done()) {
        if (std::chrono::steady_clock::now() > deadline) {
            co_return false;
        }
        co_await async::sleep_for(poll_interval);
    }
    co_return true;
}

async::Task<Answer> fetch_answer(net::HttpClient& client, net::OutgoingRequest request) {
    const auto answer = co_await client.fetch(std::move(request));
    if (!answer) {
        co_return Answer{};
    }
    boost::system::error_code error;
    json::value body = boost::json::parse(answer->body, error);
    co_return Answer{answer->status, error ? json::value(answer->body) : std::move(body)};
}

async::Task<> stop_all(async::Tasks& tasks, Simulator& simulator, Receiver& receiver) {
    tasks.stop();
    co_await simulator.drain(std::chrono::milliseconds(100));
    co_await receiver.server().drain(std::chrono::milliseconds(100));
    co_await tasks.join(std::chrono::seconds(5));
}

Options with_receiver(Options options, const Receiver& receiver) {
    options.app_secret = app_secret;
    if (options.webhook_url.empty()) {
        options.webhook_url = receiver.url();
    }
    return options;
}

}  // namespace

int Answer::error_code() const {
    const json::value* code =
        body.is_object() ? json::find_field(body.as_object(), "error.code") : nullptr;
    return code != nullptr && code->is_int64() ? static_cast<int>(code->as_int64()) : 0;
}

std::string Answer::text(std::string_view field) const {
    const json::value* found =
        body.is_object() ? json::find_field(body.as_object(), field) : nullptr;
    if (found == nullptr) {
        return {};
    }
    return found->is_string() ? std::string(found->as_string()) : json::render(*found);
}

Receiver::Receiver(async::Tasks& tasks, std::string verify_token)
    : verify_token_(std::move(verify_token)),
      server_(tasks, net::ServerOptions{.address = "127.0.0.1"},
              {{net::Verb::post, "/hook", net::Auth::none, "", net::RateClass::none, 4 << 20,
                "take", [this](net::Call& call) { return take(call); }},
               {net::Verb::get, "/hook", net::Auth::none, "", net::RateClass::none, 0, "challenge",
                [this](net::Call& call) { return challenge(call); }}},
              nullptr, request_ids()) {
    server_.start();
}

std::string Receiver::url() const {
    return fmt::format("http://127.0.0.1:{}/hook", server_.port());
}

async::Task<Result<net::Response>> Receiver::take(net::Call& call) {
    const std::string& body = call.request.body;
    const std::string wanted =
        "sha256=" + crypto::hex_encode(crypto::hmac_sha256(app_secret, body));
    Received entry{body, call.request.header("x-hub-signature-256") == wanted, 200};
    if (!entry.signature_ok) {
        entry.answered = 403;
    } else if (!answers.empty()) {
        entry.answered = answers.front();
        answers.pop_front();
    }
    received.push_back(entry);
    co_return net::json_response("{}", entry.answered);
}

async::Task<Result<net::Response>> Receiver::challenge(net::Call& call) {
    if (on_challenge) {
        on_challenge();
    }
    net::Response response;
    const bool right = call.request.query_param("hub.verify_token") == verify_token_;
    response.status = right ? 200 : 403;
    response.content_type = "text/plain";
    response.body = call.request.query_param("hub.challenge");
    co_return response;
}

std::vector<json::object> Receiver::values() const {
    std::vector<json::object> found;
    for (const Received& entry : received) {
        if (entry.answered != 200) {
            continue;
        }
        const json::value body = boost::json::parse(entry.body);
        for (const json::value& item : body.at("entry").as_array()) {
            for (const json::value& change : item.at("changes").as_array()) {
                found.push_back(change.at("value").as_object());
            }
        }
    }
    return found;
}

std::vector<json::object> Receiver::statuses() const {
    std::vector<json::object> found;
    for (const json::object& value : values()) {
        if (const json::value* list = value.if_contains("statuses")) {
            found.push_back(list->as_array().at(0).as_object());
        }
    }
    return found;
}

TestWorld::TestWorld(Options options)
    : client_(net::make_curl_client(io_)),
      receiver(tasks_, options.verify_token),
      simulator(tasks_, *client_, clock, with_receiver(options, receiver)) {
    simulator.start();
    token = simulator.tokens().all().front().value;
}

TestWorld::~TestWorld() { wapi::test::run_task(io_, stop_all(tasks_, simulator, receiver)); }

Answer TestWorld::call(std::string method, std::string path, json::value body, std::string bearer) {
    net::OutgoingRequest request;
    request.method = std::move(method);
    request.url = simulator.base_url() + path;
    request.headers = {{"Content-Type", "application/json"}};
    if (!bearer.empty()) {
        request.headers.emplace_back("Authorization", "Bearer " + bearer);
    }
    if (!body.is_null()) {
        request.body = json::render(body);
    }
    return wapi::test::run_task(io_, fetch_answer(*client_, std::move(request)));
}

Answer TestWorld::graph(std::string method, std::string path, json::value body) {
    return call(std::move(method), "/v25.0/" + std::move(path), std::move(body), token);
}

Answer TestWorld::send(json::object fields) {
    fields["messaging_product"] = "whatsapp";
    return graph("POST", std::string(phone_id) + "/messages", std::move(fields));
}

Answer TestWorld::send_text(std::string to, std::string text) {
    return send({{"to", to}, {"type", "text"}, {"text", json::object{{"body", text}}}});
}

std::string TestWorld::write_as_ann(std::string text) {
    return call("POST", "/sim/customers/15550002222/write", json::object{{"text", text}})
        .text("waMessageId");
}

void TestWorld::subscribe() {
    ASSERT_EQ(graph("POST", std::string(waba_id) + "/subscribed_apps", json::object{}).status, 200);
}

bool TestWorld::wait_until(const std::function<bool()>& done) {
    return wapi::test::run_task(io_, poll_until(done));
}

}  // namespace wapi::cloudsim::test
