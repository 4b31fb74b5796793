// Goal: only who has no history is removed, and everybody who saw the contact is told.
// Method: the service on both engines.
#include "features/contact_acts/contact_acts_test_support.hpp"

namespace wapi::contact_acts::testing {
namespace {

class ContactRemovalTest : public ContactActsTest {};

TEST_P(ContactRemovalTest, a_removal_is_told_with_the_tags_by_which_somebody_saw_the_contact) {
    const ContactId mistake = make("+436601111111", {"old", "vip"});
    std::vector<db::Announcement> announced;
    database().on_announced([&](std::vector<db::Announcement> all) {
        std::ranges::copy_if(all, std::back_inserter(announced), [](const db::Announcement& one) {
            return one.kind == contacts::contact_changed;
        });
    });
    ASSERT_TRUE(run(service_.remove(context(), mistake)));
    io_.restart();
    io_.poll();
    ASSERT_THAT(announced, SizeIs(1));
    EXPECT_EQ(announced[0].id, mistake.value);
    EXPECT_EQ(announced[0].detail, R"({"tags":["old","vip"],"numbers":[]})");
}

TEST_P(ContactRemovalTest, only_who_has_no_history_is_removed) {
    const ContactId mistake = make("+436601111111", {"vip"});
    const ContactId talked = make("+436602222222");
    open_talk(talked, number);
    const ContactId out = make("+436603333333");
    set_opt_out(out, opted_out());
    const ContactId back = make("+436604444444");
    set_opt_out(back, back_in());
    for (const ContactId& id : {talked, out, back}) {
        EXPECT_EQ(run(service_.remove(context(), id)).error().kind, &errors::contact_has_history);
    }
    EXPECT_EQ(run(service_.remove(context(), mistake))->id, mistake);
    EXPECT_FALSE(run(contacts_.get(context(), mistake)));
    EXPECT_EQ(count_tags(), 0) << "nor does a tag lead to who is gone";
    EXPECT_EQ(make("+436601111111").value.size(), mistake.value.size()) << "the phone is free";
    EXPECT_THAT(log(), ElementsAre("contact.deleted owner {}"));
}

WAPI_ON_BOTH_ENGINES(ContactRemovalTest);

}  // namespace
}  // namespace wapi::contact_acts::testing
