// Goal: a contact that is made at the moment in which somebody else gains its phone or BSUID is
// that person, and what they refused it refuses. Method: a claim in a transaction that is held open
// until the other claim waits for it, older and newer than it by WhatsApp's time, on both engines.
#include <gtest/gtest.h>

#include "features/contacts/contacts.hpp"
#include "tests/support/interleaved.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::contacts {
namespace {

using namespace std::chrono_literals;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const std::string old_phone = "15550001111";
const std::string new_phone = "15550002222";
const std::string long_form = "5511987654321";
const std::string short_form = "551187654321";

class ContactsRaceTest : public test::EnginesTest {
  protected:
    Claim claim(const std::string& phone, const std::string& bsuid, std::chrono::seconds at = 0s) {
        return {.phone = phone,
                .bsuid = bsuid,
                .username = {},
                .name = "Ann",
                .seen_at = clock_.now() + at};
    }
    Resolved see(const Claim& claim) {
        return write(
            shop, [&](db::WorkspaceTxn& txn) { return resolve(txn, ids_, claim, clock_.now()); });
    }
    /// Known by what is claimed, and opted out.
    ContactId opted_out(const Claim& claim) {
        const ContactId id = see(claim).id;
        write(shop, [&](db::WorkspaceTxn& txn) {
            save_opt_out(txn, id, {true, clock_.now(), clock_.now(), "message", std::nullopt});
            return true;
        });
        return id;
    }
    /// `late` comes while the transaction of `early` is not committed yet.
    Resolved see_at_once(const Claim& early, const Claim& late) {
        test::Interleaved other(database(), shop, [this, early](db::WorkspaceTxn& txn) {
            resolve(txn, ids_, early, clock_.now());
        });
        const Resolved resolved = see(late);
        other.join();
        return resolved;
    }
    /// The same for who changes from one identity to another.
    Resolved change_at_once(const Claim& early, const Claim& before, const Claim& after) {
        test::Interleaved other(database(), shop, [this, early](db::WorkspaceTxn& txn) {
            resolve(txn, ids_, early, clock_.now());
        });
        const Resolved resolved = write(shop, [&](db::WorkspaceTxn& txn) {
            return change_identity(txn, ids_, before, after, clock_.now());
        });
        other.join();
        return resolved;
    }
    ContactId owner(IdentityKind kind, const std::string& value) {
        return read(shop, [&](db::WorkspaceTxn& txn) {
            return find_by_identity(txn, {kind, value}).value_or(ContactId("nobody"));
        });
    }
    std::string shown_phone(const ContactId& id) {
        return read(shop, [&](db::WorkspaceTxn& txn) { return get(txn, id).value().phone; });
    }
    void expect_one_person_who_is_out(const Resolved& person, const Identity& gained) {
        EXPECT_EQ(person.merged.size(), 1U) << "the one that was made meanwhile";
        EXPECT_EQ(owner(gained.kind, gained.value), person.id);
        EXPECT_TRUE(write(shop, [&](db::WorkspaceTxn& txn) {
            return hold_opt_out(txn, owner(gained.kind, gained.value)).value().status;
        }));
    }
};

TEST_P(ContactsRaceTest, a_contact_made_at_once_for_a_phone_that_a_bsuid_gains_is_one_person) {
    opted_out(claim({}, "US.1"));
    expect_one_person_who_is_out(see_at_once(claim(new_phone, {}, 10s), claim(new_phone, "US.1")),
                                 {IdentityKind::phone, new_phone});
}

TEST_P(ContactsRaceTest, an_older_claim_of_the_phone_is_one_person_as_well) {
    opted_out(claim({}, "US.1"));
    expect_one_person_who_is_out(see_at_once(claim(new_phone, {}), claim(new_phone, "US.1", 10s)),
                                 {IdentityKind::phone, new_phone});
}

TEST_P(ContactsRaceTest, a_contact_made_at_once_for_another_form_of_the_phone_is_one_person) {
    opted_out(claim({}, "BR.1"));
    expect_one_person_who_is_out(see_at_once(claim(long_form, {}, 10s), claim(short_form, "BR.1")),
                                 {IdentityKind::phone, long_form});
}

TEST_P(ContactsRaceTest, a_contact_made_at_once_for_a_number_somebody_changes_to_is_one_person) {
    opted_out(claim(old_phone, {}));
    expect_one_person_who_is_out(
        change_at_once(claim(new_phone, {}, 10s), claim(old_phone, {}), claim(new_phone, {})),
        {IdentityKind::phone, new_phone});
}

TEST_P(ContactsRaceTest, an_older_claim_of_the_number_somebody_changes_to_is_one_person_as_well) {
    opted_out(claim(old_phone, {}));
    expect_one_person_who_is_out(
        change_at_once(claim(new_phone, {}), claim(old_phone, {}), claim(new_phone, {}, 10s)),
        {IdentityKind::phone, new_phone});
}

TEST_P(ContactsRaceTest, a_contact_made_at_once_for_a_bsuid_somebody_changes_to_is_one_person) {
    opted_out(claim({}, "US.1"));
    expect_one_person_who_is_out(
        change_at_once(claim({}, "US.2", 10s), claim({}, "US.1"), claim({}, "US.2")),
        {IdentityKind::bsuid, "US.2"});
}

TEST_P(ContactsRaceTest, a_phone_that_passes_to_two_people_at_once_is_shown_by_the_last_one) {
    see(claim(new_phone, "US.1"));
    see(claim({}, "US.3"));
    const ContactId last =
        see_at_once(claim(new_phone, "US.2", 5s), claim(new_phone, "US.3", 10s)).id;
    EXPECT_EQ(owner(IdentityKind::phone, new_phone), last);
    EXPECT_EQ(shown_phone(last), new_phone);
    EXPECT_EQ(shown_phone(owner(IdentityKind::bsuid, "US.2")), "");
    EXPECT_EQ(shown_phone(owner(IdentityKind::bsuid, "US.1")), "");
}

TEST_P(ContactsRaceTest, a_phone_that_passes_to_two_new_people_at_once_is_shown_by_the_last_one) {
    see(claim(new_phone, "US.1"));
    const ContactId last =
        see_at_once(claim(new_phone, "US.2", 5s), claim(new_phone, "US.3", 10s)).id;
    EXPECT_EQ(owner(IdentityKind::phone, new_phone), last);
    EXPECT_EQ(shown_phone(owner(IdentityKind::bsuid, "US.2")), "");
}

WAPI_ON_BOTH_ENGINES(ContactsRaceTest);

}  // namespace
}  // namespace wapi::contacts
