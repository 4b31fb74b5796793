// Goal: a refresh token that comes back late ends its session, and one that comes back because its
// answer was lost does not. Method: the real service on both engines, a clock moved by hand.
#include <gtest/gtest.h>

#include "features/accounts/accounts.hpp"
#include "tests/support/people.hpp"

namespace wapi::accounts {
namespace {

class AccountsRefreshTest : public test::PeopleTest {
  protected:
    Result<Login> refresh(const Login& held) {
        return run(accounts_.refresh(origin(), held.refresh_token));
    }
    std::string_view authenticated(const Login& login) {
        return code(run(accounts_.authenticate(origin(), login.access_token)));
    }
};

TEST_P(AccountsRefreshTest, who_lost_the_answer_gets_the_same_next_token_for_a_moment) {
    const Login made = sign_up("ann@shop.example");
    clock_.advance(std::chrono::hours(1));
    const Result<Login> lost = refresh(made);
    clock_.advance(refresh_grace - std::chrono::seconds(1));
    const Result<Login> again = refresh(made);
    ASSERT_TRUE(lost && again);
    EXPECT_EQ(again->refresh_token.reveal(), lost->refresh_token.reveal());
    EXPECT_EQ(authenticated(*again), "ok");
    clock_.advance(std::chrono::hours(1));
    EXPECT_TRUE(refresh(*again));
}

TEST_P(AccountsRefreshTest, a_token_that_comes_back_later_ends_the_session_for_both_holders) {
    const Login made = sign_up("ann@shop.example");
    const Result<Login> next = refresh(made);
    clock_.advance(refresh_grace);
    EXPECT_EQ(code(refresh(made)), "session_ended");
    ASSERT_TRUE(next);
    EXPECT_EQ(code(refresh(*next)), "session_ended");
    EXPECT_EQ(authenticated(*next), "session_ended");
}

TEST_P(AccountsRefreshTest, a_token_two_uses_old_ends_the_session_at_once) {
    const Login made = sign_up("ann@shop.example");
    const Result<Login> second = refresh(made);
    ASSERT_TRUE(second);
    ASSERT_TRUE(refresh(*second));
    EXPECT_EQ(code(refresh(made)), "session_ended");
    EXPECT_EQ(authenticated(*second), "session_ended");
}

TEST_P(AccountsRefreshTest, a_token_that_comes_back_does_not_revive_an_ended_session) {
    const Login made = sign_up("ann@shop.example");
    const Result<Login> next = refresh(made);
    ASSERT_TRUE(next);
    ASSERT_TRUE(run(accounts_.logout(origin(), next->refresh_token)));
    EXPECT_EQ(code(refresh(made)), "session_ended");
}

WAPI_ON_BOTH_ENGINES(AccountsRefreshTest);

}  // namespace
}  // namespace wapi::accounts
