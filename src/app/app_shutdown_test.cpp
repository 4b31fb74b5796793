// Goal: the server stops cleanly and in time, whatever is under way, and answers what it can.
// Method: the whole App in this process, on SQLite, with a Meta that takes requests and is silent;
// another connection holds the writer's lock, so that requests, the sender and the webhook worker
// wait for the database. The sanitizers see what outlives its owner and what nobody frees.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <csignal>
#include <future>
#include <thread>

#include "app/app.hpp"
#include "features/messages/messages.hpp"
#include "features/numbers/numbers.hpp"
#include "features/vault/vault.hpp"
#include "tests/support/raw_connection.hpp"
#include "tests/support/temp_folder.hpp"

namespace wapi::app {
namespace {

using namespace std::chrono_literals;
using test::RawAnswer;
using test::RawConnection;
using Clients = std::vector<std::unique_ptr<RawConnection>>;

constexpr std::string_view app_secret = "app-secret-of-the-shutdown-test";
const PhoneNumberId number_id("1080000000001");

/// Accepts connections, reads, and answers only what it is told to.
class SilentMeta {
  public:
    SilentMeta() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
        ::listen(listener_, 8);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
    }
    ~SilentMeta() {
        ::close(caller_);
        ::close(listener_);
    }
    SilentMeta(const SilentMeta&) = delete;
    SilentMeta& operator=(const SilentMeta&) = delete;

    [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}", port_); }
    /// Returns when a message has been sent here.
    void wait_for_message() {
        caller_ = ::accept(listener_, nullptr, nullptr);
        std::string received;
        char buffer[4096];
        while (!received.contains("Hello Ann")) {
            const auto count = ::recv(caller_, buffer, sizeof buffer, 0);
            ASSERT_GT(count, 0);
            received.append(buffer, static_cast<std::size_t>(count));
        }
    }
    void answer() const {
        constexpr std::string_view body = R"({"messages":[{"id":"wamid.OUT"}]})";
        const std::string bytes = fmt::format(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}"
            "\r\n\r\n{}",
            body.size(), body);
        ASSERT_EQ(::send(caller_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(bytes.size()));
    }

  private:
    int listener_;
    int caller_ = -1;
    std::uint16_t port_ = 0;
};

/// Holds the one lock writers need, from its making until `release` or its end.
class WriteLock {
  public:
    explicit WriteLock(db::Db& database) {
        std::promise<void> held;
        thread_ = std::thread([this, &database, &held] {
            database.blocking_write("test.hold", [this, &held](db::Txn&) {
                held.set_value();
                released_.get_future().wait();
                return true;
            });
        });
        held.get_future().wait();
    }
    ~WriteLock() { release(); }
    WriteLock(const WriteLock&) = delete;
    WriteLock& operator=(const WriteLock&) = delete;

    void release() {
        if (thread_.joinable()) {
            released_.set_value();
            thread_.join();
        }
    }

  private:
    std::promise<void> released_;
    std::thread thread_;
};

std::string request(std::string_view verb, std::string_view path, std::string_view body,
                    std::string_view fields = {}) {
    return fmt::format(
        "{} {} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{}"
        "Content-Length: {}\r\n\r\n{}",
        verb, path, fields, body.size(), body);
}

std::string sign_up_body(std::string_view email) {
    return fmt::format(R"({{"name":"Olga","email":"{}","workspaceName":"Shop",)"
                       R"("password":"correct-horse-battery"}})",
                       email);
}

class AppShutdown : public ::testing::Test {
  protected:
    AppShutdown() {
        config_.address = "127.0.0.1";
        config_.port = 0;
        config_.data_dir = folder_.path().string();
        config_.graph_url = meta_.url();
        config_.app_id = "1";
        config_.app_secrets = {SecretString(app_secret)};
        config_.verify_token = SecretString(std::string_view("verify"));
        config_.token_master_key = SecretString(
            std::string_view("8f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e19b"));
        config_.jwt_secret = SecretString(std::string_view("0f1e2d3c4b5a69788796a5b4c3d2e1f0-t"));
    }
    ~AppShutdown() override {
        if (stopped_.valid()) {
            send_signal();
        }
    }

    /// Starts the App and fills it.
    void serve(StopLimits limits) {
        app_ = std::make_unique<App>(config_);
        app_->start();
        port_ = app_->port();
        stopped_ = std::async(std::launch::async, [this, limits] {
            const bool clean = app_->serve_until_signal(limits);
            app_.reset();
            return clean;
        });
        sign_up();
        connect_number();
    }

