// POST /auth/signup, login, login/second-factor, refresh, logout, password and
// GET /auth/me.
//
// The refresh token lives in a cookie that scripts cannot read, that other sites cannot send
// (SameSite=Strict) and that only these paths get; the access token is in the answer and sent as a
// bearer token, so no other route can be reached by a forged form. These can, and refuse it.
#include "features/accounts/accounts_http.hpp"

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "features/access/access.hpp"
#include "net/browser_request.hpp"

namespace wapi::accounts {
namespace {

constexpr std::size_t body_max = 8 * 1024;

Origin origin_of(const net::Request& request) {
    constexpr std::size_t user_agent_bytes_max = 256;
    return {request.remote_ip,
            std::string(request.header("user-agent").substr(0, user_agent_bytes_max)),
            request.request_id};
}

SecretString refresh_cookie(const net::Request& request) {
    return SecretString(net::find_cookie(request.header("cookie"), cookie_name));
}

std::string make_cookie(std::string_view content, std::chrono::seconds age, bool secure) {
    return fmt::format("{}={}; Path=/api/v1/auth; Max-Age={}; HttpOnly; SameSite=Strict{}",
                       cookie_name, content, age.count(), secure ? "; Secure" : "");
}

/// A password as typed: white space counts.
Result<SecretString> read_password(const json::object& body, std::string_view field = "password") {
    Result<std::string> password =
        json::require_string(body, field, {.bytes_max = 1024, .trim = false});
    if (!password) {
        return std::unexpected(password.error());
    }
    return SecretString(*std::move(password));
}

json::object render(const Membership& membership) {
    return {{"workspace",
             {{"id", membership.workspace.value},
              {"name", membership.workspace_name},
              {"plan", membership.plan}}},
            {"role", membership.role},
            {"roleName", membership.role_name}};
}

json::object render(const Profile& profile) {
    const User& user = profile.user;
    json::object body = render(profile.membership);
    body["user"] = {{"id", user.id.value},
                    {"name", user.name},
                    {"email", user.email},
                    {"emailVerified", user.email_verified}};
    return body;
}

net::Response no_store(json::object body, int status) {
    net::Response response = net::json_response(json::render(std::move(body)), status);
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

Result<net::Response> respond(const Service& service, const Result<Login>& login, int status) {
    if (!login) {
        return std::unexpected(login.error());
    }
    if (!login->challenge.empty()) {
        return no_store({{"secondFactorRequired", true},
                         {"challengeToken", login->challenge.reveal()},
                         {"expiresIn", std::chrono::seconds(challenge_time).count()}},
                        status);
    }
    json::object body = render(login->profile);
    body["token"] = login->access_token;
    body["expiresIn"] = std::chrono::seconds(session_tokens::access_token_time).count();
    net::Response response = no_store(std::move(body), status);
    response.headers.emplace_back(
        "Set-Cookie",
        make_cookie(login->refresh_token.reveal(), session_idle_time, service.secure_cookies()));
    return response;
}

async::Task<Result<net::Response>> handle_signup(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<std::string> name = json::require_string(*body, "name");
    const Result<std::string> email = json::require_string(*body, "email");
    const Result<std::string> workspace = json::require_string(*body, "workspaceName");
    const Result<SecretString> password = read_password(*body);
    for (const Result<std::string>* input : {&name, &email, &workspace}) {
        if (!*input) {
            co_return std::unexpected(input->error());
        }
    }
    if (!password) {
        co_return std::unexpected(password.error());
    }
    SignupRequest request{*name, *email, *password, *workspace};
    const Result<Login> login =
        co_await service.signup(origin_of(call.request), std::move(request));
    co_return respond(service, login, 201);
}

async::Task<Result<net::Response>> handle_login(Service& service, net::Call& call) {
    const Result<json::object> body = net::parse_fields(call.request);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<std::string> email = json::require_string(*body, "email");
    const Result<SecretString> password = read_password(*body);
    if (!email) {
        co_return std::unexpected(email.error());
    }
    if (!password) {
        co_return std::unexpected(password.error());
    }
    const Result<Login> login = co_await service.login(origin_of(call.request), *email, *password);
    co_return respond(service, login, 200);
}

async::Task<Result<net::Response>> handle_second_factor(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<std::string> challenge =
        json::require_string(*body, "challengeToken", {.bytes_max = 256});
    const Result<std::string> code = json::require_string(*body, "code", {.bytes_max = 64});
    for (const Result<std::string>* input : {&challenge, &code}) {
        if (!*input) {
            co_return std::unexpected(input->error());
        }
    }
    const Result<Login> login = co_await service.finish_login(
        origin_of(call.request), SecretString(*challenge), SecretString(*code));
    co_return respond(service, login, 200);
}

async::Task<Result<net::Response>> handle_refresh(Service& service, net::Call& call) {
    const Result<Login> login =
        co_await service.refresh(origin_of(call.request), refresh_cookie(call.request));
    co_return respond(service, login, 200);
}

async::Task<Result<net::Response>> handle_logout(Service& service, net::Call& call) {
    const Result<void> ended =
        co_await service.logout(origin_of(call.request), refresh_cookie(call.request));
    if (!ended) {
        co_return std::unexpected(ended.error());
    }
    net::Response response = net::json_response(R"({"success":true})");
    response.headers.emplace_back(
        "Set-Cookie", make_cookie("", std::chrono::seconds(0), service.secure_cookies()));
    co_return response;
}

async::Task<Result<net::Response>> handle_change_password(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<SecretString> current = read_password(*body, "currentPassword");
    const Result<SecretString> wanted = read_password(*body, "newPassword");
    for (const Result<SecretString>* input : {&current, &wanted}) {
        if (!*input) {
            co_return std::unexpected(input->error());
        }
    }
    const Result<void> done = co_await service.change_password(call.context, *current, *wanted);
    if (!done) {
        Error error = done.error();
        if (!error.field.empty()) {  // as the request names it
            const bool of_current = error.kind == &errors::wrong_password;
            error.field = of_current ? "currentPassword" : "newPassword";
        }
        co_return std::unexpected(std::move(error));
    }
    co_return net::json_response(R"({"success":true})");
}

async::Task<Result<net::Response>> handle_me(Service& service, net::Call& call) {
    const Result<Profile> profile = co_await service.me(call.context);
    if (!profile) {
        co_return std::unexpected(profile.error());
    }
    json::object body = render(*profile);
    body["permissions"] = access::names_of(call.context.permissions);
    json::array memberships;
    for (const Membership& membership : profile->memberships) {
        memberships.emplace_back(render(membership));
    }
    body["memberships"] = std::move(memberships);
    co_return net::json_response(json::render(std::move(body)));
}

using ServiceHandler = async::Task<Result<net::Response>> (*)(Service&, net::Call&);

/// For the routes that set the cookie.
async::Task<Result<net::Response>> guarded(Service& service, ServiceHandler handler,
                                           net::Call& call) {
    if (const Result<void> allowed = net::check_sender(call.request); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    co_return co_await handler(service, call);
}

}  // namespace

async::Task<Result<Context>> SessionAuthenticator::authenticate(const net::Request& request) {
    std::string token(request.bearer_token());
    std::string workspace(request.header("x-workspace-id"));
    co_return co_await service_.authenticate(origin_of(request), std::move(token),
                                             std::move(workspace));
}

async::Task<Result<Context>> SessionAuthenticator::authenticate_again(const net::Request& request,
                                                                      const Context& before) {
    std::string workspace(request.header("x-workspace-id"));
    co_return co_await service_.authenticate_session(origin_of(request), before.session_id,
                                                     std::move(workspace));
}

bool SessionAuthenticator::allowed(const Context& context, std::string_view permission) const {
    return access::allows(context.permissions, permission);
}

std::vector<net::Route> account_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const auto bind = [&service](ServiceHandler handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return handler(service, call); };
    };
    const auto guard = [&service](ServiceHandler handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return guarded(service, handler, call); };
    };
    return {
        {Verb::post, "/api/v1/auth/signup", Auth::none, "", RateClass::public_form, body_max,
         "signUp", guard(handle_signup)},
        {Verb::post, "/api/v1/auth/login", Auth::none, "", RateClass::public_form, body_max,
         "logIn", guard(handle_login)},
        {Verb::post, "/api/v1/auth/login/second-factor", Auth::none, "", RateClass::public_form,
         body_max, "logInSecondFactor", guard(handle_second_factor)},
        {Verb::post, "/api/v1/auth/refresh", Auth::none, "", RateClass::public_form, body_max,
         "refreshSession", guard(handle_refresh)},
        {Verb::post, "/api/v1/auth/logout", Auth::none, "", RateClass::public_form, body_max,
         "logOut", guard(handle_logout)},
        {Verb::post, "/api/v1/auth/password", Auth::session, "", RateClass::api, body_max,
         "changePassword", bind(handle_change_password)},
        {Verb::get, "/api/v1/auth/me", Auth::session, "", RateClass::api, 0, "getMe",
         bind(handle_me)},
    };
}

}  // namespace wapi::accounts
