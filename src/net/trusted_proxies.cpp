#include "net/trusted_proxies.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <ranges>

#include "base/text.hpp"

namespace wapi::net {
namespace ip = boost::asio::ip;

namespace {

constexpr unsigned mapped_bits = 96;  ///< of an IPv6 address that holds an IPv4 one

std::optional<ip::address> parse_address(std::string_view text) {
    boost::system::error_code ec;
    const ip::address address = ip::make_address(std::string(text), ec);
    if (ec) {
        return std::nullopt;
    }
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    }
    return address;
}

/// An entry as proxies write it: some add the port.
std::optional<ip::address> parse_entry(std::string_view entry) {
    entry = text::trim(entry);
    if (entry.starts_with('[')) {
        const std::size_t end = entry.find(']');
        return parse_address(end == std::string_view::npos ? entry : entry.substr(1, end - 1));
    }
    const bool port_follows = std::ranges::count(entry, ':') == 1;
    return parse_address(port_follows ? entry.substr(0, entry.find(':')) : entry);
}

ip::address_v6::bytes_type bytes_of(const ip::address& address) {
    return address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes()
                           : address.to_v6().to_bytes();
}

std::optional<unsigned> parse_prefix(std::string_view text, unsigned bits_max) {
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && bits <= bits_max ? std::optional(bits) : std::nullopt;
}

}  // namespace

bool TrustedProxies::add(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::optional<ip::address> address = parse_address(text.substr(0, slash));
    if (!address) {
        return false;
    }
    const unsigned bits_max = address->is_v4() ? 32 : 128;
    const std::optional<unsigned> bits =
        slash == std::string_view::npos ? bits_max : parse_prefix(text.substr(slash + 1), bits_max);
    if (!bits) {
        return false;
    }
    networks_.push_back({bytes_of(*address), *bits + (address->is_v4() ? mapped_bits : 0)});
    return true;
}

bool TrustedProxies::is_trusted(const Bytes& address) const {
    return std::ranges::any_of(networks_, [&address](const Network& network) {
        const std::size_t whole = network.prefix_bits / 8;
        const unsigned rest = network.prefix_bits % 8;
        return std::equal(address.begin(), address.begin() + whole, network.bytes.begin()) &&
               (rest == 0 || (address[whole] ^ network.bytes[whole]) >> (8 - rest) == 0);
    });
}

std::string TrustedProxies::client_of(const std::string& peer, const Request& request) const {
    std::optional<ip::address> client;
    if (!networks_.empty()) {
        client = parse_address(peer);
    }
    if (!client) {
        return peer;
    }
    std::string chain;
    for (const auto& [name, value] : request.headers) {
        if (name == "x-forwarded-for") {
            chain += "," + value;
        }
    }
    std::string_view left = chain;
    while (!left.empty() && is_trusted(bytes_of(*client))) {
        const std::size_t comma = left.rfind(',');
        const std::optional<ip::address> before = parse_entry(left.substr(comma + 1));
        if (!before) {
            break;
        }
        client = before;
        left = left.substr(0, comma);
    }
    return client->to_string();
}

}  // namespace wapi::net
