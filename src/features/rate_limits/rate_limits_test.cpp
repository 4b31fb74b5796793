// Goal: figures in force are the plan's, or what an operator set a moment ago; each change leaves
// its audit entry; who is counted follows from the route and the caller. Method: the service and
// the dispatcher's limiter on both engines, with a clock moved by hand.
#include "features/rate_limits/rate_limits.hpp"

#include <gtest/gtest.h>

#include "features/audit/audit.hpp"
#include "features/rate_limits/rate_limits_http.hpp"
#include "features/rate_limits/rate_limits_store.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::rate_limits {
namespace {

using namespace std::chrono_literals;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other("22222222-2222-7222-8222-222222222222");

const db::Sql insert_workspace{{
    .name = "rate_limits_test.insert_workspace",
    .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us) "
            "VALUES ($1, 'Shop', $2, '{}', 0)",
}};
const db::Sql change_plan{{
    .name = "rate_limits_test.change_plan",
    .text = "UPDATE workspaces SET plan = $2 WHERE workspace_id = $1",
}};

async::Task<Result<net::Response>> nothing(net::Call&) { co_return net::json_response("{}"); }

class RateLimitsTest : public test::EnginesTest {
  protected:
    void SetUp() override {
        for (const WorkspaceId& id : {shop, other}) {
            write(id, [](db::WorkspaceTxn& txn) { return txn.execute(insert_workspace, "free"); });
        }
    }
    Decision count(const WorkspaceId& workspace = shop, const std::string& key = {}) {
        return run(service_.count({.workspace = workspace, .api_key = key}));
    }
    Decision sign_up(const std::string& ip) {
        return run(service_.count_address(ip, form_of("signUp")));
    }
    int count_often(int times, const WorkspaceId& workspace = shop, const std::string& key = {}) {
        int allowed = 0;
        for (int index = 0; index < times; ++index) {
            allowed += count(workspace, key).allowed ? 1 : 0;
        }
        return allowed;
    }
    Result<Changed> change(Kind kind, const std::string& name, std::optional<std::int64_t> figure) {
        return write([&](db::Txn& txn) {
            return change_limit(txn, {.kind = kind, .name = name, .per_minute = figure},
                                clock_.now());
        });
    }
    std::int64_t limit_after_a_while() {
        clock_.advance(limits_kept);
        return count().limit;
    }
    std::vector<audit::StoredEntry> entries(const WorkspaceId& workspace) {
        audit::Service log(database());
        Context context;
        context.workspace = workspace;
        return run(log.list(context, {}))->entries;
    }
    net::RateDecision ask(net::RateClass rate, const Context& context,
                          std::string_view operation = "getThing",
                          net::Auth auth = net::Auth::none) {
        RequestLimiter limiter(service_);
        const net::Route route{net::Verb::get, "/x", auth, "", rate, 0, operation, nothing};
        net::Call call{.request = {}, .context = context};
        call.request.remote_ip = "203.0.113.7";
        return run(limiter.count(route, call));
    }
    Service service_{database(), clock_, rng_};
};

TEST_P(RateLimitsTest, a_workspace_has_what_its_plan_says_and_not_what_another_left_of_it) {
    EXPECT_EQ(count_often(150), 100);
    EXPECT_EQ(count_often(100, other), 100);
    EXPECT_FALSE(count().allowed);
}

TEST_P(RateLimitsTest, another_plan_is_in_force_after_a_few_seconds) {
    EXPECT_EQ(count().limit, 100);
    write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(change_plan, "enterprise"); });
    EXPECT_EQ(limit_after_a_while(), 10'000);
    EXPECT_EQ(count(other).limit, 100);
}

TEST_P(RateLimitsTest, a_plans_figure_and_a_workspaces_own_can_be_set_and_taken_back) {
    EXPECT_EQ(count().limit, 100);
    EXPECT_EQ(change(Kind::plan, "free", 50)->before, 100);
    EXPECT_EQ(count().limit, 100) << "kept for a while";
    EXPECT_EQ(limit_after_a_while(), 50);
    EXPECT_EQ(change(Kind::workspace, shop.value, 7)->before, 50);
    EXPECT_EQ(limit_after_a_while(), 7);
    EXPECT_EQ(count(other).limit, 50);
    EXPECT_EQ(change(Kind::workspace, shop.value, std::nullopt)->after, 50);
    EXPECT_EQ(limit_after_a_while(), 50);
    EXPECT_EQ(change(Kind::plan, "free", std::nullopt)->after, 100);
    EXPECT_EQ(limit_after_a_while(), 100);
}

