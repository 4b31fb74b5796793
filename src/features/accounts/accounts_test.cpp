// Goal: signing up, logging in, refreshing and leaving work and leave their audit entries, on both
// engines; what must not work does not, from the next request on. Method: the real service with the
// cheapest password cost, a fresh database and a clock moved by hand.
#include "features/accounts/accounts.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include <future>
#include <thread>
#include <tuple>

#include "features/access/access.hpp"
#include "features/accounts/accounts_http.hpp"
#include "features/audit/audit.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::accounts {
namespace {

using namespace std::string_view_literals;

const db::Sql count_sessions_sql{{
    .name = "test.count_sessions",
    .text = "SELECT COUNT(*) FROM sessions",
    .scope = db::Scope::system,
}};

constexpr std::string_view password = "correct horse battery";

class AccountsTest : public test::EnginesTest {
  protected:
    static Origin origin() { return {"192.0.2.1", "test agent", "request-1"}; }
    static SecretString secret(std::string_view text) { return SecretString(text); }
    Result<Login> signup(const std::string& email = "ann@shop.example",
                         std::string_view chosen = password) {
        return run(service_.signup(origin(), {"Ann", email, secret(chosen), "Demo Shop"}));
    }
    Result<Login> login(const std::string& email = "ann@shop.example",
                        std::string_view given = password) {
        return run(service_.login(origin(), email, secret(given)));
    }
    std::string_view code(const Result<Login>& result) {
        return result ? "ok" : result.error().kind->code;
    }
    std::string_view authenticated(const std::string& token) {
        const Result<Context> context = run(service_.authenticate(origin(), token));
        role_ = context ? context->role : "";
        return context ? "ok" : context.error().kind->code;
    }
    std::int64_t count_audit(const WorkspaceId& workspace, std::string_view action) {
        Context context;
        context.workspace = workspace;
        audit::Service service(database());
        return run(service.list(context, {.action = std::string(action)}))->total;
    }
    std::int64_t count_sessions() {
        return read([](db::Txn& txn) { return txn.query(count_sessions_sql)[0].integer(0); });
    }
    void change(const std::string& sql) {
        write([&](db::Txn& txn) {
            txn.connection().execute_text(sql);
            return true;
        });
    }

    async::ThreadPool pool_{io_, "cpu", 2};
    async::Tasks tasks_{io_};
    Service service_{{.tasks = tasks_,
                      .db = database(),
                      .pool = pool_,
                      .clock = clock_,
                      .rng = rng_,
                      .ids = ids_},
                     {.jwt_secret = SecretString("0f1e2d3c4b5a69788796a5b4c3d2e1f0-test"sv),
                      .secure_cookies = true,
                      .password_cost = {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN}}};
    std::string role_;
};

TEST_P(AccountsTest, signing_up_makes_an_owner_who_is_logged_in) {
    const Result<Login> made = signup(" Ann@Shop.Example ");
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->profile.user.email, "ann@shop.example");
    EXPECT_EQ(made->profile.membership.workspace_name, "Demo Shop");
    EXPECT_EQ(made->profile.membership.plan, "free");
    EXPECT_EQ(authenticated(made->access_token), "ok");
    EXPECT_EQ(role_, "owner");
    EXPECT_EQ(count_audit(made->profile.membership.workspace, "user.created"), 1);
}

TEST_P(AccountsTest, an_address_can_sign_up_once) {
    ASSERT_TRUE(signup());
    EXPECT_EQ(code(signup("ANN@shop.example")), "email_taken");
}

TEST_P(AccountsTest, a_weak_password_or_an_empty_name_signs_nobody_up) {
    EXPECT_EQ(code(signup("ann@shop.example", "short")), "weak_password");
    EXPECT_EQ(code(signup("no address")), "invalid_request");
    EXPECT_EQ(code(run(service_.signup(origin(), {" ", "a@b.example", secret(password), "Shop"}))),
              "invalid_request");
    EXPECT_EQ(code(run(service_.signup(origin(), {"Ann\n\nPay here: https://evil.example",
                                                  "a@b.example", secret(password), "Shop"}))),
              "invalid_request");
    EXPECT_EQ(code(run(service_.signup(
                  origin(), {"Ann", "a@b.example", secret(password), "Shop\r\nBcc: all"}))),
              "invalid_request");
    EXPECT_EQ(code(login()), "invalid_credentials");
}

