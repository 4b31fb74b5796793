// Goal: an operator's token opens what operators do and nothing else, and a suspended workspace
// stays as it is until it is resumed, with a word in its log. Method: the service on both engines,
// the cheapest password cost, a clock moved by hand; the routes as they are called.
#include "features/operators/operators.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include "base/json.hpp"
#include "features/audit/audit.hpp"
#include "features/operators/operators_http.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::operators {
namespace {

constexpr std::string_view password = "correct horse battery";
const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other("22222222-2222-7222-8222-222222222222");

const db::Sql insert_workspace{{
    .name = "operators_test.insert_workspace",
    .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us) "
            "VALUES ($1, 'Shop', 'free', '{}', 1)",
}};
const db::Sql tokens_sql{{
    .name = "operators_test.tokens",
    .text = "SELECT token_hash FROM operator_sessions",
    .scope = db::Scope::system,
}};

const db::Sql remove_operators_sql{{
    .name = "operators_test.remove_operators",
    .text = "DELETE FROM operators",
    .scope = db::Scope::system,
}};

/// Something happens when a login makes its token, after the password was looked at.
class ActingRng final : public Rng {
  public:
    explicit ActingRng(Rng& rng) : rng_(rng) {}
    void fill(std::span<std::byte> bytes) override {
        if (act) {
            std::exchange(act, {})();
        }
        rng_.fill(bytes);
    }
    std::function<void()> act;

  private:
    Rng& rng_;
};

class OperatorsTest : public test::EnginesTest {
  protected:
    void SetUp() override {
        for (const WorkspaceId& id : {shop, other}) {
            write(id, [](db::WorkspaceTxn& txn) { return txn.execute(insert_workspace); });
        }
        ASSERT_TRUE(create("olaf@wapi.example"));
    }
    Result<Operator> create(const std::string& email, std::string_view with = password) {
        return run(service_.create({email, "Olaf", SecretString(with)}));
    }
    Result<Login> login(std::string_view with = password, const std::string& ip = "192.0.2.1") {
        return run(
            service_.login({ip, "agent", "request-1"}, "Olaf@wapi.example", SecretString(with)));
    }
    template <class T>
    static std::string_view code(const Result<T>& result) {
        return result ? "ok" : result.error().kind->code;
    }
    std::string_view authenticated(const SecretString& token) {
        return code(run(service_.authenticate(std::string(token.reveal()))));
    }
    Context as_operator() {
        return run(service_.authenticate(std::string(login()->token.reveal()))).value();
    }
    Tenant find(const WorkspaceId& workspace) {
        return run(service_.list_workspaces({.text = workspace.value})).at(0);
    }
    std::vector<audit::StoredEntry> entries(const WorkspaceId& workspace) {
        Context context;
        context.workspace = workspace;
        audit::Service log(database());
        return run(log.list(context, {}))->entries;
    }

    ActingRng acting_{rng_};
    async::ThreadPool pool_{io_, "cpu", 1};
    Service service_{
        {.db = database(), .pool = pool_, .clock = clock_, .rng = acting_, .ids = ids_},
        {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN}};
};

TEST_P(OperatorsTest, an_operator_logs_in_and_the_token_is_kept_as_a_hash) {
    const Result<Login> made = login();
    ASSERT_TRUE(made);
    EXPECT_EQ(made->who.email, "olaf@wapi.example");
    EXPECT_EQ(authenticated(made->token), "ok");
    read([&](db::Txn& txn) {
        const db::Rows rows = txn.query(tokens_sql);
        EXPECT_EQ(rows.size(), 1U);
        EXPECT_FALSE(std::string(rows[0].bytes(0)).contains(made->token.reveal()));
        return true;
    });
    const Context context = run(service_.authenticate(std::string(made->token.reveal()))).value();
    EXPECT_EQ(context.workspace.value, platform_workspace);
    EXPECT_EQ(context.permissions, 0U);
}

