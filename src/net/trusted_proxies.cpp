#include "net/trusted_proxies.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <optional>

#include "base/text.hpp"

namespace wapi::net {
namespace ip = boost::asio::ip;

namespace {

std::optional<ip::address> parse_address(std::string_view text) {
    boost::system::error_code ec;
    ip::address address = ip::make_address(std::string(text), ec);
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

}  // namespace

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
    while (!left.empty() && networks_.contains(client->to_string())) {
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
