// Goal: people see and end their own sessions, whole and at once, and nobody else's. Method: the
// handlers in process on both engines, sessions written as features/accounts writes them.
#include "features/sessions/sessions.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "features/audit/audit.hpp"
#include "features/sessions/sessions_http.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::sessions {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other("22222222-2222-7222-8222-222222222222");

const db::Sql insert_session{{
    .name = "sessions_test.insert",
    .text = "INSERT INTO sessions (session_id, user_id, workspace_id, refresh_hash, created_us, "
            "expires_us) VALUES ($1, $2, $3, $4, $5, $6)",
    .scope = db::Scope::system,
}};

class SessionsTest : public test::EnginesTest {
  protected:
    std::string open(const std::string& user, const WorkspaceId& workspace = shop) {
        const std::string id = ids_.uuid();
        write([&](db::Txn& txn) {
            txn.execute(insert_session, id, user, workspace, db::Bytes(), clock_.now(),
                        clock_.now() + std::chrono::hours(24));
            note_use(txn, {.session_id = id, .ip = "192.0.2.1", .user_agent = "agent"},
                     clock_.now());
            return true;
        });
        clock_.advance(std::chrono::seconds(1));
        return id;
    }
    Result<net::Response> call(std::string_view operation, const std::string& user,
                               const std::string& current, const std::string& id = {},
                               const std::string& body = {}) {
        for (const net::Route& route : routes_) {
            if (route.operation_id == operation) {
                net::Call call;
                call.request.body = body;
                call.request.params = {{"id", id}};
                call.context.workspace = shop;
                call.context.actor = {ActorKind::user, user};
                call.context.session_id = current;
                return run(route.handler(call));
            }
        }
        throw std::runtime_error("no such route");
    }
    std::vector<std::string> ids_of(const std::string& user) {
        const auto response = call("listSessions", user, "");
        const json::object page = json::parse_object(response->body).value();
        std::vector<std::string> ids;
        for (const json::value& session : page.at("sessions").as_array()) {
            ids.emplace_back(session.at("id").as_string());
        }
        return ids;
    }
    std::vector<std::string> logouts(const WorkspaceId& workspace) {
        Context context;
        context.workspace = workspace;
        audit::Service service(database());
        std::vector<std::string> found;
        for (const audit::StoredEntry& entry :
             run(service.list(context, {.action = "user.logout"}))->entries) {
            found.push_back(entry.resource_id + " " + entry.details);
        }
        return found;
    }
    using Ids = std::vector<std::string>;

    Service service_{database(), clock_};
    std::vector<net::Route> routes_ = session_routes(service_);
};

TEST_P(SessionsTest, a_person_sees_their_own_sessions_newest_first_and_which_is_this) {
    const std::string first = open("ann");
    const std::string second = open("ann", other);
    open("bob");
    const auto response = call("listSessions", "ann", first);
    const json::object page = json::parse_object(response->body).value();
    const json::array& sessions = page.at("sessions").as_array();
    ASSERT_EQ(sessions.size(), 2U);
    EXPECT_EQ(std::string_view(sessions[0].at("id").as_string()), second);
    EXPECT_EQ(sessions[0].at("current"), false);
    EXPECT_EQ(sessions[1].at("current"), true);
    EXPECT_EQ(sessions[1].at("ip"), "192.0.2.1");
    EXPECT_EQ(sessions[1].at("userAgent"), "agent");
    EXPECT_EQ(sessions[1].at("createdAt"), "2026-01-01T00:00:00.000Z");
    EXPECT_EQ(std::string_view(sessions[0].at("workspaceId").as_string()), other.value);
}

TEST_P(SessionsTest, a_later_use_is_shown_with_its_place) {
    const std::string id = open("ann");
    clock_.advance(std::chrono::hours(1));
    write([&](db::Txn& txn) {
        note_use(txn, {.session_id = id, .ip = "192.0.2.9", .user_agent = "new"}, clock_.now());
        return true;
    });
    const auto response = call("listSessions", "ann", id);
    const json::value session = json::parse_object(response->body)->at("sessions").at(0);
    EXPECT_EQ(session.at("lastUsedAt"), "2026-01-01T01:00:01.000Z");
    EXPECT_EQ(session.at("ip"), "192.0.2.9");
}

TEST_P(SessionsTest, one_session_is_ended_and_the_log_says_so) {
    const std::string kept = open("ann");
    const std::string gone = open("ann", other);
    EXPECT_TRUE(call("endSession", "ann", kept, gone));
    EXPECT_EQ(ids_of("ann"), Ids{kept});
    EXPECT_EQ(logouts(other), Ids{R"(ann {"reason":"session_ended_by_user","sessions":1})"});
    EXPECT_EQ(logouts(shop), Ids{});
}

TEST_P(SessionsTest, sessions_of_others_and_ended_ones_are_not_there) {
    const std::string own = open("ann");
    const std::string bobs = open("bob");
    for (const std::string& id : {bobs, std::string("nonsense"), std::string(300, 'x')}) {
        const auto response = call("endSession", "ann", own, id);
        ASSERT_FALSE(response);
        EXPECT_EQ(response.error().kind->code, "session_not_found");
    }
    EXPECT_EQ(ids_of("bob"), Ids{bobs});
    EXPECT_TRUE(call("endSession", "ann", own, own));
    EXPECT_FALSE(call("endSession", "ann", own, own)) << "it has ended already";
    EXPECT_EQ(logouts(shop).size(), 1U);
    clock_.advance(std::chrono::hours(25));
    EXPECT_EQ(ids_of("bob"), Ids{}) << "past its time";
}

TEST_P(SessionsTest, all_sessions_are_ended_or_all_but_this_one) {
    const std::string current = open("ann");
    open("ann");
    open("ann", other);
    const std::string bobs = open("bob");
    const auto others = call("logOutAll", "ann", current, "", R"({"keepCurrent":true})");
    EXPECT_EQ(others->body, R"({"success":true,"ended":2})");
    EXPECT_EQ(ids_of("ann"), Ids{current});
    EXPECT_EQ(logouts(other), Ids{R"(ann {"reason":"logout_all","sessions":1})"});
    EXPECT_EQ(call("logOutAll", "ann", current, "", R"({"keepCurrent":false})")->body,
              R"({"success":true,"ended":1})");
    EXPECT_EQ(ids_of("ann"), Ids{});
    EXPECT_EQ(ids_of("bob"), Ids{bobs});
    EXPECT_EQ(call("logOutAll", "ann", current, "", R"({"keepCurrent":false})")->body,
              R"({"success":true,"ended":0})");
    EXPECT_EQ(logouts(shop).size(), 2U) << "nothing ended, nothing to tell";
}

TEST_P(SessionsTest, a_body_that_is_wrong_ends_nothing) {
    const std::string id = open("ann");
    for (const char* body : {"", "[]", "{", "{}", R"({"keepCurrent":"yes"})"}) {
        EXPECT_FALSE(call("logOutAll", "ann", id, "", body)) << body;
    }
    EXPECT_EQ(ids_of("ann"), Ids{id});
}

WAPI_ON_BOTH_ENGINES(SessionsTest);

}  // namespace
}  // namespace wapi::sessions
