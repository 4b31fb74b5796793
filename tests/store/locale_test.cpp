// Goal: who is searched for is found, whatever the locale of the database: A to Z in either case,
// all other letters as they are written. Method: the services that search by name on SQLite and on
// PostgreSQL databases of several locales; in Turkish even I has another small letter.
#include <gtest/gtest.h>

#include "features/contact_lists/contact_lists.hpp"
#include "features/contacts/contacts.hpp"
#include "features/operators/operators.hpp"
#include "features/team/team.hpp"
#include "tests/support/test_db.hpp"

namespace wapi {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const UserId member("aaaaaaaa-0000-7000-8000-000000000001");
const std::string name = "ÉLODIE IRMGARD Ünal ПЕТРОВ";

const db::Sql insert_workspace{{
    .name = "locale_test.insert_workspace",
    .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us)"
            " VALUES ($1, $2, 'free', '{}', 0)",
}};
const db::Sql insert_user{{
    .name = "locale_test.insert_user",
    .text = "INSERT INTO users (user_id, email, name, password_hash, created_us)"
            " VALUES ($1, 'elodie@shop.example', $2, '', 0)",
    .scope = db::Scope::system,
}};
const db::Sql insert_member{{
    .name = "locale_test.insert_member",
    .text = "INSERT INTO members (workspace_id, user_id, role, created_us)"
            " VALUES ($1, $2, 'agent', 0)",
}};

test::TestDatabase database_of(const std::string& kind) {
    if (kind == "sqlite" || kind == "postgres") {
        return test::TestDatabase(kind == "sqlite" ? db::Engine::sqlite : db::Engine::postgres);
    }
    return test::TestDatabase::in_locale(kind);
}

class LocaleTest : public ::testing::TestWithParam<std::string> {
  protected:
    LocaleTest() {
        database_->blocking_write("test", [](db::Txn& txn) {
            db::WorkspaceTxn bound(txn, shop);
            bound.execute(insert_workspace, name);
            txn.execute(insert_user, member, name);
            return bound.execute(insert_member, member);
        });
        context_.workspace = shop;
        context_.actor = {ActorKind::user, member.value};
        contacts::Draft draft;
        draft.name = name;
        draft.phone = "+436601111111";
        contacts::Service contacts(*database_, ids_, clock_);
        EXPECT_TRUE(run(contacts.create(context_, draft)));
    }
    template <class T>
    T run(async::Task<T> task) {
        return test::run_task(io_, std::move(task));
    }
    std::size_t contacts_found(const std::string& text) {
        contact_lists::Service lists(*database_, clock_);
        return run(lists.list(context_, {.text = text}))->contacts.size();
    }
    std::size_t members_found(const std::string& text) {
        team::Service team(*database_, ids_, clock_);
        const std::size_t found = run(team.list_members(context_, {.text = text}))->members.size();
        EXPECT_EQ(run(team.list_assignees(context_, {.text = text}))->assignees.size(), found);
        return found;
    }
    std::size_t workspaces_found(const std::string& text) {
        operators::Service operators(
            {.db = *database_, .pool = pool_, .clock = clock_, .rng = rng_, .ids = ids_});
        return run(operators.list_workspaces({.text = text})).size();
    }

    test::ManualClock clock_;
    SeededRng rng_{1};
    IdGenerator ids_{clock_, rng_};
    boost::asio::io_context io_;
    async::ThreadPool pool_{io_, "cpu", 1};
    test::TestDatabase files_ = database_of(GetParam());
    std::unique_ptr<db::Db> database_ = files_.open(io_, {.connections_max = 2});
    Context context_;
};

TEST_P(LocaleTest, a_name_is_found_as_it_is_written_and_without_case_from_a_to_z) {
    for (const std::string text :
         {"ÉLODIE", "Élodie", "irmgard", "IRMGARD", "IrmGard", "ÜNAL", "Ünal", "ПЕТРОВ"}) {
        SCOPED_TRACE(text);
        EXPECT_EQ(contacts_found(text), 1U);
        EXPECT_EQ(members_found(text), 1U);
        EXPECT_EQ(workspaces_found(text), 1U);
    }
}

TEST_P(LocaleTest, other_letters_are_found_as_they_are_written_only) {
    for (const std::string text : {"élodie", "ünal", "петров", "ırmgard"}) {
        SCOPED_TRACE(text);
        EXPECT_EQ(contacts_found(text), 0U);
        EXPECT_EQ(members_found(text), 0U);
        EXPECT_EQ(workspaces_found(text), 0U);
    }
}

INSTANTIATE_TEST_SUITE_P(Databases, LocaleTest,
                         ::testing::Values("sqlite", "postgres", "en-US", "tr-TR"),
                         [](const auto& info) {
                             std::string label = info.param;
                             std::erase(label, '-');
                             return label;
                         });

}  // namespace
}  // namespace wapi
