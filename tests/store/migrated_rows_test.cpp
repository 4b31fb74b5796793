// Goal: rows of an earlier version are afterwards what the migration says of them. Method: the
// migrations up to the one before, rows as that version wrote them, then the rest.
#include <gtest/gtest.h>

#include "db/migrator.hpp"
#include "db/postgres/postgres_connection.hpp"
#include "db/sqlite/sqlite_connection.hpp"
#include "tests/support/test_db.hpp"

namespace wapi {
namespace {

const db::Sql list_tags{{
    .name = "migrated_rows_test.list_tags",
    .text = "SELECT contact_id, tag FROM contact_tags ORDER BY contact_id, tag",
    .scope = db::Scope::system,
}};
const db::Sql list_refused{{
    .name = "migrated_rows_test.list_refused",
    .text = "SELECT line, reason, cells FROM contact_import_refused ORDER BY line",
    .scope = db::Scope::system,
}};

class MigratedRows : public ::testing::TestWithParam<db::Engine> {
  protected:
    /// As the version before that migration left it.
    void migrate_until(std::string_view migration) {
        std::vector<db::Migration> before;
        for (const db::Migration& one : db::embedded_migrations()) {
            if (one.file < migration) {
                before.push_back(one);
            }
        }
        ASSERT_LT(before.size(), db::embedded_migrations().size());
        db::migrate(*connection_, before);
    }
    void migrate_the_rest() { db::migrate(*connection_, db::embedded_migrations()); }

  private:
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

  protected:
    const std::unique_ptr<db::Connection> connection_ = connect();
};

TEST_P(MigratedRows, contacts_keep_their_tags_each_once) {
    migrate_until("0021_access.sql");
    for (const auto& [id, tags] : {std::pair{"a", R"(["vip","gold","vip"])"}, std::pair{"b", "[]"},
                                   std::pair{"c", R"(["it''s \"new\"","gr\u00fc\u00df"])"}}) {
        connection_->execute_text(
            std::string("INSERT INTO contacts (workspace_id, contact_id, name, name_by_hand, phone,"
                        " tags, attributes, opted_out, opt_out_decided_us, opted_out_via,"
                        " created_us) VALUES ('w', '") +
            id + "', '', 0, '', '" + tags + "', '{}', 0, 0, '', 0)");
    }
    migrate_the_rest();
    std::vector<std::string> found;
    for (const db::Row row : connection_->query(list_tags, {})) {
        found.push_back(row.string(0) + " " + row.string(1));
    }
    std::ranges::sort(found);
    EXPECT_EQ(found,
              (std::vector<std::string>{"a gold", "a vip", "c gr\u00fc\u00df", "c it's \"new\""}));
}

// No erasure would find what those hold whose numbers were not kept.
TEST_P(MigratedRows, refused_rows_whose_numbers_nobody_knows_are_emptied) {
    migrate_until("0048_refused_numbers.sql");
    connection_->execute_text(
        "INSERT INTO contact_import_refused (workspace_id, import_id, line, reason, cells,"
        " phone_end) VALUES ('w', 'i', 2, 'long', '[\"Ann\"]', ''),"
        " ('w', 'i', 3, 'short', '[\"Bob\"]', '1111111')");
    migrate_the_rest();
    std::vector<std::string> found;
    for (const db::Row row : connection_->query(list_refused, {})) {
        found.push_back(std::to_string(row.integer(0)) + " " + row.string(1) + " " + row.string(2));
    }
    EXPECT_EQ(found, (std::vector<std::string>{"2 long []", "3 short [\"Bob\"]"}));
}

INSTANTIATE_TEST_SUITE_P(Engines, MigratedRows,
                         ::testing::Values(db::Engine::sqlite, db::Engine::postgres),
                         test::engine_name);

}  // namespace
}  // namespace wapi
