// Goal: a STOP that WhatsApp delivers around a member's opt-in is heard, in whatever order the two
// are committed; one that is delivered or replayed again is not heard twice. Method: whole bodies
// through queue and worker, acts of members beside them on both engines; on PostgreSQL each of them
// waits for the other once.
#include <gtest/gtest.h>

#include "features/contacts/contacts.hpp"
#include "features/opt_out/opt_out.hpp"
#include "features/webhooks/webhooks_test_support.hpp"
#include "tests/support/interleaved.hpp"

namespace wapi::webhooks {
namespace {

using namespace testing;
using namespace std::chrono_literals;

const Author bob{.phone = "15550003333", .bsuid = {}, .username = {}, .name = "Bob"};
const Author ann{.phone = "15550002222", .bsuid = {}, .username = {}, .name = "Ann"};

/// Ann has opted out a minute ago; it is 0.7 s after a whole second.
class WebhookOptInTest : public WebhooksTest {
  protected:
    void SetUp() override {
        clock_.set(from_us(1'764'000'000'700'000));
        make_workspace(shop);
        connect(shop, shop_number);
        deliver("STOP", 60s);
    }
    std::string body(const std::string& wamid, const std::string& text, std::chrono::seconds ago) {
        return body_of(text_change(shop_number, ann, wamid, now_s() - ago.count(), text));
    }
    EventId deliver(const std::string& text, std::chrono::seconds ago = 0s) {
        const EventId event = store_body(body(fmt::format("wamid.{}", ++delivered_), text, ago));
        drain();
        return event;
    }
    static ContactId id_of_ann(db::WorkspaceTxn& txn) {
        return contacts::find_by_identity(txn, {contacts::IdentityKind::phone, ann.phone}).value();
    }
    /// Returns whether Ann is opted out then.
    bool opt_in() {
        const ContactId id = read(shop, id_of_ann);
        return run(service_.opt_in(context_of(shop), id)).value().opt_out.status;
    }
    bool is_out() {
        return read(shop, [](db::WorkspaceTxn& txn) {
            return contacts::get(txn, id_of_ann(txn)).value().opt_out.status;
        });
    }
    void replay(EventId event) {
        write([&](db::Txn& txn) {
            webhook_events::enqueue_replay(txn, std::nullopt, ids_.event_id(),
                                           {.ids = {event}, .from = {}, .to = {}}, clock_.now());
            return true;
        });
        drain();
    }
    opt_out::Service service_{database(), ids_, clock_};
    int delivered_ = 0;
};

TEST_P(WebhookOptInTest, a_stop_of_the_same_second_or_a_little_before_is_heard_after_an_opt_in) {
    for (const auto ago : {0s, 4s}) {
        ASSERT_FALSE(opt_in());
        clock_.advance(100ms);
        deliver("START", ago);
        deliver("STOP", ago);
        EXPECT_TRUE(is_out()) << ago.count();
        clock_.advance(1h);
    }
}

TEST_P(WebhookOptInTest, nobody_is_opted_in_while_something_of_theirs_waits_to_be_processed) {
    const auto outcome = [this] {
        const ContactId id = read(shop, id_of_ann);
        const auto answer = run(service_.opt_in(context_of(shop), id));
        return answer ? std::string("ok") : std::string(answer.error().kind->code);
    };
    store_body(body("wamid.waits", "STOP", 0s));
    clock_.advance(10s);
    EXPECT_EQ(outcome(), "messages_unread");
    drain();
    EXPECT_TRUE(is_out());
    store_body(body_of(text_change(shop_number, bob, "wamid.bob", now_s(), "STOP")));
    EXPECT_EQ(outcome(), "ok") << "what waits is somebody else's";
    drain();
    EXPECT_FALSE(is_out());
}

TEST_P(WebhookOptInTest, a_stop_from_long_before_that_is_delivered_late_is_an_old_one) {
    ASSERT_FALSE(opt_in());
    clock_.advance(100ms);
    deliver("STOP", 6s);
    EXPECT_FALSE(is_out());
}

TEST_P(WebhookOptInTest, a_stop_that_comes_again_or_is_replayed_is_not_heard_twice) {
    const EventId event = deliver("STOP");
    const std::string wamid = fmt::format("wamid.{}", delivered_);
    clock_.advance(200ms);
    ASSERT_FALSE(opt_in());
    store_body(body(wamid, "STOP", 0s));
    drain();
    EXPECT_FALSE(is_out());
    replay(event);
    EXPECT_FALSE(is_out());
}

TEST_P(WebhookOptInTest, a_preference_that_comes_again_or_is_replayed_is_not_heard_twice) {
    const std::string stops = body_of(preference_change(shop_number, ann, now_s(), "stop"));
    const EventId event = store_body(stops);
    drain();
    clock_.advance(200ms);
    ASSERT_FALSE(opt_in());
    replay(event);
    EXPECT_FALSE(is_out());
    clock_.advance(1s);
    store_body(stops);
    drain();
    EXPECT_FALSE(is_out()) << "Meta tells of it again";
    store_body(body_of(preference_change(shop_number, ann, now_s() - 2, "stop")));
    drain();
    EXPECT_TRUE(is_out()) << "another one, by a clock behind ours";
}

WAPI_ON_BOTH_ENGINES(WebhookOptInTest);

class WebhookOptInRaceTest : public WebhookOptInTest {};

TEST_P(WebhookOptInRaceTest, a_stop_is_heard_when_the_opt_in_waits_for_it) {
    store_body(body("wamid.race", "STOP", 0s));
    test::Interleaved batch(database(), shop, [this](db::WorkspaceTxn& txn) {
        static const queue::RetryPolicy retries;
        process_batch(txn.txn(), ids_,
                      {.now = clock_.now(), .retries = &retries, .side_by_side = true});
    });
    EXPECT_TRUE(opt_in());
    batch.join();
    EXPECT_TRUE(is_out());
}

TEST_P(WebhookOptInRaceTest, a_stop_is_heard_when_it_waits_for_the_opt_in) {
    test::Interleaved opting_in(database(), shop, [this](db::WorkspaceTxn& txn) {
        contacts::OptOut in = contacts::lock_opt_out(txn, id_of_ann(txn)).value();
        in.status = false;
        in.decided_at = clock_.now();
        in.opted_back_in_at = clock_.now();
        contacts::save_opt_out(txn, id_of_ann(txn), in);
    });
    deliver("STOP");
    opting_in.join();
    EXPECT_TRUE(is_out());
}

WAPI_ON_POSTGRES(WebhookOptInRaceTest);

}  // namespace
}  // namespace wapi::webhooks
