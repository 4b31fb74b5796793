// Sessions on PostgreSQL wait for the disk, whatever the database's own settings say.
#include "db/postgres/postgres_connection.hpp"

#include <gtest/gtest.h>

#include "tests/support/test_db.hpp"

namespace wapi::db::postgres {
namespace {

const Sql synchronous_commit{{.name = "postgres_test.synchronous_commit",
                              .text = "SELECT current_setting('synchronous_commit')",
                              .scope = Scope::system,
                              .sqlite = "SELECT 'on'"}};

/// What a session has when everything outside it says `setting`.
std::string session_has(const std::string& setting) {
    const test::TestDatabase database(Engine::postgres);
    const char separator = database.url().contains('?') ? '&' : '?';
    PostgresConnection connection(database.url() + separator + "options=-csynchronous_commit%3D" +
                                  setting);
    connection.connect();
    return std::string(connection.query(synchronous_commit, {})[0].string(0));
}

TEST(PostgresSession, commits_are_synced_where_the_database_would_not_wait_for_the_disk) {
    EXPECT_EQ(session_has("off"), "on");
}

TEST(PostgresSession, a_setting_that_waits_for_standbys_stays) {
    EXPECT_EQ(session_has("on"), "on");
    EXPECT_EQ(session_has("remote_apply"), "remote_apply");
}

}  // namespace
}  // namespace wapi::db::postgres
