// Goal: every claim leads to the one right person, and nobody is taken for somebody else. Method:
// claims in chosen orders on both engines; random orders are tested with webhooks
// (webhook_order_test.cpp).
#include <gtest/gtest.h>

#include "features/audit/audit.hpp"
#include "features/contacts/contacts_store.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::contacts {
namespace {

using namespace std::chrono_literals;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");

const db::Sql insert_orphan{{
    .name = "contacts_resolve_test.insert_orphan",
    .text = "INSERT INTO contact_identities (workspace_id, kind, value, contact_id, seen_us)"
            " VALUES ($1, $2, $3, 'gone', $4)",
}};

class ResolveTest : public test::EnginesTest {
  protected:
    Claim claim(const std::string& phone, const std::string& bsuid = {},
                std::chrono::seconds at = 0s) {
        return {.phone = phone,
                .bsuid = bsuid,
                .username = {},
                .name = "Ann",
                .seen_at = clock_.now() + at};
    }
    Resolved see(const Claim& claim, const WorkspaceId& workspace = shop) {
        return write(workspace, [&](db::WorkspaceTxn& txn) {
            return resolve(txn, ids_, claim, clock_.now());
        });
    }
    Resolved change(const Claim& before, const Claim& after) {
        return write(shop, [&](db::WorkspaceTxn& txn) {
            return change_identity(txn, ids_, before, after, clock_.now());
        });
    }
    Contact get(const ContactId& id) {
        return read(shop, [&](db::WorkspaceTxn& txn) { return contacts::get(txn, id).value(); });
    }
    bool exists(const ContactId& id) {
        return read(shop,
                    [&](db::WorkspaceTxn& txn) { return contacts::get(txn, id).has_value(); });
    }
    /// `action details` of the entries about a contact, newest first.
    std::vector<std::string> log(const ContactId& id) {
        Context context;
        context.workspace = shop;
        audit::Service service(database());
        std::vector<std::string> found;
        for (const audit::StoredEntry& entry :
             run(service.list(context, {.resource_id = id.value}))->entries) {
            found.push_back(entry.action + " " + entry.details);
        }
        return found;
    }
    void opt_out(const ContactId& id, const OptOut& state) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            save_opt_out(txn, id, state);
            return true;
        });
    }
    void label(const ContactId& id, const std::string& name, const std::vector<std::string>& tags,
               boost::json::object attributes) {
        Contact contact = get(id);
        contact.name = name;
        contact.tags = tags;
        contact.attributes = std::move(attributes);
        write(shop, [&](db::WorkspaceTxn& txn) {
            store::update(txn, contact, !name.empty(), clock_.now());
            return true;
        });
    }
};

TEST_P(ResolveTest, the_same_phone_is_the_same_person) {
    const Resolved first = see(claim("15550002222"));
    EXPECT_TRUE(first.created);
    const Resolved again = see(claim("15550002222"));
    EXPECT_FALSE(again.created);
    EXPECT_EQ(again.id, first.id);
    EXPECT_NE(see(claim("15550003333")).id, first.id);
}

TEST_P(ResolveTest, two_workspaces_know_the_same_phone_as_two_contacts) {
    EXPECT_NE(see(claim("15550002222")).id, see(claim("15550002222"), other_shop).id);
}

TEST_P(ResolveTest, brazilian_and_mexican_forms_of_a_number_are_one_person) {
    const Resolved brazil = see(claim("551187654321"));
    EXPECT_EQ(see(claim("5511987654321")).id, brazil.id);
    const Resolved mexico = see(claim("525512345678"));
    EXPECT_EQ(see(claim("5215512345678")).id, mexico.id);
    EXPECT_NE(brazil.id, mexico.id);
}

TEST_P(ResolveTest, of_two_forms_the_one_used_last_is_shown) {
    const ContactId ana = see(claim("551187654321", "", 0s)).id;
    see(claim("5511987654321", "", 10s));
    EXPECT_EQ(get(ana).phone, "5511987654321");
    see(claim("551187654321", "", 5s));
    EXPECT_EQ(get(ana).phone, "5511987654321") << "an older event";
}

TEST_P(ResolveTest, one_event_with_phone_and_bsuid_joins_two_contacts_and_keeps_the_older) {
    const ContactId by_phone = see(claim("15550002222")).id;
    const ContactId by_bsuid = see(claim("", "US.1")).id;
    const Resolved joined = see(claim("15550002222", "US.1"));
    EXPECT_EQ(joined.id, by_phone);
    EXPECT_EQ(joined.merged, std::vector{by_bsuid});
    EXPECT_EQ(log(by_bsuid), std::vector<std::string>{R"(contact.deleted {"mergedInto":")" +
                                                      by_phone.value + R"("})"});
    EXPECT_FALSE(exists(by_bsuid));
    EXPECT_EQ(see(claim("", "US.1")).id, by_phone);
    EXPECT_EQ(get(by_phone).phone, "15550002222");
}

TEST_P(ResolveTest, a_phone_that_comes_with_another_bsuid_has_changed_hands) {
    const ContactId before = see(claim("15550002222", "US.1", 0s)).id;
    const Resolved after = see(claim("15550002222", "US.2", 10s));
    EXPECT_TRUE(after.created);
    EXPECT_NE(after.id, before);
    EXPECT_EQ(get(before).phone, "");
    EXPECT_EQ(get(after.id).phone, "15550002222");
    EXPECT_EQ(see(claim("15550002222")).id, after.id);
    EXPECT_EQ(see(claim("", "US.1")).id, before);
}

