// A shop of three people with two numbers, beside another shop of the same owner, on both engines.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "features/audit/audit.hpp"
#include "features/numbers/numbers.hpp"
#include "features/team/team.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::team {

inline const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
inline const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");
inline const UserId olga("aaaaaaaa-0000-7000-8000-000000000001");  // owner of both
inline const UserId adam("aaaaaaaa-0000-7000-8000-000000000002");  // agent
inline const UserId lena("aaaaaaaa-0000-7000-8000-000000000003");  // agent
inline const std::string one = "108";                              // the shop's numbers
inline const std::string two = "109";

inline const db::Sql insert_workspace{{
    .name = "team_test.insert_workspace",
    .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us)"
            " VALUES ($1, 'Demo Shop', 'free', '{}', 0)",
}};
inline const db::Sql insert_user{{
    .name = "team_test.insert_user",
    .text = "INSERT INTO users (user_id, email, name, password_hash, created_us)"
            " VALUES ($1, $2, $3, '', 0) ON CONFLICT DO NOTHING",
    .scope = db::Scope::system,
}};
inline const db::Sql insert_member{{
    .name = "team_test.insert_member",
    .text = "INSERT INTO members (workspace_id, user_id, role, created_us) VALUES ($1, $2, $3, 0)",
}};

class TeamTestBase : public test::EnginesTest {
  protected:
    TeamTestBase() {
        for (const WorkspaceId& workspace : {shop, other_shop}) {
            write(workspace, [](db::WorkspaceTxn& txn) { return txn.execute(insert_workspace); });
            add(workspace, olga, "owner", "Olga");
        }
        add(shop, adam, "agent", "Adam");
        add(shop, lena, "agent", "Lena");
        for (const std::string& phone : {one, two}) {
            numbers::Number number;
            number.phone_number_id = PhoneNumberId(phone);
            number.waba_id = WabaId("209");
            write(shop, [&](db::WorkspaceTxn& txn) { return numbers::save_number(txn, number); });
        }
    }
    void add(const WorkspaceId& workspace, const UserId& user, std::string_view role,
             std::string_view name = "Someone") {
        write(workspace, [&](db::WorkspaceTxn& txn) {
            txn.txn().execute(insert_user, user, user.value + "@shop.example", name);
            return txn.execute(insert_member, user, role);
        });
    }
    static Context as(const UserId& user, const WorkspaceId& workspace = shop) {
        Context context;
        context.workspace = workspace;
        context.actor = {ActorKind::user, user.value};
        return context;
    }
    /// `ok`, or the error's code.
    template <class T>
    static std::string_view code(const Result<T>& result) {
        return result ? "ok" : result.error().kind->code;
    }
    Result<Member> change(const UserId& user, MemberChange change, const UserId& by = olga) {
        return run(team_.change_member(as(by), user, std::move(change)));
    }
    Result<Member> limit(const UserId& user, Limits limits, const UserId& by = olga) {
        return change(user, {.role = {}, .overrides = {}, .limits = std::move(limits)}, by);
    }
    audit::Page entries(std::string_view action, const WorkspaceId& workspace = shop) {
        audit::Service log(database());
        return run(log.list(as(olga, workspace), {.action = std::string(action)})).value();
    }

    Service team_{database(), ids_, clock_};
};

}  // namespace wapi::team
