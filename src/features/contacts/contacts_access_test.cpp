// Goal: a member with restrictions reads and changes only the contacts they may see, and cannot
// make one that they would not. Method: the service on both engines with the Context that such a
// member's request carries.
#include <gtest/gtest.h>

#include "features/contacts/contacts_access_test_support.hpp"

namespace wapi::contacts {
namespace {

using namespace testing;

class ContactsAccessTest : public AccessTest {};

TEST_P(ContactsAccessTest, who_loses_the_tag_of_a_member_is_no_longer_there_for_them) {
    const ContactId id = made("+436601111111", {"vip", "gold"});
    EXPECT_TRUE(run(contacts_.get(agent_, id)));
    ASSERT_TRUE(run(contacts_.change(context(), id, tagged({"gold"}))));
    EXPECT_FALSE(run(contacts_.get(agent_, id)));
    EXPECT_TRUE(run(contacts_.get(context(), id)));
}

TEST_P(ContactsAccessTest, a_member_cannot_make_a_contact_that_they_would_not_see) {
    const Result<Contact> refused = run(contacts_.create(agent_, draft("+436601111111", {"gold"})));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "tags");
    EXPECT_FALSE(read(shop, [](db::WorkspaceTxn& txn) {
        return find_by_identity(txn, {IdentityKind::phone, "436601111111"}).has_value();
    })) << "nothing of it is kept";
    const Result<Contact> made = run(contacts_.create(agent_, draft("+436601111111", {"vip"})));
    ASSERT_TRUE(made);
    EXPECT_FALSE(run(contacts_.change(agent_, made->id, tagged({}))));
    EXPECT_EQ(run(contacts_.get(agent_, made->id))->tags, std::vector<std::string>{"vip"});
    EXPECT_TRUE(run(contacts_.change(agent_, made->id, tagged({"vip", "gold"}))));
}

TEST_P(ContactsAccessTest, a_restriction_of_one_workspace_says_nothing_in_another) {
    Context elsewhere = agent_;
    elsewhere.workspace = other_shop;
    Context owner = context();
    owner.workspace = other_shop;
    const Result<Contact> theirs = run(contacts_.create(owner, draft("+436605555555", {"vip"})));
    ASSERT_TRUE(theirs);
    EXPECT_FALSE(run(contacts_.get(elsewhere, theirs->id)));
}

WAPI_ON_BOTH_ENGINES(ContactsAccessTest);

}  // namespace
}  // namespace wapi::contacts
