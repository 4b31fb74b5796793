// Goal: whom a batch makes or changes is found by the search, and never before what is new one by
// one; who is erased or made in the same moment is recognised. Method: batches on both engines, the
// queue of the search, and a second writer on PostgreSQL.
#include "features/contact_batches/contact_batches.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "features/contacts/contacts.hpp"
#include "features/erasures/erasures.hpp"
#include "features/search/search.hpp"
#include "features/vault/vault.hpp"
#include "tests/support/interleaved.hpp"
#include "tests/support/random_key.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::contact_batches {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");

const db::Sql list_queued{{
    .name = "contact_batches_test.list_queued",
    .text = "SELECT contacts.phone FROM search_queue JOIN contacts"
            " ON contacts.workspace_id = search_queue.workspace_id"
            " AND contacts.contact_id = search_queue.subject_id"
            " WHERE search_queue.workspace_id = $1 ORDER BY queued_us, subject_id",
}};

constexpr std::string_view key_hex =
    "3f8a1c5e9b7d204f6a8c1e3b5d7f90a2c4e6f8091b2d3f4a5c6e7f8192a3b4c5";
const db::Sql delete_contacts{{
    .name = "contact_batches_test.delete_contacts",
    .text = "DELETE FROM contacts WHERE workspace_id = $1",
}};
const db::Sql delete_identities{{
    .name = "contact_batches_test.delete_identities",
    .text = "DELETE FROM contact_identities WHERE workspace_id = $1",
}};

class ContactBatches : public test::EnginesTest {
  protected:
    static Row row(int number, const std::string& name) {
        return {.phone = fmt::format("4366012345{:02}", number),
                .name = name,
                .tags = {"fair"},
                .attributes = {}};
    }
    static Row wrong(int number) {
        Row made = row(number, "");
        made.wrong = "There are more than 100 tags.";
        return made;
    }
    std::vector<Outcome> apply(const std::vector<Row>& rows, Existing existing = Existing::update) {
        return apply(rows, {.existing = existing, .said_at = clock_.now(), .now = clock_.now()});
    }
    std::vector<Outcome> apply(const std::vector<Row>& rows, const Terms& terms) {
        return write(shop, [&](db::WorkspaceTxn& txn) {
            return contact_batches::apply(txn, ids_, rows, terms);
        });
    }
    /// As an erasure does it: nothing of the workspace's contacts stays, one is remembered.
    void erase(db::WorkspaceTxn& txn, std::string_view phone) {
        const erasures::Person person{.phone = phone, .bsuid = {}};
        txn.execute(delete_identities);
        txn.execute(delete_contacts);
        ASSERT_TRUE(
            erasures::remember(txn, std::span(&person, 1), clock_.now(), rng_, clock_.now()));
    }
    /// A message of somebody whom nobody knows comes.
    void write_in(std::string_view phone) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            return contacts::resolve(txn, ids_,
                                     {.phone = std::string(phone),
                                      .bsuid = {},
                                      .username = {},
                                      .name = {},
                                      .seen_at = clock_.now()},
                                     clock_.now())
                .id;
        });
    }
    std::optional<contacts::Contact> find(std::string_view phone) {
        return read(shop, [&](db::WorkspaceTxn& txn) {
            const contacts::Identity identity{contacts::IdentityKind::phone, std::string(phone)};
            const auto id = contacts::find_by_identity(txn, identity);
            return id ? std::optional(contacts::get(txn, *id).value()) : std::nullopt;
        });
    }
    /// Phones in the order in which they are indexed.
    std::vector<std::string> queued() {
        return read(shop, [](db::WorkspaceTxn& txn) {
            std::vector<std::string> phones;
            for (const db::Row row : txn.query(list_queued)) {
                phones.push_back(row.string(0));
            }
            return phones;
        });
    }
    void index() {
        async::Tasks tasks{io_};
        run(search::Indexer(tasks, database(), clock_).run_all());
    }
    std::size_t found(const std::string& text) {
        Context context;
        context.workspace = shop;
        search::Service search{database(), test::random_key()};
        return run(search.find(context, {.text = text, .kind = search::Kind::contact}))
            ->hits.size();
    }

  private:
    vault::KeyRing ring_{vault::MasterKeys(vault::MasterKey(SecretString(key_hex)))};
};

