// A test suite with people: the service of accounts on both engines, at the cheapest password cost,
// with a clock moved by hand. Who gets mail is in mailing_people.hpp.
#pragma once

#include <gtest/gtest.h>
#include <sodium.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "features/accounts/accounts.hpp"
#include "features/audit/audit.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::test {

/// A clock by which something happens in the middle of an act: `act`, once, when the time is asked
/// for the `asked`th time from then on.
class ActingClock final : public Clock {
  public:
    explicit ActingClock(const Clock& clock) : clock_(clock) {}
    void act_when_asked(int asked, std::function<void()> act) {
        left_ = asked;
        act_ = std::move(act);
    }
    /// Whether that has happened.
    [[nodiscard]] bool acted() const { return left_ <= 0; }
    [[nodiscard]] Timestamp now() const override {
        if (left_ > 0 && --left_ == 0) {
            act_();
        }
        return clock_.now();
    }

  private:
    const Clock& clock_;
    mutable int left_ = 0;
    std::function<void()> act_;
};

class PeopleTest : public EnginesTest {
  protected:
    static constexpr std::string_view password = "correct horse battery";
    static constexpr std::string_view new_password = "one two three four";

    static accounts::Origin origin() { return {"192.0.2.1", "test agent", "request-1"}; }
    /// `ok`, or the error's code.
    template <class T>
    static std::string_view code(const Result<T>& result) {
        return result ? "ok" : result.error().kind->code;
    }
    accounts::Login sign_up(const std::string& email, const std::string& name = "Ann",
                            const std::string& workspace = "Demo Shop") {
        return run(accounts_.signup(origin(), {name, email, SecretString(password), workspace}))
            .value();
    }
    /// Of who has signed up, in their workspace, without a session.
    static Context as(const accounts::Profile& profile) {
        Context context;
        context.workspace = profile.membership.workspace;
        context.actor = {ActorKind::user, profile.user.id.value};
        context.ip = origin().ip;
        return context;
    }
    /// Entries of the workspace's log.
    std::int64_t count_entries(const Context& context, std::string_view action) {
        EXPECT_TRUE(run(tasks_.join(std::chrono::seconds(30))))
            << "what is written after an answer";
        audit::Service log(database());
        return run(log.list(context, {.action = std::string(action)}))->total;
    }
    /// What another process would do meanwhile: the person has another password.
    void replace_password(const UserId& user) {
        write([&](db::Txn& txn) {
            accounts::set_password(txn, user, "the hash of another password");
            return true;
        });
    }

    ActingClock acting_{clock_};
    async::ThreadPool pool_{io_, "cpu", 1};
    async::Tasks tasks_{io_};
    accounts::Service accounts_{
        {.tasks = tasks_,
         .db = database(),
         .pool = pool_,
         .clock = acting_,
         .rng = rng_,
         .ids = ids_},
        {.jwt_secret = SecretString(std::string_view("0f1e2d3c4b5a69788796a5b4c3d2e1f0-test")),
         .secure_cookies = true,
         .password_cost = {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN}}};
};

}  // namespace wapi::test