TEST_P(OperatorsTest, a_session_ends_after_twelve_hours_by_logging_out_and_with_the_operator) {
    const SecretString late = login()->token;
    clock_.advance(session_time);
    EXPECT_EQ(authenticated(late), "unauthorized");
    const SecretString left = login()->token;
    EXPECT_TRUE(run(service_.logout(left)));
    EXPECT_EQ(authenticated(left), "unauthorized");
    const SecretString removed = login()->token;
    EXPECT_EQ(code(run(service_.remove("olaf@wapi.example"))), "ok");
    EXPECT_EQ(authenticated(removed), "unauthorized");
    EXPECT_EQ(code(login()), "operator_login_refused");
    EXPECT_EQ(code(run(service_.remove("olaf@wapi.example"))), "operator_not_found");
}

TEST_P(OperatorsTest, who_is_removed_while_logging_in_gets_no_session) {
    acting_.act = [this] { write([](db::Txn& txn) { return txn.execute(remove_operators_sql); }); };
    EXPECT_EQ(code(login()), "operator_login_refused");
    EXPECT_EQ(read([](db::Txn& txn) { return txn.query(tokens_sql).size(); }), 0U);
}

TEST_P(OperatorsTest, what_is_no_token_of_an_operator_opens_nothing) {
    const std::string token(login()->token.reveal());
    for (const std::string& wrong :
         {std::string(), std::string("wop_"), token + "A", token.substr(4), "wop_x" + token}) {
        EXPECT_EQ(code(run(service_.authenticate(wrong))), "unauthorized") << wrong;
    }
}

TEST_P(OperatorsTest, a_wrong_password_and_an_unknown_address_are_refused_and_throttled) {
    EXPECT_EQ(code(login("wrong horse battery")), "operator_login_refused");
    EXPECT_EQ(code(run(service_.login({"192.0.2.9", "agent", "r"}, "nobody@wapi.example",
                                      SecretString(password)))),
              "operator_login_refused");
    for (int attempt = 0; attempt < 4; ++attempt) {
        EXPECT_EQ(code(login("wrong horse battery")), "operator_login_refused");
    }
    EXPECT_EQ(code(login()), "operator_login_throttled");
    clock_.advance(std::chrono::minutes(15));
    EXPECT_EQ(code(login()), "ok");
}

TEST_P(OperatorsTest, guessing_from_many_addresses_is_throttled_for_that_operator_alone) {
    ASSERT_TRUE(create("uta@wapi.example"));
    for (int attempt = 0; attempt < failures_max; ++attempt) {
        EXPECT_EQ(code(login("wrong horse battery", "198.51.100." + std::to_string(attempt))),
                  "operator_login_refused");
    }
    EXPECT_EQ(code(login()), "operator_login_throttled");
    EXPECT_EQ(code(run(service_.login({"192.0.2.1", "agent", "r"}, "uta@wapi.example",
                                      SecretString(password)))),
              "ok");
    clock_.advance(std::chrono::minutes(15));
    EXPECT_EQ(code(login()), "ok");
}

TEST_P(OperatorsTest, there_is_one_operator_of_an_address_and_none_with_a_weak_password) {
    EXPECT_EQ(code(create("olaf@wapi.example")), "operator_exists");
    EXPECT_EQ(code(create("uta@wapi.example", "Password2026!")), "weak_password");
    EXPECT_EQ(code(create("uta@wapi.example")), "ok");
    EXPECT_EQ(run(service_.list()).size(), 2U);
}

TEST_P(OperatorsTest, the_installations_log_tells_of_operators) {
    EXPECT_FALSE(login("wrong horse battery"));
    const Context context = as_operator();
    EXPECT_TRUE(run(service_.remove("olaf@wapi.example")));
    std::vector<std::string> found;
    for (const audit::StoredEntry& entry : entries(WorkspaceId(platform_workspace))) {
        found.push_back(entry.action + " " + entry.actor_kind);
        EXPECT_EQ(entry.resource_id, context.actor.id);
    }
    EXPECT_EQ(found, (std::vector<std::string>{"operator.removed system", "operator.login operator",
                                               "operator.login_failed operator",
                                               "operator.created system"}));
}