TEST_P(ContactBatches, who_is_made_or_changed_is_found) {
    apply({row(1, "Ann"), row(2, "Bob")});
    index();
    EXPECT_EQ(found("fair"), 2U);
    apply({row(1, "Anna"), row(2, "Bob")});
    EXPECT_THAT(queued(), ElementsAre("436601234501")) << "Bob is as he was";
    index();
    EXPECT_EQ(found("anna"), 1U);
    apply({row(1, "Other")}, Existing::skip);
    EXPECT_THAT(queued(), IsEmpty());
}

TEST_P(ContactBatches, who_is_made_by_hand_meanwhile_is_indexed_first) {
    apply({row(1, "Ann"), row(2, "Bob")});
    clock_.advance(std::chrono::hours(1));
    Context context;
    context.workspace = shop;
    context.actor = {ActorKind::user, "user-1"};
    contacts::Service contacts{database(), ids_, clock_};
    contacts::Draft draft;
    draft.phone = "+436601234503";
    ASSERT_TRUE(run(contacts.create(context, draft)));
    EXPECT_THAT(queued(), ElementsAre("436601234503", "436601234501", "436601234502"));
}

TEST_P(ContactBatches, who_comes_back_after_an_erasure_gets_nothing_of_an_older_file) {
    using std::chrono_literals::operator""h;
    const Terms of_the_file{.said_at = clock_.now(), .now = clock_.now() + 3h};
    apply({row(1, "Ann")});
    clock_.advance(1h);
    write(shop, [&](db::WorkspaceTxn& txn) {
        erase(txn, row(1, "").phone);
        return true;
    });
    clock_.advance(1h);
    write_in(row(1, "").phone);
    ASSERT_TRUE(find(row(1, "").phone)->opt_out.status);
    clock_.advance(1h);

    const std::vector<Outcome> outcomes = apply({row(1, "Ann"), row(2, "Bob")}, of_the_file);
    ASSERT_EQ(outcomes.size(), 2U);
    EXPECT_EQ(outcomes[0].kind, Outcome::Kind::refused);
    EXPECT_TRUE(outcomes[0].forget);
    EXPECT_EQ(outcomes[1].kind, Outcome::Kind::created);
    EXPECT_EQ(find(row(1, "").phone)->name, "");
    EXPECT_THAT(find(row(1, "").phone)->tags, IsEmpty());

    EXPECT_EQ(apply({row(1, "Ann")})[0].kind, Outcome::Kind::updated) << "said after the erasure";
}

TEST_P(ContactBatches, nothing_is_kept_of_who_was_erased_whatever_else_speaks_against_the_row) {
    write(shop, [&](db::WorkspaceTxn& txn) {
        erase(txn, row(1, "").phone);
        return true;
    });
    const std::vector<Row> rows{row(1, "Ann"), row(2, "Bob"), wrong(1), wrong(2)};
    const std::vector<Outcome> outcomes =
        apply(rows, {.restrictions = {.member = "agent", .by_tag = true},
                     .said_at = clock_.now(),
                     .now = clock_.now()});
    ASSERT_EQ(outcomes.size(), 4U);
    EXPECT_TRUE(outcomes[0].forget);
    EXPECT_EQ(outcomes[1].kind, Outcome::Kind::refused) << "its tag is not one of the member's";
    EXPECT_FALSE(outcomes[1].forget);
    EXPECT_TRUE(outcomes[2].forget);
    EXPECT_EQ(outcomes[3].reason, "There are more than 100 tags.");
    EXPECT_FALSE(outcomes[3].forget);
}

WAPI_ON_BOTH_ENGINES(ContactBatches);

