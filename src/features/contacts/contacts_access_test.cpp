// Goal: a member with restrictions reads and changes only the contacts they may see, and cannot
// make one that they would not. Method: the service on both engines with the Context that such a
// member's request carries.
#include <gtest/gtest.h>

#include "features/access/access.hpp"
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
    std::vector<ContactId> listed(const Context& who, const Filter& filter) {
        std::vector<ContactId> found;
        for (const Contact& contact : run(service_.list(who, filter))->contacts) {
            found.push_back(contact.id);
        }
        return found;
    }

    Service service_{database(), ids_, clock_};
    Context agent_ = context();
};

TEST_P(ContactsAccessTest, a_tag_is_found_whole_and_in_its_own_case) {
    const ContactId vip = made("+436601111111", {"vip", "vip", "gold"});
    made("+436602222222", {"VIP"});
    made("+436603333333", {"vips"});
    made("+436604444444", {"a\",\"vip"});
    EXPECT_EQ(listed(context(), {.conditions = {.tags = {"vip"}}}), std::vector{vip});
    EXPECT_EQ(listed(agent_, {}), std::vector{vip});
    EXPECT_EQ(listed(agent_, {.conditions = {.tags = {"VIP"}}}), std::vector<ContactId>{});
}

TEST_P(ContactsAccessTest, tags_that_are_taken_away_are_no_longer_found) {
    const ContactId id = made("+436601111111", {"vip", "gold"});
    ASSERT_TRUE(run(service_.change(context(), id, tagged({"gold"}))));
    EXPECT_TRUE(listed(context(), {.conditions = {.tags = {"vip"}}}).empty());
    EXPECT_EQ(listed(context(), {.conditions = {.tags = {"gold"}}}), std::vector{id});
    EXPECT_FALSE(run(service_.get(agent_, id)));
}

TEST_P(ContactsAccessTest, a_merged_contact_takes_the_tags_along) {
    const ContactId phone_only = made("+436601111111", {"vip"});
    const auto claim = [](std::string phone, std::string bsuid) {
        return Claim{.phone = std::move(phone),
                     .bsuid = std::move(bsuid),
                     .username = {},
                     .name = {},
                     .seen_at = Timestamp{std::chrono::seconds(1)}};
    };
    const auto resolved = [&](const Claim& what) {
        return write(shop,
                     [&](db::WorkspaceTxn& txn) { return resolve(txn, ids_, what, clock_.now()); });
    };
    const ContactId other = resolved(claim("", "AT.123456")).id;
    ASSERT_TRUE(run(service_.change(context(), other, tagged({"gold"}))));
    const Resolved merged = resolved(claim("436601111111", "AT.123456"));
    ASSERT_EQ(merged.merged.size(), 1U);
    EXPECT_EQ(listed(agent_, {}), std::vector{merged.id});
    EXPECT_EQ(listed(context(), {.conditions = {.tags = {"gold"}}}), std::vector{merged.id});
    EXPECT_EQ(listed(context(), {.conditions = {.tags = {"vip"}}}), std::vector{merged.id});
    EXPECT_EQ(merged.id, std::min(phone_only, other));
}

TEST_P(ContactsAccessTest, a_member_cannot_make_a_contact_that_they_would_not_see) {
    const Result<Contact> refused = run(service_.create(agent_, draft("+436601111111", {"gold"})));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "tags");
    EXPECT_TRUE(listed(context(), {}).empty());
    const Result<Contact> made = run(service_.create(agent_, draft("+436601111111", {"vip"})));
    ASSERT_TRUE(made);
    EXPECT_FALSE(run(service_.change(agent_, made->id, tagged({}))));
    EXPECT_EQ(run(service_.get(agent_, made->id))->tags, std::vector<std::string>{"vip"});
    EXPECT_TRUE(run(service_.change(agent_, made->id, tagged({"vip", "gold"}))));
}

TEST_P(ContactsAccessTest, a_restriction_of_one_workspace_says_nothing_in_another) {
    made("+436601111111", {"vip"});
    Context elsewhere = agent_;
    elsewhere.workspace = other_shop;
    Context owner = context();
    owner.workspace = other_shop;
    ASSERT_TRUE(run(service_.create(owner, draft("+436605555555", {"vip"}))));
    EXPECT_TRUE(listed(elsewhere, {}).empty());
}

WAPI_ON_BOTH_ENGINES(ContactsAccessTest);

}  // namespace
}  // namespace wapi::contacts
