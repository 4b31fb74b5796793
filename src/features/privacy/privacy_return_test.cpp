// Goal: who was erased and comes back is not messaged before they write START themselves, whatever
// members decide and however the contact comes to be theirs. Method: real webhook bodies and the
// service of opt-out on both engines.
#include <gtest/gtest.h>

#include "features/opt_out/opt_out.hpp"
#include "features/privacy/privacy_test_support.hpp"

namespace wapi::privacy::testing {
namespace {

class ReturnTest : public PrivacyTest {};

TEST_P(ReturnTest, a_member_cannot_lift_what_the_person_confirms_by_stop) {
    write_text(ann, "wamid.A1", "Hello");
    erase(ann);
    clock_.advance(1h);
    write_text(ann, "wamid.A10", "STOP");
    EXPECT_EQ(opt_out_of(ann).opted_out_via, "message");
    opt_out::Service by_hand(database(), ids_, clock_);
    const ContactId id = find_contact(ann).value();
    const auto refused = run(by_hand.opt_in(context_of(), id));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind->code, "contact_was_erased");
    EXPECT_EQ(send(ann, "Hello again"), "contact_opted_out");
    clock_.advance(1min);
    write_text(ann, "wamid.A11", "START");
    clock_.advance(1min);
    ASSERT_TRUE(run(by_hand.opt_out(context_of(), id)));
    clock_.advance(1min);
    EXPECT_TRUE(run(by_hand.opt_in(context_of(), id))) << "they have come back themselves";
    EXPECT_EQ(send(ann, "Welcome"), "ok");
}

TEST_P(ReturnTest, who_was_opted_in_by_hand_and_turns_out_to_be_erased_is_out) {
    write_text(ann, "wamid.A1", "Hello");
    erase(ann);
    clock_.advance(1h);
    Author unknown;
    unknown.bsuid = "US.9999";  // a new BSUID; the phone is told later
    write_text(unknown, "wamid.A4", "STOP");
    const ContactId id = read(shop, [&](db::WorkspaceTxn& txn) {
        return contacts::find_by_identity(txn, {contacts::IdentityKind::bsuid, "US.9999"}).value();
    });
    clock_.advance(1min);
    opt_out::Service by_hand(database(), ids_, clock_);
    ASSERT_TRUE(run(by_hand.opt_in(context_of(), id)));
    clock_.advance(1min);
    unknown.phone = ann.phone;
    write_text(unknown, "wamid.A5", "It is me");
    EXPECT_TRUE(opt_out_of(ann).status);
    EXPECT_EQ(send(ann, "Hello again"), "contact_opted_out");
    clock_.advance(1min);
    write_text(unknown, "wamid.A6", "Hello?");
    EXPECT_TRUE(opt_out_of(ann).status) << "and stays so";
    write_text(unknown, "wamid.A7", "START");
    EXPECT_FALSE(opt_out_of(ann).status);
}

TEST_P(ReturnTest, a_merge_with_somebody_opted_in_by_hand_lifts_nothing) {
    write_text(ann, "wamid.A1", "Hello");
    erase(ann);
    clock_.advance(1h);
    Author by_phone{.phone = ann.phone};
    Author by_bsuid;
    by_bsuid.bsuid = "US.9999";
    write_text(by_phone, "wamid.A4", "Hello");
    write_text(by_bsuid, "wamid.A5", "STOP");
    const ContactId id = read(shop, [&](db::WorkspaceTxn& txn) {
        return contacts::find_by_identity(txn, {contacts::IdentityKind::bsuid, "US.9999"}).value();
    });
    clock_.advance(1min);
    opt_out::Service by_hand(database(), ids_, clock_);
    ASSERT_TRUE(run(by_hand.opt_in(context_of(), id)));
    clock_.advance(1min);
    by_bsuid.phone = ann.phone;
    write_text(by_bsuid, "wamid.A6", "Both are me");
    EXPECT_TRUE(opt_out_of(ann).status);
    EXPECT_EQ(send(ann, "Hello again"), "contact_opted_out");
}

WAPI_ON_BOTH_ENGINES(ReturnTest);

}  // namespace
}  // namespace wapi::privacy::testing
