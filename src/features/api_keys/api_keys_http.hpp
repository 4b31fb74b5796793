// Routes of API keys, and the Authenticator that lets them in beside sessions.
#pragma once

#include <string_view>
#include <vector>

#include "features/api_keys/api_keys.hpp"
#include "net/http.hpp"

namespace wapi::api_keys {

/// A bearer token that begins as keys do is read as one; every other is left to `sessions`. Both
/// must outlive it.
class KeyAuthenticator final : public net::Authenticator {
  public:
    KeyAuthenticator(Service& service, net::Authenticator& sessions)
        : service_(service), sessions_(sessions) {}
    async::Task<Result<Context>> authenticate(const net::Request& request) override;
    [[nodiscard]] bool is_token_known(const net::Request& request) const override;
    async::Task<Result<Context>> authenticate_again(const net::Request& request,
                                                    const Context& before) override;
    [[nodiscard]] bool allowed(const Context& context, std::string_view permission) const override;

  private:
    Service& service_;
    net::Authenticator& sessions_;
};

std::vector<net::Route> api_keys_routes(Service& service);

}  // namespace wapi::api_keys
