// Goal: a member with restrictions reads and changes only the contacts they may see, and cannot
// make one that they would not. Method: the service on both engines with the Context that such a
// member's request carries.
#include <gtest/gtest.h>

#include "features/contacts/contacts.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::contacts {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");

const db::Sql insert_restriction{{
    .name = "contacts_access_test.insert_restriction",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, 'user-1', 'tag', $2)",
}};

class ContactsAccessTest : public test::EnginesTest {
  protected:
    ContactsAccessTest() {
        write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(insert_restriction, "vip"); });
        agent_.restrictions = {.member = "user-1", .by_tag = true};
    }
    static Context context() {
        Context made;
        made.workspace = shop;
        made.actor = {ActorKind::user, "user-1"};
        return made;
    }
    static Draft draft(const std::string& phone, std::vector<std::string> tags) {
        Draft made;
        made.phone = phone;
        made.tags = std::move(tags);
        return made;
    }
    static Draft tagged(std::vector<std::string> tags) {
        Draft made;
        made.tags = std::move(tags);
        return made;
    }
    ContactId made(const std::string& phone, std::vector<std::string> tags) {
        return run(service_.create(context(), draft(phone, std::move(tags)))).value().id;
    }

    Service service_{database(), ids_, clock_};
    Context agent_ = context();
};

TEST_P(ContactsAccessTest, who_loses_the_tag_of_a_member_is_no_longer_there_for_them) {
    const ContactId id = made("+436601111111", {"vip", "gold"});
    EXPECT_TRUE(run(service_.get(agent_, id)));
    ASSERT_TRUE(run(service_.change(context(), id, tagged({"gold"}))));
    EXPECT_FALSE(run(service_.get(agent_, id)));
    EXPECT_TRUE(run(service_.get(context(), id)));
}

TEST_P(ContactsAccessTest, a_member_cannot_make_a_contact_that_they_would_not_see) {
    const Result<Contact> refused = run(service_.create(agent_, draft("+436601111111", {"gold"})));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "tags");
    EXPECT_FALSE(read(shop, [](db::WorkspaceTxn& txn) {
        return find_by_identity(txn, {IdentityKind::phone, "436601111111"}).has_value();
    })) << "nothing of it is kept";
    const Result<Contact> made = run(service_.create(agent_, draft("+436601111111", {"vip"})));
    ASSERT_TRUE(made);
    EXPECT_FALSE(run(service_.change(agent_, made->id, tagged({}))));
    EXPECT_EQ(run(service_.get(agent_, made->id))->tags, std::vector<std::string>{"vip"});
    EXPECT_TRUE(run(service_.change(agent_, made->id, tagged({"vip", "gold"}))));
}

TEST_P(ContactsAccessTest, a_restriction_of_one_workspace_says_nothing_in_another) {
    Context elsewhere = agent_;
    elsewhere.workspace = other_shop;
    Context owner = context();
    owner.workspace = other_shop;
    const Result<Contact> theirs = run(service_.create(owner, draft("+436605555555", {"vip"})));
    ASSERT_TRUE(theirs);
    EXPECT_FALSE(run(service_.get(elsewhere, theirs->id)));
}

WAPI_ON_BOTH_ENGINES(ContactsAccessTest);

}  // namespace
}  // namespace wapi::contacts
