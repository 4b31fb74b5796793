// Goal: a server with as many connections as it takes, or with no descriptor left, still answers:
// who only keeps a connection makes room, and who comes in vain is told so.
// Method: real sockets; a cap of two, and a process limit lowered to what is open.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "net/descriptors.hpp"
#include "net/net_test_support.hpp"

namespace wapi::net {
namespace {

using test::RawAnswer;
using test::RawConnection;

constexpr std::string_view get_thing = "GET /things/1 HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view half = "GET /things/1 HTTP/1.1\r\n";
constexpr std::string_view other_half = "Host: x\r\n\r\n";

/// Lets this process open no more files than `more` on top of what it has.
class FewDescriptors {
  public:
    explicit FewDescriptors(rlim_t more) {
        getrlimit(RLIMIT_NOFILE, &before_);
        const int next = ::open("/dev/null", O_RDONLY);
        ::close(next);
        const rlimit few{.rlim_cur = static_cast<rlim_t>(next) + more,
                         .rlim_max = before_.rlim_max};
        setrlimit(RLIMIT_NOFILE, &few);
    }
    ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
    FewDescriptors(const FewDescriptors&) = delete;
    FewDescriptors& operator=(const FewDescriptors&) = delete;

  private:
    rlimit before_{};
};

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

TEST(HttpCrowding, without_a_descriptor_left_an_idle_connection_makes_room) {
    NetTestServer server;
    RawConnection idle(server.port());
    idle.send(get_thing);
    EXPECT_EQ(idle.read_answer().status, 200);
    const FewDescriptors only_the_clients(1);
    RawConnection late(server.port());
    late.send(get_thing);
    EXPECT_EQ(late.read_answer().status, 200);
    EXPECT_TRUE(idle.closed_by_peer());
}

TEST(HttpCrowding, without_a_descriptor_or_an_idle_connection_the_answer_is_503) {
    NetTestServer server;
    RawConnection busy(server.port());
    begin_request(busy);
    {
        const FewDescriptors only_the_clients(1);
        for (int i = 0; i < 3; ++i) {
            RawConnection late(server.port());
            late.send(get_thing);
            expect_refused(late.read_answer(), 503, "overloaded");
        }
    }
    EXPECT_EQ(server.stats().refused, 3U);
    busy.send(other_half);
    EXPECT_EQ(busy.read_answer().status, 200);
}

TEST(HttpCrowding, the_cap_leaves_descriptors_for_everything_else) {
    EXPECT_EQ(connections_within(1 << 20), 10'000U);
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