TEST_P(OperatorsTest, a_workspace_is_suspended_with_a_reason_and_resumed) {
    const Context context = as_operator();
    const Result<Tenant> suspended = run(service_.suspend(context, shop, "Unpaid"));
    ASSERT_TRUE(suspended);
    EXPECT_EQ(suspended->suspended_at, clock_.now());
    EXPECT_EQ(suspended->suspended_reason, "Unpaid");
    clock_.advance(std::chrono::hours(1));
    EXPECT_EQ(run(service_.suspend(context, shop, "Again"))->suspended_reason, "Unpaid");
    EXPECT_FALSE(run(service_.resume(context, shop))->suspended_at);
    EXPECT_TRUE(run(service_.resume(context, shop)));
    const auto log = entries(shop);
    ASSERT_EQ(log.size(), 2U) << "what changes nothing leaves no entry";
    EXPECT_EQ(log[1].action, "workspace.suspended");
    EXPECT_EQ(log[1].details, R"({"reason":"Unpaid"})");
    EXPECT_EQ(log[1].actor_kind, "operator");
    EXPECT_EQ(log[1].actor_id, context.actor.id);
    EXPECT_EQ(log[0].action, "workspace.resumed");
    EXPECT_TRUE(entries(other).empty());
    EXPECT_EQ(code(run(service_.suspend(context, WorkspaceId("nowhere"), "x"))), "not_found");
    EXPECT_EQ(code(run(service_.resume(context, WorkspaceId("nowhere")))), "not_found");
    EXPECT_TRUE(entries(WorkspaceId("nowhere")).empty());
}

