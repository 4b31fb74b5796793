// Goal: what rests on a password or a code is void when these change while it is under way: a new
// password that ends all sessions leaves none to whoever was just logging in by the old one; and
// each wrong code, and nothing else, is written down as one. Method: the service on both engines
// with a second factor and a clock that act between what is read and what is written.
#include <gtest/gtest.h>
#include <sodium.h>

#include <utility>

#include "features/accounts/accounts.hpp"
#include "features/accounts/accounts_store.hpp"
#include "features/audit/audit.hpp"
#include "features/sessions/sessions.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::accounts {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view password = "correct horse battery";
constexpr std::string_view owners_hash = "the hash of the owner's new password";

const db::Sql count_open_sql{{
    .name = "test.count_open_sessions",
    .text = "SELECT COUNT(*) FROM sessions WHERE revoked_us IS NULL",
    .scope = db::Scope::system,
}};

/// Acts at the first time it is asked once `act` is set.
class ActingClock final : public Clock {
  public:
    [[nodiscard]] Timestamp now() const override {
        if (act) {
            std::exchange(act, {})();
        }
        return test::ManualClock::default_start;
    }
    mutable std::function<void()> act;
};

class ActingFactor final : public SecondFactor {
  public:
    [[nodiscard]] bool is_on(db::Txn& /*txn*/, const UserId& /*user*/) const override {
        if (asked) {
            std::exchange(asked, {})();
        }
        return std::exchange(on, on_later.value_or(on));
    }
    async::Task<Result<UserStep>> check(Origin /*origin*/, UserId /*user*/,
                                        SecretString /*code*/) override {
        if (asked) {
            std::exchange(asked, {})();
        }
        co_return answer;
    }
    mutable bool on = false;
    std::optional<bool> on_later;  ///< from the second time on
    mutable std::function<void()> asked;
    Result<UserStep> answer =
        UserStep([](db::Txn&, const UserId&) -> Result<void> { return Result<void>(); });
};

class AccountsRaceTest : public test::EnginesTest {
  protected:
    void SetUp() override {
        made_ = run(service_.signup(
                        origin(), {"Ann", "ann@shop.example", SecretString(password), "Demo Shop"}))
                    .value();
        service_.set_hooks({.second_factor = &factor_, .signed_up = {}});
    }
    static Origin origin() { return {"192.0.2.1", "test agent", "request-1"}; }
    [[nodiscard]] Context as_ann() const {
        Context context;
        context.workspace = made_.profile.membership.workspace;
        context.actor = {ActorKind::user, made_.profile.user.id.value};
        return context;
    }
    Result<Login> login() {
        return run(service_.login(origin(), "ann@shop.example", SecretString(password)));
    }
    Result<Login> finish(const SecretString& challenge) {
        return run(service_.finish_login(origin(), challenge, SecretString("123456"sv)));
    }
    template <class T>
    static std::string_view code(const Result<T>& result) {
        return result ? "ok" : result.error().kind->code;
    }
    /// What a password reset does.
    void reset() {
        write([&](db::Txn& txn) {
            set_password(txn, made_.profile.user.id, owners_hash);
            sessions::end_all_of(txn, as_ann(), "password_reset", test::ManualClock::default_start);
            return true;
        });
    }
    std::int64_t open_sessions() {
        return read([](db::Txn& txn) { return txn.query(count_open_sql)[0].integer(0); });
    }
    std::string stored_hash() {
        return read(
            [&](db::Txn& txn) { return find_user(txn, made_.profile.user.id)->password_hash; });
    }
    std::int64_t count_failures() {
        EXPECT_TRUE(run(tasks_.join(std::chrono::seconds(30))));
        audit::Service log(database());
        return run(log.list(as_ann(), {.action = "user.login_failed"}))->total;
    }

    ActingClock acting_;
    ActingFactor factor_;
    async::ThreadPool pool_{io_, "cpu", 1};
    async::Tasks tasks_{io_};
    Service service_{{.tasks = tasks_,
                      .db = database(),
                      .pool = pool_,
                      .clock = acting_,
                      .rng = rng_,
                      .ids = ids_},
                     {.jwt_secret = SecretString("0f1e2d3c4b5a69788796a5b4c3d2e1f0-test"sv),
                      .secure_cookies = true,
                      .password_cost = {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN}}};
    Login made_;
};

TEST_P(AccountsRaceTest, a_login_that_a_password_reset_overtakes_opens_no_session) {
    factor_.asked = [this] { reset(); };
    EXPECT_EQ(code(login()), "invalid_credentials");
    EXPECT_EQ(open_sessions(), 0);
}

TEST_P(AccountsRaceTest, a_second_step_that_a_password_reset_overtakes_opens_no_session) {
    factor_.on = true;
    const SecretString challenge = login()->challenge;
    factor_.asked = [this] { reset(); };
    EXPECT_EQ(code(finish(challenge)), "challenge_expired");
    EXPECT_EQ(open_sessions(), 0);
}

TEST_P(AccountsRaceTest, a_login_does_not_slip_past_a_factor_that_is_turned_on_meanwhile) {
    factor_.on_later = true;
    EXPECT_EQ(code(login()), "invalid_credentials");
    EXPECT_EQ(open_sessions(), 1) << "that of the signup";
    EXPECT_FALSE(login()->challenge.empty());
}

TEST_P(AccountsRaceTest, a_change_that_a_password_reset_overtakes_changes_nothing) {
    acting_.act = [this] { reset(); };
    EXPECT_EQ(code(run(service_.change_password(as_ann(), SecretString(password),
                                                SecretString("one two three four"sv)))),
              "wrong_password");
    EXPECT_EQ(stored_hash(), owners_hash);
}

TEST_P(AccountsRaceTest, a_wrong_code_is_written_down_whoever_finds_it_and_an_outage_is_not) {
    factor_.on = true;
    const SecretString challenge = login()->challenge;
    for (const ErrorKind* outage : {&wapi::errors::overloaded, &errors::login_throttled}) {
        factor_.answer = fail(*outage);
        EXPECT_EQ(code(finish(challenge)), outage->code);
    }
    EXPECT_EQ(count_failures(), 0);
    factor_.answer = fail(errors::wrong_code);
    EXPECT_EQ(code(finish(challenge)), "wrong_code");
    EXPECT_EQ(count_failures(), 1);
    factor_.answer =
        UserStep([](db::Txn&, const UserId&) -> Result<void> { return fail(errors::wrong_code); });
    EXPECT_EQ(code(finish(challenge)), "wrong_code");
    EXPECT_EQ(count_failures(), 2);
}

WAPI_ON_BOTH_ENGINES(AccountsRaceTest);

}  // namespace
}  // namespace wapi::accounts
