// Goal: a number that WhatsApp writes in two forms is one person, also where two contacts were made
// of it before that was known: what one of them refused, the other one refuses. Method: such pairs
// put into the store as they could have been left, on both engines; the race on PostgreSQL.
#include <gtest/gtest.h>

#include "features/contacts/contacts_store.hpp"
#include "tests/support/interleaved.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::contacts {
namespace {

using namespace std::chrono_literals;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const std::string long_form = "5511987654321";
const std::string short_form = "551187654321";

class ContactFormsTest : public test::EnginesTest {
  protected:
    Claim claim(const std::string& phone, const std::string& bsuid = {},
                std::chrono::seconds at = 0s) {
        return {.phone = phone,
                .bsuid = bsuid,
                .username = {},
                .name = "Ana",
                .seen_at = clock_.now() + at};
    }
    Resolved see(const Claim& claim) {
        return write(
            shop, [&](db::WorkspaceTxn& txn) { return resolve(txn, ids_, claim, clock_.now()); });
    }
    /// As an older version made it: whoever may have the phone in another form.
    ContactId make_apart(const std::string& phone, const std::string& bsuid = {}) {
        const Contact contact{.id = ids_.make<ContactId>(),
                              .name = "Ana",
                              .phone = phone,
                              .identities = {},
                              .tags = {},
                              .attributes = {},
                              .opt_out = {},
                              .created_at = clock_.now()};
        return write(shop, [&](db::WorkspaceTxn& txn) {
            store::insert(txn, contact, false);
            contact_identities::put(txn, contact.id, {IdentityKind::phone, phone}, clock_.now());
            if (!bsuid.empty()) {
                contact_identities::put(txn, contact.id, {IdentityKind::bsuid, bsuid},
                                        clock_.now());
            }
            return contact.id;
        });
    }
    void opt_out(const ContactId& id) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            save_opt_out(txn, id, {true, clock_.now(), clock_.now(), "message", std::nullopt});
            return true;
        });
    }
    std::optional<Contact> find(const ContactId& id) {
        return read(shop, [&](db::WorkspaceTxn& txn) { return store::find(txn, id); });
    }
    std::optional<ContactId> find(const std::string& phone) {
        return read(shop, [&](db::WorkspaceTxn& txn) {
            return find_by_identity(txn, {IdentityKind::phone, phone});
        });
    }
    bool may_be_messaged(const ContactId& id) {
        return write(shop,
                     [&](db::WorkspaceTxn& txn) { return !hold_opt_out(txn, id).value().status; });
    }
};

TEST_P(ContactFormsTest, argentine_forms_of_a_number_are_one_person) {
    EXPECT_EQ(see(claim("541145551234")).id, see(claim("5491145551234")).id);
}

TEST_P(ContactFormsTest, neither_of_two_contacts_of_one_number_may_be_messaged_when_one_is_out) {
    const ContactId one = make_apart(long_form);
    const ContactId other = make_apart(short_form);
    const ContactId somebody = see(claim("551187654399")).id;
    EXPECT_TRUE(may_be_messaged(one));
    opt_out(other);
    EXPECT_FALSE(may_be_messaged(one));
    EXPECT_FALSE(may_be_messaged(other));
    EXPECT_TRUE(may_be_messaged(somebody));
}

TEST_P(ContactFormsTest, the_next_message_of_the_person_makes_two_contacts_one) {
    const ContactId one = make_apart(long_form);
    const ContactId other = make_apart(short_form);
    opt_out(other);
    const Resolved person = see(claim(long_form, "", 1s));
    EXPECT_EQ(person.id, one);
    EXPECT_EQ(person.merged, std::vector{other});
    EXPECT_TRUE(find(one)->opt_out.status);
    EXPECT_FALSE(find(other));
    EXPECT_EQ(find(short_form), one);
}

TEST_P(ContactFormsTest, a_bsuid_of_one_of_them_leads_to_the_one_left) {
    const ContactId one = make_apart(long_form);
    const ContactId other = make_apart(short_form, "BR.1");
    const Resolved person = see(claim(long_form, "BR.1", 1s));
    EXPECT_EQ(person.id, one);
    EXPECT_EQ(person.merged, std::vector{other});
}

TEST_P(ContactFormsTest, who_is_told_apart_stays_apart_and_the_phone_is_whose_claim_is_newest) {
    const ContactId one = make_apart(long_form, "BR.1");
    const ContactId other = make_apart(short_form, "BR.2");
    EXPECT_TRUE(see(claim(long_form, "BR.1", 1s)).merged.empty());
    EXPECT_EQ(find(short_form), one);
    EXPECT_EQ(find(long_form), one);
    EXPECT_EQ(find(other)->phone, "");
}