TEST_P(AccountsTest, logging_in_gives_a_token_and_an_audit_entry) {
    const Result<Login> made = signup();
    const Result<Login> again = login(" ANN@shop.example");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->profile.user.id, made->profile.user.id);
    EXPECT_EQ(authenticated(again->access_token), "ok");
    EXPECT_EQ(count_audit(made->profile.membership.workspace, "user.login"), 1);
}

TEST_P(AccountsTest, a_wrong_password_and_an_unknown_address_give_the_same_answer) {
    const Result<Login> made = signup();
    const Result<Login> wrong = login("ann@shop.example", "wrong horse battery");
    const Result<Login> unknown = login("bob@shop.example");
    EXPECT_EQ(code(wrong), "invalid_credentials");
    EXPECT_EQ(code(unknown), "invalid_credentials");
    EXPECT_EQ(wrong.error().message, unknown.error().message);
    EXPECT_TRUE(run(tasks_.join(std::chrono::seconds(30))));
    EXPECT_EQ(count_audit(made->profile.membership.workspace, "user.login_failed"), 1);
}

TEST_P(AccountsTest, a_wrong_password_is_answered_before_the_attempt_is_written_down) {
    const Result<Login> made = signup();
    std::promise<void> held;
    std::promise<void> released;
    std::thread writer([&] {
        write([&](db::Txn&) {
            held.set_value();
            released.get_future().wait();
            return true;
        });
    });
    held.get_future().wait();
    EXPECT_EQ(code(login("ann@shop.example", "wrong horse battery")), "invalid_credentials");
    released.set_value();
    writer.join();
    EXPECT_TRUE(run(tasks_.join(std::chrono::seconds(30))));
    EXPECT_EQ(count_audit(made->profile.membership.workspace, "user.login_failed"), 1);
}

TEST_P(AccountsTest, after_five_failures_even_the_right_password_waits) {
    ASSERT_TRUE(signup());
    for (int attempt = 0; attempt < 5; ++attempt) {
        EXPECT_EQ(code(login("ann@shop.example", "wrong horse battery")), "invalid_credentials");
    }
    const Result<Login> throttled = login();
    EXPECT_EQ(code(throttled), "login_throttled");
    EXPECT_EQ(throttled.error().retry_after, std::chrono::minutes(15));
    clock_.advance(std::chrono::minutes(15));
    EXPECT_EQ(code(login()), "ok");
}

TEST_P(AccountsTest, an_attempt_that_the_server_could_not_check_does_not_count) {
    ASSERT_TRUE(signup());
    change("ALTER TABLE users RENAME TO users_away");
    for (int attempt = 0; attempt < 6; ++attempt) {
        EXPECT_THROW(std::ignore = login(), Fault);
    }
    change("ALTER TABLE users_away RENAME TO users");
    EXPECT_EQ(code(login()), "ok");
}

TEST_P(AccountsTest, an_access_token_lasts_a_quarter_of_an_hour) {
    const Result<Login> made = signup();
    clock_.advance(session_tokens::access_token_time);
    EXPECT_EQ(authenticated(made->access_token), "token_expired");
}

TEST_P(AccountsTest, refreshing_gives_new_tokens_for_the_same_session) {
    const Result<Login> made = signup();
    clock_.advance(std::chrono::hours(1));
    const Result<Login> next = run(service_.refresh(origin(), made->refresh_token));
    ASSERT_TRUE(next);
    EXPECT_NE(next->refresh_token.reveal(), made->refresh_token.reveal());
    EXPECT_EQ(next->profile.user.email, "ann@shop.example");
    EXPECT_EQ(authenticated(next->access_token), "ok");
}

