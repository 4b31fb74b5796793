// Goal: the routes take JSON and forms, answer in the documented shape, and keep the refresh token
// in its cookie only. Method: the handlers in process, on SQLite, with the cheapest password cost.
#include "features/accounts/accounts_http.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include "base/json.hpp"
#include "net/browser_request.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::accounts {
namespace {

using namespace std::string_view_literals;

using Headers = std::vector<std::pair<std::string, std::string>>;

class AccountsHttpTest : public test::EnginesTest {
  protected:
    Result<net::Response> call(std::string_view path, std::string body,
                               Headers headers = {{"content-type", "application/json"}}) {
        for (const net::Route& route : routes_) {
            if (route.path == path) {
                net::Call request;
                request.request.body = std::move(body);
                request.request.headers = std::move(headers);
                request.request.remote_ip = "192.0.2.1";
                return run(route.handler(request));
            }
        }
        throw std::runtime_error("no such route");
    }
    static std::string header(const net::Response& response, std::string_view name) {
        for (const auto& [key, value] : response.headers) {
            if (key == name) {
                return value;
            }
        }
        return {};
    }
    Result<net::Response> signup() {
        return call("/api/v1/auth/signup",
                    R"({"name":"Ann","email":"ann@shop.example",)"
                    R"("password":"correct horse battery","workspaceName":"Demo Shop"})");
    }

    async::ThreadPool pool_{io_, "cpu", 1};
    async::Tasks tasks_{io_};
    Service service_{{.tasks = tasks_,
                      .db = database(),
                      .pool = pool_,
                      .clock = clock_,
                      .rng = rng_,
                      .ids = ids_},
                     {.jwt_secret = SecretString("0f1e2d3c4b5a69788796a5b4c3d2e1f0-test"sv),
                      .secure_cookies = true,
                      .password_cost = {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN}}};
    std::vector<net::Route> routes_ = account_routes(service_);
};

TEST_P(AccountsHttpTest, signup_answers_201_with_token_user_and_workspace) {
    const Result<net::Response> response = signup();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 201);
    const json::object body = json::parse_object(response->body).value();
    EXPECT_TRUE(json::require_string(body, "token"));
    EXPECT_EQ(json::require_string(body, "user.email").value(), "ann@shop.example");
    EXPECT_EQ(json::require_string(body, "workspace.name").value(), "Demo Shop");
    EXPECT_EQ(json::require_string(body, "workspace.plan").value(), "free");
}

TEST_P(AccountsHttpTest, the_refresh_token_is_in_a_guarded_cookie_and_not_in_the_body) {
    const Result<net::Response> response = signup();
    const std::string cookie = header(*response, "Set-Cookie");
    for (const char* part : {"wapi_refresh=", "HttpOnly", "SameSite=Strict", "Secure",
                             "Path=/api/v1/auth", "Max-Age=2592000"}) {
        EXPECT_NE(cookie.find(part), std::string::npos) << part;
    }
    const std::string_view token = net::find_cookie(cookie, cookie_name);
    EXPECT_GT(token.size(), 60U);
    EXPECT_EQ(response->body.find(token), std::string::npos);
}

