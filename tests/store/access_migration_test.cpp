// Goal: the tags that contacts had before contact_tags are in it afterwards, each once. Method: the
// migrations up to the one before, contacts as that version wrote them, then the rest.
#include <gtest/gtest.h>

#include "db/migrator.hpp"
#include "db/postgres/postgres_connection.hpp"
#include "db/sqlite/sqlite_connection.hpp"
#include "tests/support/test_db.hpp"

namespace wapi {
namespace {

constexpr std::string_view migration = "0021_access.sql";

const db::Sql list_tags{{
    .name = "access_migration_test.list_tags",
    .text = "SELECT contact_id, tag FROM contact_tags ORDER BY contact_id, tag",
    .scope = db::Scope::system,
}};

class AccessMigration : public ::testing::TestWithParam<db::Engine> {
  protected:
    std::unique_ptr<db::Connection> connect() {
        if (GetParam() == db::Engine::sqlite) {
            return std::make_unique<db::sqlite::SqliteConnection>(
                files_.file().string(), db::sqlite::Mode::writer, 1 << 20);
        }
        auto connection = std::make_unique<db::postgres::PostgresConnection>(
            files_.url(), db::postgres::AnswerLimits{.answer_max = std::chrono::seconds(30)});
        connection->connect();
        return connection;
    }
    test::TestDatabase files_{GetParam(), false};
};

TEST_P(AccessMigration, keeps_the_tags_that_contacts_have) {
    const auto connection = connect();
    std::vector<db::Migration> before;
    for (const db::Migration& one : db::embedded_migrations()) {
        if (one.file < migration) {
            before.push_back(one);
        }
    }
    ASSERT_LT(before.size(), db::embedded_migrations().size());
    db::migrate(*connection, before);
    for (const auto& [id, tags] : {std::pair{"a", R"(["vip","gold","vip"])"}, std::pair{"b", "[]"},
                                   std::pair{"c", R"(["it''s \"new\"","gr\u00fc\u00df"])"}}) {
        connection->execute_text(
            std::string("INSERT INTO contacts (workspace_id, contact_id, name, name_by_hand, phone,"
                        " tags, attributes, opted_out, opt_out_decided_us, opted_out_via,"
                        " created_us) VALUES ('w', '") +
            id + "', '', 0, '', '" + tags + "', '{}', 0, 0, '', 0)");
    }
    db::migrate(*connection, db::embedded_migrations());
    std::vector<std::string> found;
    for (const db::Row row : connection->query(list_tags, {})) {
        found.push_back(row.string(0) + " " + row.string(1));
    }
    std::ranges::sort(found);
    EXPECT_EQ(found,
              (std::vector<std::string>{"a gold", "a vip", "c gr\u00fc\u00df", "c it's \"new\""}));
}

INSTANTIATE_TEST_SUITE_P(Engines, AccessMigration,
                         ::testing::Values(db::Engine::sqlite, db::Engine::postgres),
                         test::engine_name);

}  // namespace
}  // namespace wapi
