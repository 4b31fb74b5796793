// Goal: once a STOP is stored no call to Meta begins for that person (invariant 4), and the calls
// of all numbers together stay within their limit. Method: the whole sender on both engines against
// a stand-in for Meta, several numbers at full pace, STOPs at random moments among the calls.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <random>

#include "features/outbox/outbox_test_support.hpp"
#include "features/vault/vault.hpp"
#include "tests/support/fake_graph.hpp"

namespace wapi::outbox {
namespace {

using namespace testing;
using namespace std::chrono_literals;

constexpr std::string_view key_hex =
    "3f8a1c5e9b7d204f6a8c1e3b5d7f90a2c4e6f8091b2d3f4a5c6e7f8192a3b4c5";
constexpr std::size_t people = 40;
constexpr std::size_t numbers_count = 4;

class SenderTest : public OutboxTest {
  protected:
    SenderTest() {
        EXPECT_TRUE(run(
            vault_.store(context_of(shop), "token:209", SecretString(std::string_view("EAAJ-1")))));
    }
    ~SenderTest() override {
        tasks_.stop();
        EXPECT_TRUE(run(tasks_.join(10s)));
    }
    static PhoneNumberId number(std::size_t index) {
        return PhoneNumberId(fmt::format("10800000000{:02}", index + 1));
    }
    /// People with an open window on each number, and a text for each of them from each number.
    void queue_texts() {
        for (std::size_t i = 0; i < numbers_count; ++i) {
            save_number(shop, number(i));
        }
        for (std::size_t person = 0; person < people; ++person) {
            const std::string phone = fmt::format("155500{:05}", person);
            for (std::size_t i = 0; i < numbers_count; ++i) {
                const messages::InboundResult thread = receive("hi", phone, shop, number(i));
                contacts_.push_back(thread.contact);
                const std::string id = queue_reply(thread, {.number = number(i)}).value;
                owners_[id] = contacts_.back().value;
                senders_[id] = i;
            }
        }
    }
    std::string message(std::size_t call) const {
        const auto body = boost::json::parse(graph_.sent[call]).as_object();
        return std::string(body.at("biz_opaque_callback_data").as_string());
    }
    /// Whom the call was for.
    std::string owner(std::size_t call) const { return owners_.at(message(call)); }
    /// Stores a STOP and notes how many calls had begun by then. The read after it lets a call that
    /// began just before reach this thread.
    async::Task<> stop(ContactId contact) {
        co_await database().write(shop, "test.stop", [contact](db::WorkspaceTxn& txn) {
            contacts::OptOut opt_out = contacts::lock_opt_out(txn, contact).value();
            opt_out.status = true;
            contacts::save_opt_out(txn, contact, opt_out);
            return messages::cancel_queued(txn, contact, "opted_out");
        });
        co_await database().read(shop, "test.after_stop", [contact](db::WorkspaceTxn& txn) {
            return contacts::get(txn, contact).has_value();
        });
        stopped_at_.emplace(contact.value, graph_.sent.size());
    }
    void stop_somebody() {
        if (random_() % 3 == 0) {
            tasks_.spawn("test.stop", stop(contacts_[random_() % contacts_.size()]));
        }
    }
    async::Task<> until_the_outbox_is_empty() {
        for (;;) {
            const queue::Counts counts =
                co_await database().read("test.count", [now = clock_.now()](db::Txn& txn) {
                    return queue::count(txn, "outbox:*", std::nullopt, now);
                });
            if (counts.pending + counts.delayed == 0) {
                co_return;
            }
            co_await async::sleep_for(5ms);
        }
    }

    async::Tasks tasks_{io_};
    test::FakeGraph graph_;
    vault::DatabaseBackend backend_{database(), vault::MasterKey(SecretString(key_hex)), rng_,
                                    clock_};
    vault::Vault vault_{backend_, database(), clock_};
    std::mt19937 random_{20'260'101};
    std::vector<ContactId> contacts_;
    std::map<std::string, std::string> owners_;   ///< message -> contact
    std::map<std::string, std::size_t> senders_;  ///< message -> index of the number
    std::map<std::string, std::size_t> stopped_at_;
};

TEST_P(SenderTest, no_call_begins_for_a_person_whose_stop_is_stored) {
    queue_texts();
    graph_.during_send = [this] { stop_somebody(); };
    Sender sender({tasks_, database(), vault_, graph_, clock_}, {.poll = 20ms});
    sender.start();
    run(until_the_outbox_is_empty());
    std::size_t calls_of_the_stopped = 0;
    for (std::size_t call = 0; call < graph_.sent.size(); ++call) {
        const auto stopped = stopped_at_.find(owner(call));
        if (stopped != stopped_at_.end()) {
            ++calls_of_the_stopped;
            EXPECT_LT(call, stopped->second) << "after the STOP of " << stopped->first;
        }
    }
    EXPECT_GT(stopped_at_.size(), 5U) << "too few to prove anything";
    EXPECT_GT(calls_of_the_stopped, 5U);
    EXPECT_LT(graph_.sent.size(), people * numbers_count) << "no STOP came before its messages";
    tasks_.stop();
    EXPECT_TRUE(run(tasks_.join(10s)));
}

TEST_P(SenderTest, calls_of_all_numbers_together_stay_within_their_limit) {
    queue_texts();
    graph_.answer_delay = 30ms;
    Sender sender({tasks_, database(), vault_, graph_, clock_}, {.poll = 20ms, .calls_max = 3});
    sender.start();
    run(until_the_outbox_is_empty());
    EXPECT_EQ(graph_.sent.size(), people * numbers_count);
    EXPECT_EQ(graph_.in_flight_most, 3U);
    tasks_.stop();
    EXPECT_TRUE(run(tasks_.join(10s)));
}

TEST_P(SenderTest, busy_numbers_leave_a_share_of_the_calls_to_the_others) {
    queue_texts();
    graph_.answer_delay = 100ms;
    // Three numbers alone could keep all the calls.
    Sender sender({tasks_, database(), vault_, graph_, clock_},
                  {.poll = 20ms, .in_flight_max = 2, .calls_max = 6});
    sender.start();
    run(until_the_outbox_is_empty());
    std::array<std::size_t, numbers_count> shares{};
    for (std::size_t call = 0; call < people * numbers_count / 2; ++call) {
        ++shares[senders_.at(message(call))];
    }
    EXPECT_GT(*std::ranges::min_element(shares), people / 4) << people / 2 << " would be even";
    tasks_.stop();
    EXPECT_TRUE(run(tasks_.join(10s)));
}

WAPI_ON_BOTH_ENGINES(SenderTest);

}  // namespace
}  // namespace wapi::outbox