TEST_P(ResolveTest, an_older_event_does_not_take_a_phone_back) {
    const ContactId now = see(claim("15550002222", "US.2", 10s)).id;
    see(claim("15550002222", "US.1", 0s));
    EXPECT_EQ(see(claim("15550002222", "", 20s)).id, now);
    EXPECT_EQ(get(now).phone, "15550002222");
}

TEST_P(ResolveTest, a_changed_number_belongs_to_the_same_contact_in_either_order) {
    const ContactId known = see(claim("15550002222", "US.1")).id;
    EXPECT_EQ(change(claim("15550002222", "US.1"), claim("15550009999", "US.2", 1s)).id, known);
    const std::vector<std::string> entries{R"(contact.updated {"changed":["phone"]})",
                                           R"(contact.updated {"changed":["bsuid"]})"};
    EXPECT_EQ(log(known), entries);
    EXPECT_EQ(change(claim("15550002222", "US.1"), claim("15550009999", "US.2", 1s)).id, known);
    EXPECT_EQ(log(known), entries) << "the same event again changes nothing";
    EXPECT_EQ(see(claim("15550009999", "US.2", 2s)).id, known);
    EXPECT_EQ(get(known).phone, "15550009999");
    const ContactId fresh = see(claim("15550008888", "US.4", 2s)).id;
    const Resolved late = change(claim("15550007777", "US.3"), claim("15550008888", "US.4", 1s));
    EXPECT_FALSE(late.created) << "who was made for the old identities is gone again";
    EXPECT_EQ(late.id, fresh);
    EXPECT_EQ(see(claim("15550007777")).id, fresh);
}

TEST_P(ResolveTest, a_change_to_a_number_of_somebody_else_merges_nobody) {
    const ContactId ann = see(claim("15550002222", "US.1")).id;
    const ContactId bob = see(claim("15550009999", "US.2")).id;
    const Resolved changed = change(claim("15550002222", "US.1"), claim("15550009999", "US.3", 1s));
    EXPECT_TRUE(changed.merged.empty());
    EXPECT_EQ(changed.id, ann);
    EXPECT_EQ(get(ann).phone, "15550009999");
    EXPECT_EQ(get(bob).phone, "");
    EXPECT_EQ(see(claim("", "US.2")).id, bob);
}

TEST_P(ResolveTest, a_merge_keeps_what_both_contacts_had) {
    const ContactId kept = see(claim("15550002222")).id;
    const ContactId gone = see(claim("", "US.1")).id;
    label(kept, "", {"vip", "north"}, {{"city", "Rome"}});
    label(gone, "Ann by hand", {"north", "blue"}, {{"city", "Oslo"}, {"size", 7}});
    see(claim("15550002222", "US.1"));
    const Contact contact = get(kept);
    EXPECT_EQ(contact.name, "Ann by hand");
    EXPECT_EQ(contact.tags, (std::vector<std::string>{"vip", "north", "blue"}));
    EXPECT_EQ(contact.attributes.at("city"), "Rome");
    EXPECT_EQ(contact.attributes.at("size"), 7);
}

TEST_P(ResolveTest, a_merge_never_loses_an_opt_out) {
    const Timestamp early = clock_.now();
    const Timestamp late = early + 1s;
    const OptOut out{true, late, late, "message", std::nullopt};
    const OptOut back{false, late, std::nullopt, "", late};
    const OptOut out_early{true, early, early, "meta", std::nullopt};
    int count = 0;
    for (const auto& [one, other, expected] : {std::tuple{out, OptOut{}, true},
                                               {OptOut{}, out, true},
                                               {out, back, true},
                                               {back, out, true},
                                               {out_early, back, false},
                                               {back, out_early, false}}) {
        const std::string mark = std::to_string(++count);
        const ContactId kept = see(claim("1555000111" + mark)).id;
        const ContactId gone = see(claim("", "US." + mark)).id;
        opt_out(kept, one);
        opt_out(gone, other);
        see(claim("1555000111" + mark, "US." + mark));
        EXPECT_EQ(get(kept).opt_out.status, expected) << mark;
        EXPECT_TRUE(get(kept).opt_out.opted_out_at) << mark << ": the opt-out stays on record";
    }
}

TEST_P(ResolveTest, whatsapps_name_does_not_replace_one_set_by_hand) {
    const ContactId ann = see(claim("15550002222")).id;
    const auto rename = [&](const char* name) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            set_profile_name(txn, ann, name, clock_.now());
            return true;
        });
    };
    rename("Annie");
    EXPECT_EQ(get(ann).name, "Annie");
    label(ann, "Ann Lee", {}, {});
    rename("Annie");
    EXPECT_EQ(get(ann).name, "Ann Lee");
}

TEST_P(ResolveTest, a_username_leads_to_its_contact) {
    Claim named = claim("15550002222");
    named.username = "annlee";
    const ContactId ann = see(named).id;
    const auto found = read(shop, [&](db::WorkspaceTxn& txn) {
        return find_by_identity(txn, {IdentityKind::username, "annlee"});
    });
    EXPECT_EQ(found, ann);
}

TEST_P(ResolveTest, an_identity_whose_contact_is_gone_goes_to_a_new_one) {
    for (const auto& [kind, value] : {std::pair{"bsuid", "US.ANN"}, {"phone", "15550002222"}}) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            return txn.execute(insert_orphan, kind, value, clock_.now() + 1h);
        });
    }
    const Resolved ann = see(claim("15550002222", "US.ANN"));
    EXPECT_TRUE(ann.created);
    EXPECT_EQ(get(ann.id).identities.size(), 2U);
    EXPECT_EQ(see(claim({}, "US.ANN")).id, ann.id);
}

WAPI_ON_BOTH_ENGINES(ResolveTest);

}  // namespace
}  // namespace wapi::contacts
