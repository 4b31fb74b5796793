// Network addresses: as far as they tell one client from another, for counting by address, and
// lists of networks, for saying from where something may be used.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace wapi {

/// An IPv4 address as it is (also when written as ::ffff:a.b.c.d), an IPv6 address as the hex of
/// its network of 64 bits, which is what one customer of a provider has at least. Other text is
/// returned unchanged.
std::string network_of(std::string_view ip);

/// Addresses and networks, IPv4 and IPv6.
class NetworkList {
  public:
    /// Adds an address (`10.0.0.7`, `::1`) or a network (`10.0.0.0/8`; bits behind the prefix do
    /// not count). False when it is neither.
    bool add(std::string_view text);
    [[nodiscard]] bool empty() const { return networks_.empty(); }
    /// Whether the address is in one of them; an IPv4 address may be written as ::ffff:a.b.c.d.
    /// Never for what is no address.
    [[nodiscard]] bool contains(std::string_view ip) const;

  private:
    struct Network {
        std::array<unsigned char, 16> bytes;  ///< IPv4 as ::ffff:a.b.c.d
        unsigned prefix_bits;
    };
    std::vector<Network> networks_;
};

}  // namespace wapi
