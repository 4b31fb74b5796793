// Goal: all forms of a number are one owner's. Method: rows as an older version could have left
// them, in either order, on both engines; the turn at a number on PostgreSQL.
#include "features/contact_phones/contact_phones.hpp"

#include <gmock/gmock.h>

#include "tests/support/interleaved.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::contact_phones {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");
constexpr std::string_view with_nine = "5491145551234";
constexpr std::string_view without = "541145551234";

const db::Sql insert_contact{{
    .name = "contact_phones_test.insert_contact",
    .text = "INSERT INTO contacts (workspace_id, contact_id, name, name_by_hand, phone, tags,"
            " attributes, opted_out, opt_out_decided_us, opted_out_via, created_us)"
            " VALUES ($1, $2, '', 0, $3, '[]', '{}', 0, 0, '', 0)",
}};
const db::Sql insert_phone{{
    .name = "contact_phones_test.insert_phone",
    .text = "INSERT INTO contact_identities (workspace_id, kind, value, contact_id, seen_us)"
            " VALUES ($1, 'phone', $2, $3, $4)",
}};

class ContactPhones : public test::EnginesTest {
  protected:
    void give(std::string_view phone, std::string_view contact, std::int64_t seen_us) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            txn.execute(insert_contact, contact, phone);
            return txn.execute(insert_phone, phone, contact, seen_us);
        });
    }
    std::vector<std::string> owners(std::string_view phone, const WorkspaceId& workspace = shop) {
        return read(workspace, [&](db::WorkspaceTxn& txn) {
            std::vector<std::string> ids;
            for (const Owner& owner : find_owners(txn, phone)) {
                ids.push_back(owner.contact.value);
            }
            return ids;
        });
    }
};

TEST_P(ContactPhones, an_owner_is_found_by_each_form_and_not_from_another_workspace) {
    give(with_nine, "ann", 1);
    EXPECT_THAT(owners(with_nine), ElementsAre("ann"));
    EXPECT_THAT(owners(without), ElementsAre("ann"));
    EXPECT_THAT(owners(without, other_shop), IsEmpty());
}

TEST_P(ContactPhones, of_two_owners_who_has_the_given_form_comes_first) {
    give(with_nine, "ann", 1);
    give(without, "bob", 2);
    EXPECT_THAT(owners(with_nine), ElementsAre("ann", "bob"));
    EXPECT_THAT(owners(without), ElementsAre("bob", "ann"));
}

TEST_P(ContactPhones, all_forms_go_to_who_claimed_one_last) {
    give(with_nine, "ann", 1);
    give(without, "bob", 2);
    for (const std::string_view form : {with_nine, without}) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            keep_together(txn, form);
            return true;
        });
        EXPECT_THAT(owners(with_nine), ElementsAre("bob"));
    }
}

WAPI_ON_BOTH_ENGINES(ContactPhones);

class ContactPhonesTurn : public ContactPhones {};

TEST_P(ContactPhonesTurn, who_asks_for_another_form_waits_and_sees_what_was_given) {
    write(shop,
          [&](db::WorkspaceTxn& txn) { return txn.execute(insert_contact, "ann", with_nine); });
    test::Interleaved other(database(), shop, [](db::WorkspaceTxn& txn) {
        const std::vector<std::string> phones{std::string(with_nine)};
        take_turns(txn, phones);
        txn.execute(insert_phone, with_nine, "ann", 1);
    });
    const std::size_t seen = write(shop, [](db::WorkspaceTxn& txn) {
        const std::vector<std::string> phones{std::string(without)};
        take_turns(txn, phones);
        return find_owners(txn, without).size();
    });
    other.join();
    EXPECT_EQ(seen, 1U);
}

WAPI_ON_POSTGRES(ContactPhonesTurn);

}  // namespace
}  // namespace wapi::contact_phones