TEST_P(AccountsTest, a_refresh_token_used_twice_ends_the_session_for_both_holders) {
    const Result<Login> made = signup();
    const Result<Login> next = run(service_.refresh(origin(), made->refresh_token));
    ASSERT_TRUE(next);
    clock_.advance(refresh_grace);
    EXPECT_EQ(code(run(service_.refresh(origin(), made->refresh_token))), "session_ended");
    EXPECT_EQ(code(run(service_.refresh(origin(), next->refresh_token))), "session_ended");
    EXPECT_EQ(authenticated(next->access_token), "session_ended");
    Context context;
    context.workspace = made->profile.membership.workspace;
    audit::Service audit_service(database());
    const auto page = run(audit_service.list(context, {.action = "user.logout"}));
    ASSERT_EQ(page->entries.size(), 1U);
    EXPECT_EQ(page->entries[0].actor_id, made->profile.user.id.value);
    EXPECT_TRUE(page->entries[0].details.contains("refresh_token_reused"));
    EXPECT_EQ(page->entries[0].ip, origin().ip);
}

TEST_P(AccountsTest, a_login_deletes_the_users_sessions_that_have_ended_and_no_others) {
    const Result<Login> revoked = signup();
    const Result<Login> expired = login();
    ASSERT_TRUE(signup("bob@shop.example"));
    EXPECT_TRUE(run(service_.logout(origin(), revoked->refresh_token)));
    clock_.advance(session_idle_time - std::chrono::hours(1));
    const Result<Login> live = login();
    EXPECT_EQ(count_sessions(), 3);  // expired, live, Bob's
    clock_.advance(std::chrono::hours(1));
    ASSERT_TRUE(login());
    EXPECT_EQ(count_sessions(), 3);  // live, the newest, Bob's
    EXPECT_EQ(code(run(service_.refresh(origin(), expired->refresh_token))), "session_ended");
    EXPECT_EQ(code(run(service_.refresh(origin(), live->refresh_token))), "ok");
}

TEST_P(AccountsTest, an_invented_refresh_token_ends_nothing) {
    const Result<Login> made = signup();
    const std::string text(made->refresh_token.reveal());
    const std::string forged = text.substr(0, text.find('.')) + ".AAAA.BBBB";
    EXPECT_EQ(code(run(service_.refresh(origin(), secret(forged)))), "session_ended");
    EXPECT_EQ(authenticated(made->access_token), "ok");
    EXPECT_EQ(code(run(service_.refresh(origin(), made->refresh_token))), "ok");
}

TEST_P(AccountsTest, a_session_ends_when_idle_too_long_and_at_its_longest_time) {
    Result<Login> held = signup();
    const Result<Login> idle = login();
    for (int days = 0; days < 75; days += 25) {
        clock_.advance(std::chrono::hours(24 * 25));
        held = run(service_.refresh(origin(), held->refresh_token));
        ASSERT_TRUE(held) << days;
    }
    EXPECT_EQ(code(run(service_.refresh(origin(), idle->refresh_token))), "session_ended");
    clock_.advance(std::chrono::hours(24 * 16));
    EXPECT_EQ(code(run(service_.refresh(origin(), held->refresh_token))), "session_ended");
}

TEST_P(AccountsTest, logging_out_ends_the_access_token_at_once_and_is_repeatable) {
    const Result<Login> made = signup();
    EXPECT_TRUE(run(service_.logout(origin(), made->refresh_token)));
    EXPECT_TRUE(run(service_.logout(origin(), made->refresh_token)));
    EXPECT_TRUE(run(service_.logout(origin(), secret("nonsense"))));
    EXPECT_EQ(authenticated(made->access_token), "session_ended");
    EXPECT_EQ(count_audit(made->profile.membership.workspace, "user.logout"), 1);
}

