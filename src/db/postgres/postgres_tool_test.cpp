// Goal: PostgreSQL's programs are told how to reach the database, and none of our secrets, and end
// with us. Method: a shell in the place of such a program looks at its environment, or sleeps.
#include "db/postgres/postgres_tool.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "base/error.hpp"

namespace wapi::db::postgres {
namespace {

/// Whether this condition of the shell holds in the tool's environment.
bool holds(const std::string& condition) {
    try {
        blocking_run_tool("postgresql://ann:word@127.0.0.1/shop", "sh", {"-c", condition});
        return true;
    } catch (const Fault&) {
        return false;
    }
}

TEST(PostgresTool, is_told_where_the_database_is) {
    EXPECT_TRUE(holds("[ $PGUSER = ann ] && [ $PGPASSWORD = word ] && [ $PGDATABASE = shop ]"));
    EXPECT_TRUE(holds("[ -n \"$PATH\" ]"));
}

TEST(PostgresTool, is_told_none_of_our_secrets) {
    for (const char* name : {"TOKEN_MASTER_KEY", "APP_SECRET", "JWT_SECRET", "DATABASE_URL"}) {
        ::setenv(name, "secret", 1);
        EXPECT_TRUE(holds(std::string("[ -z \"$") + name + "\" ]")) << name;
        ::unsetenv(name);
    }
}

/// Whether there is something to read, or an end, within ten seconds.
bool is_readable(int descriptor) {
    pollfd wanted{.fd = descriptor, .events = POLLIN, .revents = 0};
    return ::poll(&wanted, 1, 10'000) == 1;
}

TEST(PostgresTool, ends_when_we_are_killed) {
    constexpr int held = 9;  // what both hold; a shell names one digit only
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(ends[1], held);
        holds("echo >&9; exec sleep 100");
        ::_exit(0);
    }
    ::close(ends[1]);
    char begun = 0;
    ASSERT_TRUE(is_readable(ends[0]));
    ASSERT_EQ(::read(ends[0], &begun, 1), 1);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ASSERT_TRUE(is_readable(ends[0])) << "the program goes on";
    EXPECT_EQ(::read(ends[0], &begun, 1), 0);
    ::close(ends[0]);
}

}  // namespace
}  // namespace wapi::db::postgres
