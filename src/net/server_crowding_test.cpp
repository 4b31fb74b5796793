// Goal: a server with as many connections as it takes still answers: who only keeps a connection
// makes room, and who comes in vain is told so. Method: real sockets and a cap of one or two. How
// it fares without a descriptor left is seen from outside (tests/integration/test_crowding.py),
// since the sanitizers need descriptors themselves.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "net/descriptors.hpp"
#include "net/net_test_support.hpp"

namespace wapi::net {
namespace {

using test::RawAnswer;
using test::RawConnection;

constexpr std::string_view get_thing = "GET /things/1 HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view half = "GET /things/1 HTTP/1.1\r\n";
constexpr std::string_view other_half = "Host: x\r\n\r\n";

/// Leaves the connection with a request that has begun.
void begin_request(RawConnection& connection) {
    connection.send(get_thing);
    EXPECT_EQ(connection.read_answer().status, 200);
    connection.send(half);
}

TEST(HttpCrowding, connections_over_the_cap_get_503_and_those_within_go_on) {
    NetTestServer server(ServerOptions{.connections_max = 2});
    RawConnection first(server.port());
    RawConnection second(server.port());
    for (RawConnection* connection : {&first, &second}) {
        begin_request(*connection);
    }
    RawConnection third(server.port());
    const RawAnswer answer = third.read_answer();
    expect_refused(answer, 503, "overloaded");
    EXPECT_EQ(answer.field("Retry-After"), "1");
    EXPECT_EQ(server.stats().refused, 1U);
    first.send(other_half);
    EXPECT_EQ(first.read_answer().status, 200);
}

TEST(HttpCrowding, the_connection_that_is_idle_longest_makes_room_for_a_new_one) {
    NetTestServer server(ServerOptions{.connections_max = 2});
    RawConnection first(server.port());
    RawConnection second(server.port());
    for (RawConnection* connection : {&first, &second, &first}) {
        connection->send(get_thing);
        EXPECT_EQ(connection->read_answer().status, 200);
    }
    RawConnection third(server.port());
    third.send(get_thing);
    EXPECT_EQ(third.read_answer().status, 200);
    EXPECT_TRUE(second.closed_by_peer());
    first.send(get_thing);
    EXPECT_EQ(first.read_answer().status, 200);
    EXPECT_EQ(server.stats().shed, 1U);
    EXPECT_EQ(server.stats().refused, 0U);
}

TEST(HttpCrowding, many_that_are_refused_at_once_are_all_told_so) {
    NetTestServer server(ServerOptions{.connections_max = 1});
    RawConnection busy(server.port());
    begin_request(busy);
    std::vector<std::unique_ptr<RawConnection>> refused;
    for (int i = 0; i < 20; ++i) {
        refused.push_back(std::make_unique<RawConnection>(server.port()));
        refused.back()->send(get_thing);
    }
    for (const auto& connection : refused) {
        expect_refused(connection->read_answer(), 503, "overloaded");
    }
}

TEST(HttpCrowding, the_cap_leaves_descriptors_for_everything_else) {
    EXPECT_EQ(connections_within(1 << 20), 20'000U);
    EXPECT_EQ(connections_within(1024), 448U);
    EXPECT_EQ(connections_within(128), 56U);
    EXPECT_EQ(connections_within(0), 1U);
}

TEST(HttpCrowding, the_limit_of_open_files_is_raised_to_what_the_system_gives) {
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    rlimit lowered = before;
    lowered.rlim_cur = std::min<rlim_t>(before.rlim_max, 256);
    setrlimit(RLIMIT_NOFILE, &lowered);
    EXPECT_EQ(raise_descriptors_max(), before.rlim_max);
    setrlimit(RLIMIT_NOFILE, &before);
}

}  // namespace
}  // namespace wapi::net
