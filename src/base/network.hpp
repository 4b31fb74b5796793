// Network addresses as far as they tell one client from another, for counting by address.
#pragma once

#include <string>
#include <string_view>

namespace wapi {

/// An IPv4 address as it is (also when written as ::ffff:a.b.c.d), an IPv6 address as the hex of
/// its network of 64 bits, which is what one customer of a provider has at least. Other text is
/// returned unchanged.
std::string network_of(std::string_view ip);

}  // namespace wapi
