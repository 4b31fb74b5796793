// Goal: a merge by hand loses nothing and lifts no opt-out.
// Method: the service on both engines.
#include "features/contact_acts/contact_acts_http.hpp"
#include "features/contact_acts/contact_acts_test_support.hpp"
#include "tests/support/interleaved.hpp"

namespace wapi::contact_acts::testing {
namespace {

TEST_P(ContactActsTest, a_merge_moves_everything_and_says_who_did_it) {
    const ContactId gone = make("+436601111111", {"a", "b"}, "By hand");
    const ContactId kept = make("+436602222222", {"b", "c"});
    open_talk(gone, number);
    open_talk(kept, number);
    open_talk(gone, second_number);
    const Contact merged = run(service_.merge(context(), kept, gone)).value();
    EXPECT_EQ(merged.id, kept);
    EXPECT_EQ(merged.name, "By hand");
    EXPECT_THAT(merged.tags, ElementsAre("b", "c", "a"));
    EXPECT_EQ(merged.identities.size(), 2U);
    EXPECT_THAT(talks_of(kept), ElementsAre(number.value, second_number.value));
    EXPECT_THAT(talks_of(gone), IsEmpty());
    EXPECT_FALSE(run(contacts_.get(context(), gone)));
    EXPECT_THAT(log(),
                ElementsAre("contact.deleted owner {\"mergedInto\":\"" + kept.value + "\"}",
                            "contact.updated owner {\"mergedFrom\":\"" + gone.value + "\"}"));
}

TEST_P(ContactActsTest, answers_go_to_where_the_last_word_came_from) {
    const auto merged_phone = [&](const ContactId& kept, const ContactId& gone) {
        return run(service_.merge(context(), kept, gone)).value().phone;
    };
    const ContactId writes = make("+436601111111");
    hear_from(writes, clock_.now());
    EXPECT_EQ(merged_phone(writes, make("+436602222222")), "436601111111") << "made later";
    const ContactId wrong = make("+436603333333");
    EXPECT_EQ(merged_phone(wrong, writes), "436601111111") << "nobody wrote from the other";
    const ContactId moved = make("+436604444444");
    hear_from(moved, clock_.now());
    EXPECT_EQ(merged_phone(wrong, moved), "436604444444") << "wrote last";
    EXPECT_EQ(merged_phone(make("+436605555555"), make("+436606666666")), "436605555555");
}

TEST_P(ContactActsTest, an_old_message_that_comes_again_turns_no_phone_back) {
    const ContactId kept = make_known("436601111111", "");
    const Timestamp claimed = clock_.now();
    clock_.advance(1h);
    const ContactId gone = make("+436602222222");
    clock_.advance(48h);
    hear_from(gone, clock_.now());
    EXPECT_EQ(run(service_.merge(context(), kept, gone))->phone, "436602222222");
    for (const Timestamp at : {claimed, claimed + 24h}) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            return contacts::resolve(
                txn, ids_,
                {.phone = "436601111111", .bsuid = {}, .username = {}, .name = {}, .seen_at = at},
                clock_.now());
        });
    }
    EXPECT_EQ(run(contacts_.get(context(), kept))->phone, "436602222222");
}

TEST_P(ContactActsTest, a_start_on_its_way_does_not_lift_the_opt_out) {
    const ContactId out = make("+436601111111");
    set_opt_out(out, opted_out());
    clock_.advance(2h);
    const OptOut merged = run(service_.merge(context(), make("+436602222222"), out))->opt_out;
    EXPECT_EQ(merged.decided_at, clock_.now());
}

TEST_P(ContactActsTest, an_opt_out_of_either_outlasts_a_later_word_of_the_other) {
    for (const bool kept_is_out : {true, false}) {
        const std::string digit = kept_is_out ? "1" : "2";
        const ContactId kept = make("+43660111111" + digit);
        const ContactId gone = make("+43660222222" + digit);
        set_opt_out(kept, kept_is_out ? opted_out() : back_in());
        set_opt_out(gone, kept_is_out ? back_in() : opted_out());
        const Contact merged = run(service_.merge(context(), kept, gone)).value();
        EXPECT_TRUE(merged.opt_out.status) << kept_is_out;
        EXPECT_FALSE(merged.opt_out.opted_back_in_at);
        const ContactId third = make("+43660333333" + digit);
        EXPECT_TRUE(run(service_.merge(context(), third, kept))->opt_out.status)
            << "nor does the next merge lift it";
    }
}