TEST_P(ContactFormsTest, a_phone_changes_hands_with_all_its_forms_in_either_order) {
    const Claim before = claim(short_form, "BR.1", 0s);
    const Claim after = claim(long_form, "BR.2", 10s);
    see(before);
    const ContactId owner = see(after).id;
    EXPECT_EQ(find(short_form), owner);
    const std::string other_long = "5511987650000";
    const std::string other_short = "551187650000";
    const ContactId first = see(claim(other_long, "BR.4", 10s)).id;
    see(claim(other_short, "BR.3", 0s));
    EXPECT_EQ(find(other_short), first) << "an older event";
    EXPECT_EQ(find(other_long), first);
}

TEST_P(ContactFormsTest, a_change_to_a_number_known_by_its_other_form_is_one_person) {
    const ContactId known = see(claim(short_form)).id;
    const Resolved changed = write(shop, [&](db::WorkspaceTxn& txn) {
        return change_identity(txn, ids_, claim("15550002222", "BR.1"), claim(long_form, "", 1s),
                               clock_.now());
    });
    EXPECT_EQ(changed.id, known);
    EXPECT_EQ(find(long_form), known);
    EXPECT_EQ(find(short_form), known);
}

TEST_P(ContactFormsTest, who_changes_to_a_number_takes_from_each_owner_of_its_forms) {
    const ContactId by_hand = make_apart(short_form, "BR.1");
    const ContactId other = make_apart(long_form, "BR.2");
    write(shop, [&](db::WorkspaceTxn& txn) {
        store::note_joined_by_hand(txn, by_hand);
        return true;
    });
    opt_out(by_hand);
    see(claim("15550002222", "BR.3"));
    const Resolved changed = write(shop, [&](db::WorkspaceTxn& txn) {
        return change_identity(txn, ids_, claim("15550002222", "BR.3"), claim(long_form, "", 1s),
                               clock_.now());
    });
    EXPECT_TRUE(changed.merged.empty());
    EXPECT_TRUE(find(changed.id)->opt_out.status) << "nobody knows who of them opted out";
    EXPECT_EQ(find(changed.id)->phone, long_form);
    EXPECT_EQ(find(by_hand)->phone, "");
    EXPECT_EQ(find(other)->phone, "");
    EXPECT_EQ(find(short_form), changed.id);
}

WAPI_ON_BOTH_ENGINES(ContactFormsTest);

class ContactFormsRaceTest : public ContactFormsTest {};

TEST_P(ContactFormsRaceTest, two_forms_at_once_become_one_contact) {
    test::Interleaved other(database(), shop, [this](db::WorkspaceTxn& txn) {
        resolve(txn, ids_, claim(long_form), clock_.now());
    });
    const Resolved late = see(claim(short_form, "", 1s));
    other.join();
    EXPECT_FALSE(late.created);
    EXPECT_EQ(find(long_form), late.id);
}

TEST_P(ContactFormsRaceTest, a_member_who_is_slower_is_told_that_the_contact_exists) {
    test::Interleaved other(database(), shop, [this](db::WorkspaceTxn& txn) {
        resolve(txn, ids_, claim(long_form), clock_.now());
    });
    Context member;
    member.workspace = shop;
    member.actor = {ActorKind::user, "user-1"};
    Draft draft;
    draft.phone = "+" + short_form;
    Service service{database(), ids_, clock_};
    const Result<Contact> made = run(service.create(member, draft));
    other.join();
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, &errors::contact_exists);
}

TEST_P(ContactFormsRaceTest, a_changed_number_waits_for_the_other_form_of_it) {
    test::Interleaved other(database(), shop, [this](db::WorkspaceTxn& txn) {
        resolve(txn, ids_, claim(long_form), clock_.now());
    });
    const Resolved changed = write(shop, [&](db::WorkspaceTxn& txn) {
        return change_identity(txn, ids_, claim("15550002222", "BR.1"), claim(short_form, "", 1s),
                               clock_.now());
    });
    other.join();
    EXPECT_EQ(find(long_form), changed.id);
    EXPECT_EQ(find(short_form), changed.id);
}

WAPI_ON_POSTGRES(ContactFormsRaceTest);

}  // namespace
}  // namespace wapi::contacts
