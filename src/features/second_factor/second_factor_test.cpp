// Goal: with the second factor on, the password alone opens nothing, a code works once, and losing
// the app does not lock out who has kept a recovery code. Method: the services of accounts and
// vault on both engines, codes made from the secret that was shown, a clock moved by hand.
#include "features/second_factor/second_factor.hpp"

#include <gtest/gtest.h>

#include "features/second_factor/second_factor_rules.hpp"
#include "tests/support/people.hpp"

namespace wapi::second_factor {
namespace {

constexpr std::string_view master_key =
    "8f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f7";

const db::Sql everything_sql{{
    .name = "second_factor_test.everything",
    .text = "SELECT sealed, name FROM vault_secrets",
    .scope = db::Scope::system,
}};

const db::Sql secret_names_sql{{
    .name = "second_factor_test.secret_names",
    .text = "SELECT secret_name FROM second_factors",
    .scope = db::Scope::system,
}};

const db::Sql lose_secrets_sql{{
    .name = "second_factor_test.lose_secrets",
    .text = "DELETE FROM vault_secrets",
    .scope = db::Scope::system,
}};

class SecondFactorTest : public test::PeopleTest {
  protected:
    void SetUp() override {
        accounts_.set_hooks({.second_factor = &service_, .signed_up = {}});
        login_ = sign_up("ann@shop.example");
    }
    static SecretString secret(std::string_view text) { return SecretString(text); }
    [[nodiscard]] Context as_ann() const { return as(login_.profile); }
    /// What the app shows now, or so many steps later.
    [[nodiscard]] std::string shown(std::int64_t later = 0) const {
        return code_at(bytes_, step_of(clock_.now()) + later);
    }
    void enrol() {
        const Result<Enrolment> enrolment = run(service_.enrol(as_ann(), secret(password)));
        ASSERT_TRUE(enrolment) << enrolment.error().message;
        const std::string_view text = enrolment->secret.reveal();
        EXPECT_EQ(text.size(), 32U);
        bytes_ = decode(text);
        EXPECT_EQ(base32_encode(bytes_), text);
        EXPECT_TRUE(enrolment->uri.reveal().contains(text));
    }
    void turn_on() {
        enrol();
        const auto codes = run(service_.confirm(as_ann(), secret(shown())));
        ASSERT_TRUE(codes) << codes.error().message;
        recovery_ = *codes;
        clock_.advance(std::chrono::minutes(1));
    }
    static std::string decode(std::string_view base32) {
        constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        std::string bytes;
        std::uint32_t held = 0;
        int bits = 0;
        for (const char c : base32) {
            held = held << 5U | static_cast<std::uint32_t>(alphabet.find(c));
            if ((bits += 5) >= 8) {
                bytes += static_cast<char>(held >> (bits -= 8) & 0xFFU);
            }
        }
        return bytes;
    }
    /// The challenge of a login with the password.
    SecretString challenge() {
        const auto login = run(accounts_.login(origin(), "ann@shop.example", secret(password)));
        EXPECT_TRUE(login && login->access_token.empty() && login->refresh_token.empty());
        return login ? login->challenge : SecretString();
    }
    bool challenge_is_not_asked() {
        const auto login = run(accounts_.login(origin(), "ann@shop.example", secret(password)));
        return login && login->challenge.empty() && !login->access_token.empty();
    }
    std::string_view finish(const SecretString& begun, const std::string& with) {
        const auto login =
            run(accounts_.finish_login(origin(), begun, secret(std::string_view(with))));
        if (login) {
            EXPECT_EQ(code(run(accounts_.authenticate(origin(), login->access_token))), "ok");
        }
        return code(login);
    }
    std::string_view log_in_with(const std::string& with) { return finish(challenge(), with); }
    std::string_view disable(std::string_view with, const std::string& typed) {
        return code(run(service_.disable(as_ann(), secret(with), secret(std::string_view(typed)))));
    }
    std::int64_t count_audit(std::string_view action) { return count_entries(as_ann(), action); }

