// The HTTP client against servers that answer, refuse, stall, close and flood.
//
// The other side is our own server where it behaves, and a socket scripted by hand where it does
// not.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>

#include "net/http_client.hpp"
#include "net/net_test_support.hpp"

namespace wapi::net {
namespace {

using Outcome = std::expected<IncomingAnswer, ClientFailure>;

/// Accepts connections one after the other and gives each to `script`, on its own thread.
class ScriptedServer {
  public:
    using Script = std::function<void(int socket, int index)>;

    ScriptedServer(int connections, Script script)
        : listener_(::socket(AF_INET, SOCK_STREAM, 0)), script_(std::move(script)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
        ::listen(listener_, 8);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, connections] { serve(connections); });
    }
    ~ScriptedServer() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}/", port_); }
    [[nodiscard]] int accepted() const { return accepted_; }

  private:
    void serve(int connections) {
        for (int i = 0; i < connections; ++i) {
            const int socket = ::accept(listener_, nullptr, nullptr);
            if (socket < 0) {
                return;
            }
            ++accepted_;
            script_(socket, i);
            ::close(socket);
        }
    }

    int listener_;
    Script script_;
    std::uint16_t port_ = 0;
    std::atomic<int> accepted_{0};
    std::thread thread_;
};

/// What arrives until the text has been seen or the other side closes.
std::string read_until(int socket, std::string_view text) {
    std::string received;
    char buffer[4096];
    while (received.find(text) == std::string::npos) {
        const auto count = ::recv(socket, buffer, sizeof buffer, 0);
        if (count <= 0) {
            break;
        }
        received.append(buffer, static_cast<std::size_t>(count));
    }
    return received;
}

void write_all(int socket, std::string_view text) {
    while (!text.empty()) {
        const auto count = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
        if (count <= 0) {
            return;
        }
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

class HttpClientTest : public ::testing::Test {
  protected:
    Outcome fetch(OutgoingRequest request) {
        return async::block_on(io_, client_->fetch(std::move(request)));
    }
    Outcome post(const std::string& url, std::string body) {
        return fetch({.method = "POST", .url = url, .body = std::move(body)});
    }
    static std::string url_of(const NetTestServer& server, std::string_view path) {
        return fmt::format("http://127.0.0.1:{}{}", server.port(), path);
    }

    boost::asio::io_context io_;
    std::unique_ptr<HttpClient> client_ = make_curl_client(io_);
};

void expect_failure(const Outcome& outcome, Delivery delivery) {
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().delivery, delivery) << outcome.error().reason;
    EXPECT_FALSE(outcome.error().reason.empty());
}

TEST_F(HttpClientTest, a_body_goes_there_and_back_on_one_connection) {
    NetTestServer server;
    for (const std::string& body : {std::string("small"), std::string(2'000'000, 'l')}) {
        const Outcome outcome = post(url_of(server, "/echo/large"), body);
        ASSERT_TRUE(outcome) << outcome.error().reason;
        EXPECT_EQ(outcome->status, 200);
        EXPECT_TRUE(outcome->body == body);
    }
    EXPECT_EQ(server.stats().connections, 1U);
}

TEST_F(HttpClientTest, an_error_status_is_an_answer_with_its_headers) {
    NetTestServer server;
    const Outcome outcome =
        fetch({.url = url_of(server, "/nowhere"), .headers = {{"X-Request-Id", "client-test-1"}}});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->status, 404);
    const std::pair<std::string, std::string> id{"x-request-id", "client-test-1"};
    EXPECT_NE(std::ranges::find(outcome->headers, id), outcome->headers.end());
}

TEST_F(HttpClientTest, other_verbs_and_empty_bodies_work) {
    NetTestServer server;
    const std::string url = url_of(server, "/things/1");
    EXPECT_EQ(fetch({.method = "PUT", .url = url, .body = "put"})->body, "put");
    EXPECT_EQ(fetch({.method = "DELETE", .url = url})->status, 405);
    EXPECT_EQ(fetch({.method = "HEAD", .url = url})->status, 200);
    EXPECT_EQ(post(url_of(server, "/echo"), "")->status, 200);
}

TEST_F(HttpClientTest, many_requests_at_once_all_get_their_own_answer) {
    NetTestServer server;
    async::Tasks tasks(io_);
    constexpr int count = 600;  // more than may be in flight
    std::vector<std::string> answers(count);
    struct One {
        static async::Task<> run(HttpClient& client, std::string url, std::string body,
                                 std::string& answer) {
            const Outcome outcome =
                co_await client.fetch({.method = "POST", .url = url, .body = body});
            answer = outcome ? outcome->body : outcome.error().reason;
        }
    };
    for (std::size_t i = 0; i < count; ++i) {
        tasks.spawn("one", One::run(*client_, url_of(server, "/echo"), fmt::format("body {}", i),
                                    answers[i]));
    }
    EXPECT_TRUE(async::block_on(io_, tasks.join(std::chrono::seconds(60))));
    for (std::size_t i = 0; i < count; ++i) {
        EXPECT_EQ(answers[i], fmt::format("body {}", i));
    }
}

async::Task<> fetch_holding(HttpClient& client, std::string url, std::shared_ptr<int> held) {
    co_await client.fetch({.method = "POST", .url = url, .body = std::to_string(*held)});
}