TEST_P(RateLimitsTest, an_api_key_counts_for_itself_and_for_its_workspace) {
    ASSERT_TRUE(change(Kind::key, "free", 30));
    EXPECT_EQ(count_often(50, shop, "key-a"), 30);
    EXPECT_EQ(count_often(50, shop, "key-b"), 30);
    EXPECT_EQ(count_often(100), 40) << "what keys were refused did not count";
    clock_.advance(61s);
    EXPECT_EQ(count_often(90), 90);
    EXPECT_EQ(count_often(20, shop, "key-a"), 10);
    clock_.advance(600ms);
    EXPECT_EQ(count(shop, "key-a").remaining, 0) << "the tighter of both is shown";
}

TEST_P(RateLimitsTest, what_the_workspace_refuses_does_not_count_for_the_key) {
    ASSERT_TRUE(change(Kind::key, "free", 30));
    EXPECT_EQ(count_often(100), 100);
    EXPECT_EQ(count_often(100, shop, "key-a"), 0);
    clock_.advance(6s);
    EXPECT_EQ(count_often(100, shop, "key-a"), 10) << "three had come back to a key used up";
}

TEST_P(RateLimitsTest, an_address_counts_by_form_and_an_operator_may_change_that) {
    for (int index = 0; index < 20; ++index) {
        EXPECT_TRUE(sign_up("2001:db8::" + std::to_string(index)).allowed);
    }
    EXPECT_FALSE(sign_up("2001:db8::abcd").allowed) << "one network of 64 bits is one address";
    EXPECT_TRUE(sign_up("2001:db8:1::1").allowed);
    EXPECT_TRUE(run(service_.count_address("2001:db8::1", form_of("logIn"))).allowed);
    ASSERT_TRUE(change(Kind::form, "signup", 1'000));
    clock_.advance(limits_kept);
    EXPECT_EQ(sign_up("2001:db8::1").limit, 1'000);
}

TEST_P(RateLimitsTest, what_is_no_figure_or_name_is_refused_and_changes_nothing) {
    for (const std::int64_t figure : {std::int64_t{0}, std::int64_t{-1}, per_minute_max + 1}) {
        EXPECT_EQ(change(Kind::plan, "free", figure).error().kind, &errors::invalid_request);
        EXPECT_EQ(change(Kind::workspace, shop.value, figure).error().kind,
                  &errors::invalid_request);
    }
    EXPECT_EQ(change(Kind::plan, "gold", 5).error().field, "name");
    EXPECT_EQ(change(Kind::form, "free", 5).error().field, "name");
    EXPECT_EQ(change(Kind::workspace, "nobody", 5).error().kind, &errors::not_found);
    EXPECT_EQ(change(Kind::workspace, "", 5).error().kind, &errors::not_found);
    EXPECT_EQ(change(Kind::workspace, shop.value, std::nullopt).error().kind, &errors::not_found);
    EXPECT_EQ(change(Kind::plan, "pro", std::nullopt).error().kind, &errors::not_found);
    EXPECT_TRUE(entries(shop).empty());
    EXPECT_TRUE(entries(WorkspaceId(platform_log)).empty());
    EXPECT_EQ(change(Kind::plan, "free", per_minute_max)->after, per_minute_max);
}

TEST_P(RateLimitsTest, a_change_is_audited_where_it_belongs) {
    ASSERT_TRUE(change(Kind::workspace, shop.value, 7));
    ASSERT_TRUE(change(Kind::plan, "free", 50));
    ASSERT_EQ(entries(shop).size(), 1U);
    const audit::StoredEntry own = entries(shop)[0];
    EXPECT_EQ(own.action, audit::actions::settings_updated);
    EXPECT_EQ(own.actor_kind, "system");
    EXPECT_EQ(own.details, R"({"changed":["rateLimit.workspace.)" + shop.value +
                               R"("],"perMinuteBefore":100,"perMinute":7})");
    const auto platform = entries(WorkspaceId(platform_log));
    ASSERT_EQ(platform.size(), 1U);
    EXPECT_EQ(platform[0].details,
              R"({"changed":["rateLimit.plan.free"],"perMinuteBefore":100,"perMinute":50})");
    EXPECT_TRUE(entries(other).empty());
}

