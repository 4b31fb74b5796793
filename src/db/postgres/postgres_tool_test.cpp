// Goal: PostgreSQL's programs are told how to reach the database, and none of our secrets. Method:
// a shell in the place of such a program looks at its environment.
#include "db/postgres/postgres_tool.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace wapi::db::postgres
