// Applies the route table to one request: request id, authentication, permission, rate limit,
// handler, failures.
//
// One of the three places that catch Faults. What a client sees of a fault is a code and the
// request id; what it was stands in the log, once.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"
#include "net/router.hpp"

namespace wapi::net {

class Dispatcher {
  public:
    /// Throws std::logic_error when a route needs an authenticator and there is none.
    /// Without a rate limiter nothing is limited.
    Dispatcher(std::vector<Route> routes, Authenticator* authenticator,
               std::function<std::string()> make_request_id, RateLimiter* rate_limiter = nullptr);

    /// Fills path, query, params and request id from the target; the route, or why there is none.
    /// Errors: malformed_request, target_too_long, not_found, method_not_allowed.
    Result<const Route*> route(Request& request, std::string& allow) const;
    /// The caller's X-Request-Id when it is 8 to 64 of [A-Za-z0-9_-], else a new id.
    [[nodiscard]] std::string request_id(std::string_view given) const;
    /// Never throws.
    async::Task<Response> run(const Route& route, Request request) const;
    /// The next piece of an answer under way; nothing when that failed, which is logged. Never
    /// throws.
    static async::Task<std::optional<std::string>> next_piece(const Route& route,
                                                              const std::string& request_id,
                                                              BodySource& source);

  private:
    using Rate = std::optional<RateDecision>;
    async::Task<Result<Context>> authenticate(const Request& request, Rate& rate) const;
    async::Task<Result<Response>> call(const Route& route, Call& call, Rate& rate) const;
    Router router_;
    Authenticator* authenticator_;
    std::function<std::string()> make_request_id_;
    RateLimiter* rate_limiter_;
};

/// The answer when a Fault came out of a handler: 503 when the database is down, full or
/// overloaded.
Error error_of_fault(const Fault& fault);

}  // namespace wapi::net