    vault::DatabaseBackend backend_{database(), vault::MasterKey(SecretString(master_key)), rng_,
                                    clock_};
    vault::Vault vault_{backend_, database(), clock_};
    Service service_{{.db = database(),
                      .clock = acting_,
                      .rng = rng_,
                      .ids = ids_,
                      .vault = vault_,
                      .accounts = accounts_}};
    accounts::Login login_;
    std::string bytes_;
    std::vector<std::string> recovery_;
};

TEST_P(SecondFactorTest, without_it_the_password_is_enough_also_while_it_is_not_confirmed) {
    EXPECT_TRUE(challenge_is_not_asked());
    enrol();
    EXPECT_TRUE(challenge_is_not_asked());
    EXPECT_FALSE(run(service_.status(as_ann())).on);
}

TEST_P(SecondFactorTest, with_it_a_login_takes_password_and_code) {
    turn_on();
    const Status status = run(service_.status(as_ann()));
    EXPECT_TRUE(status.on);
    EXPECT_EQ(status.recovery_codes_left, 10);
    EXPECT_EQ(code(run(accounts_.authenticate(origin(), login_.access_token))), "ok");
    EXPECT_EQ(log_in_with(shown()), "ok");
    EXPECT_EQ(count_audit("user.login"), 1);
    EXPECT_EQ(count_audit("user.second_factor_enabled"), 1);
    EXPECT_EQ(code(run(accounts_.login(origin(), "ann@shop.example", secret("wrong horse bat")))),
              "invalid_credentials");
}

TEST_P(SecondFactorTest, a_code_works_once_and_so_does_the_one_that_turned_it_on) {
    enrol();
    const std::string first = shown();
    ASSERT_TRUE(run(service_.confirm(as_ann(), secret(std::string_view(first)))));
    EXPECT_EQ(log_in_with(first), "wrong_code");
    clock_.advance(std::chrono::minutes(1));
    const std::string used = shown();
    EXPECT_EQ(log_in_with(used), "ok");
    EXPECT_EQ(log_in_with(used), "wrong_code");
    EXPECT_EQ(log_in_with(shown(-1)), "wrong_code") << "older than the one that was used";
    EXPECT_EQ(log_in_with(shown(1)), "ok");
    EXPECT_EQ(count_audit("user.login_failed"), 3);
}

TEST_P(SecondFactorTest, two_logins_with_one_code_are_one) {
    turn_on();
    const SecretString one = challenge();
    const SecretString other = challenge();
    const UserId ann(as_ann().actor.id);
    const auto first = run(service_.check(origin(), ann, secret(std::string_view(shown()))));
    const auto second = run(service_.check(origin(), ann, secret(std::string_view(shown()))));
    ASSERT_TRUE(first && second);
    EXPECT_EQ(code(write([&](db::Txn& txn) { return (*first)(txn, ann); })), "ok");
    EXPECT_EQ(code(write([&](db::Txn& txn) { return (*second)(txn, ann); })), "wrong_code");
    EXPECT_EQ(finish(one, shown()), "wrong_code");
    EXPECT_EQ(finish(other, shown(1)), "ok");
}

TEST_P(SecondFactorTest, a_recovery_code_works_once) {
    turn_on();
    EXPECT_EQ(log_in_with(recovery_[3]), "ok");
    EXPECT_EQ(log_in_with(recovery_[3]), "wrong_code");
    std::string typed = recovery_[4];
    std::ranges::transform(typed, typed.begin(), [](char c) {
        return c == '-' ? ' ' : static_cast<char>(std::tolower(c));
    });
    EXPECT_EQ(log_in_with(typed), "ok");
    EXPECT_EQ(run(service_.status(as_ann())).recovery_codes_left, 8);
    EXPECT_EQ(count_audit("user.recovery_code_used"), 2);
    EXPECT_EQ(log_in_with("AAAA-AAAA-AAAA-AAAA"), "wrong_code");
    EXPECT_EQ(count_audit("user.login_failed"), 2);
}

TEST_P(SecondFactorTest, a_recovery_code_works_also_when_the_secret_is_lost) {
    turn_on();
    write([](db::Txn& txn) { return txn.execute(lose_secrets_sql); });
    vault_.forget(WorkspaceId(platform_workspace),
                  read([](db::Txn& txn) { return txn.query(secret_names_sql)[0].string(0); }));
    EXPECT_NE(log_in_with(shown()), "ok");
    EXPECT_EQ(log_in_with("AAAA-AAAA-AAAA-AAAA"), "wrong_code");
    EXPECT_EQ(log_in_with(recovery_[0]), "ok");
    EXPECT_EQ(log_in_with(recovery_[0]), "wrong_code");
    EXPECT_EQ(disable(password, recovery_[1]), "ok");
    turn_on();
    EXPECT_EQ(log_in_with(shown()), "ok");
}

TEST_P(SecondFactorTest, guessing_is_throttled_from_wherever_it_comes) {
    turn_on();
    const SecretString begun = challenge();
    for (int attempt = 0; attempt < wrong_codes_max; ++attempt) {
        accounts::Origin from = origin();
        from.ip = "198.51.100." + std::to_string(attempt);
        EXPECT_EQ(code(run(accounts_.finish_login(from, begun, secret("000000")))), "wrong_code");
    }
    EXPECT_EQ(finish(begun, shown()), "login_throttled");
    EXPECT_EQ(finish(begun, recovery_[0]), "login_throttled");
    EXPECT_EQ(count_audit("user.login_failed"), wrong_codes_max);
    clock_.advance(std::chrono::minutes(15));
    EXPECT_EQ(log_in_with(shown()), "ok");
}

TEST_P(SecondFactorTest, a_challenge_lasts_five_minutes_and_is_void_with_another_password) {
    turn_on();
    const SecretString begun = challenge();
    clock_.advance(accounts::challenge_time);
    EXPECT_EQ(finish(begun, shown()), "challenge_expired");
    const SecretString next = challenge();
    write([&](db::Txn& txn) {
        accounts::set_password(txn, login_.profile.user.id, "another hash");
        return true;
    });
    EXPECT_EQ(finish(next, shown()), "challenge_expired");
}

TEST_P(SecondFactorTest, no_invented_challenge_does) {
    turn_on();
    const std::string text(challenge().reveal());
    const auto user = text.substr(0, text.find('.'));
    const std::string code_part = text.substr(text.rfind('.'));
    for (const std::string& wrong :
         {std::string(), std::string("..."), text + "x", "other" + text.substr(user.size()),
          user + ".9999999999999999" + code_part, login_.access_token,
          std::string(login_.refresh_token.reveal())}) {
        EXPECT_EQ(finish(secret(std::string_view(wrong)), shown()), "challenge_expired") << wrong;
    }
    EXPECT_EQ(finish(secret(std::string_view(text)), shown()), "ok");
}

TEST_P(SecondFactorTest, a_challenge_is_no_access_and_no_refresh_token) {
    turn_on();
    const SecretString begun = challenge();
    EXPECT_EQ(code(run(accounts_.authenticate(origin(), std::string(begun.reveal())))),
              "unauthorized");
    EXPECT_EQ(code(run(accounts_.refresh(origin(), begun))), "session_ended");
}

TEST_P(SecondFactorTest, turning_it_on_takes_the_password_and_a_code_of_the_app) {
    EXPECT_EQ(code(run(service_.confirm(as_ann(), secret("123456")))), "second_factor_off");
    EXPECT_EQ(code(run(service_.enrol(as_ann(), secret("wrong horse battery")))), "wrong_password");
    enrol();
    const std::string before = shown();
    enrol();
    EXPECT_EQ(code(run(service_.confirm(as_ann(), secret(std::string_view(before))))), "wrong_code")
        << "the secret before is void";
    EXPECT_EQ(code(run(service_.confirm(as_ann(), secret(std::string_view(shown()))))), "ok");
    EXPECT_EQ(code(run(service_.confirm(as_ann(), secret(std::string_view(shown(1)))))),
              "second_factor_on");
    EXPECT_EQ(code(run(service_.enrol(as_ann(), secret(password)))), "second_factor_on");
    clock_.advance(std::chrono::minutes(1));
    EXPECT_EQ(log_in_with(shown()), "ok") << "the refused enrolment has changed nothing";
}

TEST_P(SecondFactorTest, turning_it_off_takes_both_and_leaves_nothing_behind) {
    EXPECT_EQ(disable(password, "123456"), "second_factor_off");
    turn_on();
    EXPECT_EQ(disable("wrong horse battery", shown()), "wrong_password");
    EXPECT_EQ(disable(password, "000000"), "wrong_code");
    EXPECT_TRUE(run(service_.status(as_ann())).on);
    EXPECT_EQ(disable(password, shown()), "ok");
    const Status status = run(service_.status(as_ann()));
    EXPECT_FALSE(status.on);
    EXPECT_EQ(status.recovery_codes_left, 0);
    EXPECT_EQ(count_audit("user.second_factor_disabled"), 1);
    EXPECT_TRUE(
        run(accounts_.login(origin(), "ann@shop.example", secret(password)))->challenge.empty());
    EXPECT_EQ(read([](db::Txn& txn) { return txn.query(everything_sql).size(); }), 0U);
}

TEST_P(SecondFactorTest, the_secret_is_sealed_and_each_persons_is_their_own) {
    turn_on();
    const std::string text = base32_encode(bytes_);
    read([&](db::Txn& txn) {
        const db::Rows rows = txn.query(everything_sql);
        EXPECT_EQ(rows.size(), 1U);
        EXPECT_FALSE(std::string(rows[0].bytes(0)).contains(bytes_));
        EXPECT_FALSE(std::string(rows[0].bytes(0)).contains(text));
        return true;
    });
    ASSERT_TRUE(run(accounts_.signup(
        origin(), {"Bob", "bob@shop.example", SecretString(password), "Other Shop"})));
    EXPECT_TRUE(
        run(accounts_.login(origin(), "bob@shop.example", secret(password)))->challenge.empty());
}

TEST_P(SecondFactorTest, it_is_not_turned_off_by_a_password_that_is_replaced_meanwhile) {
    turn_on();
    acting_.act_when_asked(2, [&] { replace_password(login_.profile.user.id); });
    EXPECT_EQ(disable(password, shown()), "wrong_password");
    EXPECT_TRUE(acting_.acted());
    EXPECT_TRUE(run(service_.status(as_ann())).on);
}

TEST_P(SecondFactorTest,
       recovery_codes_are_renewed_by_password_and_code_and_the_old_ones_are_void) {
    const auto renew = [&](std::string_view with, const std::string& typed) {
        return run(
            service_.renew_recovery_codes(as_ann(), secret(with), secret(std::string_view(typed))));
    };
    EXPECT_EQ(code(renew(password, "123456")), "second_factor_off");
    turn_on();
    EXPECT_EQ(code(renew("wrong horse bat", shown())), "wrong_password");
    EXPECT_EQ(code(renew(password, "XXXX-XXXX-XXXX-XXXX")), "wrong_code");
    const std::string used = shown();
    const auto renewed = renew(password, used);
    ASSERT_TRUE(renewed);
    EXPECT_EQ(renewed->size(), recovery_codes_count);
    EXPECT_EQ(code(renew(password, used)), "wrong_code") << "a code works once";
    EXPECT_EQ(log_in_with(recovery_[0]), "wrong_code");
    EXPECT_EQ(log_in_with(renewed->at(0)), "ok");
    EXPECT_EQ(code(renew(password, renewed->at(1))), "ok") << "a recovery code will do";
    EXPECT_EQ(run(service_.status(as_ann())).recovery_codes_left, 10);
    EXPECT_EQ(count_audit("user.recovery_codes_renewed"), 2);
}

TEST_P(SecondFactorTest, recovery_codes_are_not_renewed_by_a_password_that_is_replaced_meanwhile) {
    turn_on();
    acting_.act_when_asked(2, [&] { replace_password(login_.profile.user.id); });
    EXPECT_EQ(code(run(service_.renew_recovery_codes(as_ann(), secret(password),
                                                     secret(std::string_view(shown()))))),
              "wrong_password");
    EXPECT_TRUE(acting_.acted());
    EXPECT_EQ(count_audit("user.recovery_codes_renewed"), 0);
}

TEST_P(SecondFactorTest, the_command_line_turns_it_off_for_who_is_locked_out_and_ends_sessions) {
    const ResetParts parts{.db = database(), .vault = vault_, .clock = clock_};
    EXPECT_EQ(code(run(reset(parts, "nobody@shop.example"))), "not_found");
    EXPECT_EQ(code(run(reset(parts, "ann@shop.example"))), "second_factor_off");
    turn_on();
    const Result<bool> done = run(reset(parts, "ann@shop.example"));
    ASSERT_TRUE(done);
    EXPECT_TRUE(*done) << "the secret is gone";
    EXPECT_EQ(read([](db::Txn& txn) { return txn.query(everything_sql).size(); }), 0U);
    EXPECT_EQ(code(run(accounts_.authenticate(origin(), login_.access_token))), "session_ended");
    EXPECT_TRUE(challenge_is_not_asked());
    EXPECT_FALSE(run(service_.status(as_ann())).on);
    audit::Service log(database());
    for (const char* action : {"user.second_factor_reset", "user.logout"}) {
        const auto entries = run(log.list(as_ann(), {.action = action}))->entries;
        ASSERT_EQ(entries.size(), 1U) << action;
        EXPECT_EQ(entries[0].actor_kind, "system");
        EXPECT_EQ(entries[0].resource_id, login_.profile.user.id.value);
    }
}

TEST_P(SecondFactorTest, a_reset_does_not_wait_for_a_vault_that_has_lost_the_secret) {
    turn_on();
    write([](db::Txn& txn) { return txn.execute(lose_secrets_sql); });
    const Result<bool> done =
        run(reset({.db = database(), .vault = vault_, .clock = clock_}, "ann@shop.example"));
    ASSERT_TRUE(done);
    EXPECT_FALSE(*done);
    EXPECT_TRUE(challenge_is_not_asked());
}

WAPI_ON_BOTH_ENGINES(SecondFactorTest);

}  // namespace
}  // namespace wapi::second_factor
