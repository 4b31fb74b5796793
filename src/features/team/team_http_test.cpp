// Goal: the routes of the team check what they take and answer in the documented shape. Method: the
// handlers in process on both engines.
#include "features/team/team_http.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::team {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const std::string olga = "aaaaaaaa-0000-7000-8000-000000000001";
const std::string adam = "aaaaaaaa-0000-7000-8000-000000000002";

class TeamHttpTest : public test::EnginesTest {
  protected:
    TeamHttpTest() {
        write([&](db::Txn& txn) {
            const std::string workspace = "'" + shop.value + "'";
            txn.connection().execute_text(
                "INSERT INTO workspaces (workspace_id, name, plan, settings,"
                " created_us) VALUES (" +
                workspace + ", 'Shop', 'free', '{}', 0)");
            for (const auto& [id, role] : {std::pair{olga, "owner"}, std::pair{adam, "agent"}}) {
                txn.connection().execute_text(
                    "INSERT INTO users (user_id, email, name,"
                    " password_hash, created_us) VALUES ('" +
                    id + "', '" + role + "@shop.example', '" + role + "', '', 0)");
                txn.connection().execute_text(
                    "INSERT INTO members (workspace_id, user_id, role,"
                    " created_us) VALUES (" +
                    workspace + ", '" + id + "', '" + role + "', 0)");
            }
            return true;
        });
    }
    Result<net::Response> call(std::string_view operation, const std::string& body = {},
                               const std::string& id = {}) {
        for (const net::Route& route : routes_) {
            if (route.operation_id == operation) {
                net::Call request;
                request.request.body = body;
                request.request.params = {{"id", id}};
                request.context.workspace = shop;
                request.context.actor = {ActorKind::user, olga};
                return run(route.handler(request));
            }
        }
        throw std::runtime_error("no such route");
    }
    static json::object parsed(const Result<net::Response>& response) {
        return json::parse_object(response.value().body).value();
    }
    static std::string refusal(const Result<net::Response>& response) {
        return response ? "ok"
                        : std::string(response.error().kind->code) + " " + response.error().field;
    }

    Service service_{database(), ids_, clock_};
    std::vector<net::Route> routes_ = team_routes(service_);
};

TEST_P(TeamHttpTest, every_route_needs_the_right_to_manage_the_team) {
    EXPECT_EQ(routes_.size(), 14U);
    for (const net::Route& route : routes_) {
        if (route.operation_id == "listAssignees") {
            EXPECT_EQ(route.permission, "assignConversations");
            continue;
        }
        if (route.operation_id == "listMentionable") {
            EXPECT_EQ(route.permission, "sendMessages");
            continue;
        }
        EXPECT_EQ(route.permission, "manageTeam") << route.operation_id;
        EXPECT_EQ(route.auth, net::Auth::session) << route.operation_id;
    }
}

TEST_P(TeamHttpTest, the_matrix_has_a_row_per_permission_and_a_column_per_role) {
    const auto made = call("createRole", R"({"name":"Auditor","permissions":["viewAuditLogs"]})");
    ASSERT_TRUE(made);
    EXPECT_EQ(made->status, 201);
    const std::string id(parsed(made).at("id").as_string());
    const json::object matrix = parsed(call("getPermissionMatrix"));
    EXPECT_EQ(matrix.at("roles").as_array().size(), 5U);
    const json::array& rows = matrix.at("permissions").as_array();
    ASSERT_EQ(rows.size(), 35U);
    for (const json::value& row : rows) {
        const std::string_view name = row.at("name").as_string();
        EXPECT_TRUE(row.at("roles").at("owner").as_bool()) << name;
        EXPECT_EQ(row.at("roles").at(id).as_bool(), name == "viewAuditLogs") << name;
    }
    EXPECT_EQ(rows[0].at("area").as_string(), "inbox");
}