TEST_P(ContactActsTest, no_word_that_the_other_said_before_is_newer_than_the_opt_out) {
    const ContactId out = make("+436601111111");
    set_opt_out(out, opted_out());
    const ContactId writer = make("+436602222222");
    const Timestamp heard = clock_.now() + 1h;
    hear_from(writer, heard);
    const OptOut merged = run(service_.merge(context(), writer, out))->opt_out;
    EXPECT_TRUE(merged.status);
    EXPECT_EQ(merged.opted_out_at, heard);
    EXPECT_EQ(merged.decided_at, heard);
    EXPECT_EQ(merged.opted_out_via, "message");
}

TEST_P(ContactActsTest, a_yes_of_the_other_does_not_lift_the_opt_out) {
    const ContactId out = make("+436601111111");
    set_opt_out(out, opted_out());
    const ContactId back = make("+436602222222");
    OptOut yes = opted_out();
    yes.status = false;
    yes.opted_back_in_at = clock_.now() + 1h;
    set_opt_out(back, yes);
    const OptOut merged = run(service_.merge(context(), out, back))->opt_out;
    EXPECT_TRUE(merged.status);
    EXPECT_EQ(merged.opted_out_at, yes.opted_back_in_at);
    EXPECT_FALSE(merged.opted_back_in_at);
}

TEST_P(ContactActsTest, what_waits_to_be_sent_is_cancelled_when_one_has_opted_out) {
    const ContactId kept = make("+436601111111");
    queue_message(kept, "m1");
    const ContactId gone = make("+436602222222");
    queue_message(gone, "m2");
    set_opt_out(gone, opted_out());
    ASSERT_TRUE(run(service_.merge(context(), kept, gone)));
    EXPECT_THAT(messages_of(kept), ElementsAre("m1 cancelled", "m2 cancelled"));
    EXPECT_EQ(log().back(),
              "contact.opted_out owner"
              " {\"via\":\"message\",\"reason\":\"merged\",\"cancelledMessages\":2}");
}

TEST_P(ContactActsTest, what_waits_to_be_sent_is_sent_when_neither_has_opted_out) {
    const ContactId kept = make("+436601111111");
    const ContactId gone = make("+436602222222");
    queue_message(gone, "m1");
    ASSERT_TRUE(run(service_.merge(context(), kept, gone)));
    EXPECT_THAT(messages_of(kept), ElementsAre("m1 queued"));
}

TEST_P(ContactActsTest, notes_go_with_the_conversation) {
    const ContactId kept = make("+436601111111");
    const ContactId gone = make("+436602222222");
    const ConversationId left = open_talk(kept, number);
    const ConversationId talk = open_talk(gone, number);
    write(shop, [&](db::WorkspaceTxn& txn) { return txn.execute(insert_note, talk); });
    ASSERT_TRUE(run(service_.merge(context(), kept, gone)));
    const auto on = read(
        shop, [](db::WorkspaceTxn& txn) { return txn.query(list_notes)[0].id<ConversationId>(0); });
    EXPECT_EQ(on, left);
}

TEST_P(ContactActsTest, the_search_finds_who_is_left) {
    const ContactId kept = make("+436601111111");
    const ContactId gone = make("+436602222222", {"gardener"});
    const ContactId mistake = make("+436603333333", {"gardener"});
    index();
    EXPECT_THAT(found_by_search("gardener"), ElementsAre(mistake.value, gone.value));
    ASSERT_TRUE(run(service_.remove(context(), mistake)));
    EXPECT_EQ(count_documents(), 2) << "who is removed is forgotten at once";
    ASSERT_TRUE(run(service_.merge(context(), kept, gone)));
    index();
    EXPECT_THAT(found_by_search("gardener"), ElementsAre(kept.value));
    EXPECT_THAT(found_by_search("436602222222"), ElementsAre(kept.value));
    EXPECT_EQ(count_documents(), 1);
}

