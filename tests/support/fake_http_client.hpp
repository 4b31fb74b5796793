// An HTTP client for tests: answers from a script, records what was asked.
//
// Answers are given in the order in which they were scripted; a request beyond the script fails as
// `not_sent`, so that a test notices. A scripted function can look at the request and decide.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "net/http_client.hpp"

namespace wapi::test {

class FakeHttpClient final : public net::HttpClient {
  public:
    using Outcome = std::expected<net::IncomingAnswer, net::ClientFailure>;
    using Script = std::function<Outcome(const net::OutgoingRequest&)>;

    void answer(int status, std::string body = {},
                std::vector<std::pair<std::string, std::string>> headers = {}) {
        net::IncomingAnswer answer{status, std::move(headers), std::move(body)};
        script_.push_back([answer](const net::OutgoingRequest&) { return Outcome(answer); });
    }
    void fail(net::Delivery delivery, std::string reason = "scripted failure") {
        net::ClientFailure failure{delivery, std::move(reason)};
        script_.push_back(
            [failure](const net::OutgoingRequest&) { return Outcome(std::unexpected(failure)); });
    }
    /// Answers one request.
    void respond(Script function) { script_.push_back(std::move(function)); }
    /// Answers every request for which nothing is scripted.
    void respond_always(Script function) { fallback_ = std::move(function); }

    async::Task<Outcome> fetch(net::OutgoingRequest request) override {
        requests.push_back(std::move(request));
        const net::OutgoingRequest asked = requests.back();
        if (script_.empty()) {
            co_return fallback_ ? fallback_(asked)
                                : Outcome(std::unexpected(net::ClientFailure{
                                      net::Delivery::not_sent, "nothing is scripted"}));
        }
        const Script next = std::move(script_.front());
        script_.pop_front();
        co_return next(asked);
    }

    std::vector<net::OutgoingRequest> requests;  ///< in the order in which they came

  private:
    std::deque<Script> script_;
    Script fallback_;
};

}  // namespace wapi::test
