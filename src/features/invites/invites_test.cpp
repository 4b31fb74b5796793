// Goal: an invite makes a member once, of whom it is for, within its time, and gives no more than
// whoever made it has. Method: the services of invites, team and accounts on both engines, with the
// cheapest password cost and a clock moved by hand; the routes for the shapes.
#include "features/invites/invites.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "features/invites/invites_http.hpp"
#include "tests/support/mailing_people.hpp"

namespace wapi::invites {
namespace {

const db::Sql suspend_sql{{
    .name = "invites_test.suspend",
    .text = "UPDATE workspaces SET suspended_us = $2 WHERE workspace_id = $1",
}};

class InvitesTest : public test::MailingPeopleTest {
  protected:
    void SetUp() override {
        owner_ = signed_up("olga@shop.example");
        shop_ = owner_.membership.workspace;
    }
    accounts::Profile signed_up(const std::string& email) {
        return sign_up(email, "Someone", "Shop").profile;
    }
    [[nodiscard]] Context as(const UserId& user) const {
        Context context;
        context.workspace = shop_;
        context.actor = {ActorKind::user, user.value};
        return context;
    }
    [[nodiscard]] Context owner() const { return as(owner_.user.id); }
    Result<NewInvite> invite(const std::string& email = "adam@shop.example",
                             const std::string& role = "agent") {
        return run(service_.create(owner(), email, role));
    }
    Result<Joined> accept(const SecretString& token, std::string_view with = password,
                          const std::string& name = "Adam") {
        return run(service_.accept(
            origin(),
            {.token = std::string(token.reveal()), .name = name, .password = SecretString(with)}));
    }
    std::int64_t count_audit(std::string_view action) { return count_entries(owner(), action); }

