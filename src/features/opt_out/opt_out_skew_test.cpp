// Goal: a STOP that comes in after a member's opt-in, or while it is under way, is heard, although
// WhatsApp's clock is behind ours and tells whole seconds only. Method: messages and acts on both
// engines with a clock moved by hand; a transaction with a STOP for which the opt-in waits.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "features/opt_out/opt_out_test_support.hpp"
#include "tests/support/interleaved.hpp"

namespace wapi::opt_out {
namespace {

using namespace testing;

class OptOutSkewTest : public OptOutTest {
  protected:
    /// A member opts in; a STOP with that time is decided on after they asked, before they are
    /// heard. Returns what they are answered.
    Result<contacts::Contact> opt_in_meets_stop(const ContactId& id, Timestamp at,
                                                std::optional<Expected> expected = {}) {
        test::Interleaved stop(
            database(), shop, [&](db::WorkspaceTxn& txn) { contacts::lock_opt_out(txn, id); },
            [&](db::WorkspaceTxn& txn) {
                apply_message(txn, ids_, {id, shop_number}, text("STOP", at), clock_.now());
            });
        const auto answered = run(service_.opt_in(member(), id, expected));
        stop.join();
        EXPECT_TRUE(state(id).status);
        return answered;
    }
};

TEST_P(OptOutSkewTest, a_stop_by_a_clock_behind_ours_that_comes_in_after_an_opt_in_is_heard) {
    for (const auto behind : {0ms, 700ms, 3000ms, 5000ms}) {
        SCOPED_TRACE(behind.count());
        clock_.advance(1h);
        const ContactId ann = receive("STOP", 10s);
        ASSERT_FALSE(run(service_.opt_in(member(), ann))->opt_out.status);
        const Timestamp opted_in = clock_.now();
        clock_.advance(200ms);
        receive_at("STOP", opted_in - behind);
        EXPECT_TRUE(state(ann).status);
        EXPECT_EQ(state(ann).opted_out_at, opted_in - behind);
        receive_at("START", opted_in - behind);
        EXPECT_TRUE(state(ann).status) << "a START is not heard by that";
    }
}

TEST_P(OptOutSkewTest, who_comes_back_after_such_a_stop_is_in_whatever_the_order) {
    const auto happen = [this](const ContactId& ann, const std::string& act) {
        if (act == "opt-in") {
            EXPECT_FALSE(run(service_.opt_in(member(), ann))->opt_out.status);
        } else {
            receive(act, act == "STOP" ? 4s : 2s);
        }
    };
    for (const char* word : {"START", "yes"}) {
        std::array<std::string, 3> order{"STOP", "opt-in", word};
        std::ranges::sort(order);
        do {
            clock_.advance(1h);
            const ContactId ann = receive("STOP", 60s);
            ASSERT_TRUE(state(ann).status);
            for (const std::string& act : order) {
                happen(ann, act);
            }
            EXPECT_FALSE(state(ann).status) << ::testing::PrintToString(order);
            receive("STOP", 1s);
            EXPECT_TRUE(state(ann).status) << "it came in after the opt-in, and is the newest";
        } while (std::ranges::next_permutation(order).found);
    }
}

TEST_P(OptOutSkewTest, a_stop_from_long_before_an_opt_in_is_an_old_one) {
    const ContactId ann = receive("STOP", 60s);
    ASSERT_TRUE(run(service_.opt_in(member(), ann)));
    receive_at("STOP", clock_.now() - 5s - 1us);
    prefer(whatsapp::PreferenceValue::stop, 6s);
    EXPECT_FALSE(state(ann).status);
}

TEST_P(OptOutSkewTest, a_preference_by_a_clock_behind_ours_is_heard_once) {
    const ContactId ann = receive("STOP", 60s);
    ASSERT_TRUE(run(service_.opt_in(member(), ann)));
    clock_.advance(100ms);
    const Timestamp told = clock_.now() - 2s;
    const auto apply_from = [&](const EventId& event) {
        whatsapp::UserPreference preference;
        preference.phone = ann_phone;
        preference.category = "marketing_messages";
        preference.value = whatsapp::PreferenceValue::stop;
        preference.timestamp = told;
        write(shop, [&](db::WorkspaceTxn& txn) {
            apply_preference(txn, ids_, {.confirm_from = shop_number, .event = event}, preference,
                             clock_.now());
            return true;
        });
        return state(ann).status;
    };
    const EventId event = ids_.event_id();
    EXPECT_TRUE(apply_from(event));
    clock_.advance(100ms);
    ASSERT_FALSE(run(service_.opt_in(member(), ann))->opt_out.status);
    EXPECT_FALSE(apply_from(event)) << "the stored event, replayed";
    clock_.advance(100ms);
    EXPECT_FALSE(apply_from(ids_.event_id())) << "Meta tells of it again";
}

TEST_P(OptOutSkewTest, an_opt_in_does_not_undo_a_stop_that_comes_in_while_it_is_under_way) {
    const ContactId ann = receive("STOP");
    for (const auto later : {0s, 1s, -3s}) {  // 0: nothing on record changes
        SCOPED_TRACE(later.count());
        const Timestamp at = *state(ann).opted_out_at + later;
        EXPECT_TRUE(opt_in_meets_stop(ann, at).value().opt_out.status);
    }
    EXPECT_EQ(count_audit("contact.manually_opted_in"), 0);
    EXPECT_FALSE(run(service_.opt_in(member(), ann))->opt_out.status) << "asked for after it";
}

TEST_P(OptOutSkewTest, who_says_what_they_have_seen_is_told_that_a_stop_came_in_meanwhile) {
    const ContactId ann = receive("STOP");
    for (const auto later : {0s, 1s, -3s}) {
        SCOPED_TRACE(later.count());
        const Expected seen{.opted_out_at = state(ann).opted_out_at};
        const auto answered = opt_in_meets_stop(ann, *seen.opted_out_at + later, seen);
        EXPECT_EQ(outcome(answered), "opt_out_changed");
    }
    EXPECT_EQ(count_audit("contact.manually_opted_in"), 0);
}

WAPI_ON_BOTH_ENGINES(OptOutSkewTest);

}  // namespace
}  // namespace wapi::opt_out