TEST_P(AccountsHttpTest, login_takes_json_and_a_form) {
    ASSERT_TRUE(signup());
    const Result<net::Response> by_json = call(
        "/api/v1/auth/login", R"({"email":"ann@shop.example","password":"correct horse battery"})");
    ASSERT_TRUE(by_json);
    EXPECT_EQ(by_json->status, 200);
    const Result<net::Response> by_form =
        call("/api/v1/auth/login", "email=ann%40shop.example&password=correct+horse%20battery",
             {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"}});
    ASSERT_TRUE(by_form) << by_form.error().message;
    EXPECT_FALSE(header(*by_form, "Set-Cookie").empty());
}

TEST_P(AccountsHttpTest, a_missing_field_is_named) {
    for (const auto& [body, field] : {std::pair{R"({"password":"correct horse battery"})", "email"},
                                      std::pair{R"({"email":"ann@shop.example"})", "password"}}) {
        const Result<net::Response> response = call("/api/v1/auth/login", body);
        ASSERT_FALSE(response);
        EXPECT_EQ(response.error().field, field);
    }
    EXPECT_FALSE(call("/api/v1/auth/login", "not json"));
    EXPECT_FALSE(call("/api/v1/auth/login", "password=%zz",
                      {{"content-type", "application/x-www-form-urlencoded"}}));
}

TEST_P(AccountsHttpTest, a_body_that_is_neither_json_nor_a_form_is_415) {
    ASSERT_TRUE(signup());
    const std::string body = R"({"email":"ann@shop.example","password":"correct horse battery"})";
    const auto code = [&](const Headers& headers) -> std::string_view {
        const Result<net::Response> response = call("/api/v1/auth/login", body, headers);
        return response ? "ok" : response.error().kind->code;
    };
    EXPECT_EQ(code({{"content-type", "text/plain"}}), "unsupported_media_type");
    EXPECT_EQ(code({{"content-type", "application/jsonp"}}), "unsupported_media_type");
    EXPECT_EQ(code({{"content-type", "multipart/form-data; boundary=x"}}),
              "unsupported_media_type");
    EXPECT_EQ(code({}), "unsupported_media_type");
    EXPECT_EQ(code({{"content-type", "Application/JSON ; charset=utf-8"}}), "ok");
}

TEST_P(AccountsHttpTest, a_page_of_another_site_logs_nobody_in_or_out) {
    const Result<net::Response> made = signup();
    const std::string cookie =
        "wapi_refresh=" + std::string(net::find_cookie(header(*made, "Set-Cookie"), cookie_name));
    const std::string body = R"({"email":"ann@shop.example","password":"correct horse battery"})";
    const auto code = [&](std::string_view path, std::string_view site) -> std::string_view {
        const Result<net::Response> response = call(path, body,
                                                    {{"content-type", "application/json"},
                                                     {"cookie", cookie},
                                                     {"sec-fetch-site", std::string(site)}});
        return response ? "ok" : response.error().kind->code;
    };
    for (const char* path : {"signup", "login", "refresh", "logout"}) {
        EXPECT_EQ(code(std::string("/api/v1/auth/") + path, "cross-site"), "forbidden") << path;
    }
    for (const char* site : {"same-origin", "same-site", "none"}) {
        EXPECT_EQ(code("/api/v1/auth/login", site), "ok") << site;
    }
    EXPECT_EQ(code("/api/v1/auth/logout", "same-origin"), "ok");
}

TEST_P(AccountsHttpTest, refresh_and_logout_work_from_the_cookie) {
    const Result<net::Response> made = signup();
    const std::string token(net::find_cookie(header(*made, "Set-Cookie"), cookie_name));
    const Result<net::Response> next =
        call("/api/v1/auth/refresh", "", {{"cookie", "a=b; wapi_refresh=" + token + "; c=d"}});
    ASSERT_TRUE(next);
    const std::string second(net::find_cookie(header(*next, "Set-Cookie"), cookie_name));
    const Result<net::Response> ended =
        call("/api/v1/auth/logout", "", {{"cookie", "wapi_refresh=" + second}});
    ASSERT_TRUE(ended);
    EXPECT_NE(header(*ended, "Set-Cookie").find("Max-Age=0"), std::string::npos);
    EXPECT_FALSE(call("/api/v1/auth/refresh", "", {{"cookie", "wapi_refresh=" + second}}));
    EXPECT_FALSE(call("/api/v1/auth/refresh", ""));
}

TEST_P(AccountsHttpTest, a_refused_change_of_the_password_names_the_field_that_was_sent) {
    ASSERT_TRUE(signup());
    const UserId ann = read([](db::Txn& txn) { return find_person(txn, "ann@shop.example")->id; });
    const auto change = [&](const std::string& current, const std::string& wanted) {
        const auto route = std::ranges::find(routes_, std::string_view("/api/v1/auth/password"),
                                             &net::Route::path);
        net::Call request;
        request.context.actor = {ActorKind::user, ann.value};
        request.request.body =
            R"({"currentPassword":")" + current + R"(","newPassword":")" + wanted + R"("})";
        return run(route->handler(request));
    };
    EXPECT_EQ(change("not the password", "one two three four").error().field, "currentPassword");
    EXPECT_EQ(change("correct horse battery", "short").error().field, "newPassword");
    EXPECT_TRUE(change("correct horse battery", "one two three four"));
}

INSTANTIATE_TEST_SUITE_P(Engines, AccountsHttpTest, ::testing::Values(db::Engine::sqlite),
                         test::engine_name);

}  // namespace
}  // namespace wapi::accounts
