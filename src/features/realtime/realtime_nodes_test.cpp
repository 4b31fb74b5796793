// Goal: what one node commits is told to the clients of another, rights included, and a client
// whose node may have missed something is told to fetch anew.
// Method: a second service on a connection of its own to the same PostgreSQL database; SQLite
// serves one program.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "features/contacts/contacts.hpp"
#include "features/realtime/realtime_test_support.hpp"

namespace wapi::realtime {
namespace {

using namespace testing;
using namespace std::chrono_literals;

const db::Sql end_listeners{{
    .name = "realtime_test.end_listeners",
    .text = "SELECT 1",
    .scope = db::Scope::system,
    .postgres = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND (query LIKE 'LISTEN%' OR query LIKE 'SELECT pg_notify%'"
                " OR query LIKE 'WITH dead%')",
}};

const db::Sql insert_node{{
    .name = "realtime_test.insert_node",
    .text = "INSERT INTO notice_nodes (node) VALUES (7)",
    .scope = db::Scope::system,
}};
const db::Sql count_nodes{{
    .name = "realtime_test.count_nodes",
    .text = "SELECT count(*) FROM notice_nodes",
    .scope = db::Scope::system,
}};

class RealtimeNodesTest : public RealtimeTest {
  protected:
    RealtimeNodesTest() {
        person("olga");
        other_ = files_.open(io_);
        start_other();
    }
    void start_other() {
        stopped_.push_back(std::move(other_tasks_));
        other_tasks_ = std::make_unique<async::Tasks>(io_);
        other_service_ = std::make_unique<Service>(
            Parts{.tasks = *other_tasks_,
                  .db = *other_,
                  .clock = clock_,
                  .rng = rng_,
                  .authenticate = [this](Credentials credentials) { return ask(credentials); }});
        other_service_->start();
        wait([&] { return other_service_->stats().missed > 0; });
    }
    ~RealtimeNodesTest() override {
        for (const Client& client : clients_) {
            client->hang_up();
        }
        other_tasks_->stop();
        run(other_tasks_->join(20s));
    }
    /// A client of the other node, which listens by now.
    Client enter_there(const std::string& name) {
        const auto client = std::make_shared<FakePeer>(io_);
        clients_.push_back(client);
        other_tasks_->spawn("test.serve", other_service_->serve(client, {}));
        say_hello(client, name);
        wait_for(client, "ready");
        return client;
    }
    /// Tells something until the other node hears it: it may not listen yet.
    void wait_until_heard(const Client& client) {
        wait([&] {
            save_number(shop, second_number);
            return client->count("number.changed") > 0;
        });
    }

    /// What a program leaves that ends without a word: its row, whose lock nobody holds.
    void leave_killed_node() {
        write([](db::Txn& txn) { return txn.execute(insert_node); });
    }
    std::int64_t count_left() {
        return database().blocking_read("realtime_test.count_nodes", [](db::Txn& txn) {
            return txn.query(count_nodes)[0].integer(0);
        });
    }

    std::unique_ptr<db::Db> other_;
    std::unique_ptr<async::Tasks> other_tasks_;
    std::unique_ptr<Service> other_service_;
};

TEST_P(RealtimeNodesTest, what_one_node_commits_another_tells) {
    const Client here = enter("olga");
    const Client there = enter_there("olga");
    wait_until_heard(there);
    receive("hello over there");
    wait_for(there, "message.created");
    wait_for(here, "message.created");
    EXPECT_EQ(there->last("message.created").at("data").at("message").at("body"),
              "hello over there");
    settle(here);
    EXPECT_EQ(here->count("message.created"), 1U) << "its own notice is not heard again";
}

TEST_P(RealtimeNodesTest, withdrawn_rights_are_felt_on_every_node) {
    const Client there = enter_there("olga");
    wait_until_heard(there);
    people_.erase("olga");
    write(shop, [&](db::WorkspaceTxn& txn) {
        audit::record(txn, context_of(shop),
                      {.action = audit::actions::team_member_removed,
                       .resource_type = "user",
                       .resource_id = "olga"},
                      clock_.now());
        return true;
    });
    wait([&] { return there->closed(); });
    EXPECT_EQ(there->code(), 4401);
}

TEST_P(RealtimeNodesTest, a_node_that_ended_well_and_begins_again_disturbs_nobody) {
    const Client here = enter("olga");
    settle(here);
    for (int restarts = 0; restarts < 3; ++restarts) {
        other_tasks_->stop();
        other_service_.reset();
        start_other();
        const Client there = enter_there("olga");
        wait_until_heard(there);
        other_->blocking_write("realtime_test.tell", [](db::Txn& txn) {
            db::WorkspaceTxn bound(txn, shop);
            bound.announce(contacts::contacts_changed, "import-1");
            return true;
        });
        wait_for(here, "resync");
        EXPECT_EQ(here->count("resync"), 1U) << "for the import";
        here->forget();
    }
    EXPECT_EQ(count_left(), 2) << "of the two that listen";
}

TEST_P(RealtimeNodesTest, a_node_that_begins_after_one_was_killed_has_all_clients_fetch_anew) {
    const Client here = enter("olga");
    settle(here);
    leave_killed_node();  // which took along what was not told
    other_tasks_->stop();
    other_service_.reset();
    start_other();
    wait_for(here, "resync");
    EXPECT_EQ(count_left(), 2) << "it is told of once";
}

TEST_P(RealtimeNodesTest, a_node_that_lost_its_connection_has_its_clients_fetch_anew) {
    const Client there = enter_there("olga");
    wait_until_heard(there);
    settle(there);
    const std::size_t before = there->count("resync");
    write([](db::Txn& txn) {
        txn.query(end_listeners);
        return true;
    });
    wait_for(there, "resync", before + 1);
    there->forget();
    wait_until_heard(there);
    receive("after the outage");
    wait_for(there, "message.created");
}

TEST_P(RealtimeNodesTest, what_is_said_just_before_the_end_is_told_in_order) {
    constexpr int said = 1'000;
    bool listens = false;
    bool speaks = false;
    std::vector<std::string> heard;
    const auto ear =
        database().open_notices({.heard = [&](const std::string& text) { heard.push_back(text); },
                                 .missed = [&] { listens = true; }});
    wait([&] { return listens; });
    auto mouth = other_->open_notices({.heard = [](const std::string&) {},  //
                                       .missed = [&] { speaks = true; }});
    wait([&] { return speaks; });
    for (int index = 0; index < said; ++index) {
        mouth->send(fmt::format("[{}]", index));
    }
    mouth.reset();
    wait([&] { return heard.size() == said; });
    for (std::size_t index = 0; index < heard.size(); ++index) {
        EXPECT_EQ(heard[index], fmt::format("[{}]", index));
    }
}

WAPI_ON_POSTGRES(RealtimeNodesTest);

}  // namespace
}  // namespace wapi::realtime
