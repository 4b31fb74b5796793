// Goal: one client counts as one, however its address is written, and a list of networks holds
// exactly its addresses. Method: examples.
#include "base/network.hpp"

#include <gtest/gtest.h>

namespace wapi {
namespace {

TEST(NetworkOf, an_ipv4_address_is_itself_also_when_mapped_into_ipv6) {
    EXPECT_EQ(network_of("203.0.113.7"), "203.0.113.7");
    EXPECT_EQ(network_of("::ffff:203.0.113.7"), "203.0.113.7");
    EXPECT_NE(network_of("203.0.113.7"), network_of("203.0.113.8"));
}

TEST(NetworkOf, ipv6_addresses_of_one_network_are_one) {
    EXPECT_EQ(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:2:ffff:ffff:ffff:ffff"));
    EXPECT_NE(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:3::1"));
}

TEST(NetworkOf, what_is_no_address_is_left_alone) {
    EXPECT_EQ(network_of(""), "");
    EXPECT_EQ(network_of("nobody"), "nobody");
}

NetworkList list_of(std::initializer_list<std::string_view> texts) {
    NetworkList list;
    for (const std::string_view text : texts) {
        EXPECT_TRUE(list.add(text)) << text;
    }
    return list;
}

TEST(NetworkLists, hold_addresses_and_networks_of_both_kinds) {
    const NetworkList list = list_of({"10.1.0.0/16", "192.0.2.7", "2001:db8::/33", "::1"});
    for (const char* inside : {"10.1.0.0", "10.1.255.255", "::ffff:10.1.2.3", "192.0.2.7",
                               "2001:db8:7fff::1", "::1", "::1%lo"}) {
        EXPECT_TRUE(list.contains(inside)) << inside;
    }
    for (const char* outside : {"10.2.0.0", "10.0.255.255", "192.0.2.6", "2001:db8:8000::1", "::2",
                                "", "10.1.0", "nobody", "10.1.0.1 "}) {
        EXPECT_FALSE(list.contains(outside)) << outside;
    }
    EXPECT_FALSE(NetworkList().contains("10.1.0.0"));
    EXPECT_TRUE(list_of({"0.0.0.0/0"}).contains("203.0.113.7"));
    EXPECT_FALSE(list_of({"0.0.0.0/0"}).contains("2001:db8::1"));
    EXPECT_TRUE(list_of({"10.9.9.9/8"}).contains("10.0.0.1"));
}

TEST(NetworkLists, take_nothing_else) {
    NetworkList list;
    for (const char* wrong :
         {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.256",
          "10.0.0.1:80", "2001:db8::/129", "::ffff:10.0.0.0/104", "example.com", "*", "fe80::1%lo",
          "10.0.0.1%", "10.0.0.1%x 0.0.0.0"}) {
        EXPECT_FALSE(list.add(wrong)) << wrong;
    }
    EXPECT_TRUE(list.empty());
}

}  // namespace
}  // namespace wapi
