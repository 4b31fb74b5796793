// Every SQL statement of the program, on both engines: prepares, has a unique name, and stays
// inside its workspace.
//
// Goal: a store cannot forget the workspace. A table with a column workspace_id is a workspace
// table; a statement of workspace scope on one must use `workspace_id` and `$1`; one of system
// scope must be in the list below, which is reviewed by hand. The canaries at the end prove that
// the rules can fail.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "db/migrator.hpp"
#include "tests/support/test_db.hpp"

namespace wapi {
namespace {

/// Statements of system scope that may touch workspace tables, by name or by `prefix.*`, with the
/// reason.
constexpr std::array system_statements{
    "jobs.*",                     // a job carries its workspace along
    "dead_letters.*",             // operators see all; the API passes the workspace as a filter
    "accounts.list_memberships",  // of one user, over workspaces
    "accounts.insert_session",    // sessions are found by the token's hash before the workspace
    "accounts.lock_session",      // is known
    "accounts.rotate_session",
    "accounts.revoke_session",
    "accounts.find_live_session",
    "accounts.prune_sessions",    // by age
    "sessions.*",                 // of one user, over workspaces
    "operators.list_tenants",     // an operator sees all
    "operator_desk.list_queues",  // of the whole installation
    "operator_desk.name_owners",  // whose the letters are
    "invites.find_by_token",      // who accepts knows no workspace
    "api_keys.find_live",         // a key is found by its prefix before the workspace is known
    "audit.list_workspaces",      // what an operator verifies
    "audit.find_due",             // whose log is looked at next for old entries
    "inbox.list_due",             // snoozed conversations whose time has come
    "assignment.list_releases",   // what is left to be taken from who sees it no more
    "overview.list_behind",       // whose counts are behind
    "numbers.find_route",         // a webhook's phone number id decides the workspace
    "numbers.find_routes_of_waba",
    "backup.*",                    // of the whole database
    "meta_callbacks.list_grants",  // Meta names a user, not a workspace
    "privacy.list_open_erasures",  // raw webhooks are searched for all workspaces
    "rate_limits.list_overrides",  // what an operator has set
    "contact_imports.has_due",     // whose turn it is, of all workspaces
    "contact_imports.lock_next",
    "contact_imports.prune_chunks",  // what is past its time
    "contact_imports.prune_refused",
    "contact_imports.prune_refused_phones",
    "contact_imports.prune_imports",
    "contact_imports.expire",
    "messages.prune_early_statuses",      // by age, over all workspaces
    "webhook_events.find_oldest_unread",  // who has written to any of them
    "search.find_oldest",  // indexing goes through all workspaces in the order of arrival
    "search.take",
    "search.page_of_messages",  // the operator has everything looked through
    "search.page_of_contacts",
    "search.count_waiting",  // a gauge of the server
    "idempotency.prune",
    "vault.list_other_keys",  // the operator rotates the master key for all
    "vault.count_keys",
    "vault.count_secrets",
    "vault.list_secrets",  // what the operator moves to another store
};

/// Names of the tables that have a column workspace_id, from the migrations' text.
std::set<std::string> workspace_tables() {
    std::set<std::string> tables;
    const std::regex table(R"(CREATE TABLE (\w+) \(([^;]*);)");
    for (const db::Migration& migration : db::embedded_migrations()) {
        const std::string text(migration.text);
        for (std::sregex_iterator found(text.begin(), text.end(), table), end; found != end;
             ++found) {
            if ((*found)[2].str().find("workspace_id") != std::string::npos) {
                tables.insert((*found)[1].str());
            }
        }
    }
    return tables;
}

std::set<std::string> words_of(std::string_view text) {
    std::set<std::string> words;
    std::string word;
    for (const char letter : std::string(text) + " ") {
        const bool part = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                          (letter >= '0' && letter <= '9') || letter == '_' || letter == '$';
        if (part) {
            word += letter;
        } else if (!word.empty()) {
            words.insert(std::exchange(word, {}));
        }
    }
    return words;
}

bool listed(std::string_view name) {
    return std::ranges::any_of(system_statements, [name](std::string_view entry) {
        return entry.ends_with('*') ? name.starts_with(entry.substr(0, entry.size() - 1))
                                    : name == entry;
    });
}

/// Statements that tests of this program define for themselves.
bool of_a_test(const db::Sql& sql) { return sql.name().find("_test.") != std::string_view::npos; }

/// Empty when the statement obeys the rules, else what is wrong.
std::string complaint(const db::SqlText& sql, std::string_view text) {
    static const std::set<std::string> tables = workspace_tables();
    const std::set<std::string> words = words_of(text);
    const bool touches = std::ranges::any_of(
        tables, [&](const std::string& table) { return words.contains(table); });
    if (!touches) {
        return {};
    }
    if (sql.scope == db::Scope::system) {
        return listed(sql.name) ? ""
                                : "is of system scope on a workspace table and not in the list";
    }
    if (!words.contains("workspace_id") || !words.contains("$1")) {
        return "does not restrict workspace_id by $1";
    }
    return {};
}

class PrepareTest : public test::EnginesTest {};

TEST_P(PrepareTest, every_statement_prepares) {
    std::size_t count = 0;
    write([&](db::Txn& txn) {
        db::Sql::for_each([&](const db::Sql& sql) {
            ++count;
            try {
                txn.savepoint([&] { txn.connection().prepare(sql); });
            } catch (const Fault& fault) {
                ADD_FAILURE() << sql.name() << ": " << fault.what();
            }
        });
        return 0;
    });
    EXPECT_GE(count, 15U);
}

WAPI_ON_BOTH_ENGINES(PrepareTest);

TEST(StatementRules, names_are_unique) {
    std::set<std::string_view> names;
    db::Sql::for_each([&](const db::Sql& sql) {
        EXPECT_TRUE(names.insert(sql.name()).second) << sql.name();
        EXPECT_NE(sql.name().find('.'), std::string_view::npos) << sql.name();
    });
}

TEST(StatementRules, no_statement_leaves_its_workspace) {
    ASSERT_GE(workspace_tables().size(), 10U);
    db::Sql::for_each([&](const db::Sql& sql) {
        for (const db::Engine engine : {db::Engine::sqlite, db::Engine::postgres}) {
            const std::string wrong =
                of_a_test(sql) ? ""
                               : complaint({.name = sql.name(), .text = {}, .scope = sql.scope()},
                                           sql.text(engine));
            EXPECT_TRUE(wrong.empty()) << sql.name() << " " << wrong;
        }
    });
}

TEST(StatementRules, the_rules_catch_what_they_are_for) {
    const db::SqlText careless{.name = "contacts.list", .text = {}};
    EXPECT_NE(complaint(careless, "SELECT name FROM contacts WHERE contact_id = $1"), "");
    EXPECT_NE(complaint(careless, "SELECT name FROM contacts WHERE workspace_id = 'w'"), "");
    EXPECT_EQ(complaint(careless, "SELECT name FROM contacts WHERE workspace_id = $1"), "");
    const db::SqlText unlisted{.name = "contacts.all", .text = {}, .scope = db::Scope::system};
    EXPECT_NE(complaint(unlisted, "SELECT name FROM contacts WHERE workspace_id = $1"), "");
}

}  // namespace
}  // namespace wapi
