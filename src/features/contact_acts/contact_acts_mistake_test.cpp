// Goal: who opted out and was merged with somebody else by mistake is still opted out when it shows
// that they are another person. Method: merges by hand, then events that tell the people apart, on
// both engines; on PostgreSQL also at the same moment.
#include "features/contact_acts/contact_acts_test_support.hpp"
#include "tests/support/interleaved.hpp"

namespace wapi::contact_acts::testing {
namespace {

using std::chrono_literals::operator""s;

const std::string phone_of_out = "436601111111";
const std::string phone_of_other = "436602222222";

class MistakenMergeTest : public ContactActsTest {
  protected:
    contacts::Claim claim(const std::string& phone, const std::string& bsuid) {
        clock_.advance(1h);
        return {
            .phone = phone, .bsuid = bsuid, .username = {}, .name = {}, .seen_at = clock_.now()};
    }
    ContactId see(const contacts::Claim& claim) {
        return write(shop, [&](db::WorkspaceTxn& txn) {
            return contacts::resolve(txn, ids_, claim, clock_.now()).id;
        });
    }
    OptOut opt_out_of(const ContactId& id) {
        return run(contacts_.get(context(), id)).value().opt_out;
    }
    /// Two people, of whom the one known by phone has opted out, taken for one. The other says
    /// START then, by which nobody can tell who has come back.
    ContactId take_for_one() {
        const ContactId other = make_known(phone_of_other, "AT.OTHER");
        const ContactId out = make("+" + phone_of_out);
        set_opt_out(out, opted_out());
        EXPECT_TRUE(run(service_.merge(context(), other, out))->opt_out.status);
        start(other);
        return other;
    }
    void start(const ContactId& id) {
        OptOut state = opt_out_of(id);
        clock_.advance(1h);
        state.status = false;
        state.decided_at = clock_.now();
        state.opted_back_in_at = clock_.now();
        state.started_at = clock_.now();
        set_opt_out(id, state);
    }
    std::int64_t count_opt_outs(const ContactId& id) {
        audit::Service log(database());
        return std::ranges::count(run(log.list(context(), {.resource_id = id.value}))->entries,
                                  audit::actions::contact_opted_out, &audit::StoredEntry::action);
    }
};

TEST_P(MistakenMergeTest, who_gets_a_contact_of_their_own_takes_the_opt_out_along) {
    const ContactId other = take_for_one();
    const ContactId out = see(claim(phone_of_out, "AT.OUT"));
    ASSERT_NE(out, other);
    EXPECT_TRUE(opt_out_of(out).status);
    EXPECT_EQ(opt_out_of(out).opted_out_at, opt_out_of(other).opted_out_at);
    EXPECT_FALSE(opt_out_of(other).status) << "they have come back";
    EXPECT_EQ(log().back(), R"(contact.opted_out  {"via":"message","reason":"merged_before"})");
}

TEST_P(MistakenMergeTest, a_stop_after_the_merge_is_taken_along_too) {
    const ContactId other = make_known(phone_of_other, "AT.OTHER");
    ASSERT_TRUE(run(service_.merge(context(), other, make("+" + phone_of_out))));
    set_opt_out(other, opted_out());
    EXPECT_TRUE(opt_out_of(see(claim(phone_of_out, "AT.OUT"))).status);
}

TEST_P(MistakenMergeTest, who_was_known_by_bsuid_gets_the_opt_out_with_the_phone) {
    take_for_one();
    const ContactId out = see(claim({}, "AT.OUT"));
    EXPECT_FALSE(opt_out_of(out).status) << "nobody can know";
    EXPECT_EQ(see(claim(phone_of_out, "AT.OUT")), out);
    EXPECT_TRUE(opt_out_of(out).status);
}

TEST_P(MistakenMergeTest, who_changes_to_the_phone_gets_the_opt_out) {
    take_for_one();
    const contacts::Claim before = claim("436603333333", "AT.OUT");
    const contacts::Claim after = claim(phone_of_out, {});
    const ContactId out = write(shop, [&](db::WorkspaceTxn& txn) {
        return contacts::change_identity(txn, ids_, before, after, clock_.now()).id;
    });
    EXPECT_TRUE(opt_out_of(out).status);
}

TEST_P(MistakenMergeTest, another_form_of_the_number_is_the_same_phone) {
    const ContactId other = make_known(phone_of_other, "AT.OTHER");
    const ContactId out = make("+551187654321");
    set_opt_out(out, opted_out());
    ASSERT_TRUE(run(service_.merge(context(), other, out)));
    start(other);
    EXPECT_EQ(see(claim("5511987654321", {})), other);
    EXPECT_TRUE(opt_out_of(see(claim("5511987654321", "BR.OUT"))).status);
}

TEST_P(MistakenMergeTest, a_later_merge_of_webhooks_forgets_nothing) {
    const ContactId third = make("+" + phone_of_other);
    const ContactId out = make("+" + phone_of_out);
    set_opt_out(out, opted_out());
    const ContactId by_bsuid = see(claim({}, "AT.OTHER"));
    const ContactId gone = std::max(third, by_bsuid);
    ASSERT_TRUE(run(service_.merge(context(), gone == third ? third : by_bsuid, out)));
    const ContactId left = see(claim(phone_of_other, "AT.OTHER"));
    start(left);
    const ContactId alone = see(claim(phone_of_out, "AT.OUT"));
    ASSERT_NE(alone, left);
    EXPECT_TRUE(opt_out_of(alone).status);
}

TEST_P(MistakenMergeTest, only_their_own_later_decision_lifts_it) {
    take_for_one();
    const ContactId out = see(claim(phone_of_out, "AT.OUT"));
    start(out);
    see(claim(phone_of_out, "AT.OTHER"));  // turns out to be the other's again
    EXPECT_EQ(see(claim(phone_of_out, "AT.OUT")), out);
    EXPECT_FALSE(opt_out_of(out).status);
    EXPECT_EQ(count_opt_outs(out), 1) << "and says so once";
}

TEST_P(MistakenMergeTest, a_number_that_nobody_merged_by_hand_comes_without_opt_out) {
    set_opt_out(make_known(phone_of_out, "AT.BEFORE"), opted_out());
    EXPECT_FALSE(opt_out_of(see(claim(phone_of_out, "AT.AFTER"))).status);
}

WAPI_ON_BOTH_ENGINES(MistakenMergeTest);

class MistakenMergeRaceTest : public MistakenMergeTest {};

TEST_P(MistakenMergeRaceTest, who_is_told_apart_during_the_merge_takes_the_opt_out_along) {
    const ContactId kept = make_known(phone_of_other, "AT.OTHER");
    const ContactId gone = make("+" + phone_of_out);
    set_opt_out(gone, opted_out());
    test::Interleaved merging(database(), shop, [&](db::WorkspaceTxn& txn) {
        // The phone of the one who stays is not touched: nothing but the lock is waited for.
        contacts::merge(txn, {.gone = gone, .kept = kept, .shown = gone}, clock_.now());
    });
    const ContactId apart = see(claim(phone_of_other, "AT.OUT"));
    merging.join();
    EXPECT_NE(apart, kept);
    EXPECT_TRUE(opt_out_of(apart).status);
}

WAPI_ON_POSTGRES(MistakenMergeRaceTest);

}  // namespace
}  // namespace wapi::contact_acts::testing