TEST_P(TeamHttpTest, a_role_with_a_wrong_field_is_refused_by_name) {
    EXPECT_EQ(refusal(call("createRole", R"({"permissions":[]})")), "invalid_request name");
    EXPECT_EQ(refusal(call("createRole", R"({"name":"A"})")), "invalid_request permissions");
    EXPECT_EQ(refusal(call("createRole", R"({"name":"A","permissions":["viewDeals","fly"]})")),
              "invalid_request permissions[1]");
    EXPECT_EQ(refusal(call("createRole", R"({"name":"viewer","permissions":[]})")),
              "role_exists name");
    EXPECT_EQ(refusal(call("createRole",
                           R"({"name":")" + std::string(61, 'x') + R"(","permissions":[]})")),
              "invalid_request name");
    EXPECT_EQ(refusal(call("createRole", "[")), "malformed_json ");
    EXPECT_EQ(refusal(call("changeRole", R"({"name":"A"})", "nobody")), "role_not_found ");
    EXPECT_EQ(refusal(call("removeRole", "", "owner")), "role_built_in ");
}

TEST_P(TeamHttpTest, a_member_is_changed_part_by_part) {
    ASSERT_TRUE(call("changeMemberRole", R"({"role":"viewer"})", adam));
    ASSERT_TRUE(call("changeMemberOverrides",
                     R"({"grant":["sendMessages"],"deny":["viewDeals","viewReports"]})", adam));
    const auto limited = call("changeMemberRestrictions",
                              R"({"assignedTags":["vip","gold","vip"],"assignedPhones":[]})", adam);
    ASSERT_TRUE(limited);
    const json::object member = parsed(limited);
    EXPECT_EQ(member.at("role").as_string(), "viewer");
    EXPECT_EQ(json::render(member.at("restrictions")),
              R"({"assignedTags":["gold","vip"],"assignedPhones":[]})");
    EXPECT_EQ(json::render(member.at("overrides")),
              R"({"grant":["sendMessages"],"deny":["viewDeals","viewReports"]})");
    EXPECT_EQ(json::render(member.at("permissions")),
              R"(["sendMessages","viewContacts","viewTemplates","viewCampaigns"])")
        << "no viewAnalytics: it shows the whole workspace";
    const json::object page = parsed(call("listMembers"));
    EXPECT_EQ(page.at("members").as_array().size(), 2U);
    EXPECT_EQ(page.at("members").as_array()[1], json::value(member));
    EXPECT_EQ(parsed(call("listUsers")).at("users"), page.at("members"));
    EXPECT_EQ(parsed(call("getUser", "", adam)), member);
    EXPECT_EQ(refusal(call("getUser", "", "nobody")), "member_not_found ");
}

TEST_P(TeamHttpTest, a_change_of_a_member_with_a_wrong_field_is_refused_by_name) {
    EXPECT_EQ(refusal(call("changeMemberRole", "{}", adam)), "invalid_request role");
    EXPECT_EQ(refusal(call("changeMemberRole", R"({"role":"king"})", adam)), "role_not_found ");
    EXPECT_EQ(refusal(call("changeMemberOverrides", R"({"grant":[]})", adam)),
              "invalid_request deny");
    EXPECT_EQ(refusal(call("changeMemberOverrides",
                           R"({"grant":["viewDeals"],"deny":["viewDeals"]})", adam)),
              "invalid_request deny");
    EXPECT_EQ(refusal(call("changeMemberRestrictions", R"({"assignedTags":["vip"]})", adam)),
              "invalid_request assignedPhones");
    EXPECT_EQ(refusal(call("changeMemberRestrictions",
                           R"({"assignedTags":[],"assignedPhones":["999"]})", adam)),
              "invalid_request assignedPhones");
    json::array many;
    for (std::size_t index = 0; index <= assigned_tags_max; ++index) {
        many.emplace_back("tag" + std::to_string(index));
    }
    const std::string body = json::render(
        json::object{{"assignedTags", std::move(many)}, {"assignedPhones", json::array()}});
    EXPECT_EQ(refusal(call("changeMemberRestrictions", body, adam)),
              "invalid_request assignedTags");
    EXPECT_EQ(refusal(call("changeMemberRole", R"({"role":"viewer"})", "nobody")),
              "member_not_found ");
}

TEST_P(TeamHttpTest, a_member_is_removed_and_the_last_owner_is_not) {
    EXPECT_EQ(call("removeMember", "", adam)->body, R"({"success":true})");
    EXPECT_EQ(refusal(call("removeMember", "", adam)), "member_not_found ");
    EXPECT_EQ(refusal(call("removeMember", "", olga)), "last_owner ");
}

WAPI_ON_BOTH_ENGINES(TeamHttpTest);

}  // namespace
}  // namespace wapi::team
