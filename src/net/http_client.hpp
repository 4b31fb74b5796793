// HTTP client: one interface, implemented on libcurl (multi, HTTP/2) with a thread of its own.
//
// The failure tells whether the request may have reached the other side: a send that was `not_sent`
// may be repeated; one that is `uncertain` must be settled first (architecture, invariant 5).
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "async/async.hpp"
#include "base/crypto.hpp"

namespace wapi::net {

/// Signs a request with AWS Signature Version 4. Such a request may be repeated by libcurl on a new
/// connection, and its body, which may hold a secret, is wiped at the end.
struct AwsSigning {
    std::string scope;  ///< `aws:amz:REGION:SERVICE`, see CURLOPT_AWS_SIGV4(3)
    std::string access_key_id;
    SecretString secret_access_key;
};

struct OutgoingRequest {
    std::string method = "GET";
    std::string url{};
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds timeout{30'000};
    std::size_t answer_bytes_max = 4 << 20;
    std::optional<AwsSigning> aws_signing{};
};

struct IncomingAnswer {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
    std::string body{};
};

enum class Delivery { not_sent, uncertain };

struct ClientFailure {
    Delivery delivery = Delivery::uncertain;
    std::string reason;  ///< for logs and people; holds no secret
};

class HttpClient {
  public:
    virtual ~HttpClient() = default;
    /// Network thread. Never throws for what the other side does.
    virtual async::Task<std::expected<IncomingAnswer, ClientFailure>> fetch(
        OutgoingRequest request) = 0;
};

/// libcurl with connection reuse. Keep one for the whole program.
std::unique_ptr<HttpClient> make_curl_client(boost::asio::io_context& io);

}  // namespace wapi::net
