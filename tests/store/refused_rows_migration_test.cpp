// Goal: rows of an import that were refused before their numbers were kept hold nothing of a person
// any more, as no erasure would find them. Method: the migrations up to the one before, rows as
// that version and the one before wrote them, then the rest.
#include <gtest/gtest.h>

#include "db/migrator.hpp"
#include "db/postgres/postgres_connection.hpp"
#include "db/sqlite/sqlite_connection.hpp"
#include "tests/support/test_db.hpp"

namespace wapi {
namespace {

constexpr std::string_view migration = "0048_refused_numbers.sql";

const db::Sql list_rows{{
    .name = "refused_rows_migration_test.list_rows",
    .text = "SELECT line, reason, cells FROM contact_import_refused ORDER BY line",
    .scope = db::Scope::system,
}};

class RefusedRowsMigration : public ::testing::TestWithParam<db::Engine> {
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

TEST_P(RefusedRowsMigration, empties_rows_whose_numbers_nobody_knows) {
    const auto connection = connect();
    std::vector<db::Migration> before;
    for (const db::Migration& one : db::embedded_migrations()) {
        if (one.file < migration) {
            before.push_back(one);
        }
    }
    ASSERT_LT(before.size(), db::embedded_migrations().size());
    db::migrate(*connection, before);
    connection->execute_text(
        "INSERT INTO contact_import_refused (workspace_id, import_id, line, reason, cells,"
        " phone_end) VALUES ('w', 'i', 2, 'long', '[\"Ann\"]', ''),"
        " ('w', 'i', 3, 'short', '[\"Bob\"]', '1111111')");
    db::migrate(*connection, db::embedded_migrations());
    std::vector<std::string> found;
    for (const db::Row row : connection->query(list_rows, {})) {
        found.push_back(std::to_string(row.integer(0)) + " " + row.string(1) + " " + row.string(2));
    }
    EXPECT_EQ(found, (std::vector<std::string>{"2 long []", "3 short [\"Bob\"]"}));
}

INSTANTIATE_TEST_SUITE_P(Engines, RefusedRowsMigration,
                         ::testing::Values(db::Engine::sqlite, db::Engine::postgres),
                         test::engine_name);

}  // namespace
}  // namespace wapi
