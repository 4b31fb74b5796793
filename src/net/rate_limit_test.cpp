// Goal: the dispatcher asks the limiter once the caller is known and allowed, refuses with 429 and
// what a client needs to know, and shows the limit on every answer of a limited route. Method: a
// limiter with a script, the dispatcher alone.
#include <gtest/gtest.h>

#include "net/dispatcher.hpp"
#include "tests/support/run_task.hpp"

namespace wapi::net {
namespace {

using namespace std::chrono_literals;

const ErrorKind ended{"session_ended", 401, RetryClass::never, "It is over."};

class OneMember final : public Authenticator {
  public:
    async::Task<Result<Context>> authenticate(const Request& request) override {
        ++asked;
        if (request.header("authorization") == "Bearer old") {
            co_return fail(ended);
        }
        if (request.header("authorization") != "Bearer x") {
            co_return fail(errors::unauthorized);
        }
        Context context;
        context.workspace = WorkspaceId("shop");
        co_return context;
    }
    [[nodiscard]] bool allowed(const Context&, std::string_view permission) const override {
        return permission == "granted";
    }
    [[nodiscard]] bool is_token_known(const Request& request) const override {
        return request.header("authorization") != "Bearer maybe";
    }
    int asked = 0;
};

/// Lets `left` requests of limited routes through.
class ScriptedLimiter final : public RateLimiter {
  public:
    async::Task<RateDecision> count(const Route&, const Call& call) override {
        asked_for.push_back(call.context.workspace.value);
        const bool allowed = left > 0;
        left -= allowed ? 1 : 0;
        co_return decision(allowed, left);
    }
    async::Task<RateDecision> count_unauthorized(const Request&) override {
        const bool allowed = unauthorized_left > 0;
        unauthorized_left -= allowed ? 1 : 0;
        co_return decision(allowed, unauthorized_left);
    }
    [[nodiscard]] RateDecision look_unauthorized(const Request&) const override {
        return decision(unauthorized_left > 0, unauthorized_left);
    }
    static RateDecision decision(bool allowed, int remaining) {
        return {.allowed = allowed,
                .limit = 100,
                .remaining = remaining,
                .reset = std::chrono::sys_seconds(1'767'225'600s),
                .retry_after = allowed ? 0s : 7s};
    }
    int left = 1;
    int unauthorized_left = 100;
    std::vector<std::string> asked_for;
};

class RateLimitTest : public ::testing::Test {
  protected:
    async::Task<Result<Response>> handle(Call& call) {
        ++handled_;
        if (call.request.path == "/api/throws") {
            throw std::runtime_error("broken");
        }
        if (call.request.path == "/api/refuses") {
            co_return fail(errors::conflict);
        }
        co_return json_response("{}");
    }
    Route route(std::string_view path, Auth auth, std::string_view permission, RateClass rate) {
        return {Verb::get, path, auth, permission,
                rate,      0,    path, [this](Call& call) { return handle(call); }};
    }
    Response ask(std::string target, bool as_member = true) {
        return ask_by(std::move(target), as_member ? "Bearer x" : "");
    }
    Response ask_by(std::string target, std::string token) {
        Request request;
        request.verb = Verb::get;
        request.target = std::move(target);
        if (!token.empty()) {
            request.headers.emplace_back("authorization", std::move(token));
        }
        std::string allow;
        const Route* found = dispatcher_.route(request, allow).value();
        return test::run_task(io_, dispatcher_.run(*found, std::move(request)));
    }
    static std::string field(const Response& response, std::string_view name) {
        for (const auto& [key, value] : response.headers) {
            if (key == name) {
                return value;
            }
        }
        return {};
    }
    boost::asio::io_context io_;
    OneMember authenticator_;
    ScriptedLimiter limiter_;
    int handled_ = 0;
    Dispatcher dispatcher_{{route("/api/thing", Auth::session, "granted", RateClass::api),
                            route("/api/secret", Auth::session, "refused", RateClass::api),
                            route("/api/throws", Auth::session, "", RateClass::api),
                            route("/api/refuses", Auth::session, "", RateClass::api),
                            route("/form", Auth::none, "", RateClass::public_form),
                            route("/health", Auth::none, "", RateClass::none),
                            route("/webhook", Auth::meta_signature, "", RateClass::webhook)},
                           &authenticator_,
                           [] { return std::string("request-id"); },
                           &limiter_};
};

TEST_F(RateLimitTest, over_the_limit_the_answer_is_429_and_the_handler_does_not_run) {
    EXPECT_EQ(ask("/api/thing").status, 200);
    const Response refused = ask("/api/thing");
    EXPECT_EQ(refused.status, 429);
    EXPECT_NE(refused.body.find(R"("code":"rate_limited")"), std::string::npos);
    EXPECT_EQ(field(refused, "Retry-After"), "7");
    EXPECT_EQ(field(refused, "X-RateLimit-Limit"), "100");
    EXPECT_EQ(field(refused, "X-RateLimit-Remaining"), "0");
    EXPECT_EQ(field(refused, "X-RateLimit-Reset"), "1767225600");
    EXPECT_EQ(handled_, 1);
}

TEST_F(RateLimitTest, every_answer_of_a_limited_route_shows_the_limit) {
    limiter_.left = 5;
    for (const auto& [path, status] :
         {std::pair{"/api/thing", 200}, {"/api/throws", 500}, {"/api/refuses", 409}}) {
        const Response answer = ask(path);
        EXPECT_EQ(answer.status, status);
        EXPECT_EQ(field(answer, "X-RateLimit-Limit"), "100") << path;
        EXPECT_EQ(field(answer, "Retry-After"), "") << path;
    }
}

TEST_F(RateLimitTest, who_is_unknown_or_may_not_is_told_that_first_and_not_counted) {
    limiter_.left = 0;
    EXPECT_EQ(ask("/api/thing", false).status, 401);
    EXPECT_EQ(ask("/api/secret").status, 403);
    EXPECT_EQ(field(ask("/api/secret"), "X-RateLimit-Limit"), "");
    EXPECT_TRUE(limiter_.asked_for.empty());
}

TEST_F(RateLimitTest, an_address_with_too_many_invented_tokens_waits_and_real_ones_do_not) {
    limiter_.left = 10;
    limiter_.unauthorized_left = 2;
    EXPECT_EQ(ask_by("/api/thing", "Bearer y").status, 401);
    EXPECT_EQ(ask_by("/api/thing", "Bearer maybe").status, 401);
    const Response refused = ask_by("/api/thing", "Bearer y");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(field(refused, "Retry-After"), "7");
    EXPECT_EQ(ask_by("/api/thing", "").status, 429);
    EXPECT_EQ(ask_by("/api/thing", "Bearer x").status, 200);
    EXPECT_EQ(ask_by("/api/thing", "Bearer old").status, 401) << "it was real once";
    const int before = authenticator_.asked;
    EXPECT_EQ(ask_by("/api/thing", "Bearer maybe").status, 429);
    EXPECT_EQ(authenticator_.asked, before) << "no read for what may be made up";
}

TEST_F(RateLimitTest, tokens_that_were_real_once_are_not_counted) {
    limiter_.unauthorized_left = 1;
    EXPECT_EQ(ask_by("/api/thing", "Bearer old").status, 401);
    EXPECT_EQ(limiter_.unauthorized_left, 1);
}

TEST_F(RateLimitTest, the_limiter_knows_the_workspace_of_a_session_and_none_of_a_form) {
    limiter_.left = 2;
    ask("/api/thing");
    ask("/form", false);
    EXPECT_EQ(limiter_.asked_for, (std::vector<std::string>{"shop", ""}));
    EXPECT_EQ(ask("/form", false).status, 429);
}

TEST_F(RateLimitTest, health_and_webhooks_are_never_counted) {
    limiter_.left = 0;
    for (const std::string path : {"/health", "/webhook"}) {
        const Response answer = ask(path, false);
        EXPECT_EQ(answer.status, 200) << path;
        EXPECT_EQ(field(answer, "X-RateLimit-Limit"), "") << path;
    }
    EXPECT_TRUE(limiter_.asked_for.empty());
}

}  // namespace
}  // namespace wapi::net
