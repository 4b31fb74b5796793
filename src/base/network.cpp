#include "base/network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/crypto.hpp"

namespace wapi {
namespace {

constexpr unsigned mapped_bits = 96;  ///< of an IPv6 address that holds an IPv4 one

/// 16 bytes; IPv4 as ::ffff:a.b.c.d. What follows a `%` names an interface and is dropped.
std::optional<in6_addr> parse_address(std::string_view text) {
    std::string address(text.substr(0, text.find('%')));
    in_addr v4{};
    if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) {
        address = "::ffff:" + address;
    }
    in6_addr v6{};
    return ::inet_pton(AF_INET6, address.c_str(), &v6) == 1 ? std::optional(v6) : std::nullopt;
}

std::optional<unsigned> parse_prefix(std::string_view text, unsigned bits_max) {
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && bits <= bits_max ? std::optional(bits) : std::nullopt;
}

}  // namespace

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

bool NetworkList::add(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::optional<in6_addr> address = parse_address(text.substr(0, slash));
    if (!address || text.contains('%')) {  // an interface tells no clients apart
        return false;
    }
    const bool is_v4 = IN6_IS_ADDR_V4MAPPED(&*address);
    const unsigned bits_max = is_v4 ? 32 : 128;
    const std::optional<unsigned> bits =
        slash == std::string_view::npos ? bits_max : parse_prefix(text.substr(slash + 1), bits_max);
    if (!bits) {
        return false;
    }
    Network network{.bytes = {}, .prefix_bits = *bits + (is_v4 ? mapped_bits : 0)};
    std::ranges::copy(address->s6_addr, network.bytes.begin());
    networks_.push_back(network);
    return true;
}

bool NetworkList::contains(std::string_view ip) const {
    const std::optional<in6_addr> address = parse_address(ip);
    if (!address) {
        return false;
    }
    const unsigned char* bytes = address->s6_addr;
    return std::ranges::any_of(networks_, [bytes](const Network& network) {
        const std::size_t whole = network.prefix_bits / 8;
        const unsigned rest = network.prefix_bits % 8;
        return std::equal(bytes, bytes + whole, network.bytes.begin()) &&
               (rest == 0 || (bytes[whole] ^ network.bytes.at(whole)) >> (8 - rest) == 0);
    });
}

}  // namespace wapi