TEST_P(AccountsTest, a_changed_role_and_a_removal_take_effect_at_the_next_request) {
    const Result<Login> made = signup();
    change("UPDATE members SET role = 'viewer'");
    EXPECT_EQ(authenticated(made->access_token), "ok");
    EXPECT_EQ(role_, "viewer");
    change("DELETE FROM members");
    EXPECT_EQ(authenticated(made->access_token), "session_ended");
    EXPECT_EQ(code(login()), "invalid_credentials");
}

TEST_P(AccountsTest, a_new_password_takes_the_old_one_and_ends_the_other_sessions) {
    const Result<Login> made = signup();
    const Result<Login> other = login();
    const Result<Context> context = run(service_.authenticate(origin(), made->access_token));
    const auto change = [&](std::string_view current, std::string_view wanted) {
        const Result<void> done =
            run(service_.change_password(*context, secret(current), secret(wanted)));
        return done ? std::string_view("ok") : done.error().kind->code;
    };
    EXPECT_EQ(change("wrong horse battery", "one two three four"), "wrong_password");
    EXPECT_EQ(change(password, "short"), "weak_password");
    EXPECT_EQ(change(password, "Ann@shop.example"), "weak_password");
    EXPECT_EQ(authenticated(other->access_token), "ok");
    EXPECT_EQ(change(password, "one two three four"), "ok");
    EXPECT_EQ(authenticated(made->access_token), "ok");
    EXPECT_EQ(authenticated(other->access_token), "session_ended");
    EXPECT_EQ(code(login()), "invalid_credentials");
    EXPECT_EQ(code(login("ann@shop.example", "one two three four")), "ok");
    EXPECT_EQ(count_audit(context->workspace, "user.password_changed"), 1);
    EXPECT_EQ(count_audit(context->workspace, "user.logout"), 1);
    for (int attempt = 0; attempt < 5; ++attempt) {
        change("wrong horse battery", "one two three four");
    }
    EXPECT_EQ(change("one two three four", "five six seven"), "login_throttled");
}

TEST_P(AccountsTest, me_tells_who_and_where) {
    const Result<Login> made = signup();
    const Result<Context> context = run(service_.authenticate(origin(), made->access_token));
    const Result<Profile> me = run(service_.me(*context));
    ASSERT_TRUE(me);
    EXPECT_EQ(me->user.name, "Ann");
    EXPECT_EQ(me->membership.role, "owner");
    ASSERT_EQ(me->memberships.size(), 1U);
    EXPECT_EQ(me->memberships[0].workspace, context->workspace);
}

TEST_P(AccountsTest, rights_are_those_of_the_moment_of_the_request) {
    const Result<Login> made = signup();
    const auto rights = [&] { return run(service_.authenticate(origin(), made->access_token)); };
    EXPECT_TRUE(access::allows(rights()->permissions, "manageTeam"));
    EXPECT_EQ(rights()->restrictions, Restrictions());
    change("UPDATE members SET role = 'agent', granted = 'viewAuditLogs', denied = 'viewDeals'");
    EXPECT_FALSE(access::allows(rights()->permissions, "manageTeam"));
    EXPECT_TRUE(access::allows(rights()->permissions, "viewAuditLogs"));
    EXPECT_FALSE(access::allows(rights()->permissions, "viewDeals"));
    Restrictions seen{.member = made->profile.user.id.value, .assigned_only = true};
    EXPECT_EQ(rights()->restrictions, seen);
    change(
        "INSERT INTO member_restrictions SELECT workspace_id, user_id, 'tag', 'vip'"
        " FROM members");
    change(R"(UPDATE workspaces SET settings = '{"inbox":{"showUnassigned":true}}')");
    seen.by_tag = seen.unassigned_too = true;
    EXPECT_EQ(rights()->restrictions, seen);
    change(
        "INSERT INTO team_roles SELECT workspace_id, 'r1', 'Lead', 'manageTeam', 0"
        " FROM workspaces");
    change("UPDATE members SET role = 'r1', granted = '', denied = ''");
    EXPECT_EQ(rights()->permissions, access::bit(access::Permission::manage_team));
}