    team::Service team_{database(), ids_, clock_};
    Service service_{{.db = database(),
                      .ids = ids_,
                      .clock = clock_,
                      .rng = rng_,
                      .accounts = accounts_,
                      .mailer = mailer_}};
    accounts::Profile owner_;
    WorkspaceId shop_;
};

TEST_P(InvitesTest, a_new_person_joins_and_can_log_in) {
    const Result<NewInvite> made = invite(" Adam@Shop.example ");
    ASSERT_TRUE(made);
    EXPECT_EQ(made->invite.email, "adam@shop.example");
    const Result<Joined> joined = accept(made->token);
    ASSERT_TRUE(joined);
    EXPECT_EQ(joined->workspace, shop_);
    EXPECT_EQ(joined->role, "agent");
    const auto login = run(accounts_.login(origin(), "adam@shop.example", SecretString(password)));
    ASSERT_TRUE(login);
    EXPECT_EQ(login->profile.membership.workspace, shop_);
    EXPECT_EQ(login->profile.user.name, "Adam");
    EXPECT_TRUE(run(service_.list(owner()))->empty());
    EXPECT_EQ(count_audit(audit::actions::team_member_invited), 1);
    EXPECT_EQ(count_audit(audit::actions::team_member_added), 1);
    EXPECT_EQ(count_audit(audit::actions::user_created), 2);
}

TEST_P(InvitesTest, an_invite_holds_as_long_as_who_made_it_could_make_it) {
    const auto join = [&](const std::string& email) {
        const SecretString token = invite(email, "owner")->token;
        return accept(token)->user.id;
    };
    const UserId second = join("second@shop.example");
    const auto by_second = [&](const std::string& email, const std::string& role) {
        return run(service_.create(as(second), email, role))->token;
    };
    const SecretString as_owner = by_second("one@shop.example", "owner");
    const SecretString as_agent = by_second("two@shop.example", "agent");
    const SecretString renewed = by_second("three@shop.example", "agent");
    ASSERT_TRUE(run(team_.change_member(
        owner(), second,
        {.role = {"manager"},
         .overrides = access::Overrides{.granted = access::bit(access::Permission::manage_team)},
         .limits = {}})));
    EXPECT_EQ(code(accept(as_owner)), "invite_not_found");
    EXPECT_EQ(code(accept(as_agent)), "ok");
    ASSERT_TRUE(run(team_.remove_member(owner(), second)));
    EXPECT_EQ(code(accept(renewed)), "invite_not_found");
    for (const Invite& left : run(service_.list(owner())).value()) {
        if (left.email == "three@shop.example") {
            EXPECT_EQ(code(accept(run(service_.resend(owner(), left.id))->token)), "ok");
        }
    }
    EXPECT_EQ(count_audit(audit::actions::team_member_added), 3);
}

TEST_P(InvitesTest, who_has_an_account_joins_with_its_password_and_keeps_it) {
    const accounts::Profile adam = signed_up("adam@shop.example");
    const SecretString token = invite()->token;
    EXPECT_EQ(code(accept(token, "not the password")), "invalid_credentials");
    EXPECT_EQ(count_audit(audit::actions::team_member_added), 0);
    const Result<Joined> joined = accept(token, password, "");
    ASSERT_TRUE(joined);
    EXPECT_EQ(joined->user.id, adam.user.id);
    EXPECT_EQ(joined->user.name, "Someone");
    EXPECT_EQ(count_audit(audit::actions::user_created), 1);
    Context there = as(adam.user.id);
    EXPECT_EQ(run(accounts_.me(there))->memberships.size(), 2U);
}

TEST_P(InvitesTest, guessing_a_password_by_an_invite_is_throttled_as_a_login) {
    signed_up("adam@shop.example");
    const SecretString token = invite()->token;
    std::string_view last;
    for (int attempt = 0; attempt < 10 && last != "login_throttled"; ++attempt) {
        last = code(accept(token, "not the password"));
    }
    EXPECT_EQ(last, "login_throttled");
    EXPECT_EQ(code(accept(token)), "login_throttled");
}

TEST_P(InvitesTest, a_token_works_once_and_for_a_week) {
    const SecretString token = invite()->token;
    ASSERT_TRUE(accept(token));
    EXPECT_EQ(code(accept(token)), "invite_not_found");
    const SecretString late = invite("lena@shop.example")->token;
    clock_.advance(invite_time - std::chrono::seconds(1));
    const SecretString in_time = invite("nora@shop.example")->token;
    clock_.advance(std::chrono::seconds(1));
    EXPECT_EQ(code(accept(late)), "invite_not_found");
    EXPECT_EQ(code(accept(in_time)), "ok");
    EXPECT_EQ(code(accept(SecretString(std::string_view("invented")))), "invite_not_found");
}

TEST_P(InvitesTest, resending_cancelling_and_inviting_again_void_the_token_before) {
    const Result<NewInvite> first = invite();
    const Result<NewInvite> second = run(service_.resend(owner(), first->invite.id));
    EXPECT_EQ(code(accept(first->token)), "invite_not_found");
    const Result<NewInvite> third = invite("adam@shop.example", "viewer");
    EXPECT_EQ(code(accept(second->token)), "invite_not_found");
    EXPECT_EQ(run(service_.list(owner()))->size(), 1U);
    EXPECT_EQ(code(run(service_.resend(owner(), first->invite.id))), "invite_not_found");
    EXPECT_EQ(code(run(service_.cancel(owner(), third->invite.id))), "ok");
    EXPECT_EQ(code(accept(third->token)), "invite_not_found");
    EXPECT_EQ(code(run(service_.cancel(owner(), third->invite.id))), "invite_not_found");
    EXPECT_EQ(count_audit(audit::actions::team_member_invited), 4);
}

TEST_P(InvitesTest, what_cannot_be_invited_is_refused) {
    EXPECT_EQ(code(invite("no address")), "invalid_request");
    EXPECT_EQ(code(invite("adam@shop.example", "king")), "role_not_found");
    EXPECT_EQ(code(invite("olga@shop.example")), "already_member");
    const SecretString token = invite()->token;
    EXPECT_EQ(code(accept(token, "short")), "weak_password");
    EXPECT_EQ(code(accept(token, password, "")), "invalid_request");
    EXPECT_EQ(code(accept(token)), "ok");
}

TEST_P(InvitesTest, a_workspace_has_at_most_a_hundred_invites) {
    for (std::size_t index = 0; index < invites_max; ++index) {
        if (index % mailer::mails_per_asker_max == 0) {
            clock_.advance(std::chrono::minutes(15));
        }
        ASSERT_TRUE(invite("person" + std::to_string(index) + "@shop.example"));
    }
    clock_.advance(std::chrono::minutes(15));
    EXPECT_EQ(code(invite("more@shop.example")), "too_many_invites");
    EXPECT_EQ(code(invite("person0@shop.example")), "ok");
}

TEST_P(InvitesTest, an_address_is_invited_three_times_in_a_quarter_of_an_hour) {
    for (int refused = 0; refused < 5; ++refused) {
        EXPECT_EQ(code(invite("adam@shop.example", "king")), "role_not_found");
    }
    const std::string id = invite()->invite.id;
    EXPECT_EQ(code(run(service_.resend(owner(), id))), "ok");
    EXPECT_EQ(code(run(service_.resend(owner(), id))), "ok");
    EXPECT_EQ(code(run(service_.resend(owner(), id))), "too_many_mails");
    EXPECT_EQ(code(invite()), "too_many_mails");
    EXPECT_EQ(code(invite("lena@shop.example")), "ok");
    EXPECT_EQ(count_audit(audit::actions::team_member_invited), 4);
    while (run(mailer_.send_due())) {
    }
    EXPECT_EQ(box_.mails.size(), 2U) << "Adam's newest, and Lena's";
    clock_.advance(std::chrono::minutes(15));
    EXPECT_EQ(code(run(service_.resend(owner(), id))), "ok");
}

TEST_P(InvitesTest, a_workspace_has_twenty_invites_mailed_in_a_quarter_of_an_hour) {
    const accounts::Profile nora = signed_up("nora@other.example");
    Context other = as(nora.user.id);
    other.workspace = nora.membership.workspace;
    for (int mail = 0; mail < mailer::mails_per_asker_max; ++mail) {
        ASSERT_TRUE(invite("person" + std::to_string(mail) + "@shop.example"));
    }
    EXPECT_EQ(code(invite("more@shop.example")), "too_many_mails");
    EXPECT_EQ(code(run(service_.create(other, "more@shop.example", "agent"))), "ok");
}

TEST_P(InvitesTest, nobody_invites_to_more_than_they_have_or_while_they_see_a_part) {
    const UserId adam = accept(invite()->token)->user.id;
    const auto tried = [&](const std::string& role) {
        return code(run(service_.create(as(adam), "lena@shop.example", role)));
    };
    EXPECT_EQ(tried("viewer"), "forbidden");
    const auto manage_team = access::bit(access::Permission::manage_team);
    const auto change = [&](const team::MemberChange& what) {
        ASSERT_TRUE(run(team_.change_member(owner(), adam, what)));
    };
    change({.role = {}, .overrides = access::Overrides{.granted = manage_team}, .limits = {}});
    EXPECT_EQ(tried("manager"), "beyond_own_rights");
    EXPECT_EQ(tried("owner"), "beyond_own_rights");
    EXPECT_EQ(tried("agent"), "ok");
    change({.role = {}, .overrides = {}, .limits = team::Limits{.tags = {"vip"}, .phones = {}}});
    EXPECT_EQ(tried("agent"), "beyond_own_rights");
    const std::string manager = invite("nora@shop.example", "manager")->invite.id;
    EXPECT_EQ(code(run(service_.cancel(as(adam), manager))), "beyond_own_rights");
    EXPECT_EQ(code(run(service_.resend(as(adam), manager))), "beyond_own_rights");
}

TEST_P(InvitesTest, an_invite_is_worth_what_its_maker_may_give_when_it_is_used) {
    const UserId lena = accept(invite("lena@shop.example", "owner")->token)->user.id;
    const SecretString token = run(service_.create(as(lena), "evil@shop.example", "owner"))->token;
    const auto make = [&](const std::string& role) {
        ASSERT_TRUE(
            run(team_.change_member(owner(), lena, {.role = role, .overrides = {}, .limits = {}})));
    };
    make("manager");
    EXPECT_EQ(code(accept(token)), "invite_not_found") << "a manager makes no owners";
    make("owner");
    EXPECT_EQ(code(accept(token)), "ok");
    const SecretString last = run(service_.create(as(lena), "more@shop.example", "agent"))->token;
    deliver();
    box_.mails.clear();
    ASSERT_TRUE(run(service_.create(as(lena), "late@shop.example", "agent")));
    ASSERT_TRUE(run(team_.remove_member(owner(), lena)));
    EXPECT_EQ(code(accept(last)), "invite_not_found");
    deliver();
    EXPECT_TRUE(box_.mails.empty()) << "nor is it mailed";
    const std::string id = run(service_.list(owner()))->front().id;
    EXPECT_EQ(code(accept(run(service_.resend(owner(), id))->token)), "ok") << "who is left may";
}

TEST_P(InvitesTest, an_invite_rests_while_its_workspace_is_suspended) {
    const SecretString token = invite()->token;
    const auto suspend = [&](std::optional<Timestamp> since) {
        write(shop_, [&](db::WorkspaceTxn& txn) { return txn.execute(suspend_sql, since); });
    };
    suspend(clock_.now());
    EXPECT_EQ(code(accept(token)), "invite_not_found");
    deliver();
    EXPECT_TRUE(box_.mails.empty());
    suspend(std::nullopt);
    EXPECT_EQ(code(accept(token)), "ok");
}

TEST_P(InvitesTest, who_joins_by_a_password_that_is_replaced_meanwhile_does_not) {
    const accounts::Profile adam = signed_up("adam@shop.example");
    const SecretString token = invite()->token;
    acting_.act_when_asked(2, [&] { replace_password(adam.user.id); });
    EXPECT_EQ(code(accept(token)), "invalid_credentials");
    EXPECT_TRUE(acting_.acted());
    EXPECT_EQ(run(service_.list(owner()))->size(), 1U) << "the invite is still there";
}

TEST_P(InvitesTest, a_role_that_an_invite_names_stays) {
    const auto role = run(team_.create_role(owner(), {.name = "Lead", .permissions = 0}));
    const std::string id = invite("adam@shop.example", role->id)->invite.id;
    EXPECT_EQ(code(run(team_.remove_role(owner(), role->id))), "role_in_use");
    ASSERT_TRUE(run(service_.cancel(owner(), id)));
    EXPECT_EQ(code(run(team_.remove_role(owner(), role->id))), "ok");
}

TEST_P(InvitesTest, an_invite_of_another_workspace_is_not_there) {
    const std::string id = invite()->invite.id;
    const accounts::Profile other = signed_up("nora@other.example");
    Context stranger = as(other.user.id);
    stranger.workspace = other.membership.workspace;
    EXPECT_TRUE(run(service_.list(stranger))->empty());
    EXPECT_EQ(code(run(service_.resend(stranger, id))), "invite_not_found");
    EXPECT_EQ(code(run(service_.cancel(stranger, id))), "invite_not_found");
}

TEST_P(InvitesTest, the_token_is_in_the_link_of_the_first_answer_only) {
    const std::vector<net::Route> routes = invites_routes(service_, "https://wapi.example");
    const auto call = [&](std::string_view operation, const std::string& body) {
        const auto route = std::ranges::find(routes, operation, &net::Route::operation_id);
        net::Call request;
        request.request.body = body;
        request.context = owner();
        return run(route->handler(request));
    };
    const auto made = call("inviteMember", R"({"email":"adam@shop.example","role":"agent"})");
    ASSERT_TRUE(made);
    EXPECT_EQ(made->status, 201);
    const json::object body = json::parse_object(made->body).value();
    const std::string link = json::require_string(body, "link").value();
    constexpr std::string_view start = "https://wapi.example/app/accept-invite#token=";
    ASSERT_TRUE(link.starts_with(start));
    const std::string token = link.substr(start.size());
    EXPECT_EQ(token.size(), 43U);
    EXPECT_EQ(call("listInvites", "")->body.find(token), std::string::npos);
    EXPECT_FALSE(call("acceptInvite", R"({"token":"x"})"));
    const auto joined = call("acceptInvite", R"({"token":")" + token + R"(","name":"Adam",)" +
                                                 R"("password":"correct horse battery"})");
    ASSERT_TRUE(joined);
    EXPECT_EQ(joined->status, 201);
    EXPECT_EQ(
        json::require_string(json::parse_object(joined->body).value(), "workspace.id").value(),
        shop_.value);
}

TEST_P(InvitesTest, the_link_is_mailed_and_works) {
    const Result<NewInvite> made = invite();
    EXPECT_TRUE(made->mailed);
    run(mailer_.send_due());
    ASSERT_EQ(box_.mails.size(), 1U);
    EXPECT_EQ(box_.mails[0].to, "adam@shop.example");
    EXPECT_EQ(test::token_in(box_.mails[0]), made->token.reveal());
    EXPECT_TRUE(test::text_of(box_.mails[0]).contains("Someone invites you to work in Shop."));
    EXPECT_EQ(code(accept(SecretString(test::token_in(box_.mails[0])))), "ok");
}

TEST_P(InvitesTest, an_invite_that_is_void_by_its_turn_is_not_mailed) {
    ASSERT_TRUE(run(service_.cancel(owner(), invite("adam@shop.example")->invite.id)));
    ASSERT_TRUE(accept(invite("lena@shop.example")->token));
    const std::string again = invite("nora@shop.example")->invite.id;
    const SecretString newest = run(service_.resend(owner(), again))->token;
    while (run(mailer_.send_due())) {
        clock_.advance(std::chrono::milliseconds(1));
    }
    ASSERT_EQ(box_.mails.size(), 1U);
    EXPECT_EQ(test::token_in(box_.mails[0]), newest.reveal());
}

TEST_P(InvitesTest, without_mail_the_link_is_the_only_way) {
    mailer::Mailer none({.tasks = tasks_, .db = database(), .ids = ids_, .clock = clock_},
                        test::mail_options());
    Service service({.db = database(),
                     .ids = ids_,
                     .clock = clock_,
                     .rng = rng_,
                     .accounts = accounts_,
                     .mailer = none});
    const Result<NewInvite> made = run(service.create(owner(), "adam@shop.example", "agent"));
    EXPECT_FALSE(made->mailed);
    EXPECT_FALSE(run(mailer_.send_due()));
    EXPECT_EQ(code(accept(made->token)), "ok");
}

WAPI_ON_BOTH_ENGINES(InvitesTest);

}  // namespace
}  // namespace wapi::invites
