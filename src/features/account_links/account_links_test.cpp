// Goal: whoever reads the mail, and nobody else, sets a new password or proves the address, once
// and in time; asking tells nobody who has an account. Method: the services of accounts, sessions
// and mail on both engines, a mail box, the cheapest password cost, a clock moved by hand.
#include "features/account_links/account_links.hpp"

#include <gtest/gtest.h>

#include "tests/support/mailing_people.hpp"

namespace wapi::account_links {
namespace {

constexpr const char* ann = "ann@shop.example";

const db::Sql everything_sql{{
    .name = "account_links_test.everything",
    .text = "SELECT token_hash, kind, user_id, email FROM account_links",
    .scope = db::Scope::system,
}};

class AccountLinksTest : public test::MailingPeopleTest {
  protected:
    void SetUp() override {
        accounts_.set_hooks(service_.hooks(nullptr));
        login_ = sign_up(ann);
        deliver();
        verification_ = test::token_in(box_.mails.at(0));
        box_.mails.clear();
    }
    std::string_view ask(const std::string& email = ann, const std::string& ip = "192.0.2.1") {
        accounts::Origin from = origin();
        from.ip = ip;
        return code(run(service_.ask_for_reset(from, email)));
    }
    /// Asks for a new password and gives the token of the mail.
    std::string reset_token() {
        EXPECT_EQ(ask(), "ok");
        deliver();
        return test::token_in(box_.mails.back());
    }
    std::string_view reset(std::string_view token, std::string_view wanted = new_password) {
        return code(run(service_.reset(origin(), {SecretString(token), SecretString(wanted)})));
    }
    std::string_view log_in(std::string_view with) {
        return code(run(accounts_.login(origin(), ann, SecretString(with))));
    }
    std::string_view authenticated(const std::string& token) {
        return code(run(accounts_.authenticate(origin(), token)));
    }
    [[nodiscard]] Context as_ann() const { return as(login_.profile); }
    bool verified() { return run(accounts_.me(as_ann()))->user.email_verified; }
    std::int64_t count_audit(std::string_view action) { return count_entries(as_ann(), action); }

