// Goal: a list leads by tag to exactly who bears it, and shows a member with restrictions only the
// contacts they may see. Method: the services on both engines with the Context that such a member's
// request carries.
#include <gtest/gtest.h>

#include "features/contact_lists/contact_lists.hpp"
#include "features/contacts/contacts.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::contact_lists {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");

const db::Sql insert_restriction{{
    .name = "contact_lists_access_test.insert_restriction",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, 'user-1', 'tag', $2)",
}};

class ContactListsAccessTest : public test::EnginesTest {
  protected:
    ContactListsAccessTest() {
        write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(insert_restriction, "vip"); });
        agent_.restrictions = {.member = "user-1", .by_tag = true};
    }
    static Context context() {
        Context made;
        made.workspace = shop;
        made.actor = {ActorKind::user, "user-1"};
        return made;
    }
    static contacts::Draft draft(const std::string& phone, std::vector<std::string> tags) {
        contacts::Draft made;
        made.phone = phone;
        made.tags = std::move(tags);
        return made;
    }
    static contacts::Draft tagged(std::vector<std::string> tags) {
        contacts::Draft made;
        made.tags = std::move(tags);
        return made;
    }
    ContactId made(const std::string& phone, std::vector<std::string> tags) {
        return run(contacts_.create(context(), draft(phone, std::move(tags)))).value().id;
    }
    std::vector<ContactId> listed(const Context& who, const Filter& filter) {
        std::vector<ContactId> found;
        for (const contacts::Contact& contact : run(service_.list(who, filter))->contacts) {
            found.push_back(contact.id);
        }
        return found;
    }

    contacts::Service contacts_{database(), ids_, clock_};
    Service service_{database(), clock_};
    Context agent_ = context();
};

TEST_P(ContactListsAccessTest, a_tag_is_found_whole_and_in_its_own_case) {
    const ContactId vip = made("+436601111111", {"vip", "vip", "gold"});
    made("+436602222222", {"VIP"});
    made("+436603333333", {"vips"});
    made("+436604444444", {"a\",\"vip"});
    EXPECT_EQ(listed(context(), {.conditions = {.tags = {"vip"}}}), std::vector{vip});
    EXPECT_EQ(listed(agent_, {}), std::vector{vip});
    EXPECT_EQ(listed(agent_, {.conditions = {.tags = {"VIP"}}}), std::vector<ContactId>{});
}

TEST_P(ContactListsAccessTest, tags_that_are_taken_away_are_no_longer_found) {
    const ContactId id = made("+436601111111", {"vip", "gold"});
    ASSERT_TRUE(run(contacts_.change(context(), id, tagged({"gold"}))));
    EXPECT_TRUE(listed(context(), {.conditions = {.tags = {"vip"}}}).empty());
    EXPECT_EQ(listed(context(), {.conditions = {.tags = {"gold"}}}), std::vector{id});
    EXPECT_TRUE(listed(agent_, {}).empty());
}

TEST_P(ContactListsAccessTest, a_merged_contact_takes_the_tags_along) {
    const ContactId phone_only = made("+436601111111", {"vip"});
    const auto claim = [](std::string phone, std::string bsuid) {
        return contacts::Claim{.phone = std::move(phone),
                               .bsuid = std::move(bsuid),
                               .username = {},
                               .name = {},
                               .seen_at = Timestamp{std::chrono::seconds(1)}};
    };
    const auto resolved = [&](const contacts::Claim& what) {
        return write(shop, [&](db::WorkspaceTxn& txn) {
            return contacts::resolve(txn, ids_, what, clock_.now());
        });
    };
    const ContactId other = resolved(claim("", "AT.123456")).id;
    ASSERT_TRUE(run(contacts_.change(context(), other, tagged({"gold"}))));
    const contacts::Resolved merged = resolved(claim("436601111111", "AT.123456"));
    ASSERT_EQ(merged.merged.size(), 1U);
    EXPECT_EQ(listed(agent_, {}), std::vector{merged.id});
    EXPECT_EQ(listed(context(), {.conditions = {.tags = {"gold"}}}), std::vector{merged.id});
    EXPECT_EQ(listed(context(), {.conditions = {.tags = {"vip"}}}), std::vector{merged.id});
    EXPECT_EQ(merged.id, std::min(phone_only, other));
}

TEST_P(ContactListsAccessTest, a_restriction_of_one_workspace_says_nothing_in_another) {
    made("+436601111111", {"vip"});
    Context elsewhere = agent_;
    elsewhere.workspace = other_shop;
    Context owner = context();
    owner.workspace = other_shop;
    ASSERT_TRUE(run(contacts_.create(owner, draft("+436605555555", {"vip"}))));
    EXPECT_TRUE(listed(elsewhere, {}).empty());
}

WAPI_ON_BOTH_ENGINES(ContactListsAccessTest);

}  // namespace
}  // namespace wapi::contact_lists
