#include "features/aws_secrets/aws_secrets_http.hpp"

#include "base/log.hpp"

namespace wapi::aws_secrets {
namespace {

constexpr std::size_t answer_bytes_max = 256 * 1024;  // a bundle in JSON in JSON, escaped twice
constexpr std::chrono::milliseconds connect_max{2'000};

}  // namespace

std::string aws_endpoint(const std::string& region) {
    const std::string_view zone = region.starts_with("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    return "https://secretsmanager." + region + "." + std::string(zone);
}

async::Task<AwsAnswer> AwsHttpCaller::call(std::string action, SecretString body,
                                           std::chrono::milliseconds timeout) {
    net::OutgoingRequest request{.method = "POST", .url = options_.endpoint + "/"};
    request.headers = {{"Content-Type", "application/x-amz-json-1.1"},
                       {"X-Amz-Target", "secretsmanager." + action}};
    if (!options_.session_token.empty()) {
        request.headers.emplace_back("X-Amz-Security-Token", options_.session_token.reveal());
    }
    request.body = std::string(body.reveal());
    request.timeout = timeout;
    request.connect_timeout = std::min(timeout, connect_max);
    request.answer_bytes_max = answer_bytes_max;
    request.aws_signing = net::AwsSigning{"aws:amz:" + options_.region + ":secretsmanager",
                                          options_.access_key_id, options_.secret_access_key};
    auto answer = co_await client_.fetch(std::move(request));
    if (!answer) {
        log::warn("aws_secrets.not_reached",
                  {{"action", action}, {"reason", answer.error().reason}});
        co_return AwsAnswer{};
    }
    co_return AwsAnswer{answer->status, SecretString(std::move(answer->body))};
}

}  // namespace wapi::aws_secrets