    Service service_{{.db = database(), .clock = clock_, .accounts = accounts_, .mailer = mailer_}};
    accounts::Login login_;
    std::string verification_;
};

TEST_P(AccountLinksTest, a_link_sets_a_new_password_and_ends_every_session) {
    const std::string token = reset_token();
    EXPECT_EQ(box_.mails.back().to, ann);
    EXPECT_TRUE(test::text_of(box_.mails.back())
                    .contains("https://wapi.example/app/reset-password#token=" + token));
    EXPECT_EQ(authenticated(login_.access_token), "ok") << "asking changes nothing";
    EXPECT_EQ(log_in(password), "ok");
    EXPECT_EQ(reset(token), "ok");
    EXPECT_EQ(authenticated(login_.access_token), "session_ended");
    EXPECT_EQ(code(run(accounts_.refresh(origin(), login_.refresh_token))), "session_ended");
    EXPECT_EQ(log_in(password), "invalid_credentials");
    EXPECT_EQ(log_in(new_password), "ok");
    EXPECT_TRUE(verified());
    EXPECT_EQ(count_audit("user.password_reset_requested"), 1);
    EXPECT_EQ(count_audit("user.password_reset"), 1);
    EXPECT_EQ(count_audit("user.logout"), 1);
}

TEST_P(AccountLinksTest, the_owner_is_told_of_the_change_by_mail) {
    const std::string token = reset_token();
    box_.mails.clear();
    ASSERT_EQ(reset(token), "ok");
    deliver();
    ASSERT_EQ(box_.mails.size(), 1U);
    EXPECT_EQ(box_.mails[0].to, ann);
    EXPECT_TRUE(test::text_of(box_.mails[0]).contains("was changed"));
    EXPECT_EQ(test::token_in(box_.mails[0]), "");
}

TEST_P(AccountLinksTest, a_change_of_the_password_voids_the_links_and_the_owner_is_told_as_well) {
    const std::string token = reset_token();
    box_.mails.clear();
    ASSERT_TRUE(run(
        accounts_.change_password(as_ann(), SecretString(password), SecretString(new_password))));
    EXPECT_EQ(reset(token, "four three two one"), "link_invalid");
    EXPECT_EQ(log_in(new_password), "ok");
    deliver();
    ASSERT_EQ(box_.mails.size(), 1U);
    EXPECT_EQ(box_.mails[0].to, ann);
    EXPECT_TRUE(test::text_of(box_.mails[0]).contains("was changed"));
}

TEST_P(AccountLinksTest, a_change_that_is_refused_voids_no_link_and_tells_nobody) {
    const std::string token = reset_token();
    box_.mails.clear();
    EXPECT_EQ(code(run(accounts_.change_password(as_ann(), SecretString(new_password),
                                                 SecretString(new_password)))),
              "wrong_password");
    deliver();
    EXPECT_TRUE(box_.mails.empty());
    EXPECT_EQ(reset(token), "ok");
}

TEST_P(AccountLinksTest, asking_is_answered_the_same_for_who_has_no_account) {
    EXPECT_EQ(ask("nobody@shop.example"), "ok");
    EXPECT_EQ(ask(" ANN@shop.example "), "ok");
    deliver();
    ASSERT_EQ(box_.mails.size(), 1U);
    EXPECT_EQ(box_.mails[0].to, ann);
    EXPECT_EQ(ask("no address"), "invalid_request");
}

TEST_P(AccountLinksTest, a_link_works_once_and_voids_the_others) {
    const std::string first = reset_token();
    const std::string second = reset_token();
    EXPECT_NE(first, second);
    EXPECT_EQ(reset(first), "ok");
    EXPECT_EQ(reset(first, "four three two one"), "link_invalid");
    EXPECT_EQ(reset(second, "four three two one"), "link_invalid");
    EXPECT_EQ(log_in(new_password), "ok");
}

TEST_P(AccountLinksTest, a_link_ends_after_an_hour_counted_from_the_request) {
    EXPECT_EQ(ask(), "ok");
    clock_.advance(std::chrono::minutes(30));
    deliver();
    const std::string token = test::token_in(box_.mails.back());
    clock_.advance(std::chrono::minutes(30));
    EXPECT_EQ(reset(token), "link_invalid");
    EXPECT_EQ(log_in(password), "ok");
}

TEST_P(AccountLinksTest, a_mail_that_comes_late_brings_no_link_back) {
    const std::string used = reset_token();
    box_.next = {{mailer::Delivery::delayed, "down"}};
    EXPECT_EQ(ask(), "ok");
    deliver();
    box_.mails.clear();
    EXPECT_EQ(reset(used), "ok");
    clock_.advance(std::chrono::minutes(1));
    deliver();
    ASSERT_EQ(box_.mails.size(), 1U) << "that the password was changed, no other link";
    EXPECT_EQ(test::token_in(box_.mails[0]), "");
    EXPECT_EQ(ask(), "ok");
    clock_.advance(std::chrono::hours(2));
    deliver();
    EXPECT_EQ(box_.mails.size(), 1U) << "too late to be of use";
}

TEST_P(AccountLinksTest, a_weak_password_leaves_the_link_as_it_is) {
    const std::string token = reset_token();
    EXPECT_EQ(reset(token, "short"), "weak_password");
    EXPECT_EQ(reset(token, "Password2026!"), "weak_password");
    EXPECT_EQ(reset(token, ann), "weak_password");
    EXPECT_EQ(reset(token), "ok");
}

TEST_P(AccountLinksTest, no_invented_or_other_token_does) {
    const std::string token = reset_token();
    for (const std::string& wrong :
         {std::string(), std::string(43, 'A'), token + "A", token.substr(1), verification_}) {
        EXPECT_EQ(reset(wrong), "link_invalid") << wrong;
    }
    EXPECT_EQ(code(run(service_.verify(origin(), SecretString(std::string_view(token))))),
              "link_invalid");
    EXPECT_EQ(log_in(password), "ok");
}

TEST_P(AccountLinksTest, the_database_does_not_hold_the_token) {
    const std::string token = reset_token();
    read([&](db::Txn& txn) {
        for (const db::Row row : txn.query(everything_sql)) {
            EXPECT_FALSE(std::string(row.bytes(0)).contains(token));
            EXPECT_FALSE((row.string(1) + row.string(2) + row.string(3)).contains(token));
        }
        return true;
    });
}

TEST_P(AccountLinksTest, an_address_gets_three_mails_in_a_quarter_of_an_hour) {
    for (int mail = 0; mail < mailer::mails_per_address_max; ++mail) {
        EXPECT_EQ(ask(ann, "192.0.2." + std::to_string(mail)), "ok");
    }
    EXPECT_EQ(ask(ann, "198.51.100.1"), "too_many_mails");
    EXPECT_EQ(ask("bob@shop.example"), "ok");
    clock_.advance(std::chrono::minutes(15));
    EXPECT_EQ(ask(), "ok");
}

TEST_P(AccountLinksTest, mails_of_other_kinds_to_the_address_count_as_well) {
    for (int mail = 1; mail < mailer::mails_per_address_max; ++mail) {
        ASSERT_TRUE(mailer_.count({.to = ann, .asker = "192.0.2.77"}));
    }
    EXPECT_EQ(ask(), "ok");
    EXPECT_EQ(code(run(service_.ask_for_verification(as_ann()))), "too_many_mails");
}

TEST_P(AccountLinksTest, strangers_who_invite_an_address_do_not_keep_its_owner_from_a_password) {
    const mailer::Request invite{
        .to = ann, .asker = "a workspace that invites", .by = mailer::By::others};
    for (int mail = 0; mail < mailer::mails_per_address_max; ++mail) {
        ASSERT_TRUE(mailer_.count(invite));
    }
    EXPECT_EQ(code(mailer_.count(invite)), "too_many_mails");
    EXPECT_EQ(ask(), "ok");
}

TEST_P(AccountLinksTest, a_network_asks_for_twenty_mails_in_a_quarter_of_an_hour) {
    for (int mail = 0; mail < mailer::mails_per_asker_max; ++mail) {
        EXPECT_EQ(ask("person" + std::to_string(mail) + "@shop.example"), "ok");
    }
    EXPECT_EQ(ask("more@shop.example"), "too_many_mails");
    EXPECT_EQ(ask("more@shop.example", "198.51.100.1"), "ok");
}

TEST_P(AccountLinksTest, a_signup_brings_a_mail_that_proves_the_address_once) {
    EXPECT_FALSE(verified());
    const auto verify = [&](const std::string& token) {
        return code(run(service_.verify(origin(), SecretString(std::string_view(token)))));
    };
    EXPECT_EQ(verify("invented"), "link_invalid");
    EXPECT_EQ(reset(verification_), "link_invalid");
    EXPECT_EQ(verify(verification_), "ok");
    EXPECT_TRUE(verified());
    EXPECT_EQ(verify(verification_), "link_invalid");
    EXPECT_EQ(count_audit("user.email_verified"), 1);
}

TEST_P(AccountLinksTest, another_verification_mail_comes_until_the_address_is_verified) {
    clock_.advance(verification_time);
    EXPECT_EQ(code(run(service_.verify(origin(), SecretString(std::string_view(verification_))))),
              "link_invalid");
    EXPECT_TRUE(run(service_.ask_for_verification(as_ann())).value());
    deliver();
    ASSERT_EQ(box_.mails.size(), 1U);
    const std::string token = test::token_in(box_.mails[0]);
    EXPECT_EQ(code(run(service_.verify(origin(), SecretString(std::string_view(token))))), "ok");
    EXPECT_FALSE(run(service_.ask_for_verification(as_ann())).value());
    deliver();
    EXPECT_EQ(box_.mails.size(), 1U);
}

TEST_P(AccountLinksTest, without_mail_everybody_is_told_and_signing_up_works) {
    mailer::Mailer none({.tasks = tasks_, .db = database(), .ids = ids_, .clock = clock_},
                        test::mail_options());
    Service service({.db = database(), .clock = clock_, .accounts = accounts_, .mailer = none});
    EXPECT_EQ(code(run(service.ask_for_reset(origin(), ann))), "mail_not_set_up");
    EXPECT_EQ(code(run(service.ask_for_reset(origin(), "nobody@shop.example"))), "mail_not_set_up");
    EXPECT_EQ(code(run(service.ask_for_verification(as_ann()))), "mail_not_set_up");
    write([&](db::Txn& txn) {
        service.greet(txn, login_.profile.user);
        return true;
    });
    deliver();
    EXPECT_TRUE(box_.mails.empty());
}

WAPI_ON_BOTH_ENGINES(AccountLinksTest);

}  // namespace
}  // namespace wapi::account_links
