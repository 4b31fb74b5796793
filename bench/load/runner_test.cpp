// Whole runs against a small server in the same process: counts, repeats, ledger, pace.
//
// The server answers by script, one thread per connection; its port is chosen by the system.
#include "bench/load/runner.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace wapi::load {
namespace {

/// Decides what the server writes for its request number `number`; empty: closes the connection.
using Script = std::function<std::string(std::uint64_t number)>;

std::string ok(std::uint64_t) { return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"; }

class ScriptedServer {
  public:
    explicit ScriptedServer(Script script) : script_(std::move(script)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(listener_, generic, size), 0);
        EXPECT_EQ(::listen(listener_, 64), 0);
        EXPECT_EQ(::getsockname(listener_, generic, &size), 0);
        port_ = ntohs(address.sin_port);
        accepter_ = std::thread([this] { accept_all(); });
    }

    ~ScriptedServer() {
        ::shutdown(listener_, SHUT_RDWR);
        accepter_.join();
        ::close(listener_);
        for (std::thread& thread : threads_) {
            thread.join();
        }
    }
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::uint64_t requests() const { return requests_; }

  private:
    void accept_all() {
        for (;;) {
            const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (socket < 0) {
                return;
            }
            threads_.emplace_back([this, socket] { serve(socket); });
        }
    }

    /// Reads whole requests (head, then Content-Length bytes) and answers each by the script.
    void serve(int socket) {
        std::string buffer;
        char bytes[4096];
        for (;;) {
            const ssize_t count = ::recv(socket, bytes, sizeof bytes, 0);
            if (count <= 0) {
                break;
            }
            buffer.append(bytes, static_cast<std::size_t>(count));
            const std::size_t head = buffer.find("\r\n\r\n");
            const std::size_t length = buffer.find("Content-Length: ");
            if (head == std::string::npos ||
                buffer.size() < head + 4 + std::stoul(buffer.substr(length + 16))) {
                continue;
            }
            buffer.clear();
            const std::string answer = script_(requests_++);
            if (answer.empty() || ::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) {
                break;
            }
        }
        ::close(socket);
    }

    Script script_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<std::uint64_t> requests_ = 0;
    std::thread accepter_;
    std::vector<std::thread> threads_;
};

class RunnerTest : public testing::Test {
  protected:
    RequestSource make_source(std::uint16_t port, std::uint64_t count) {
        BodyMix mix;
        mix.phone_number_ids = {"1"};
        return RequestSource(mix, RequestTarget{port, "/webhook", "secret"}, 0, count);
    }

    RunPlan make_plan(std::uint16_t port) {
        RunPlan plan;
        plan.port = port;
        plan.connections = 4;
        plan.timeout = std::chrono::seconds(5);
        return plan;
    }

    std::multiset<std::string> ledger_lines() {
        std::ifstream file(ledger_path_);
        std::multiset<std::string> lines;
        for (std::string line; std::getline(file, line);) {
            lines.insert(line);
        }
        return lines;
    }

    std::string ledger_path_ = (std::filesystem::temp_directory_path() /
                                ("wapi-ledger-" + std::to_string(::getpid()) + "-" +
                                 testing::UnitTest::GetInstance()->current_test_info()->name()))
                                   .string();

    ~RunnerTest() override { std::filesystem::remove(ledger_path_); }
};

TEST_F(RunnerTest, a_closed_loop_sends_every_body_once_and_lists_it) {
    ScriptedServer server(ok);
    RequestSource source = make_source(server.port(), 300);
    source.prepare(100);
    Ledger ledger(ledger_path_);
    const Report report = Runner(make_plan(server.port()), source, ledger).run();
    EXPECT_EQ(report.accepted, 300U);
    EXPECT_EQ(report.measured, 300U);
    EXPECT_EQ(report.latency.count(), 300U);
    EXPECT_TRUE(report.errors.empty());
    EXPECT_EQ(server.requests(), 300U);
    const auto lines = ledger_lines();
    EXPECT_EQ(lines.size(), 300U);
    EXPECT_EQ(std::set<std::string>(lines.begin(), lines.end()).size(), 300U);
}

TEST_F(RunnerTest, answers_other_than_200_are_counted_by_status_and_not_listed) {
    ScriptedServer server([](std::uint64_t number) {
        return number % 3 == 0 ? "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n" : ok(number);
    });
    RequestSource source = make_source(server.port(), 30);
    Ledger ledger(ledger_path_);
    const Report report = Runner(make_plan(server.port()), source, ledger).run();
    EXPECT_EQ(report.accepted, 20U);
    EXPECT_EQ(report.errors.at("403"), 10U);
    EXPECT_EQ(ledger_lines().size(), 20U);
}

TEST_F(RunnerTest, what_was_lost_is_sent_again_until_it_is_acknowledged) {
    ScriptedServer server([](std::uint64_t number) {
        if (number % 10 == 4) {
            return std::string();  // taken and never answered
        }
        return number % 10 == 7 ? "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n" : ok(number);
    });
    RequestSource source = make_source(server.port(), 100);
    RunPlan plan = make_plan(server.port());
    plan.repeat = true;
    Ledger ledger(ledger_path_);
    const Report report = Runner(plan, source, ledger).run();
    EXPECT_EQ(report.accepted, 100U);
    EXPECT_EQ(ledger_lines().size(), 100U);
    EXPECT_GT(report.errors.at("no_answer"), 0U);
    EXPECT_GT(report.errors.at("503"), 0U);
}

TEST_F(RunnerTest, a_server_that_is_not_there_is_waited_for_until_the_end) {
    std::uint16_t port = 0;
    {
        ScriptedServer gone(ok);
        port = gone.port();
    }
    RequestSource source = make_source(port, 0);
    RunPlan plan = make_plan(port);
    plan.duration = std::chrono::milliseconds(100);
    Ledger ledger("");
    const Report report = Runner(plan, source, ledger).run();
    EXPECT_EQ(report.accepted, 0U);
    EXPECT_GT(report.errors.at("refused"), 0U);
}

TEST_F(RunnerTest, an_open_loop_keeps_its_rate_and_charges_a_stall_to_all_who_wait) {
    constexpr auto stall = std::chrono::milliseconds(200);
    ScriptedServer server([stall](std::uint64_t number) {
        if (number == 20) {
            std::this_thread::sleep_for(stall);  // the one slow answer that the test is about
        }
        return ok(number);
    });
    RequestSource source = make_source(server.port(), 0);
    RunPlan plan = make_plan(server.port());
    plan.connections = 1;
    plan.rate = 500;
    plan.duration = std::chrono::milliseconds(600);
    Ledger ledger("");
    const Report report = Runner(plan, source, ledger).run();
    // 500 per second for 0.6 s are 300; during the stall some 100 came due and had to wait.
    EXPECT_EQ(report.accepted, 300U);
    EXPECT_TRUE(report.errors.empty());
    EXPECT_GT(report.latency.percentile(90), stall / 4);
    EXPECT_GE(report.latency.max(), stall);
}

}  // namespace
}  // namespace wapi::load
