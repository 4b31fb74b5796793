// Goal: a time that is still to come when its webhook comes in takes nothing from what happens
// until then: no STOP, no status, no end of the 24-hour window. Method: whole bodies through queue
// and worker on both engines, with times from a little to thousands of years ahead.
#include <gtest/gtest.h>

#include "features/contacts/contacts.hpp"
#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"
#include "features/opt_out/opt_out.hpp"
#include "features/webhooks/webhooks_test_support.hpp"

namespace wapi::webhooks {
namespace {

using namespace testing;
using namespace std::chrono_literals;

const Author ann{.phone = "15550002222", .bsuid = {}, .username = {}, .name = "Ann"};
constexpr std::int64_t year_9999_s = 253'402'300'799;

class WebhookTimesTest : public WebhooksTest {
  protected:
    void SetUp() override {
        clock_.set(from_us(1'768'000'000'700'000));  // later than any id was made
        make_workspace(shop);
        connect(shop, shop_number);
    }
    std::vector<std::int64_t> times_ahead_s() {
        return {now_s() + 600, now_s() + 31'536'000, year_9999_s};
    }
    EventId deliver(json::object change) {
        const EventId event = store_body(body_of(std::move(change)));
        drain();
        return event;
    }
    EventId deliver_text(const std::string& text, std::int64_t at_s) {
        return deliver(
            text_change(shop_number, ann, fmt::format("wamid.{}", ++delivered_), at_s, text));
    }
    contacts::OptOut opt_out() {
        return read(shop, [](db::WorkspaceTxn& txn) {
            const auto id =
                contacts::find_by_identity(txn, {contacts::IdentityKind::phone, ann.phone});
            return contacts::get(txn, id.value()).value().opt_out;
        });
    }
    inbox::Conversation talk() {
        return read(shop, [](db::WorkspaceTxn& txn) { return inbox::list(txn, {}).value(); })
            .conversations.at(0);
    }
    Timestamp this_second() { return std::chrono::floor<std::chrono::seconds>(clock_.now()); }

    int delivered_ = 0;
};

TEST_P(WebhookTimesTest, a_start_from_the_future_does_not_deafen_to_the_stop_after_it) {
    for (const std::int64_t ahead_s : times_ahead_s()) {
        SCOPED_TRACE(ahead_s);
        deliver_text("START", ahead_s);
        deliver_text("STOP", now_s());
        EXPECT_TRUE(opt_out().status) << "of one second the STOP holds";
        clock_.advance(2s);
        deliver(preference_change(shop_number, ann, ahead_s, "resume"));
        EXPECT_FALSE(opt_out().status);
        EXPECT_EQ(opt_out().opted_back_in_at, this_second());
        clock_.advance(2s);
        deliver(preference_change(shop_number, ann, now_s(), "stop"));
        EXPECT_TRUE(opt_out().status);
        clock_.advance(2s);
    }
}

TEST_P(WebhookTimesTest, a_stop_from_the_future_does_not_deafen_to_the_start_after_it) {
    for (const std::int64_t ahead_s : times_ahead_s()) {
        for (const bool is_whole : {true, false}) {
            json::object stop = text_change(shop_number, ann, "wamid.stop", ahead_s, "STOP");
            if (!is_whole) {
                stop["value"].as_object()["messages"].as_array()[0].as_object().erase("id");
            } else {
                stop["value"].as_object()["messages"].as_array()[0].as_object()["id"] =
                    fmt::format("wamid.stop.{}", ahead_s);
            }
            deliver(std::move(stop));
            EXPECT_TRUE(opt_out().status);
            EXPECT_EQ(opt_out().opted_out_at, this_second());
            clock_.advance(2s);
            deliver_text("START", now_s());
            EXPECT_FALSE(opt_out().status);
            clock_.advance(2s);
        }
    }
}

TEST_P(WebhookTimesTest, the_window_opens_for_24_hours_from_when_the_message_came_in) {
    for (const std::int64_t ahead_s : times_ahead_s()) {
        deliver_text("hello", ahead_s);
        EXPECT_EQ(talk().last_inbound_at, this_second());
        clock_.advance(24h);
        EXPECT_FALSE(inbox::window_open(talk(), clock_.now()));
    }
}

TEST_P(WebhookTimesTest, a_clock_that_is_a_little_ahead_is_believed) {
    deliver_text("hello", now_s() + 5);
    EXPECT_EQ(talk().last_inbound_at, this_second() + 5s);
    deliver_text("hello again", now_s() + 6);
    EXPECT_EQ(talk().last_inbound_at, this_second() + 5s);
}

TEST_P(WebhookTimesTest, at_a_replay_the_time_is_that_of_the_first_arrival) {
    const Timestamp received = this_second();
    const EventId start = deliver(preference_change(shop_number, ann, year_9999_s, "resume"));
    clock_.advance(1min);
    deliver_text("STOP", now_s());
    clock_.advance(1h);
    write([&](db::Txn& txn) {
        webhook_events::enqueue_replay(txn, std::nullopt, ids_.event_id(),
                                       {.ids = {start}, .from = {}, .to = {}}, clock_.now());
        return true;
    });
    drain();
    EXPECT_TRUE(opt_out().status);
    EXPECT_EQ(opt_out().started_at, received);
}

TEST_P(WebhookTimesTest, a_status_from_the_future_has_the_time_at_which_it_came_in) {
    deliver_text("hello", now_s());
    json::object failed = status_change(
        shop_number,
        {.wamid = "wamid.out", .status = "failed", .at_s = year_9999_s, .error_code = 131050});
    deliver(std::move(failed));
    EXPECT_EQ(opt_out().opted_out_at, this_second());
    EXPECT_EQ(read([](db::Txn& txn) {
                  static const db::Sql early_sql{{
                      .name = "webhook_times_test.early",
                      .text = "SELECT timestamp_us FROM early_statuses",
                      .scope = db::Scope::system,
                  }};
                  return from_us(txn.query(early_sql)[0].integer(0));
              }),
              this_second());
}

WAPI_ON_BOTH_ENGINES(WebhookTimesTest);

}  // namespace
}  // namespace wapi::webhooks