TEST_P(ContactActsTest, two_people_of_whatsapp_are_not_one) {
    const ContactId one = make_known("436601111111", "AT.1");
    const ContactId other = make_known("436602222222", "AT.2");
    EXPECT_EQ(run(service_.merge(context(), one, other)).error().kind, &errors::contacts_differ);
    const ContactId phone_only = make("+436603333333");
    EXPECT_TRUE(run(service_.merge(context(), phone_only, other)));
}

TEST_P(ContactActsTest, who_does_not_see_both_merges_neither) {
    write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(insert_restriction); });
    const ContactId vip = make("+436601111111", {"vip"});
    const ContactId hidden = make("+436602222222");
    for (const auto& [kept, gone] : {std::pair(vip, hidden), std::pair(hidden, vip)}) {
        EXPECT_EQ(run(service_.merge(agent(), kept, gone)).error().kind,
                  &contacts::errors::contact_not_found);
    }
    EXPECT_EQ(run(service_.merge(context(other_shop), vip, hidden)).error().kind,
              &contacts::errors::contact_not_found);
    EXPECT_EQ(run(service_.merge(context(), vip, vip)).error().field, "from");
    EXPECT_EQ(run(service_.remove(agent(), hidden)).error().kind,
              &contacts::errors::contact_not_found);
    EXPECT_THAT(log(), IsEmpty());
}

TEST_P(ContactActsTest, a_merge_opens_no_conversation_that_the_member_may_not_read) {
    const ContactId own = make("+436601111111");
    assign_to(open_talk(own, number), "agent");
    const ContactId other = make("+436602222222");
    const ConversationId talk = open_talk(other, number);
    assign_to(talk, "colleague");
    for (const auto& [kept, gone] : {std::pair(own, other), std::pair(other, own)}) {
        EXPECT_EQ(run(service_.merge(own_talks_only(true), kept, gone)).error().kind,
                  &errors::contact_talks_unseen);
    }
    EXPECT_THAT(talks_of(other), ElementsAre(number.value));
    const ContactId nobodys = make("+436603333333");
    open_talk(nobodys, second_number);
    EXPECT_EQ(run(service_.merge(own_talks_only(false), own, nobodys)).error().kind,
              &errors::contact_talks_unseen);
    EXPECT_TRUE(run(service_.merge(own_talks_only(true), own, nobodys)));
    assign_to(talk, "agent");
    EXPECT_TRUE(run(service_.merge(own_talks_only(true), other, own)));
}

TEST_P(ContactActsTest, both_acts_ask_for_the_right_to_delete) {
    for (const net::Route& route : contact_acts_routes(service_)) {
        EXPECT_EQ(route.permission, "deleteContacts") << route.path;
    }
}

WAPI_ON_BOTH_ENGINES(ContactActsTest);

class ContactActRaces : public ContactActsTest {};

TEST_P(ContactActRaces, what_a_member_changes_meanwhile_does_not_write_over_the_merge) {
    const ContactId kept = make("+436601111111", {"a"});
    const ContactId gone = make("+436602222222", {"b"});
    test::Interleaved merging(database(), shop, [&](db::WorkspaceTxn& txn) {
        contacts::merge(txn, {.gone = gone, .kept = kept, .shown = kept}, clock_.now());
    });
    contacts::Draft draft;
    draft.name = "By hand";
    const auto changed = run(contacts_.change(context(), kept, draft));
    merging.join();
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->name, "By hand");
    EXPECT_THAT(changed->tags, ElementsAre("a", "b"));
    EXPECT_EQ(changed->identities.size(), 2U);
}

TEST_P(ContactActRaces, who_is_merged_away_meanwhile_is_not_changed) {
    const ContactId kept = make("+436601111111");
    const ContactId gone = make("+436602222222");
    test::Interleaved merging(database(), shop, [&](db::WorkspaceTxn& txn) {
        contacts::merge(txn, {.gone = gone, .kept = kept, .shown = kept}, clock_.now());
    });
    contacts::Draft draft;
    draft.name = "By hand";
    const auto changed = run(contacts_.change(context(), gone, draft));
    merging.join();
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().kind, &contacts::errors::contact_not_found);
    EXPECT_THAT(log(), IsEmpty());
}

WAPI_ON_POSTGRES(ContactActRaces);

}  // namespace
}  // namespace wapi::contact_acts::testing