TEST_P(OperatorsTest, plan_and_limit_are_changed_with_an_entry_each_in_the_workspaces_log) {
    const Context context = as_operator();
    EXPECT_EQ(find(shop).per_minute, 100);
    const Result<Tenant> changed = run(
        service_.change(context, shop, {.plan = "pro", .sets_limit = true, .own_limit = 2'000}));
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->plan, "pro");
    EXPECT_EQ(changed->own_limit, 2'000);
    EXPECT_EQ(changed->per_minute, 2'000);
    EXPECT_EQ(find(other).plan, "free");
    EXPECT_TRUE(run(service_.change(context, shop, {.plan = "pro"})));
    EXPECT_EQ(find(shop).own_limit, 2'000) << "what is absent stays";
    EXPECT_EQ(run(service_.change(context, shop, {.sets_limit = true}))->per_minute, 1'000)
        << "back to the plan's";
    EXPECT_TRUE(run(service_.change(context, shop, {.sets_limit = true})));
    const auto log = entries(shop);
    ASSERT_EQ(log.size(), 3U) << "what changes nothing leaves no entry";
    for (const audit::StoredEntry& entry : log) {
        EXPECT_EQ(entry.action, "settings.updated");
        EXPECT_EQ(entry.actor_kind, "operator");
        EXPECT_EQ(entry.actor_id, context.actor.id);
    }
    EXPECT_EQ(log[2].details, R"({"changed":["plan"],"planBefore":"free","plan":"pro"})");
    EXPECT_EQ(code(run(service_.change(context, shop, {.plan = "gold"}))), "invalid_request");
    EXPECT_EQ(code(run(service_.change(context, shop, {.sets_limit = true, .own_limit = 0}))),
              "invalid_request");
    EXPECT_EQ(code(run(service_.change(context, WorkspaceId("nowhere"), {.plan = "pro"}))),
              "not_found");
    EXPECT_EQ(entries(shop).size(), 3U);
}

TEST_P(OperatorsTest, plan_and_limit_change_nobodys_rights_and_a_suspension_does) {
    std::size_t announced = 0;
    database().on_announced([&](const std::vector<db::Announcement>& all) {
        announced += static_cast<std::size_t>(
            std::ranges::count(all, audit::access_changed, &db::Announcement::kind));
    });
    const auto heard = [&] {
        io_.restart();
        io_.poll();
        return announced;
    };
    const Context context = as_operator();
    ASSERT_TRUE(run(
        service_.change(context, shop, {.plan = "pro", .sets_limit = true, .own_limit = 2'000})));
    EXPECT_EQ(heard(), 0U);
    ASSERT_TRUE(run(service_.suspend(context, shop, "Unpaid")));
    EXPECT_EQ(heard(), 1U);
}

TEST_P(OperatorsTest, a_refused_limit_leaves_the_plan_as_it_was) {
    EXPECT_EQ(code(run(service_.change(as_operator(), shop,
                                       {.plan = "pro", .sets_limit = true, .own_limit = 0}))),
              "invalid_request");
    EXPECT_EQ(find(shop).plan, "free");
    EXPECT_TRUE(entries(shop).empty());
}

TEST_P(OperatorsTest, workspaces_are_found_by_name_id_and_state) {
    const auto found = [&](const TenantFilter& filter) {
        std::vector<std::string> ids;
        for (const Tenant& tenant : run(service_.list_workspaces(filter))) {
            ids.push_back(tenant.id.value);
        }
        return ids;
    };
    const std::vector both{shop.value, other.value};
    EXPECT_EQ(found({.text = "sHo"}), both);
    EXPECT_EQ(found({.text = "2222-7222"}), std::vector{other.value});
    EXPECT_TRUE(found({.text = "%"}).empty());
    EXPECT_TRUE(run(service_.suspend(as_operator(), other, "Unpaid")));
    EXPECT_EQ(found({.suspended = true}), std::vector{other.value});
    EXPECT_EQ(found({.suspended = false}), std::vector{shop.value});
    EXPECT_EQ(found({.text = "shop", .suspended = true}), std::vector{other.value});
    EXPECT_EQ(found({}), both);
}

TEST_P(OperatorsTest, the_routes_want_the_token_and_page_the_workspaces) {
    const std::vector<net::Route> routes = operator_routes(service_);
    const auto call = [&](std::string_view operation, const std::string& token,
                          const std::string& query = {}) {
        const auto route = std::ranges::find(routes, operation, &net::Route::operation_id);
        net::Call request;
        request.request.headers.emplace_back("authorization", "Bearer " + token);
        request.request.params = {{"id", shop.value}};
        request.request.body = R"({"reason":"Unpaid"})";
        if (!query.empty()) {
            request.request.query = {{"limit", "1"}, {"cursor", query == "-" ? "" : query}};
        }
        return run(route->handler(request));
    };
    for (const char* operation :
         {"listWorkspaces", "suspendWorkspace", "resumeWorkspace", "logOutOperator"}) {
        EXPECT_EQ(code(call(operation, "")), "unauthorized") << operation;
        EXPECT_EQ(code(call(operation, "wop_invented")), "unauthorized") << operation;
    }
    const std::string token(login()->token.reveal());
    const json::object first = json::parse_object(call("listWorkspaces", token, "-")->body).value();
    EXPECT_EQ(first.at("workspaces").as_array().size(), 1U);
    EXPECT_EQ(json::require_string(first, "nextCursor").value(), shop.value);
    const json::object second =
        json::parse_object(call("listWorkspaces", token, shop.value)->body).value();
    EXPECT_EQ(json::require_string(second.at("workspaces").at(0).as_object(), "id").value(),
              other.value);
    EXPECT_TRUE(second.at("nextCursor").is_null());
    EXPECT_EQ(code(call("suspendWorkspace", token)), "ok");
    EXPECT_EQ(code(call("logOutOperator", token)), "ok");
    EXPECT_EQ(code(call("resumeWorkspace", token)), "unauthorized");
}

WAPI_ON_BOTH_ENGINES(OperatorsTest);

}  // namespace
}  // namespace wapi::operators
