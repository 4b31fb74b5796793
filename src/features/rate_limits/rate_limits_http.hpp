// The limiter the dispatcher asks: which limit a route has, by its rate class.
#pragma once

#include "features/rate_limits/rate_limits.hpp"
#include "net/http.hpp"

namespace wapi::rate_limits {

/// `api`: the workspace and API key of the caller. `public_form`, and `api` without a workspace:
/// the address.
class RequestLimiter final : public net::RateLimiter {
  public:
    explicit RequestLimiter(Service& service) : service_(service) {}
    async::Task<net::RateDecision> count(const net::Route& route, const net::Call& call) override;
    async::Task<net::RateDecision> count_unauthorized(const net::Request& request) override;
    [[nodiscard]] net::RateDecision look_unauthorized(const net::Request& request) const override;

  private:
    Service& service_;
};

}  // namespace wapi::rate_limits
