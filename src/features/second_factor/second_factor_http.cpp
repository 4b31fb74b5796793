// GET /auth/second-factor, POST /auth/second-factor/enrol, /confirm, /recovery-codes, /disable. The
// login's own route is features/accounts'.
#include "features/second_factor/second_factor_http.hpp"

#include "base/json.hpp"

namespace wapi::second_factor {
namespace {

constexpr std::size_t body_max = 8 * 1024;

/// Answers that hold secrets are in no cache.
net::Response no_store(json::object body) {
    net::Response response = net::json_response(json::render(std::move(body)));
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

net::Response show(const std::vector<std::string>& recovery_codes) {
    json::array shown;
    for (const std::string& code : recovery_codes) {
        shown.emplace_back(code);
    }
    return no_store({{"enabled", true}, {"recoveryCodes", std::move(shown)}});
}

Result<SecretString> read_secret(const json::object& body, std::string_view field) {
    Result<std::string> text =
        json::require_string(body, field, {.bytes_max = 1024, .trim = false});
    return text ? Result<SecretString>(SecretString(*std::move(text)))
                : std::unexpected(text.error());
}

async::Task<Result<net::Response>> handle_status(Service& service, net::Call& call) {
    const Status status = co_await service.status(call.context);
    co_return net::json_response(json::render(
        json::object{{"enabled", status.on}, {"recoveryCodesLeft", status.recovery_codes_left}}));
}

async::Task<Result<net::Response>> handle_enrol(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<SecretString> password = read_secret(*body, "password");
    if (!password) {
        co_return std::unexpected(password.error());
    }
    const Result<Enrolment> enrolment = co_await service.enrol(call.context, *password);
    if (!enrolment) {
        co_return std::unexpected(enrolment.error());
    }
    co_return no_store(
        {{"secret", enrolment->secret.reveal()}, {"otpauthUri", enrolment->uri.reveal()}});
}

async::Task<Result<net::Response>> handle_confirm(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<SecretString> code = read_secret(*body, "code");
    if (!code) {
        co_return std::unexpected(code.error());
    }
    const Result<std::vector<std::string>> codes = co_await service.confirm(call.context, *code);
    if (!codes) {
        co_return std::unexpected(codes.error());
    }
    co_return show(*codes);
}

/// What an act that weakens or renews it asks for.
struct Proof {
    SecretString password;
    SecretString code;
};

Result<Proof> parse_proof(std::string_view text) {
    const Result<json::object> body = json::parse_object(text);
    if (!body) {
        return std::unexpected(body.error());
    }
    const Result<SecretString> password = read_secret(*body, "password");
    const Result<SecretString> code = read_secret(*body, "code");
    for (const Result<SecretString>* input : {&password, &code}) {
        if (!*input) {
            return std::unexpected(input->error());
        }
    }
    return Proof{.password = *password, .code = *code};
}

async::Task<Result<net::Response>> handle_renew(Service& service, net::Call& call) {
    const Result<Proof> proof = parse_proof(call.request.body);
    if (!proof) {
        co_return std::unexpected(proof.error());
    }
    const Result<std::vector<std::string>> codes =
        co_await service.renew_recovery_codes(call.context, proof->password, proof->code);
    if (!codes) {
        co_return std::unexpected(codes.error());
    }
    co_return show(*codes);
}

async::Task<Result<net::Response>> handle_disable(Service& service, net::Call& call) {
    const Result<Proof> proof = parse_proof(call.request.body);
    if (!proof) {
        co_return std::unexpected(proof.error());
    }
    const Result<void> done = co_await service.disable(call.context, proof->password, proof->code);
    if (!done) {
        co_return std::unexpected(done.error());
    }
    co_return net::json_response(R"({"success":true,"enabled":false})");
}

}  // namespace

std::vector<net::Route> second_factor_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const auto bind = [&service](auto handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return handler(service, call); };
    };
    constexpr RateClass rate = RateClass::api;
    return {
        {Verb::get, "/api/v1/auth/second-factor", Auth::session, "", rate, 0, "getSecondFactor",
         bind(handle_status)},
        {Verb::post, "/api/v1/auth/second-factor/enrol", Auth::session, "", rate, body_max,
         "enrolSecondFactor", bind(handle_enrol)},
        {Verb::post, "/api/v1/auth/second-factor/confirm", Auth::session, "", rate, body_max,
         "confirmSecondFactor", bind(handle_confirm)},
        {Verb::post, "/api/v1/auth/second-factor/recovery-codes", Auth::session, "", rate, body_max,
         "renewRecoveryCodes", bind(handle_renew)},
        {Verb::post, "/api/v1/auth/second-factor/disable", Auth::session, "", rate, body_max,
         "disableSecondFactor", bind(handle_disable)},
    };
}

}  // namespace wapi::second_factor