TEST(HttpClientEnd, who_still_waits_is_freed_though_the_network_thread_runs_no_more) {
    auto held = std::make_shared<int>(7);
    const std::weak_ptr<int> watched = held;
    std::promise<void> arrived;
    ScriptedServer silent(1, [&arrived](int socket, int) {
        read_until(socket, "\r\n\r\n7");
        arrived.set_value();
        read_until(socket, "until the client closes");
    });
    {
        boost::asio::io_context io{1};
        async::Tasks tasks(io);
        const auto client = make_curl_client(io);
        tasks.spawn("test.fetch", fetch_holding(*client, silent.url(), std::move(held)));
        io.poll();
        arrived.get_future().get();
    }
    EXPECT_TRUE(watched.expired());
}

TEST_F(HttpClientTest, a_refused_port_is_not_sent) {
    std::string url;
    {
        const ScriptedServer closed(0, {});
        url = closed.url();
    }
    expect_failure(post(url, "x"), Delivery::not_sent);
}

TEST_F(HttpClientTest, a_name_that_does_not_resolve_is_not_sent) {
    expect_failure(post("http://no-such-host.invalid/", "x"), Delivery::not_sent);
}

TEST_F(HttpClientTest, other_protocols_are_not_spoken) {
    expect_failure(fetch({.url = "file:///etc/hostname"}), Delivery::not_sent);
    expect_failure(fetch({.url = "ftp://127.0.0.1/x"}), Delivery::not_sent);
}

TEST_F(HttpClientTest, a_server_that_closes_after_reading_is_uncertain) {
    const ScriptedServer server(1, [](int socket, int) { read_until(socket, "the body"); });
    expect_failure(post(server.url(), "the body"), Delivery::uncertain);
}

TEST_F(HttpClientTest, a_message_on_a_kept_connection_is_not_sent_again_when_it_dies) {
    std::string on_second_connection;
    Outcome second = std::unexpected(ClientFailure{});
    {
        const ScriptedServer server(2, [&](int socket, int index) {
            if (index > 0) {
                on_second_connection = read_until(socket, "message two");
                return;
            }
            read_until(socket, "message one");
            write_all(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            read_until(socket, "message two");
        });
        ASSERT_TRUE(post(server.url(), "message one"));
        second = post(server.url(), "message two");
    }
    expect_failure(second, Delivery::uncertain);
    // libcurl may connect again before it notices that it cannot; the message must not follow.
    EXPECT_EQ(on_second_connection.find("message two"), std::string::npos) << on_second_connection;
}

TEST_F(HttpClientTest, a_time_out_after_sending_is_uncertain) {
    const ScriptedServer server(1, [](int socket, int) {
        read_until(socket, "the body");
        read_until(socket, "never comes");  // until the client closes
    });
    const Outcome outcome = fetch({.method = "POST",
                                   .url = server.url(),
                                   .body = "the body",
                                   .timeout = std::chrono::milliseconds(150)});
    expect_failure(outcome, Delivery::uncertain);
}

TEST_F(HttpClientTest, an_answer_over_the_limit_is_refused) {
    NetTestServer server;
    const Outcome outcome = fetch({.url = url_of(server, "/big"), .answer_bytes_max = 1'000'000});
    expect_failure(outcome, Delivery::uncertain);
    EXPECT_EQ(outcome.error().reason, "the answer is larger than allowed");
}

TEST_F(HttpClientTest, a_redirect_is_an_answer_and_not_followed) {
    const ScriptedServer server(1, [](int socket, int) {
        read_until(socket, "\r\n\r\n");
        write_all(socket, "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n");
    });
    const Outcome outcome = fetch({.url = server.url()});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->status, 302);
    EXPECT_EQ(server.accepted(), 1);
}

TEST_F(HttpClientTest, a_header_with_a_line_end_is_left_out) {
    NetTestServer server;
    const Outcome outcome = fetch(
        {.url = url_of(server, "/things/1"), .headers = {{"X-Request-Id", "good\r\nX-Evil: 1"}}});
    ASSERT_TRUE(outcome);
    EXPECT_NE(outcome->body.find("made-by-the-server"), std::string::npos);
}

TEST_F(HttpClientTest, a_request_for_aws_is_signed_over_what_is_sent_and_shows_no_secret) {
    std::string received;
    const ScriptedServer server(1, [&received](int socket, int) {
        received = read_until(socket, "{\"a\":1}");
        write_all(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    const std::string_view secret = "example/secret+key";
    const Outcome outcome =
        fetch({.method = "POST",
               .url = server.url(),
               .headers = {{"Content-Type", "application/x-amz-json-1.1"}, {"X-Amz-Target", "a.b"}},
               .body = R"({"a":1})",
               .aws_signing = AwsSigning{"aws:amz:eu-central-1:secretsmanager", "AKIAEXAMPLE",
                                         SecretString(secret)}});
    ASSERT_TRUE(outcome) << outcome.error().reason;
    EXPECT_NE(received.find("Authorization: AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/"),
              std::string::npos)
        << received;
    EXPECT_NE(received.find("SignedHeaders=content-type;host;x-amz-date;x-amz-target,"),
              std::string::npos)
        << received;
    EXPECT_EQ(received.find(secret), std::string::npos);
}

}  // namespace
}  // namespace wapi::net
