// Whose request it is when it came through a proxy: X-Forwarded-For, read from the right, as far as
// it was written by proxies that the operator trusts. What stands further left anybody can invent.
#pragma once

#include <string>
#include <string_view>

#include "base/network.hpp"
#include "net/http.hpp"

namespace wapi::net {

class TrustedProxies {
  public:
    /// Adds an address (`10.0.0.7`, `::1`) or a network (`10.0.0.0/8`). False when it is neither.
    bool add(std::string_view text) { return networks_.add(text); }
    [[nodiscard]] bool empty() const { return networks_.empty(); }
    /// `peer` when it is not trusted; else the last address of X-Forwarded-For that is not, or the
    /// first when all are. What is no address ends the search, and the one to its right counts.
    [[nodiscard]] std::string client_of(const std::string& peer, const Request& request) const;

  private:
    NetworkList networks_;
};

}  // namespace wapi::net
