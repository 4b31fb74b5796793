// Goal: on SQLite no statement walks through all rows of a workspace where an index names what it
// looks for. Method: the plan of every registered statement, as SQLite explains it on the migrated,
// empty database: what db/migrations/0009_planner.sqlite.sql says about the tables decides.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <regex>

#include "db/sql.hpp"
#include "tests/support/test_db.hpp"

namespace wapi {
namespace {

/// Tables that have many rows in one workspace.
constexpr std::array large_tables{"messages",           "conversations",   "contacts",
                                  "contact_identities", "contact_tags",    "early_statuses",
                                  "audit_logs",         "search_documents"};

class PlanTest : public ::testing::Test {
  public:
    PlanTest() { sqlite3_open_v2(files_.file().c_str(), &handle_, SQLITE_OPEN_READONLY, nullptr); }
    ~PlanTest() override { sqlite3_close(handle_); }

  protected:
    /// The steps of the plan.
    std::vector<std::string> plan(const std::string& text) {
        constexpr int detail = 3;  // column of EXPLAIN QUERY PLAN
        std::vector<std::string> steps;
        sqlite3_stmt* statement = nullptr;
        const std::string question = "EXPLAIN QUERY PLAN " + text;
        EXPECT_EQ(sqlite3_prepare_v2(handle_, question.c_str(), -1, &statement, nullptr), SQLITE_OK)
            << text;
        while (sqlite3_step(statement) == SQLITE_ROW) {
            steps.emplace_back(
                reinterpret_cast<const char*>(sqlite3_column_text(statement, detail)));
        }
        sqlite3_finalize(statement);
        return steps;
    }
    /// The step that walks through a workspace or more; empty when none does.
    std::string find_walk(const std::string& text) {
        for (const std::string& step : plan(text)) {
            const bool large = std::ranges::any_of(large_tables, [&](const std::string& table) {
                return step.starts_with("SCAN " + table) || step.starts_with("SEARCH " + table);
            });
            // ANY: through an index, one workspace after the other.
            const bool walks = step.ends_with("(workspace_id=?)") || step.starts_with("SCAN ") ||
                               step.find("(ANY(") != std::string::npos;
            if (large && walks) {
                return step;
            }
        }
        return {};
    }
    /// Whether a text that looks for resources in the audit log reads their index piece by piece
    /// (0031_audit_resources.sqlite.sql); another one does.
    bool looks_for_resources_by_their_index(const std::string& text) {
        static const std::regex condition(R"((AND|WHERE) \+?(audit_logs\.)?resource_id (=|IN|<>))");
        if (text.find("audit_logs") == std::string::npos || !std::regex_search(text, condition)) {
            return true;
        }
        return std::ranges::any_of(plan(text), [](const std::string& step) {
            return step.find("audit_logs_by_resource (workspace_id=? AND <expr>=?") !=
                   std::string::npos;
        });
    }

    test::TestDatabase files_{db::Engine::sqlite};
    sqlite3* handle_ = nullptr;
};

TEST_F(PlanTest, no_statement_walks_through_a_workspace) {
    std::size_t looked_at = 0;
    db::Sql::for_each([&](const db::Sql& sql) {
        const bool of_a_test = sql.name().find("_test.") != std::string_view::npos;
        if (of_a_test || sql.scope() == db::Scope::system) {
            return;
        }
        ++looked_at;
        EXPECT_EQ(find_walk(std::string(sql.text(db::Engine::sqlite))), "") << sql.name();
    });
    EXPECT_GE(looked_at, 50U);
}

TEST_F(PlanTest, a_resource_is_looked_for_in_the_audit_log_by_its_index) {
    db::Sql::for_each([&](const db::Sql& sql) {
        if (sql.name().find("_test.") == std::string_view::npos) {
            EXPECT_TRUE(
                looks_for_resources_by_their_index(std::string(sql.text(db::Engine::sqlite))))
                << sql.name();
        }
    });
    EXPECT_FALSE(looks_for_resources_by_their_index(
        "SELECT seq FROM audit_logs WHERE workspace_id = $1 AND resource_id = $2"
        " AND resource_id <> '' ORDER BY created_us DESC"));
}

TEST_F(PlanTest, a_statement_without_an_index_is_found) {
    EXPECT_NE(find_walk("SELECT text FROM messages WHERE workspace_id = $1 AND type = $2"), "");
    EXPECT_NE(find_walk("SELECT count(*) FROM conversations WHERE status = $1"), "");
}

}  // namespace
}  // namespace wapi