TEST_P(AccountsTest, whether_the_workspace_is_suspended_is_known_at_the_next_request) {
    const Result<Login> made = signup();
    const auto context = [&] { return run(service_.authenticate(origin(), made->access_token)); };
    EXPECT_FALSE(context()->suspended);
    change("UPDATE workspaces SET suspended_us = 1");
    EXPECT_TRUE(context()->suspended) << "an owner's, too";
    change("UPDATE members SET role = 'agent'");
    EXPECT_TRUE(context()->suspended);
    change("UPDATE workspaces SET suspended_us = NULL");
    EXPECT_FALSE(context()->suspended);
}

TEST_P(AccountsTest, a_person_switches_to_a_workspace_they_belong_to_and_to_no_other) {
    const Result<Login> ann = signup();
    const Result<Login> bob = signup("bob@shop.example");
    const WorkspaceId home = ann->profile.membership.workspace;
    const WorkspaceId second = bob->profile.membership.workspace;
    const auto switched = [&] {
        return run(service_.authenticate(origin(), ann->access_token, second.value));
    };
    ASSERT_FALSE(switched());
    EXPECT_EQ(switched().error().kind, &wapi::errors::not_found);
    change("INSERT INTO members (workspace_id, user_id, role, created_us) SELECT '" + second.value +
           "', user_id, 'viewer', 1 FROM users WHERE email = 'ann@shop.example'");
    ASSERT_TRUE(switched());
    EXPECT_EQ(switched()->workspace, second);
    EXPECT_EQ(switched()->role, "viewer");
    EXPECT_FALSE(access::allows(switched()->permissions, "manageTeam"));
    EXPECT_EQ(run(service_.authenticate(origin(), ann->access_token))->workspace, home);
    EXPECT_EQ(run(service_.me(*switched()))->memberships.size(), 2U);
    EXPECT_EQ(run(service_.me(*switched()))->membership.workspace, second);
    for (const char* wrong : {"x", "' OR 1=1", "22222222-2222-7222-8222-222222222222"}) {
        EXPECT_FALSE(run(service_.authenticate(origin(), ann->access_token, wrong))) << wrong;
    }
    change("DELETE FROM members WHERE role = 'viewer'");
    EXPECT_EQ(switched().error().kind, &wapi::errors::not_found);
}

TEST_P(AccountsTest, who_was_let_in_is_so_after_the_token_but_not_after_the_session) {
    const Result<Login> made = signup();
    SessionAuthenticator authenticator(service_);
    const Context before = *run(service_.authenticate(origin(), made->access_token));
    const auto again = [&] { return run(authenticator.authenticate_again({}, before)); };
    clock_.advance(std::chrono::hours(1));
    EXPECT_EQ(authenticated(made->access_token), "token_expired");
    ASSERT_TRUE(again());
    EXPECT_EQ(again()->permissions, before.permissions);
    change("UPDATE members SET role = 'viewer'");
    EXPECT_FALSE(access::allows(again()->permissions, "viewAuditLogs"));
    EXPECT_TRUE(run(service_.logout(origin(), made->refresh_token)));
    EXPECT_FALSE(again());
}

TEST_P(AccountsTest, the_authenticator_wants_a_bearer_token) {
    const Result<Login> made = signup();
    SessionAuthenticator authenticator(service_);
    const auto answer = [&](const std::string& header) -> std::string_view {
        net::Request request;
        request.headers.emplace_back("authorization", header);
        const Result<Context> context = run(authenticator.authenticate(request));
        return context ? "ok" : context.error().kind->code;
    };
    EXPECT_EQ(answer("Bearer " + made->access_token), "ok");
    EXPECT_EQ(answer("bearer  " + made->access_token), "ok");
    EXPECT_EQ(answer(made->access_token), "unauthorized");
    EXPECT_EQ(answer("Basic " + made->access_token), "unauthorized");
    EXPECT_EQ(answer(""), "unauthorized");
}

WAPI_ON_BOTH_ENGINES(AccountsTest);

}  // namespace
}  // namespace wapi::accounts
