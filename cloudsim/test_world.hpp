// A running simulator with a webhook receiver, for tests: real HTTP on free ports, a clock moved by
// hand.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "cloudsim/simulator.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/run_task.hpp"

namespace wapi::cloudsim::test {

inline constexpr std::string_view app_secret = "0123456789abcdef0123456789abcdef";
inline constexpr std::string_view waba_id = "2090000000001";
inline constexpr std::string_view phone_id = "1080000000001";
inline constexpr std::string_view ann = "15550002222";

struct Answer {
    int status = 0;  ///< 0: the connection was closed without an answer
    json::value body;
    [[nodiscard]] int error_code() const;
    [[nodiscard]] std::string text(std::string_view field) const;
};

struct Received {
    std::string body;
    bool signature_ok = false;
    int answered = 200;
};

/// Takes webhooks: checks signatures (403), then answers the next of `answers`, then 200.
class Receiver {
  public:
    Receiver(async::Tasks& tasks, std::string verify_token);
    [[nodiscard]] std::string url() const;
    /// Every `statuses` object of the bodies answered with 200, in order of arrival.
    [[nodiscard]] std::vector<json::object> statuses() const;
    [[nodiscard]] std::vector<json::object> values() const;

    std::deque<int> answers;
    std::function<void()> on_challenge;  ///< runs while a callback is being checked
    std::vector<Received> received;
    net::Server& server() { return server_; }

  private:
    async::Task<Result<net::Response>> take(net::Call& call);
    async::Task<Result<net::Response>> challenge(net::Call& call);
    std::string verify_token_;
    net::Server server_;
};

class TestWorld {
  public:
    explicit TestWorld(Options options = {});
    ~TestWorld();

    Answer call(std::string method, std::string path, json::value body = nullptr,
                std::string token = {});
    /// A Graph call with the token of the first WABA.
    Answer graph(std::string method, std::string path, json::value body = nullptr);
    /// POST /messages of the first number; `fields` come on top of the frame.
    Answer send(json::object fields);
    Answer send_text(std::string to, std::string text = "hello");
    /// Ann writes, so that her 24 h window opens.
    std::string write_as_ann(std::string text = "hi");
    void subscribe();
    /// Runs the network until `done` holds; false when that takes longer than ten seconds.
    bool wait_until(const std::function<bool()>& done);

  private:
    boost::asio::io_context io_;
    async::Tasks tasks_{io_};
    std::unique_ptr<net::HttpClient> client_;

  public:
    wapi::test::ManualClock clock;
    Receiver receiver;
    Simulator simulator;
    std::string token;
};

}  // namespace wapi::cloudsim::test
