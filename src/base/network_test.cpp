// Goal: one client counts as one, however its address is written. Method: examples.
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

}  // namespace
}  // namespace wapi
