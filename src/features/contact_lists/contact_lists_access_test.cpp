// Goal: a list leads by tag to exactly who bears it, and shows a member with restrictions only the
// contacts they may see. Method: the services on both engines with the Context that such a member's
// request carries.
#include <gtest/gtest.h>

#include "features/contact_lists/contact_lists.hpp"
#include "features/contacts/contacts_access_test_support.hpp"

namespace wapi::contact_lists {
namespace {

using contacts::testing::other_shop;
using contacts::testing::shop;

class ContactListsAccessTest : public contacts::testing::AccessTest {
  protected:
    std::vector<ContactId> listed(const Context& who, const Filter& filter) {
        std::vector<ContactId> found;
        for (const contacts::Contact& contact : run(service_.list(who, filter))->contacts) {
            found.push_back(contact.id);
        }
        return found;
    }

    Service service_{database(), clock_};
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
