// Goal: however many listen, their rights are read a few at a time, rarely while the database does
// not answer, and nothing is sent before; and they do not all fetch anew in the same moment.
// Method: the service on both engines with clients in memory; who asks about them is counted.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "features/contacts/contacts.hpp"
#include "features/realtime/realtime_test_support.hpp"

namespace wapi::realtime {
namespace {

using namespace testing;
using namespace std::chrono_literals;

class RealtimeRightsTest : public RealtimeTest {
  protected:
    RealtimeRightsTest() {
        person("olga");
        person("paul");
    }
    /// Connections of as many people.
    std::vector<Client> enter_many(int count) {
        std::vector<Client> clients;
        for (int index = 0; index < count; ++index) {
            const std::string name = fmt::format("person-{}", people_.size());
            person(name);
            clients.push_back(enter(name));
        }
        return clients;
    }
    void import_contacts() {
        write(shop, [](db::WorkspaceTxn& txn) {
            txn.announce(contacts::contacts_changed, "import-1");
            return true;
        });
    }
};

TEST_P(RealtimeRightsTest, after_a_change_few_are_asked_about_at_once_and_who_says_hello_first) {
    restart({.rights_read_at_once_max = 2});
    const std::vector<Client> team = enter_many(20);
    person("late");
    asking_takes_ = 10ms;
    most_asked_ = 0;
    const int asked = asked_;
    audit(audit::actions::team_permissions_changed);
    wait([&] { return asked_ > asked; });
    enter("late");
    EXPECT_LT(asked_, asked + 10) << "before the others of the team";
    wait([&] { return answered_ >= asked + 22 && service_->stats().rights_waiting == 0; });
    EXPECT_EQ(most_asked_, 2);
    receive("to all of them");
    for (const Client& client : team) {
        wait_for(client, "message.created");
    }
    asking_takes_ = 0ms;
}

TEST_P(RealtimeRightsTest, while_the_database_is_away_one_asks_for_all_and_ever_more_rarely) {
    restart({.rights_retry_first = 10ms, .rights_retry_longest = 80ms});
    const std::vector<Client> team = enter_many(20);
    down_ = true;
    const int asked = asked_;
    const auto began = std::chrono::steady_clock::now();
    audit(audit::actions::team_permissions_changed);
    wait([&] { return asked_ >= asked + 8; });
    // Of eight attempts seven have waited, each for at least half of 10, 20, 40 and then 80 ms.
    EXPECT_GE(std::chrono::steady_clock::now() - began, 195ms);
    EXPECT_EQ(service_->stats().rights_waiting, 20U) << "the next one's turn has not come";
    receive("held back");
    settle(team.front());
    EXPECT_EQ(team.front()->count("message.created"), 0U);
    down_ = false;
    for (const Client& client : team) {
        wait_for(client, "message.created");
        EXPECT_EQ(client->count("resync"), 0U);
    }
}

TEST_P(RealtimeRightsTest, who_alone_cannot_be_asked_about_is_closed_and_nobody_waits_for_it) {
    const Client olga = enter("olga");
    const Client paul = enter("paul");
    down_ = true;
    fault_ = "db.failed";
    audit(audit::actions::user_logout, "paul");
    expect_closed(paul, static_cast<int>(CloseCode::try_again));
    down_ = false;
    receive("goes on");
    wait_for(olga, "message.created");
}

TEST_P(RealtimeRightsTest, many_who_are_to_fetch_anew_are_given_time_to_spread) {
    restart({.resync_each = 10ms, .resync_spread_max = 150ms});
    const auto spread_after_an_import = [this](const Client& client) {
        client->forget();
        import_contacts();
        wait_for(client, "resync");
        return client->last("resync").at("spreadMs").as_int64();
    };
    const Client olga = enter("olga");
    EXPECT_EQ(spread_after_an_import(olga), 10);
    enter_many(9);
    EXPECT_EQ(spread_after_an_import(olga), 100);
    enter_many(9);
    EXPECT_EQ(spread_after_an_import(olga), 150);
}

TEST_P(RealtimeRightsTest, rights_that_have_changed_are_told_though_events_were_lost_too) {
    const Client paul = enter("paul");
    const Client olga = enter("olga");
    settle(paul);
    paul->stall(true);
    receive("on its way when paul stalls");
    wait_for(olga, "message.created");
    people_["paul"].role = "supervisor";
    const int answered = answered_;
    audit(audit::actions::team_permissions_changed);
    wait([&] { return answered_ > answered; });
    import_contacts();
    wait_for(olga, "resync");
    paul->stall(false);
    wait_for(paul, "resync");
    EXPECT_EQ(paul->last("resync").at("reason"), "rights_changed");
    EXPECT_EQ(paul->last("resync").at("spreadMs"), 0);
}

WAPI_ON_BOTH_ENGINES(RealtimeRightsTest);

}  // namespace
}  // namespace wapi::realtime