TEST_P(RateLimitsTest, the_list_has_every_figure_and_when_it_was_changed) {
    ASSERT_TRUE(change(Kind::plan, "starter", 50));
    ASSERT_TRUE(change(Kind::workspace, shop.value, 7));
    const std::vector<Figure> all = read(list_limits);
    ASSERT_EQ(all.size(), plans.size() * 2 + forms.size());
    EXPECT_EQ(all[0].name, "free");
    EXPECT_FALSE(all[0].changed_at);
    EXPECT_EQ(all[2].per_minute, 50);
    EXPECT_EQ(all[2].changed_at, clock_.now());
    EXPECT_EQ(all[3].per_minute, 50) << "of a key: what the plan has";
    const auto own = read([](db::Txn& txn) { return list_workspaces(txn, "", 10); });
    ASSERT_EQ(own.size(), 1U);
    EXPECT_EQ(own[0].name, shop.value);
    EXPECT_EQ(own[0].per_minute, 7);
    EXPECT_TRUE(read([](db::Txn& txn) { return list_workspaces(txn, shop.value, 10); }).empty());
    EXPECT_EQ(read(other, get_workspace_limit)->per_minute, 100);
    const WorkspaceId nobody("33333333-3333-7333-8333-333333333333");
    EXPECT_EQ(read(nobody, get_workspace_limit).error().kind, &errors::not_found);
}

TEST_P(RateLimitsTest, the_rate_class_says_who_is_counted) {
    Context member;
    member.workspace = shop;
    member.actor = {ActorKind::user, "u1"};
    Context key = member;
    key.actor = {ActorKind::api_key, "key-a"};
    ASSERT_TRUE(change(Kind::key, "free", 30));
    EXPECT_EQ(ask(net::RateClass::api, member).limit, 100);
    EXPECT_EQ(ask(net::RateClass::api, member).remaining, 98);
    EXPECT_EQ(ask(net::RateClass::api, key).limit, 30);
    EXPECT_EQ(ask(net::RateClass::api, member).remaining, 96) << "a key's requests count too";
    EXPECT_EQ(ask(net::RateClass::public_form, {}, "logIn").limit, 60);
    EXPECT_EQ(ask(net::RateClass::api, {}).limit, 60) << "nobody's: by address";
    const auto decision = ask(net::RateClass::public_form, {}, "signUp");
    EXPECT_EQ(decision.reset.time_since_epoch(),
              std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch() + 3s);
}

TEST_P(RateLimitsTest, figures_that_cannot_be_read_again_serve_on_and_unknown_ones_are_a_fault) {
    EXPECT_EQ(count().limit, 100);
    EXPECT_TRUE(sign_up("203.0.113.7").allowed);
    write([](db::Txn& txn) {
        txn.connection().execute_text("DROP TABLE workspace_rate_limits");
        txn.connection().execute_text("DROP TABLE rate_limits");
        return true;
    });
    clock_.advance(limits_kept);
    EXPECT_EQ(count().limit, 100);
    EXPECT_TRUE(sign_up("203.0.113.7").allowed);
    EXPECT_THROW(count(other), Fault);
}

TEST_P(RateLimitsTest, operators_have_an_allowance_beside_that_of_public_forms) {
    const auto operators = net::Auth::platform_operator;
    EXPECT_EQ(ask(net::RateClass::public_form, {}, "listWorkspaces", operators).limit, 300);
    EXPECT_EQ(ask(net::RateClass::public_form, {}, "getInvite").remaining, 59);
    EXPECT_EQ(ask(net::RateClass::public_form, {}, "listQueues", operators).remaining, 298);
}

WAPI_ON_BOTH_ENGINES(RateLimitsTest);

}  // namespace
}  // namespace wapi::rate_limits
