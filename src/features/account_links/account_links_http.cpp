// POST /auth/password-reset, /password-reset/confirm, /email-verification,
// /email-verification/confirm. Links lead to the console, which reads the token behind `#` and
// posts it; nothing changes by opening a link, as mail scanners do.
#include "features/account_links/account_links_http.hpp"

#include "base/json.hpp"

namespace wapi::account_links {
namespace {

constexpr std::size_t body_max = 8 * 1024;

accounts::Origin origin_of(const net::Call& call) {
    return {call.context.ip, call.context.user_agent, call.context.request_id};
}

Result<net::Response> respond(const Result<void>& done, int status) {
    if (!done) {
        return std::unexpected(done.error());
    }
    return net::json_response(R"({"success":true})", status);
}

Result<SecretString> read_token(const json::object& body) {
    Result<std::string> token = json::require_string(body, "token", {.bytes_max = 128});
    return token ? Result<SecretString>(SecretString(*std::move(token)))
                 : std::unexpected(token.error());
}

async::Task<Result<net::Response>> handle_ask_reset(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<std::string> email = json::require_string(*body, "email", {.bytes_max = 254});
    if (!email) {
        co_return std::unexpected(email.error());
    }
    co_return respond(co_await service.ask_for_reset(origin_of(call), *email), 202);
}

async::Task<Result<net::Response>> handle_reset(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<SecretString> token = read_token(*body);
    Result<std::string> password =
        json::require_string(*body, "newPassword", {.bytes_max = 1024, .trim = false});
    if (!token) {
        co_return std::unexpected(token.error());
    }
    if (!password) {
        co_return std::unexpected(password.error());
    }
    NewPassword wanted{.token = *token, .password = SecretString(*std::move(password))};
    co_return respond(co_await service.reset(origin_of(call), std::move(wanted)), 200);
}

async::Task<Result<net::Response>> handle_ask_verification(Service& service, net::Call& call) {
    const Result<bool> sent = co_await service.ask_for_verification(call.context);
    if (!sent) {
        co_return std::unexpected(sent.error());
    }
    co_return net::json_response(*sent ? R"({"success":true,"emailVerified":false})"
                                       : R"({"success":true,"emailVerified":true})",
                                 *sent ? 202 : 200);
}

async::Task<Result<net::Response>> handle_verify(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<SecretString> token = read_token(*body);
    if (!token) {
        co_return std::unexpected(token.error());
    }
    co_return respond(co_await service.verify(origin_of(call), *token), 200);
}

}  // namespace

std::vector<net::Route> account_links_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const auto bind = [&service](auto handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return handler(service, call); };
    };
    return {
        {Verb::post, "/api/v1/auth/password-reset", Auth::none, "", RateClass::public_form,
         body_max, "requestPasswordReset", bind(handle_ask_reset)},
        {Verb::post, "/api/v1/auth/password-reset/confirm", Auth::none, "", RateClass::public_form,
         body_max, "resetPassword", bind(handle_reset)},
        {Verb::post, "/api/v1/auth/email-verification", Auth::session, "", RateClass::api, body_max,
         "requestEmailVerification", bind(handle_ask_verification)},
        {Verb::post, "/api/v1/auth/email-verification/confirm", Auth::none, "",
         RateClass::public_form, body_max, "verifyEmail", bind(handle_verify)},
    };
}

}  // namespace wapi::account_links