class ContactBatchRaces : public ContactBatches {
  protected:
    /// She writes from the short form of her number.
    void receive_from_bea(db::WorkspaceTxn& txn) {
        contacts::resolve(txn, ids_,
                          {.phone = "551187654321",
                           .bsuid = {},
                           .username = {},
                           .name = "Bea",
                           .seen_at = clock_.now()},
                          clock_.now());
    }
};

TEST_P(ContactBatchRaces, who_is_the_first_to_be_erased_meanwhile_stays_erased) {
    apply({row(1, "Ann")});
    test::Interleaved erasure(database(), shop,
                              [&](db::WorkspaceTxn& txn) { erase(txn, row(1, "").phone); });
    const std::vector<Outcome> outcomes = apply({row(1, "Ann")});
    erasure.join();
    ASSERT_EQ(outcomes.size(), 1U);
    EXPECT_EQ(outcomes[0].kind, Outcome::Kind::refused) << "erased after the rows were said";
}

TEST_P(ContactBatchRaces, a_row_that_says_nothing_waits_for_the_erasure_of_whom_it_names) {
    apply({row(1, "Ann")});
    test::Interleaved erasure(database(), shop,
                              [&](db::WorkspaceTxn& txn) { erase(txn, row(1, "").phone); });
    const std::vector<Outcome> outcomes = apply({wrong(1)});
    erasure.join();
    ASSERT_EQ(outcomes.size(), 1U);
    EXPECT_TRUE(outcomes[0].forget);
}

TEST_P(ContactBatchRaces, who_comes_meanwhile_by_another_form_of_the_number_is_the_same_person) {
    apply({row(1, "Ann")});
    test::Interleaved message(database(), shop, [&](db::WorkspaceTxn& txn) {
        const contacts::Identity ann{contacts::IdentityKind::phone, row(1, "").phone};
        contacts::lock_opt_out(txn, *contacts::find_by_identity(txn, ann));
        receive_from_bea(txn);
    });
    Row bea = row(2, "Bea");
    bea.phone = "5511987654321";
    const std::vector<Outcome> outcomes = apply({row(1, "Anna"), bea});
    message.join();
    ASSERT_EQ(outcomes.size(), 2U);
    EXPECT_EQ(outcomes[1].kind, Outcome::Kind::updated);
}

TEST_P(ContactBatchRaces, who_is_new_in_two_forms_at_once_becomes_one_contact) {
    test::Interleaved message(database(), shop,
                              [&](db::WorkspaceTxn& txn) { receive_from_bea(txn); });
    Row bea = row(2, "Bea");
    bea.phone = "5511987654321";
    const std::vector<Outcome> outcomes = apply({row(1, "Ann"), bea});
    message.join();
    ASSERT_EQ(outcomes.size(), 2U);
    EXPECT_EQ(outcomes[1].kind, Outcome::Kind::updated);
    EXPECT_EQ(find(bea.phone)->id, find("551187654321")->id);
}

TEST_P(ContactBatchRaces, what_a_member_changes_meanwhile_does_not_write_over_the_batch) {
    apply({row(1, "Ann")});
    const ContactId ann = find(row(1, "").phone)->id;
    test::Interleaved batch(database(), shop, [&](db::WorkspaceTxn& txn) {
        Row more = row(1, "");
        more.tags = {"new"};
        more.attributes = {{"city", "Rome"}};
        contact_batches::apply(txn, ids_, std::span(&more, 1),
                               {.said_at = clock_.now(), .now = clock_.now()});
    });
    Context context;
    context.workspace = shop;
    context.actor = {ActorKind::user, "user-1"};
    contacts::Service contacts{database(), ids_, clock_};
    contacts::Draft draft;
    draft.name = "Ann by hand";
    const auto changed = run(contacts.change(context, ann, draft));
    batch.join();
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->name, "Ann by hand");
    EXPECT_THAT(changed->tags, ElementsAre("fair", "new"));
    EXPECT_TRUE(changed->attributes.contains("city"));
}

WAPI_ON_POSTGRES(ContactBatchRaces);

}  // namespace
}  // namespace wapi::contact_batches
