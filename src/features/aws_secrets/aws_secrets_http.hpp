// Calls AWS Secrets Manager over HTTPS, signed by libcurl (Signature Version 4).
#pragma once

#include <string>

#include "base/crypto.hpp"
#include "features/aws_secrets/aws_secrets.hpp"
#include "net/http_client.hpp"

namespace wapi::aws_secrets {

struct AwsOptions {
    std::string region;    ///< AWS_REGION
    std::string endpoint;  ///< AWS_ENDPOINT_URL, or that of the region
    std::string access_key_id;
    SecretString secret_access_key;
    SecretString session_token;  ///< empty: the keys are permanent
};

/// Where the service of a region is.
std::string aws_endpoint(const std::string& region);

class AwsHttpCaller final : public AwsCaller {
  public:
    AwsHttpCaller(net::HttpClient& client, AwsOptions options)
        : client_(client), options_(std::move(options)) {}
    /// What goes wrong on the way is a log line and no answer.
    async::Task<AwsAnswer> call(std::string action, SecretString body,
                                std::chrono::milliseconds timeout) override;

  private:
    net::HttpClient& client_;
    AwsOptions options_;
};

}  // namespace wapi::aws_secrets