    /// Sends on a connection of its own, which is kept.
    RawConnection& send(const std::string& bytes) {
        clients_.push_back(std::make_unique<RawConnection>(port_));
        clients_.back()->send(bytes);
        return *clients_.back();
    }
    RawConnection& send_message() {
        return send(request("POST", "/api/v1/messages/send",
                            R"({"phone":"+15550002222","body":"Hello Ann"})", authorization_));
    }
    RawConnection& send_webhook() {
        const std::string body = R"({"object":"whatsapp_business_account","entry":[]})";
        const crypto::Digest digest = crypto::hmac_sha256(app_secret, body);
        return send(request("POST", "/api/v1/webhook", body,
                            fmt::format("X-Hub-Signature-256: sha256={}\r\n",
                                        crypto::hex_encode(crypto::as_text(digest)))));
    }
    /// Hashing a password takes a while on threads of its own.
    void begin_sign_up(int index) {
        send(request("POST", "/api/v1/auth/signup", sign_up_body(fmt::format("{}@x.org", index))));
    }
    /// Returns when all that was sent before has been read: connections are taken in order.
    void wait_until_read() {
        RawConnection last(port_);
        last.send(request("GET", "/api/v1/health", ""));
        EXPECT_GT(last.read_answer().status, 0);
    }
    static void send_signal() { ::kill(::getpid(), SIGTERM); }
    /// Waits until the App is gone. True when nothing had to be left behind.
    bool wait_for_end() { return stopped_.get(); }

    test::TempFolder folder_;
    SilentMeta meta_;
    Config config_;
    boost::asio::io_context io_{1};
    std::unique_ptr<db::Db> database_;  ///< the test's own connection to the App's file

  private:
    void sign_up() {
        RawConnection client(port_);
        client.send(request("POST", "/api/v1/auth/signup", sign_up_body("olga@example.org")));
        const RawAnswer answer = client.read_answer();
        ASSERT_EQ(answer.status, 201) << answer.body;
        const boost::json::value body = boost::json::parse(answer.body);
        authorization_ =
            fmt::format("Authorization: Bearer {}\r\n", std::string(body.at("token").as_string()));
        workspace_ = WorkspaceId(std::string(body.at("workspace").at("id").as_string()));
    }
    /// A connected number with its token, and a customer who wrote just now.
    void connect_number() {
        database_ = db::open(io_, database_options(config_));
        SystemClock clock;
        SystemRng rng;
        IdGenerator ids(clock, rng);
        vault::DatabaseBackend secrets(*database_, vault::MasterKey(config_.token_master_key), rng,
                                       clock);
        numbers::Number number;
        number.workspace = workspace_;
        number.phone_number_id = number_id;
        number.waba_id = WabaId("209");
        number.display_phone = "+15550001111";
        number.status = numbers::status::connected;
        number.connected_at = clock.now();
        whatsapp::InboundMessage message;
        message.wa_message_id = WaMessageId("wamid.IN").value;
        message.sender.phone = "15550002222";
        message.timestamp = clock.now();
        message.type = whatsapp::MessageType::text;
        message.type_name = "text";
        message.text = "Hi";
        message.json = R"({"type":"text"})";
        database_->blocking_write("test.connect", [&](db::Txn& txn) {
            db::WorkspaceTxn bound(txn, workspace_);
            numbers::save_number(bound, number);
            messages::store_inbound(bound, ids, {.number = number_id, .event = ids.event_id()},
                                    message, clock.now());
            return secrets.store_secret(bound, number.token_name(),
                                        SecretString(std::string_view("EAAG-token")), clock.now());
        });
    }

    std::unique_ptr<App> app_;
    std::uint16_t port_ = 0;
    std::string authorization_;
    WorkspaceId workspace_;
    std::future<bool> stopped_;
    Clients clients_;
};

TEST_F(AppShutdown, what_is_under_way_is_answered_before_the_end) {
    serve({});
    RawConnection& message = send_message();
    meta_.wait_for_message();
    WriteLock lock(*database_);
    RawConnection& webhook = send_webhook();
    wait_until_read();
    send_signal();
    meta_.answer();
    lock.release();
    EXPECT_EQ(webhook.read_answer().status, 200);
    EXPECT_EQ(message.read_answer().status, 200);
    EXPECT_TRUE(wait_for_end());
}

TEST_F(AppShutdown, what_hangs_neither_holds_up_the_end_nor_outlives_it) {
    serve({.drain = 50ms, .join = 50ms});
    send_message();
    meta_.wait_for_message();
    const WriteLock lock(*database_);
    send_webhook();
    send_message();
    for (int i = 0; i < 40; ++i) {
        begin_sign_up(i);
    }
    wait_until_read();
    const auto begin = std::chrono::steady_clock::now();
    send_signal();
    EXPECT_FALSE(wait_for_end());
    // The writer gives up its wait for the lock after five seconds.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 12s);
}

}  // namespace
}  // namespace wapi::app
