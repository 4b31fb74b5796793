// Goal: the client's address is never one that the client could invent. Method: chains of proxies,
// trusted and not, well-formed and not.
#include "net/trusted_proxies.hpp"

#include <gtest/gtest.h>

#include "net/net_test_support.hpp"

namespace wapi::net {
namespace {

TrustedProxies trusting(std::initializer_list<std::string_view> texts) {
    TrustedProxies proxies;
    for (const std::string_view text : texts) {
        EXPECT_TRUE(proxies.add(text)) << text;
    }
    return proxies;
}

std::string client_of(const TrustedProxies& proxies, const std::string& peer,
                      const std::vector<std::string>& fields) {
    Request request;
    for (const std::string& field : fields) {
        request.headers.emplace_back("x-forwarded-for", field);
    }
    return proxies.client_of(peer, request);
}

TEST(TrustedProxies, what_a_stranger_forwards_says_nothing) {
    EXPECT_EQ(client_of({}, "192.0.2.1", {"198.51.100.9"}), "192.0.2.1");
    EXPECT_EQ(client_of(trusting({"10.0.0.1"}), "192.0.2.1", {"198.51.100.9"}), "192.0.2.1");
}

TEST(TrustedProxies, a_trusted_proxy_names_the_client) {
    const TrustedProxies proxies = trusting({"10.0.0.1", "::1"});
    EXPECT_EQ(client_of(proxies, "10.0.0.1", {"198.51.100.9"}), "198.51.100.9");
    EXPECT_EQ(client_of(proxies, "::1", {"2001:db8::7"}), "2001:db8::7");
    EXPECT_EQ(client_of(proxies, "10.0.0.1", {}), "10.0.0.1");
}

TEST(TrustedProxies, what_the_client_wrote_itself_stands_to_the_left_and_is_not_read) {
    const TrustedProxies proxies = trusting({"10.0.0.0/8"});
    EXPECT_EQ(client_of(proxies, "10.0.0.1", {"1.1.1.1, 198.51.100.9"}), "198.51.100.9");
    EXPECT_EQ(client_of(proxies, "10.0.0.1", {"1.1.1.1", "198.51.100.9, 10.9.9.9"}),
              "198.51.100.9");
    EXPECT_EQ(client_of(proxies, "10.0.0.1", {"nonsense, 198.51.100.9"}), "198.51.100.9");
}

TEST(TrustedProxies, when_all_are_trusted_the_first_is_the_client) {
    EXPECT_EQ(client_of(trusting({"10.0.0.0/8"}), "10.0.0.1", {"10.0.0.3, 10.0.0.2"}), "10.0.0.3");
}

TEST(TrustedProxies, what_is_no_address_ends_the_search) {
    const TrustedProxies proxies = trusting({"10.0.0.0/8"});
    for (const char* field : {"1.1.1.1, unknown", "1.1.1.1,", "1.1.1.1, 10.0.0.256", "", ",,",
                              "1.1.1.1, [::1", "1.1.1.1, \"10.0.0.2\""}) {
        EXPECT_EQ(client_of(proxies, "10.0.0.1", {field}), "10.0.0.1") << field;
    }
}

TEST(TrustedProxies, ports_and_mapped_addresses_are_understood) {
    const TrustedProxies proxies = trusting({"10.0.0.0/8"});
    EXPECT_EQ(client_of(proxies, "::ffff:10.0.0.1", {"198.51.100.9:4711"}), "198.51.100.9");
    EXPECT_EQ(client_of(proxies, "10.0.0.1", {"[2001:db8::7]:4711"}), "2001:db8::7");
    EXPECT_EQ(client_of(proxies, "10.0.0.1", {"::ffff:198.51.100.9"}), "198.51.100.9");
}

TEST(TrustedProxies, a_network_ends_at_its_last_bit) {
    const TrustedProxies proxies = trusting({"172.16.0.0/12", "fd00::/9"});
    EXPECT_EQ(client_of(proxies, "172.31.255.255", {"1.1.1.1"}), "1.1.1.1");
    EXPECT_EQ(client_of(proxies, "172.32.0.0", {"1.1.1.1"}), "172.32.0.0");
    EXPECT_EQ(client_of(proxies, "fd7f::1", {"1.1.1.1"}), "1.1.1.1");
    EXPECT_EQ(client_of(proxies, "fd80::1", {"1.1.1.1"}), "fd80::1");
    EXPECT_EQ(client_of(trusting({"0.0.0.0/0"}), "9.9.9.9", {"1.1.1.1"}), "1.1.1.1");
    EXPECT_EQ(client_of(trusting({"0.0.0.0/0"}), "fd80::1", {"1.1.1.1"}), "fd80::1");
}

TEST(TrustedProxies, what_is_neither_address_nor_network_is_not_added) {
    TrustedProxies proxies;
    for (const char* text : {"", "proxy.example", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0/8",
                             "10.0.0.0/-1", "10.0.0.0/8x", "*"}) {
        EXPECT_FALSE(proxies.add(text)) << text;
    }
    EXPECT_TRUE(proxies.empty());
}

TEST(TrustedProxies, handlers_see_the_client_behind_a_trusted_proxy) {
    NetTestServer trusts(ServerOptions{.trusted_proxies = trusting({"127.0.0.0/8"})});
    NetTestServer trusts_nobody;
    constexpr std::string_view field = "X-Forwarded-For: 198.51.100.9\r\n";
    EXPECT_TRUE(trusts.get("/things/1", field).body.contains("ip=198.51.100.9"));
    EXPECT_TRUE(trusts_nobody.get("/things/1", field).body.contains("ip=127.0.0.1"));
}

}  // namespace
}  // namespace wapi::net
