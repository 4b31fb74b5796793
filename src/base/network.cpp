#include "base/network.hpp"

#include <arpa/inet.h>

#include <array>

#include "base/crypto.hpp"

namespace wapi {

std::string network_of(std::string_view ip) {
    constexpr std::size_t network_bytes = 8;
    constexpr std::size_t mapped_prefix_bytes = 12;
    std::string text(ip);
    in6_addr address{};
    if (::inet_pton(AF_INET6, text.c_str(), &address) != 1) {
        return text;
    }
    if (IN6_IS_ADDR_V4MAPPED(&address)) {
        std::array<char, INET_ADDRSTRLEN> short_text{};
        ::inet_ntop(AF_INET, &address.s6_addr[mapped_prefix_bytes], short_text.data(),
                    short_text.size());
        return short_text.data();
    }
    return crypto::hex_encode({reinterpret_cast<const char*>(&address), network_bytes});
}

}  // namespace wapi
