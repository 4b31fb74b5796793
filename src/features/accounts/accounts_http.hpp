// Routes of accounts, and the Authenticator that every session route goes through.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "features/accounts/accounts.hpp"
#include "net/http.hpp"

namespace wapi::accounts {

/// Reads the bearer token and, when given, `X-Workspace-Id`. `service` must outlive it.
class SessionAuthenticator final : public net::Authenticator {
  public:
    explicit SessionAuthenticator(Service& service) : service_(service) {}
    async::Task<Result<Context>> authenticate(const net::Request& request) override;
    async::Task<Result<Context>> authenticate_again(const net::Request& request,
                                                    const Context& before) override;
    [[nodiscard]] bool allowed(const Context& context, std::string_view permission) const override;

  private:
    Service& service_;
};

/// The refresh token's cookie. Sent back only to paths under /api/v1/auth.
inline constexpr std::string_view cookie_name = "wapi_refresh";

std::vector<net::Route> account_routes(Service& service);

}  // namespace wapi::accounts
