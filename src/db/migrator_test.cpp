// Migrations on both engines: order, checksums, half-applied files, several nodes at once.
#include "db/migrator.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "base/error.hpp"
#include "db/postgres/postgres_connection.hpp"
#include "db/sqlite/sqlite_connection.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::db {
namespace {

constexpr Migration first{"0001_first.sql",
                          "-- A comment; with a semicolon.\n"
                          "CREATE TABLE one (id @int64_key@ PRIMARY KEY, body BYTEA);\n"
                          "CREATE TABLE two (a TEXT NOT NULL, PRIMARY KEY (a)) @without_rowid@;\n"};
constexpr Migration second{"0002_second.sql", "CREATE TABLE three (id BIGINT NOT NULL);\n"};
constexpr Migration broken{
    "0002_second.sql", "CREATE TABLE three (id BIGINT NOT NULL);\nCREATE TABLE one (id BIGINT);\n"};

/// An identity and a conversation of somebody who is there, and of somebody who is not; on another
/// conversation of the latter hangs a message.
constexpr const char* people_and_orphans =
    "INSERT INTO contacts VALUES ('w', 'ann', '', 0, '', '[]', '{}', 0, 0, NULL, '', NULL, 0);"
    "INSERT INTO contact_identities VALUES ('w', 'phone', '1', 'ann', 0);"
    "INSERT INTO contact_identities VALUES ('w', 'bsuid', 'US.X', 'gone', 0);"
    "INSERT INTO conversations VALUES"
    " ('w', 'ann_1', 'ann', 'n', 'open', NULL, 0, 0, 0, 0, '', 0, 0, '', 0),"
    " ('w', 'gone_1', 'gone', 'n', 'open', NULL, 0, 0, 0, 0, '', 0, 0, '', 0),"
    " ('w', 'gone_2', 'gone', 'm', 'open', NULL, 0, 0, 0, 0, '', 0, 0, '', 0);"
    "INSERT INTO messages (workspace_id, message_id, conversation_id, contact_id, phone_number_id,"
    " wa_message_id, direction, type, status, text, content, purpose, timestamp_us, error_message,"
    " created_us) VALUES"
    " ('w', 'x', 'gone_2', 'gone', 'm', '', 'inbound', 'text', '', '', '', '', 0, '', 0)";
const Sql list_kept{{.name = "migrator_test.kept",
                     .text = "SELECT contact_id AS kept FROM contact_identities UNION ALL"
                             " SELECT conversation_id FROM conversations ORDER BY kept",
                     .scope = Scope::system}};

class MigratorTest : public ::testing::TestWithParam<Engine> {
  protected:
    std::unique_ptr<Connection> connect() {
        if (GetParam() == Engine::sqlite) {
            return std::make_unique<sqlite::SqliteConnection>(files_.file().string(),
                                                              sqlite::Mode::writer, 1 << 20);
        }
        auto connection = std::make_unique<postgres::PostgresConnection>(
            files_.url(), postgres::AnswerLimits{.answer_max = std::chrono::seconds(30)});
        connection->connect();
        return connection;
    }
    std::size_t apply(std::vector<Migration> migrations) { return migrate(*connect(), migrations); }
    bool has_table(const std::string& name) {
        try {
            connect()->execute_text("SELECT * FROM " + name);
            return true;
        } catch (const Fault&) {
            return false;
        }
    }

    test::TestDatabase files_{GetParam(), false};
};

TEST_P(MigratorTest, each_file_is_applied_once) {
    EXPECT_EQ(apply({first}), 1U);
    EXPECT_EQ(apply({first, second}), 1U);
    EXPECT_EQ(apply({first, second}), 0U);
    EXPECT_TRUE(has_table("one") && has_table("two") && has_table("three"));
}

TEST_P(MigratorTest, a_file_that_changed_after_it_was_applied_is_refused) {
    apply({first});
    EXPECT_THROW(apply({{first.file, "CREATE TABLE one (id BIGINT);"}}), Fault);
}

TEST_P(MigratorTest, a_file_that_fails_leaves_nothing_and_can_be_repaired) {
    EXPECT_THROW(apply({first, broken}), Fault);
    EXPECT_TRUE(has_table("one"));
    EXPECT_FALSE(has_table("three"));
    EXPECT_EQ(apply({first, second}), 1U);
}

TEST_P(MigratorTest, the_previous_binary_runs_on_the_next_schema) {
    apply({first, second});
    EXPECT_EQ(apply({first}), 0U);
}

TEST_P(MigratorTest, names_and_order_are_checked) {
    EXPECT_THROW(apply({second, first}), Fault);
    EXPECT_THROW(apply({{"1_first.sql", "SELECT 1"}}), Fault);
    EXPECT_THROW(apply({{"0001_first.txt", "SELECT 1"}}), Fault);
}

TEST_P(MigratorTest, a_pair_of_files_gives_each_engine_its_own) {
    EXPECT_EQ(apply({{"0001_own.postgres.sql", "CREATE TABLE for_postgres (id BIGINT)"},
                     {"0001_own.sqlite.sql", "CREATE TABLE for_sqlite (id BIGINT)"}}),
              1U);
    EXPECT_EQ(has_table("for_postgres"), GetParam() == Engine::postgres);
    EXPECT_EQ(has_table("for_sqlite"), GetParam() == Engine::sqlite);
}

TEST_P(MigratorTest, nodes_that_start_at_once_apply_each_file_once) {
    std::atomic<std::size_t> applied = 0;
    std::vector<std::thread> nodes;
    for (int node = 0; node < 4; ++node) {
        nodes.emplace_back([&] { applied += apply({first, second}); });
    }
    for (std::thread& node : nodes) {
        node.join();
    }
    EXPECT_EQ(applied, 2U);
}

TEST_P(MigratorTest, the_embedded_migrations_apply_to_an_empty_database) {
    const auto embedded = embedded_migrations();
    ASSERT_FALSE(embedded.empty());
    EXPECT_EQ(embedded[0].file, "0001_base.sql");
    EXPECT_GT(migrate(*connect(), embedded), 0U);
    EXPECT_TRUE(has_table("jobs"));
}

TEST_P(MigratorTest, what_has_lost_its_contact_is_removed_unless_messages_hang_on_it) {
    const auto all = embedded_migrations();
    const auto orphans = std::ranges::find(all, std::string_view("0007_orphans.sql"),
                                           [](const Migration& one) { return one.file; });
    ASSERT_NE(orphans, all.end());
    migrate(*connect(), {all.begin(), orphans});
    connect()->execute_text(people_and_orphans);
    migrate(*connect(), all);
    const auto connection = connect();
    std::vector<std::string> kept;
    for (const Row row : connection->query(list_kept, {})) {
        kept.push_back(row.string(0));
    }
    EXPECT_EQ(kept, (std::vector<std::string>{"ann", "ann_1", "gone_2"}));
}

INSTANTIATE_TEST_SUITE_P(Engines, MigratorTest, ::testing::Values(Engine::sqlite, Engine::postgres),
                         test::engine_name);

}  // namespace
}  // namespace wapi::db
